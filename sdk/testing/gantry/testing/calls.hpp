#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

#include <gantry/abi/sys.h>

namespace gantry::testing {

// What gantry.sys tells of the calling thread.
inline thread_local std::int32_t thread_kind = GANTRY_THREAD_OTHER;

class ThreadKindScope {
  public:
    explicit ThreadKindScope(std::int32_t kind) : before_(std::exchange(thread_kind, kind)) {}
    ~ThreadKindScope() { thread_kind = before_; }
    ThreadKindScope(const ThreadKindScope&) = delete;
    ThreadKindScope& operator=(const ThreadKindScope&) = delete;

  private:
    std::int32_t before_;
};

// Where the calls back into the plugin are made.
enum class Completions {
    OnAnotherThread,  // as soon as possible, by a thread of the fake host
    ByHand            // by the test: complete_one(), complete_all()
};

// Calls back into the plugin, one after the other and never inside a call of the plugin.
class Calls {
  public:
    ~Calls() { finish(); }

    void run_on_another_thread() {
        worker_ = std::thread([this] { work(); });
    }
    void add(std::function<void()> call) {
        const std::lock_guard lock(mutex_);
        queue_.push_back(std::move(call));
        changed_.notify_all();
    }
    // Makes the oldest call that is due; false: none is.
    bool run_one() {
        std::unique_lock lock(mutex_);
        if (queue_.empty()) return false;
        run_next(lock);
        return true;
    }
    // The same for the newest: what was added first comes late.
    bool run_newest() {
        std::unique_lock lock(mutex_);
        if (queue_.empty()) return false;
        std::rotate(queue_.begin(), queue_.end() - 1, queue_.end());
        run_next(lock);
        return true;
    }
    // Makes what is due, and waits for what the thread is in the middle of.
    void settle() {
        for (;;) {
            while (run_one()) {
            }
            std::unique_lock lock(mutex_);
            if (!changed_.wait_for(lock, patience, [this] { return running_ == 0 || !queue_.empty(); })) return;
            if (queue_.empty()) return;
        }
    }
    bool has_worker() const { return worker_.joinable(); }
    // Makes what is due, then ends the thread.
    void finish() {
        {
            const std::lock_guard lock(mutex_);
            finishing_ = true;
            changed_.notify_all();
        }
        if (worker_.joinable()) worker_.join();
        while (run_one()) {
        }
    }

  private:
    void work() {
        for (;;) {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return finishing_ || !queue_.empty(); });
            if (queue_.empty()) return;
            run_next(lock);
        }
    }
    void run_next(std::unique_lock<std::mutex>& lock) {
        const std::function<void()> call = std::move(queue_.front());
        queue_.pop_front();
        ++running_;
        lock.unlock();
        {
            const ThreadKindScope worker(GANTRY_THREAD_WORKER);
            call();
        }
        lock.lock();
        --running_;
        changed_.notify_all();
    }

    static constexpr std::chrono::seconds patience{10};
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> queue_;
    int running_ = 0;
    bool finishing_ = false;
    std::thread worker_;
};

}  // namespace gantry::testing
