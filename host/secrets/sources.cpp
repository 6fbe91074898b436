#include "host/secrets/sources.hpp"

#include <algorithm>
#include <cstdlib>

#include "host/core/error.hpp"
#include "host/secrets/secret_file.hpp"

namespace host::secrets {

namespace {

constexpr std::size_t owner_bytes_max = 31;
constexpr std::size_t name_bytes_max = 64;

bool is_made_of(std::string_view text, std::size_t bytes_max, std::string_view more) {
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    const auto is_allowed = [&](char c) {
        return is_letter(c) || (c >= '0' && c <= '9') || more.find(c) != std::string_view::npos;
    };
    return !text.empty() && text.size() <= bytes_max && is_letter(text.front()) &&
           std::all_of(text.begin(), text.end(), is_allowed);
}

std::filesystem::path credential_of(const Place& place) {
    const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
    if (directory == nullptr || *directory == '\0') return {};
    // An owner has no dot, so the first one ends it.
    return std::filesystem::path(directory) / (place.owner + "." + place.name);
}

const char* value_in_environment(const Place& place) {
    const std::optional<std::string> variable = variable_of(place);
    return variable ? std::getenv(variable->c_str()) : nullptr;
}

SecretBytes without_last_break(SecretBytes bytes) {
    if (bytes.view().ends_with('\n')) bytes.shrink(bytes.size() - 1);
    if (bytes.view().ends_with('\r')) bytes.shrink(bytes.size() - 1);
    return bytes;
}

}  // namespace

void check_place(const Place& place) {
    if (!is_made_of(place.owner, owner_bytes_max, "_")) {
        throw core::Error(core::Code::InvalidArgument, "the owner of a secret is gantry or the id of a plugin", "owner");
    }
    if (!is_made_of(place.name, name_bytes_max, "_.-")) {
        throw core::Error(core::Code::InvalidArgument,
                          "the name of a secret is a lower case letter and up to 63 of a-z, 0-9, _, . and -", "name");
    }
}

std::optional<std::string> variable_of(const Place& place) {
    const bool ambiguous = place.owner.find("__") != std::string::npos || place.owner.ends_with('_') ||
                           place.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") != std::string::npos;
    if (ambiguous) return std::nullopt;
    std::string variable = "GANTRY_SECRET_" + place.owner + "__" + place.name;
    std::transform(variable.begin(), variable.end(), variable.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return variable;
}

std::filesystem::path Sources::file_of(const Place& place) const {
    return settings_.directory.empty() ? std::filesystem::path() : settings_.directory / place.owner / place.name;
}

std::optional<SecretBytes> Sources::find(const Place& place) const {
    if (const auto file = file_of(place); !file.empty()) {
        if (auto bytes = read_secret_file(file, Readers::Group)) return without_last_break(std::move(*bytes));
    }
    if (const char* value = value_in_environment(place)) return SecretBytes(std::string_view(value));
    if (const auto file = credential_of(place); !file.empty()) {
        if (auto bytes = read_secret_file(file, Readers::Group)) return without_last_break(std::move(*bytes));
    }
    return std::nullopt;
}

std::string Sources::kind(const Place& place) const {
    if (const auto file = file_of(place); !file.empty() && !mark_of(file).empty()) return "file";
    if (value_in_environment(place) != nullptr) return "environment";
    if (const auto file = credential_of(place); !file.empty() && !mark_of(file).empty()) return "credential";
    return {};
}

std::string Sources::mark(const Place& place) const {
    if (const auto file = file_of(place); !file.empty()) {
        if (const std::string mark = mark_of(file); !mark.empty()) return "file " + mark;
    }
    // The environment of a process does not change under it.
    if (value_in_environment(place) != nullptr) return "environment";
    if (const auto file = credential_of(place); !file.empty()) {
        if (const std::string mark = mark_of(file); !mark.empty()) return "credential " + mark;
    }
    return {};
}

}  // namespace host::secrets
