#include "host/identity/identity.hpp"

#include <utility>

#include "host/http/exchange.hpp"
#include "host/http/single_field.hpp"

namespace host::identity {

namespace {

constexpr std::string_view scheme = "Bearer ";

http::Verdict known(std::shared_ptr<const http::Principal> principal) {
    return {http::Verdict::Outcome::Known, std::move(principal)};
}

}  // namespace

std::string_view bearer_token(const http::Exchange& exchange) {
    const std::string_view value = http::single_field(exchange.request(), "Authorization");
    // The scheme's name is case-insensitive (RFC 9110 section 11.1).
    if (value.size() <= scheme.size() || !http::equal_names(value.substr(0, scheme.size() - 1), "Bearer") || value[6] != ' ')
        return {};
    return value.substr(scheme.size());
}

void Identity::activate(std::shared_ptr<Provider> provider) {
    provider_.with([&](auto& current) { current.swap(provider); });
}

void Identity::revoke(const Provider& provider) {
    const auto former = provider_.with(
        [&](auto& current) { return current.get() == &provider ? std::exchange(current, nullptr) : nullptr; });
}

void Identity::ask(const std::shared_ptr<http::Exchange>& exchange, std::function<void(http::Verdict)> decided) {
    const bool of_host = exchange->route().owner == "host";
    const std::string_view token = of_host ? bearer_token(*exchange) : std::string_view();
    if (!token.empty()) {
        if (auto principal = tokens_.find(token)) return decided(known(std::move(principal)));
    }
    if (const auto provider = provider_.with([](const auto& current) { return current; }))
        return provider->ask(exchange, std::move(decided));
    if (!of_host) return decided({});
    decided({token.empty() ? http::Verdict::Outcome::Anonymous : http::Verdict::Outcome::Wrong, nullptr});
}

}  // namespace host::identity
