#include "ticker.hpp"

#include <utility>

namespace bench {

Ticker::Ticker(std::chrono::milliseconds period)
    : period_(period), thread_([this](const std::stop_token& stop) { run(stop); }) {}

void Ticker::enlist(std::coroutine_handle<> waiter) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(waiter);
}

void Ticker::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        std::vector<std::coroutine_handle<>> due;
        {
            std::unique_lock lock(mutex_);
            stopping_.wait_for(lock, stop, period_, [] { return false; });
            due = std::exchange(waiting_, {});
        }
        // Without the lock: they enlist again.
        for (const std::coroutine_handle<> waiter : due)
            waiter.resume();
    }
}

}  // namespace bench
