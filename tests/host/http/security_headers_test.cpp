#include "host/http/security_headers.hpp"

#include <gtest/gtest.h>

namespace host::http {
namespace {

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1))
        ++found;
    return found;
}

TEST(SecurityHeaders, AllStandInAHeadThatHasNone) {
    std::string lines;
    append_security_headers(lines, Head(200).add("Content-Type", "text/plain"));
    EXPECT_EQ(lines,
              "X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\nReferrer-Policy: no-referrer\r\n"
              "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
              "Cross-Origin-Opener-Policy: same-origin\r\nCross-Origin-Resource-Policy: same-origin\r\n");
}

TEST(SecurityHeaders, LeaveAHandlersOwnAloneWhateverItsCase) {
    std::string lines;
    append_security_headers(
        lines, Head(200).add("content-security-policy", "default-src 'self'").add("X-FRAME-OPTIONS", "SAMEORIGIN"));
    EXPECT_EQ(count(lines, "Content-Security-Policy:"), 0u);
    EXPECT_EQ(count(lines, "X-Frame-Options:"), 0u);
    EXPECT_EQ(count(lines, "\r\n"), 4u);
}

TEST(SecurityHeaders, AreNotMistakenForTextInAValue) {
    std::string lines;
    append_security_headers(lines, Head(200).add("X-Note", "X-Frame-Options"));
    EXPECT_EQ(count(lines, "\r\n"), 6u);
}

}  // namespace
}  // namespace host::http
