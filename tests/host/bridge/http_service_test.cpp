#include "host/bridge/http_service.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "host/bridge/text.hpp"
#include "host/core/error.hpp"
#include "tests/support/postgres.hpp"

namespace host::bridge {
namespace {

// What becomes of a route that a plugin declares with this limit.
http::Route declared(std::uint32_t calls, std::uint32_t window_ms, const char* operation = "create_note") {
    std::optional<http::Route> taken;
    HttpService service(
        "notes", [&](http::Route route) { taken = std::move(route); }, std::make_shared<core::Gate>(),
        tests::quiet_logger());
    gantry_route route{};
    route.struct_size = sizeof route;
    route.method = str("POST");
    route.pattern = str("/notes");
    route.operation_id = str(operation);
    route.handle = [](void*, gantry_id, const gantry_request*) -> gantry_status { return GANTRY_OK; };
    route.limit_calls = calls;
    route.limit_window_ms = window_ms;
    service.add_route(route);
    return taken.value();
}

TEST(HttpService, TakesALimitThatTheConfigurationCouldHaveToo) {
    EXPECT_EQ(declared(0, 0).limit_calls, 0U);
    EXPECT_EQ(declared(5, 100).limit_calls, 5U);
    EXPECT_EQ(declared(1, 31u * 86'400'000u).limit_window, std::chrono::days(31));
    EXPECT_THROW(declared(0, 1'000), core::Error);
    EXPECT_THROW(declared(5, 0), core::Error);
    EXPECT_THROW(declared(5, 99), core::Error);
    EXPECT_THROW(declared(5, 31u * 86'400'000u + 1), core::Error);
}

TEST(HttpService, TakesALimitOnlyUnderANameThatARuleCanHave) {
    EXPECT_THROW(declared(5, 1'000, ""), core::Error);
    EXPECT_THROW(declared(5, 1'000, "createNote"), core::Error);
    EXPECT_THROW(declared(5, 1'000, std::string(59, 'x').c_str()), core::Error) << "with its plugin too long";
    EXPECT_EQ(declared(5, 1'000, std::string(58, 'x').c_str()).limit_calls, 5U);
}

}  // namespace
}  // namespace host::bridge
