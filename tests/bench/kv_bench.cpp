// What an operation on the store in memory costs, with one thread and with two.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "host/kv/memory_store.hpp"

namespace {

using host::kv::MemoryStore;
using host::kv::Operation;

const std::vector<std::string>& keys() {
    static const std::vector<std::string> made = [] {
        std::vector<std::string> all;
        for (int i = 0; i < 10'000; ++i)
            all.push_back("session:" + std::to_string(i * 7919));
        return all;
    }();
    return made;
}

constexpr host::kv::Request a_put{
    .operation = Operation::Put, .owner = "notes", .value = "a value of some thirty-two bytes", .ttl_ms = 600'000};

// Every key is there from the begin: a get that finds nothing would cost less.
MemoryStore& store() {
    static MemoryStore made({});
    static const bool filled = [] {
        host::kv::Request request = a_put;
        for (const std::string& key : keys()) {
            request.key = key;
            made.now(request);
        }
        return true;
    }();
    (void)filled;
    return made;
}

void run(benchmark::State& state, host::kv::Request request) {
    std::size_t i = static_cast<std::size_t>(state.thread_index()) * 5'003;
    request.owner = "notes";
    MemoryStore& kept = store();
    std::int64_t failures = 0;
    for (auto _ : state) {
        request.key = keys()[++i % keys().size()];
        failures += kept.now(request)->failure.has_value();
    }
    if (failures != 0) state.SkipWithError("operations failed");
    state.SetItemsProcessed(state.iterations());
}

void put(benchmark::State& state) {
    run(state, a_put);
}
void get(benchmark::State& state) {
    run(state, {.operation = Operation::Get});
}
void limit(benchmark::State& state) {
    run(state, {.operation = Operation::Limit, .limit = 1'000'000, .window_ms = 60'000});
}
// By the clock on the wall: what two threads reach together, waiting for each other included.
BENCHMARK(put)->Threads(1)->Threads(2)->UseRealTime();
BENCHMARK(get)->Threads(1)->Threads(2)->UseRealTime();
BENCHMARK(limit)->Threads(1)->Threads(2)->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
