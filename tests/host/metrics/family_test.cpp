#include "host/metrics/family.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <thread>

#include "host/core/error.hpp"

namespace host::metrics {
namespace {

using Values = std::vector<std::string_view>;

Shape counter(std::vector<std::string> labels) {
    return {.kind = Kind::Counter, .name = "gantry_n_total", .help = "n", .labels = std::move(labels)};
}

TEST(Family, FindsTheSameSeriesForTheSameValues) {
    Family family(counter({"a", "b"}), 100);
    family.record(1, Values{"x", "y"});
    family.record(2, Values{"x", "y"});
    family.record(5, Values{"xy", ""});
    EXPECT_EQ(family.counter(Values{"x", "y"}).value(), 3);
    EXPECT_EQ(family.counter(Values{"xy", ""}).value(), 5) << "values are not run together";
    EXPECT_EQ(family.series_count(), 2U);
    EXPECT_THROW(family.record(1, Values{"x"}), core::Error);
}

TEST(Family, CountsWhatIsBeyondItsLimitUnderOther) {
    Family family(counter({"a"}), 3);
    for (int i = 0; i < 100; ++i)
        family.record(1, Values{std::to_string(i)});
    family.record(1, Values{"2"});
    EXPECT_EQ(family.series_count(), 3U);
    EXPECT_EQ(family.dropped(), 97U);
    EXPECT_EQ(family.counter(Values{"2"}).value(), 2) << "what was there first is counted on";
    std::string text;
    family.write(text);
    EXPECT_NE(text.find("gantry_n_total{a=\"other\"} 97\n"), std::string::npos) << text;
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2 + 3 + 1) << text;
}

TEST(Family, SharesOtherWithWhoeverUsesTheWordItself) {
    Family family(counter({"a"}), 2);
    for (const char* value : {"other", "x", "y", "z"})
        family.record(1, Values{value});
    std::string text;
    family.write(text);
    EXPECT_NE(text.find("gantry_n_total{a=\"other\"} 3\n"), std::string::npos) << text;
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2 + 2) << text;
}

TEST(Family, NeverPublishesAValueThatWouldSpoilThePage) {
    Family family(counter({"a"}), 10);
    family.record(1, Values{"\xff"});
    family.record(1, Values{std::string_view("\xe2\x82", 2)});
    const std::string longest(label_bytes_max, 'x');
    family.record(1, Values{longest + "x"});
    family.record(1, Values{longest});
    EXPECT_EQ(family.dropped(), 3U);
    EXPECT_EQ(family.series_count(), 1U);
}

TEST(Family, TakesOnlyWhatItsKindMeans) {
    Family grows(counter({}), 1);
    EXPECT_THROW(grows.record(-1, {}), core::Error);
    EXPECT_THROW(grows.record(std::numeric_limits<double>::quiet_NaN(), {}), core::Error);
    Family gauge({.kind = Kind::Gauge, .name = "g"}, 1);
    gauge.record(7, {});
    gauge.add(-9, {});
    EXPECT_EQ(gauge.gauge({}).value(), -2);
    Family histogram({.kind = Kind::Histogram, .name = "h"}, 1);
    EXPECT_THROW(histogram.add(1, {}), core::Error);
    EXPECT_THROW(histogram.record(std::numeric_limits<double>::quiet_NaN(), {}), core::Error);
    EXPECT_EQ(histogram.shape().bounds, default_bounds());
}

// For ThreadSanitizer, and for the sums: nothing that many threads count at once is lost.
TEST(Family, LosesNothingThatManyThreadsCount) {
    Family counters(counter({"a"}), 50);
    Family histogram({.kind = Kind::Histogram, .name = "h", .labels = {"a"}, .bounds = {1, 2}}, 50);
    Family gauge({.kind = Kind::Gauge, .name = "g"}, 1);
    constexpr int threads_n = 6;
    constexpr int rounds = 5'000;
    std::vector<std::thread> threads;
    for (int t = 0; t < threads_n; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < rounds; ++i) {
                const std::string value = std::to_string((i * 7 + t) % 80);
                counters.record(1, Values{value});
                histogram.record(i % 3, Values{i % 2 == 0 ? "even" : "odd"});
                gauge.add(i % 2 == 0 ? 1 : -1, {});
                if (i % 1'000 == 0) {
                    std::string text;
                    counters.write(text);
                    histogram.write(text);
                }
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(counters.series_count(), 50U);
    double sum = counters.counter(Values{"other"}).value();
    for (int i = 0; i < 80; ++i) {
        std::string text;
        const std::string value = std::to_string(i);
        counters.write(text);
        if (text.find("{a=\"" + value + "\"}") != std::string::npos) sum += counters.counter(Values{value}).value();
    }
    EXPECT_EQ(sum, threads_n * rounds);
    std::uint64_t observed = 0;
    double observed_sum = 0;
    for (const char* value : {"even", "odd"}) {
        const Histogram::Reading reading = histogram.histogram(Values{value}).read();
        for (const std::uint64_t count : reading.counts)
            observed += count;
        observed_sum += reading.sum;
    }
    EXPECT_EQ(observed, static_cast<std::uint64_t>(threads_n * rounds));
    EXPECT_EQ(observed_sum, threads_n * (rounds / 3 * 3 + 1));
    EXPECT_EQ(gauge.gauge({}).value(), 0);
}

TEST(Shape, RefusesWhatPrometheusWouldNotRead) {
    const auto refused = [](Shape shape) {
        try {
            checked(std::move(shape));
        } catch (const core::Error& error) {
            return error.code() == core::Code::InvalidArgument;
        }
        return false;
    };
    EXPECT_FALSE(refused(counter({"a", "b"})));
    EXPECT_TRUE(refused({.kind = Kind::Counter, .name = "a-b"}));
    EXPECT_TRUE(refused({.kind = Kind::Counter, .name = "1a"}));
    EXPECT_TRUE(refused({.kind = Kind::Counter, .name = std::string(name_bytes_max + 1, 'a')}));
    EXPECT_TRUE(refused({.kind = static_cast<Kind>(9), .name = "a"}));
    EXPECT_TRUE(refused(counter({"__name__"})));
    EXPECT_TRUE(refused(counter({"a", "a"})));
    EXPECT_TRUE(refused(counter({"a:b"})));
    EXPECT_TRUE(refused(counter({"1", "2", "3", "4", "5", "6", "7", "8", "9"})));
    EXPECT_TRUE(refused({.kind = Kind::Histogram, .name = "a", .labels = {"le"}}));
    EXPECT_FALSE(refused(counter({"le"}))) << "only a histogram has its own";
    EXPECT_TRUE(refused({.kind = Kind::Histogram, .name = "a", .bounds = {1, 1}}));
    EXPECT_TRUE(refused({.kind = Kind::Histogram, .name = "a", .bounds = {std::numeric_limits<double>::infinity()}}));
    EXPECT_TRUE(refused({.kind = Kind::Gauge, .name = "a", .bounds = {1}}));
}

}  // namespace
}  // namespace host::metrics
