#include "host/plugin/info.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "host/core/error.hpp"

namespace host::plugin {

using core::Code;
using core::Error;

namespace {

constexpr std::size_t version_length_max = 64;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}

// What stands in a file of somebody else goes into a message only in a tame form.
std::string shown(std::string_view text) {
    std::string out(text.substr(0, 60));
    std::replace_if(
        out.begin(), out.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
    return '"' + out + '"';
}

Error malformed(std::string_view record, const std::string& expected) {
    return Error{Code::Abi, "has in .gantry.info " + shown(record) + " but expected is " + expected};
}

template <typename Number>
std::optional<Number> number_in(std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

void take_abi(Info& info, std::string_view record, std::string_view value) {
    const std::size_t dot = value.find('.');
    const auto major = number_in<std::uint16_t>(value.substr(0, dot));
    const auto minor = dot == value.npos ? std::nullopt : number_in<std::uint16_t>(value.substr(dot + 1));
    if (!major || !minor) throw malformed(record, "abi=<major>.<minor>");
    info.abi_major = *major;
    info.abi_minor = *minor;
}

void take_use(Info& info, std::string_view record, std::string_view value) {
    const std::size_t colon = value.rfind(':');
    const auto size = colon == value.npos ? std::nullopt : number_in<std::uint32_t>(value.substr(colon + 1));
    if (!size || colon == 0) throw malformed(record, "use=<service>:<size>");
    std::uint32_t& needed = info.uses[std::string(value.substr(0, colon))];
    needed = std::max(needed, *size);
}

void take_record(Info& info, std::map<std::string_view, std::string_view>& seen, std::string_view record) {
    const std::size_t equals = record.find('=');
    if (equals == record.npos) throw malformed(record, "key=value");
    const std::string_view key = record.substr(0, equals);
    const std::string_view value = record.substr(equals + 1);
    if (key == "use") return take_use(info, record, value);
    const auto [before, fresh] = seen.emplace(key, value);
    if (!fresh && before->second != value)
        throw malformed(record, std::string(key) + "=" + shown(before->second) + " as before");
    if (key == "abi") take_abi(info, record, value);
    if (key == "id") info.id = value;
    if (key == "version") info.version = value;
    if (key == "sdk") info.sdk = value;
}

// A dot-separated part: letters, digits and hyphens. A number without need of order may not start with 0 in a pre-release.
bool is_identifiers(std::string_view text, bool allow_leading_zero) {
    for (;;) {
        const std::size_t dot = text.find('.');
        const std::string_view one = text.substr(0, dot);
        const bool good = std::all_of(
            one.begin(), one.end(), [](char c) { return is_digit(c) || is_lower(c) || (c >= 'A' && c <= 'Z') || c == '-'; });
        if (one.empty() || !good) return false;
        const bool number = std::all_of(one.begin(), one.end(), is_digit);
        if (number && one.size() > 1 && one[0] == '0' && !allow_leading_zero) return false;
        if (dot == text.npos) return true;
        text.remove_prefix(dot + 1);
    }
}

}  // namespace

bool is_plugin_id(std::string_view text) {
    return !text.empty() && text.size() <= 31 && is_lower(text[0]) &&
           std::all_of(text.begin(), text.end(), [](char c) { return is_lower(c) || is_digit(c) || c == '_'; });
}

bool is_semantic_version(std::string_view text) {
    if (text.size() > version_length_max) return false;
    if (const std::size_t plus = text.find('+'); plus != text.npos) {
        if (!is_identifiers(text.substr(plus + 1), true)) return false;
        text = text.substr(0, plus);
    }
    if (const std::size_t hyphen = text.find('-'); hyphen != text.npos) {
        if (!is_identifiers(text.substr(hyphen + 1), false)) return false;
        text = text.substr(0, hyphen);
    }
    return std::count(text.begin(), text.end(), '.') == 2 && is_identifiers(text, false) &&
           std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; });
}

Info parse_info(std::string_view section) {
    Info info;
    std::map<std::string_view, std::string_view> seen;
    while (!section.empty()) {
        const std::size_t end = std::min(section.find('\0'), section.size());
        if (end > 0) take_record(info, seen, section.substr(0, end));
        section.remove_prefix(std::min(end + 1, section.size()));
    }
    for (const char* key : {"abi", "id", "version"})
        if (!seen.contains(key))
            throw Error{Code::Abi, "has no " + std::string(key) + "= in .gantry.info; build it with the SDK"};
    if (!is_plugin_id(info.id)) throw malformed("id=" + info.id, "an id like [a-z][a-z0-9_]{0,30}");
    if (!is_semantic_version(info.version)) throw malformed("version=" + info.version, "a semantic version like 1.4.2");
    return info;
}

}  // namespace host::plugin
