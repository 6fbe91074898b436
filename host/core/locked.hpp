#pragma once

#include <mutex>
#include <utility>

namespace host::core {

// Data that is reachable only through its lock. Nothing foreign (a plugin, a logger's callback) is called inside with().
template <typename T>
class Locked {
  public:
    Locked() = default;
    explicit Locked(T value) : value_(std::move(value)) {}

    template <typename F>
    decltype(auto) with(F&& use) {
        std::lock_guard lock(mutex_);
        return std::forward<F>(use)(value_);
    }
    template <typename F>
    decltype(auto) with(F&& use) const {
        std::lock_guard lock(mutex_);
        return std::forward<F>(use)(value_);
    }

  private:
    mutable std::mutex mutex_;
    T value_;
};

}  // namespace host::core
