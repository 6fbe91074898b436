#include "host/http/head_field.hpp"

namespace host::http {

std::string_view field_in(const Head& head, std::string_view name) {
    std::string_view lines = head.lines();
    while (!lines.empty()) {
        const std::size_t end = lines.find("\r\n");
        const std::string_view line = lines.substr(0, end);
        const std::size_t colon = line.find(':');
        if (colon != std::string_view::npos && equal_names(line.substr(0, colon), name)) {
            const std::size_t begin = line.find_first_not_of(" \t", colon + 1);
            return begin != std::string_view::npos ? line.substr(begin) : std::string_view();
        }
        if (end == std::string_view::npos) break;
        lines.remove_prefix(end + 2);
    }
    return {};
}

}  // namespace host::http
