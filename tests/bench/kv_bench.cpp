// What an operation on the store in memory costs, with one thread and with two.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "host/kv/memory_store.hpp"

namespace {

using host::kv::MemoryStore;
using host::kv::Operation;

MemoryStore& store() {
    static MemoryStore made({});
    return made;
}

const std::vector<std::string>& keys() {
    static const std::vector<std::string> made = [] {
        std::vector<std::string> all;
        for (int i = 0; i < 10'000; ++i)
            all.push_back("session:" + std::to_string(i * 7919));
        return all;
    }();
    return made;
}

void run(benchmark::State& state, host::kv::Request request) {
    std::size_t i = static_cast<std::size_t>(state.thread_index()) * 5'003;
    request.owner = "notes";
    for (auto _ : state) {
        request.key = keys()[++i % keys().size()];
        benchmark::DoNotOptimize(store().now(request));
    }
    state.SetItemsProcessed(state.iterations());
}

void put(benchmark::State& state) {
    run(state, {.operation = Operation::Put, .value = "a value of some thirty-two bytes", .ttl_ms = 60'000});
}
void get(benchmark::State& state) {
    run(state, {.operation = Operation::Get});
}
void limit(benchmark::State& state) {
    run(state, {.operation = Operation::Limit, .limit = 1'000'000, .window_ms = 60'000});
}
BENCHMARK(put)->Threads(1)->Threads(2);
BENCHMARK(get)->Threads(1)->Threads(2);
BENCHMARK(limit)->Threads(1)->Threads(2);

}  // namespace

BENCHMARK_MAIN();
