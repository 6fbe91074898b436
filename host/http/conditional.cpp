#include "host/http/conditional.hpp"

#include "host/http/http_date.hpp"
#include "host/http/single_field.hpp"
#include "host/http/syntax.hpp"

namespace host::http {

namespace {

std::string_view opaque(std::string_view etag) {
    return etag.starts_with("W/") ? etag.substr(2) : etag;
}

// The end of the tag that `list` begins with: a quoted text may hold commas.
std::size_t end_of_tag(std::string_view list) {
    const std::size_t open = list.starts_with("W/") ? 2 : 0;
    if (open >= list.size() || list[open] != '"') return std::min(list.find(','), list.size());
    const std::size_t close = list.find('"', open + 1);
    return close == std::string_view::npos ? list.size() : close + 1;
}

// Weak comparison (section 8.8.3.2): the same bytes are not asked for, the same meaning is enough.
bool lists(std::string_view list, std::string_view etag) {
    while (!list.empty()) {
        list = trim(list);
        if (list.starts_with(',')) {
            list.remove_prefix(1);
            continue;
        }
        const std::size_t end = end_of_tag(list);
        const std::string_view tag = trim(list.substr(0, end));
        if (tag == "*" || opaque(tag) == opaque(etag)) return true;
        list.remove_prefix(end);
    }
    return false;
}

}  // namespace

bool is_not_modified(const Request& request, const Validators& validators) {
    bool asked = false;
    for (const Field& field : request.fields) {
        if (!equal_names(field.name, "If-None-Match")) continue;
        if (lists(field.value, validators.etag)) return true;
        asked = true;
    }
    if (asked || !validators.last_modified) return false;
    const auto since = parse_http_date(single_field(request, "If-Modified-Since"));
    return since && *validators.last_modified <= *since;
}

bool may_send_ranges(const Request& request, const Validators& validators) {
    if (request.find("If-Range") == nullptr) return true;
    const std::string_view condition = trim(single_field(request, "If-Range"));
    // Strong comparison: parts of two versions must never be put together.
    if (condition.starts_with('"')) return condition == validators.etag;
    const auto date = parse_http_date(condition);
    // A date is a strong validator only if the file cannot have changed again within its second (section 8.8.2.2).
    return date && validators.last_modified && *date == *validators.last_modified && *date < std::time(nullptr) - 1;
}

std::string validator_lines(const Validators& validators) {
    std::string lines;
    if (!validators.etag.empty()) lines.append("ETag: ").append(validators.etag).append("\r\n");
    if (validators.last_modified)
        lines.append("Last-Modified: ").append(http_date(*validators.last_modified)).append("\r\n");
    return lines;
}

}  // namespace host::http
