#include "host/http/security_headers.hpp"

#include <algorithm>
#include <iterator>

namespace host::http {

namespace {

struct Line {
    std::string_view name;
    std::string_view line;
};

constexpr Line security_lines[] = {
    {"X-Content-Type-Options", "X-Content-Type-Options: nosniff\r\n"},
    {"X-Frame-Options", "X-Frame-Options: DENY\r\n"},
    {"Referrer-Policy", "Referrer-Policy: no-referrer\r\n"},
    {"Content-Security-Policy", "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"},
    {"Cross-Origin-Opener-Policy", "Cross-Origin-Opener-Policy: same-origin\r\n"},
    {"Cross-Origin-Resource-Policy", "Cross-Origin-Resource-Policy: same-origin\r\n"},
};

const std::string& all_lines() {
    static const std::string all = [] {
        std::string joined;
        for (const Line& each : security_lines)
            joined.append(each.line);
        return joined;
    }();
    return all;
}

// One pass over the head instead of one for each name: most heads have two fields and none of these.
bool has_one_of_them(std::string_view lines) {
    while (!lines.empty()) {
        const std::string_view name = lines.substr(0, lines.find(':'));
        if (std::any_of(std::begin(security_lines), std::end(security_lines),
                        [&](const Line& each) { return each.name.size() == name.size() && equal_names(each.name, name); })) {
            return true;
        }
        const std::size_t end = lines.find('\n');
        if (end == std::string_view::npos) return false;
        lines.remove_prefix(end + 1);
    }
    return false;
}

}  // namespace

void append_security_headers(std::string& lines, const Head& head) {
    if (!has_one_of_them(head.lines())) {
        lines.append(all_lines());
        return;
    }
    for (const Line& each : security_lines) {
        if (!head.has(each.name)) lines.append(each.line);
    }
}

}  // namespace host::http
