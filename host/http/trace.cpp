#include "host/http/trace.hpp"

#include <algorithm>

#include "host/http/single_field.hpp"

namespace host::http {

namespace {

bool is_lower_hex(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_id(std::string_view text) {
    return is_lower_hex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

}  // namespace

bool is_traceparent(std::string_view value) {
    constexpr std::size_t size = 55;
    if (value.size() < size || value[2] != '-' || value[35] != '-' || value[52] != '-') return false;
    const std::string_view version = value.substr(0, 2);
    if (!is_lower_hex(version) || version == "ff") return false;
    if (value.size() > size && (version == "00" || value[size] != '-')) return false;
    return is_id(value.substr(3, 32)) && is_id(value.substr(36, 16)) && is_lower_hex(value.substr(53, 2));
}

std::string_view traceparent_of(const Request& request) {
    const std::string_view sent = single_field(request, "traceparent");
    return is_traceparent(sent) ? sent : std::string_view();
}

}  // namespace host::http
