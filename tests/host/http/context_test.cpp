#include "host/http/context.hpp"

#include <gtest/gtest.h>

#include "host/core/thread_pool.hpp"

namespace host::http {
namespace {

std::string dressed(const Settings& settings, bool tls, Head head = Head(200)) {
    std::string lines;
    core::ThreadPool blocking("blocking", {1, 1});
    const Context context(settings, log::Logger(log::open_memory({}, lines), "http"), blocking);
    context.dress(head, {"id", {}, tls});
    return std::string(head.lines());
}

bool has(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

TEST(Context, SaysStrictTransportSecurityOnTlsOnly) {
    EXPECT_TRUE(has(dressed({}, true), "\r\nStrict-Transport-Security: max-age=31536000\r\n"));
    EXPECT_FALSE(has(dressed({}, false), "Strict-Transport-Security"));
}

TEST(Context, SaysNoStrictTransportSecurityIfSwitchedOffOrSaidByTheHandler) {
    Settings settings;
    settings.tls.hsts = std::chrono::seconds(0);
    EXPECT_FALSE(has(dressed(settings, true), "Strict-Transport-Security"));
    settings = {};
    settings.security_headers = false;
    EXPECT_FALSE(has(dressed(settings, true), "Strict-Transport-Security"));
    Head own(200);
    own.add("strict-transport-security", "max-age=5");
    EXPECT_FALSE(has(dressed({}, true, std::move(own)), "Strict-Transport-Security"));
}

}  // namespace
}  // namespace host::http
