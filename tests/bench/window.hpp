#pragma once

#include <condition_variable>
#include <mutex>

namespace bench {

// Lets so much be under way as a busy host would have.
class Window {
  public:
    explicit Window(int most) : most_(most), free_(most) {}

    void enter() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return free_ > 0; });
        --free_;
    }
    void leave() {
        std::lock_guard lock(mutex_);
        ++free_;
        changed_.notify_all();
    }
    void wait_empty() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return free_ == most_; });
    }

  private:
    const int most_;
    std::mutex mutex_;
    std::condition_variable changed_;
    int free_;
};

}  // namespace bench
