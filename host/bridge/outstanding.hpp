#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace host::bridge {

// Operations of one plugin that a room has accepted and not completed. silence() waits here: each of them ends by itself,
// since every statement has a deadline.
class Outstanding {
  public:
    void enter() {
        std::lock_guard lock(mutex_);
        ++count_;
    }
    void leave() {
        std::lock_guard lock(mutex_);
        if (--count_ == 0) none_.notify_all();
    }
    void wait() {
        std::unique_lock lock(mutex_);
        none_.wait(lock, [this] { return count_ == 0; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable none_;
    std::size_t count_ = 0;
};

}  // namespace host::bridge
