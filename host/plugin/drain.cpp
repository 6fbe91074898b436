#include "host/plugin/drain.hpp"

#include <condition_variable>
#include <mutex>
#include <utility>

namespace host::plugin {

// Outlives the Drain if a pin does.
struct Drain::Signal {
    std::mutex mutex;
    std::condition_variable changed;
    bool empty = false;
};

Drain::Drain(const Generation* generation)
    : signal_(std::make_shared<Signal>()),
      pin_(std::shared_ptr<const Generation>(generation, [signal = signal_](const Generation*) {
          std::lock_guard lock(signal->mutex);
          signal->empty = true;
          signal->changed.notify_all();
      })) {}

std::shared_ptr<const Generation> Drain::pin() const {
    return pin_.with([](const auto& pin) { return pin; });
}

void Drain::close() {
    const auto last = pin_.with([](auto& pin) { return std::exchange(pin, nullptr); });
}

bool Drain::wait_until(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(signal_->mutex);
    return signal_->changed.wait_until(lock, deadline, [&] { return signal_->empty; });
}

}  // namespace host::plugin
