#include "host/http/path_check.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "host/http/percent.hpp"
#include "host/http/utf8.hpp"

namespace host::http {

namespace {

bool has_dot_segment(std::string_view path) {
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        const std::string_view segment = path.substr(begin, end - begin);
        if (segment == "." || segment == "..") return true;
        begin = end + 1;
    }
    return false;
}

const char* flaw_of_decoded(std::string_view path) {
    if (path.find('\0') != std::string_view::npos) return "the path has a NUL";
    if (!is_utf8(path)) return "the path is not UTF-8";
    if (has_dot_segment(path)) return "the path has the segment \".\" or \"..\"; nothing is resolved here";
    return nullptr;
}

}  // namespace

const char* flaw_of_path(std::string_view path) {
    if (!path.starts_with('/')) return "the path does not begin with '/'";
    if (path.find('%') == std::string_view::npos) return flaw_of_decoded(path);
    const std::optional<std::string> decoded = percent_decode(path);
    if (!decoded) return "the path has a '%' that is not followed by two hexadecimal digits";
    return flaw_of_decoded(*decoded);
}

}  // namespace host::http
