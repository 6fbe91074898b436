#pragma once

#include <atomic>
#include <cstddef>

// Threads that count the same thing count in places of their own, which are added up when somebody reads: a cache line
// that several cores write to costs more than everything else here.
namespace host::metrics {

inline constexpr std::size_t stripes_count = 8;

inline std::size_t stripe_of_this_thread() {
    static std::atomic<std::size_t> threads{0};
    thread_local const std::size_t stripe = threads.fetch_add(1, std::memory_order_relaxed) % stripes_count;
    return stripe;
}

}  // namespace host::metrics
