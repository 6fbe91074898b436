#include "host/http/request_head.hpp"

#include <charconv>

#include "host/http/refusals.hpp"
#include "host/http/syntax.hpp"

namespace host::http {

namespace {

// What was counted on the way through the fields and is judged at their end.
struct Seen {
    std::size_t hosts = 0;
    bool content_length = false;
    bool transfer_encoding = false;
    bool connection_close = false;
    bool connection_keep_alive = false;
};

bool starts_with(std::string_view text, std::string_view lower_case_prefix) {
    return text.size() >= lower_case_prefix.size() &&
           equal_names(text.substr(0, lower_case_prefix.size()), lower_case_prefix);
}

// absolute-form (RFC 9112 section 3.2.2): what follows the authority, or null if it is none.
std::string_view after_authority(std::string_view target) {
    const std::size_t scheme = starts_with(target, "http://") ? 7 : starts_with(target, "https://") ? 8 : 0;
    if (scheme == 0) return {};
    const std::size_t end = std::min(target.find_first_of("/?", scheme), target.size());
    const std::string_view authority = target.substr(scheme, end - scheme);
    return authority.empty() || !is_host(authority) ? std::string_view{} : target.substr(end);
}

const Refusal* parse_target(Request& request) {
    if (request.method == "CONNECT") return &refusals::connect;
    if (!is_target(request.target)) return &refusals::target;
    if (request.target == "*") {
        if (request.method != "OPTIONS") return &refusals::target;
        request.path = request.target;
        return nullptr;
    }
    std::string_view rest = request.target;
    if (rest.front() != '/') {
        rest = after_authority(rest);
        if (rest.data() == nullptr) return &refusals::target;
    }
    const std::size_t question = rest.find('?');
    request.path = rest.substr(0, question);
    if (question != std::string_view::npos) request.query = rest.substr(question + 1);
    if (request.path.empty()) request.path = request.method == "OPTIONS" && request.query.empty() ? "*" : "/";
    return nullptr;
}

const Refusal* parse_version(std::string_view version, Request& request) {
    if (version == "HTTP/1.1")
        request.minor_version = 1;
    else if (version == "HTTP/1.0")
        request.minor_version = 0;
    else
        return version.substr(0, 5) == "HTTP/" ? &refusals::version : &refusals::request_line;
    return nullptr;
}

const Refusal* parse_request_line(std::string_view line, const Settings& limits, Request& request) {
    const std::size_t first = line.find(' ');
    const std::size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
    if (second == std::string_view::npos || first == 0 || second == first + 1) return &refusals::request_line;
    request.method = line.substr(0, first);
    if (!is_token(request.method)) return &refusals::method;
    request.target = line.substr(first + 1, second - first - 1);
    if (request.target.size() > limits.line_bytes_max) return &refusals::target_size;
    if (const Refusal* refusal = parse_version(line.substr(second + 1), request)) return refusal;
    return parse_target(request);
}

const Refusal* take_content_length(std::string_view value, Seen& seen, Framing& framing) {
    if (seen.content_length) return &refusals::content_length;
    seen.content_length = true;
    const char* end = value.data() + value.size();
    const auto [stopped, error] = std::from_chars(value.data(), end, framing.content_length);
    if (error != std::errc{} || stopped != end) return &refusals::content_length;
    return nullptr;
}

const Refusal* take_transfer_encoding(std::string_view value, Seen& seen, Framing& framing) {
    if (seen.transfer_encoding) return &refusals::coding_duplicate;
    seen.transfer_encoding = true;
    if (!equal_names(value, "chunked")) return &refusals::coding;
    framing.chunked = true;
    return nullptr;
}

const Refusal* take_connection(std::string_view value, Seen& seen, Framing& framing) {
    if (!is_token_list(value)) return &refusals::connection;
    seen.connection_close |= list_has(value, "close");
    seen.connection_keep_alive |= list_has(value, "keep-alive");
    framing.upgrade |= list_has(value, "upgrade");
    return nullptr;
}

// The few fields that frame the message or steer the connection. Their lengths differ, so that most fields cost a jump.
const Refusal* take_field(const Field& field, Seen& seen, Framing& framing, int minor_version) {
    switch (field.name.size()) {
        case 4:
            if (equal_names(field.name, "host") && (++seen.hosts > 1 || !is_host(field.value))) return &refusals::host;
            return nullptr;
        case 6:
            if (!equal_names(field.name, "expect") || minor_version == 0) return nullptr;
            if (!equal_names(field.value, "100-continue")) return &refusals::expect;
            framing.expects_continue = true;
            return nullptr;
        case 10:
            if (equal_names(field.name, "connection")) return take_connection(field.value, seen, framing);
            return nullptr;
        case 14:
            if (equal_names(field.name, "content-length")) return take_content_length(field.value, seen, framing);
            return nullptr;
        case 17:
            if (equal_names(field.name, "transfer-encoding")) return take_transfer_encoding(field.value, seen, framing);
            return nullptr;
        default:
            return nullptr;
    }
}

const Refusal* judge(const Seen& seen, const Request& request, Framing& framing) {
    if (request.minor_version == 1 && seen.hosts != 1) return &refusals::host;
    if (seen.transfer_encoding && seen.content_length) return &refusals::both_lengths;
    if (seen.transfer_encoding && request.minor_version == 0) return &refusals::coding_duplicate;
    framing.keep_alive = !seen.connection_close && (request.minor_version == 1 || seen.connection_keep_alive);
    return nullptr;
}

// The next line, without its CR LF; the scanner has seen to it that each has one.
std::string_view next_line(std::string_view& head) {
    const std::size_t lf = head.find('\n');
    const std::string_view line = head.substr(0, lf - 1);
    head.remove_prefix(lf + 1);
    return line;
}

}  // namespace

const Refusal* parse_field(std::string_view line, Field& field) {
    if (line.front() == ' ' || line.front() == '\t') return &refusals::folded;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return &refusals::field_name;
    field = {line.substr(0, colon), trim(line.substr(colon + 1))};
    return is_field_value(field.value) ? nullptr : &refusals::field_value;
}

const Refusal* parse_head(std::string_view head, const Settings& limits, Request& request, Framing& framing) {
    if (const Refusal* refusal = parse_request_line(next_line(head), limits, request)) return refusal;
    Seen seen;
    for (std::string_view line = next_line(head); !line.empty(); line = next_line(head)) {
        if (request.fields.size() == limits.headers_max) return &refusals::headers_count;
        Field& field = request.fields.emplace_back();
        if (const Refusal* refusal = parse_field(line, field)) return refusal;
        if (const Refusal* refusal = take_field(field, seen, framing, request.minor_version)) return refusal;
    }
    return judge(seen, request, framing);
}

}  // namespace host::http
