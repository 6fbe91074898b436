#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace gantry::detail {

// How much of a plugin's work is open: coroutines that have begun and operations the host has accepted. quiesce() and
// stop() wait here.
class OpenWork {
  public:
    void enter() {
        const std::lock_guard lock(mutex_);
        ++count_;
    }
    void leave() {
        // Notified under the lock: the waiter may destroy this object as soon as it can take the lock.
        const std::lock_guard lock(mutex_);
        if (--count_ == 0) none_.notify_all();
    }
    // True once nothing is open.
    bool wait_for(std::chrono::nanoseconds time_max) {
        std::unique_lock lock(mutex_);
        return none_.wait_for(lock, time_max, [this] { return count_ == 0; });
    }
    std::size_t count() {
        const std::lock_guard lock(mutex_);
        return count_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable none_;
    std::size_t count_ = 0;
};

// One piece of open work for as long as the scope lives.
class OpenScope {
  public:
    explicit OpenScope(OpenWork& work) : work_(work) { work_.enter(); }
    ~OpenScope() { work_.leave(); }
    OpenScope(const OpenScope&) = delete;
    OpenScope& operator=(const OpenScope&) = delete;

  private:
    OpenWork& work_;
};

}  // namespace gantry::detail
