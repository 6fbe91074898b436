#include "host/metrics/exposition.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "host/core/error.hpp"
#include "host/metrics/registry.hpp"

namespace host::metrics {
namespace {

TEST(Exposition, IsThePrometheusTextFormatToTheByte) {
    Registry registry{{}};
    registry
        .define({.kind = Kind::Counter, .name = "gantry_b_total", .help = "Of \"b\"\\\nin two lines", .labels = {"x", "y"}},
                10)
        .record(3, std::vector<std::string_view>{"a\"b\\c\nd", "\xc3\xbc"});
    registry.define({.kind = Kind::Gauge, .name = "gantry_a", .help = "Without labels"}, 1);
    Family& seconds = registry.define(
        {.kind = Kind::Histogram, .name = "gantry_c_seconds", .help = "", .labels = {"x"}, .bounds = {0.005, 1, 2.5}}, 10);
    for (const double value : {0.005, 0.0051, 2.0, 100.0})
        seconds.record(value, std::vector<std::string_view>{"v"});
    registry.define_sampled({.kind = Kind::Gauge, .name = "gantry_d", .help = "Asked for", .labels = {"x"}}, [] {
        return std::vector<Registry::Sample>{{{"1"}, 0.1}, {{"2"}, -std::numeric_limits<double>::infinity()}};
    });
    EXPECT_EQ(registry.text(), R"(# HELP gantry_a Without labels
# TYPE gantry_a gauge
gantry_a 0
# HELP gantry_b_total Of "b"\\\nin two lines
# TYPE gantry_b_total counter
gantry_b_total{x="a\"b\\c\nd",y="ü"} 3
# HELP gantry_c_seconds 
# TYPE gantry_c_seconds histogram
gantry_c_seconds_bucket{x="v",le="0.005"} 1
gantry_c_seconds_bucket{x="v",le="1"} 2
gantry_c_seconds_bucket{x="v",le="2.5"} 3
gantry_c_seconds_bucket{x="v",le="+Inf"} 4
gantry_c_seconds_sum{x="v"} 102.0101
gantry_c_seconds_count{x="v"} 4
# HELP gantry_d Asked for
# TYPE gantry_d gauge
gantry_d{x="1"} 0.1
gantry_d{x="2"} -Inf
)");
}

TEST(Exposition, WritesNumbersSoThatTheyReadBackTheSame) {
    const auto written = [](double value) {
        std::string out;
        write_sample(out, {.kind = Kind::Gauge, .name = "n"}, {}, value);
        return out.substr(2, out.size() - 3);
    };
    EXPECT_EQ(written(0), "0");
    EXPECT_EQ(written(9007199254740991.0), "9007199254740991");
    EXPECT_EQ(written(-1.5e-7), "-1.5e-07");
    EXPECT_EQ(written(1e300), "1e+300");
    EXPECT_EQ(written(std::numeric_limits<double>::quiet_NaN()), "NaN");
    EXPECT_EQ(written(std::numeric_limits<double>::infinity()), "+Inf");
}

TEST(Exposition, KnowsWhatIsNoUtf8) {
    for (const char* good : {"", "abc", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"})
        EXPECT_TRUE(is_utf8(good)) << good;
    for (const char* bad :
         {"\x80", "\xc3", "\xc0\xaf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff", "a\xe2\x82"})
        EXPECT_FALSE(is_utf8(bad)) << bad;
}

TEST(Exposition, LeavesOutASamplerThatFails) {
    Registry registry{{}};
    registry.define_sampled({.kind = Kind::Gauge, .name = "gantry_a", .help = ""},
                            []() -> std::vector<Registry::Sample> { throw core::Error(core::Code::Unavailable, "away"); });
    registry.define({.kind = Kind::Gauge, .name = "gantry_b", .help = "b"}, 1);
    EXPECT_EQ(registry.text(), "# HELP gantry_b b\n# TYPE gantry_b gauge\ngantry_b 0\n");
}

}  // namespace
}  // namespace host::metrics
