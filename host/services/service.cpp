#include "host/services/service.hpp"

#include <algorithm>
#include <string_view>

namespace host::services {

namespace {

constexpr std::size_t name_bytes_max = 64;

bool is_word(std::string_view text) {
    if (text.empty() || text.front() < 'a' || text.front() > 'z') return false;
    return text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

bool is_revision(std::string_view text) {
    if (text.empty() || text.front() == '0') return false;
    return text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

Outcome Outcome::failure(const core::Error& error) {
    Outcome outcome;
    outcome.status = static_cast<gantry_status>(error.code());
    outcome.error.emplace();
    outcome.error->struct_size = sizeof(gantry_error);
    core::fill(&*outcome.error, error);
    return outcome;
}

bool Service::has(const std::string& method) const {
    return std::find(methods.begin(), methods.end(), method) != methods.end();
}

bool is_service_of(const std::string& plugin, const std::string& name) {
    if (name.size() > name_bytes_max || !name.starts_with(plugin + ".")) return false;
    const std::size_t slash = name.find('/');
    if (slash == std::string::npos || !is_revision(std::string_view(name).substr(slash + 1))) return false;
    std::string_view words = std::string_view(name).substr(0, slash);
    for (;;) {
        const std::size_t dot = words.find('.');
        if (!is_word(words.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        words.remove_prefix(dot + 1);
    }
}

bool is_method(const std::string& text) {
    return text.size() <= name_bytes_max && is_word(text);
}

}  // namespace host::services
