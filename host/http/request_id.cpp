#include "host/http/request_id.hpp"

#include <algorithm>

#include "host/core/ids.hpp"
#include "host/http/single_field.hpp"

namespace host::http {

namespace {

constexpr std::size_t id_size_max = 128;

bool is_id_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

}  // namespace

bool is_sane_request_id(std::string_view id) {
    return !id.empty() && id.size() <= id_size_max && std::all_of(id.begin(), id.end(), is_id_character);
}

std::string request_id_of(const Request& request) {
    const std::string_view sent = single_field(request, "X-Request-Id");
    return is_sane_request_id(sent) ? std::string(sent) : core::sortable_id();
}

}  // namespace host::http
