#include "host/identity/host_tokens.hpp"

#include <utility>

#include "host/core/error.hpp"
#include "host/core/sha256.hpp"

namespace host::identity {

namespace {

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    unsigned char difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        difference =
            static_cast<unsigned char>(difference | (static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i])));
    return difference == 0;
}

}  // namespace

void HostTokens::set(std::string_view token, http::Principal principal) {
    if (token.size() < token_bytes_min)
        throw core::Error(core::Code::InvalidArgument,
                          "a token must have at least " + std::to_string(token_bytes_min) + " characters");
    Known known{core::sha256_hex(token), std::make_shared<const http::Principal>(std::move(principal))};
    known_.with([&](auto& all) {
        std::erase_if(all, [&](const Known& each) { return each.principal->id == known.principal->id; });
        all.push_back(std::move(known));
    });
}

void HostTokens::remove(std::string_view principal_id) {
    known_.with(
        [&](auto& all) { std::erase_if(all, [&](const Known& each) { return each.principal->id == principal_id; }); });
}

std::shared_ptr<const http::Principal> HostTokens::find(std::string_view token) const {
    const std::string digest = core::sha256_hex(token);
    return known_.with([&](const auto& all) {
        std::shared_ptr<const http::Principal> found;
        for (const Known& known : all)
            if (equal_in_constant_time(known.digest, digest)) found = known.principal;
        return found;
    });
}

}  // namespace host::identity
