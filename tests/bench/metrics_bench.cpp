// What recording costs, alone and with all cores at it.
#include <benchmark/benchmark.h>

#include <array>
#include <string_view>

#include "host/app/http_metrics.hpp"
#include "host/metrics/registry.hpp"

namespace {

using host::metrics::Family;
using host::metrics::Kind;

void add_to_known_counter(benchmark::State& state) {
    static Family family({.kind = Kind::Counter, .name = "n"}, 1);
    host::metrics::Counter& counter = family.counter({});
    for (auto _ : state)
        counter.add();
}
BENCHMARK(add_to_known_counter)->Threads(1)->Threads(2);

void record_with_two_labels(benchmark::State& state) {
    static Family family({.kind = Kind::Counter, .name = "n", .labels = {"a", "b"}}, 1000);
    const std::array<std::string_view, 2> values{"notes_exported", "application/json"};
    for (auto _ : state)
        family.record(1, values);
}
BENCHMARK(record_with_two_labels);

void observe(benchmark::State& state) {
    static Family family({.kind = Kind::Histogram, .name = "n"}, 1);
    double value = 0;
    for (auto _ : state) {
        value = value < 1 ? value + 0.0001 : 0;
        family.record(value, {});
    }
}
BENCHMARK(observe);

// All that a request costs: its counter, its duration, its bytes.
void meter_a_request(benchmark::State& state) {
    static host::metrics::Registry registry{{}};
    static const host::app::HttpMetrics metrics(registry);
    static const auto meter = [] {
        host::http::Route route;
        route.pattern = "/notes/{id}";
        route.owner = "notes";
        return metrics.meter_for(route);
    }();
    for (auto _ : state)
        meter->finished({.method = "GET", .status = 200, .bytes = 512, .duration = std::chrono::microseconds(700)});
}
BENCHMARK(meter_a_request);

}  // namespace

BENCHMARK_MAIN();
