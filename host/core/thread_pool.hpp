#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace host::core {

// Threads for work that may block, behind a bounded queue: when it is full, work is refused instead of piling up.
class ThreadPool {
  public:
    struct Size {
        std::size_t threads;
        std::size_t queue_max;
    };

    // `name` is what the threads are called in the process table (at most 15 characters).
    ThreadPool(std::string name, Size size);
    // Stops, if that was not done.
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    // False: the queue is full or the pool is stopping, the work was not taken. Work must not throw.
    [[nodiscard]] bool post(std::function<void()> work);
    // Takes no more work, runs what is queued, joins. Once it has returned, what the work uses may go. [control]
    void stop();
    std::size_t queued() const;
    std::size_t threads() const { return threads_.size(); }

  private:
    void run();
    bool wake_another();

    const std::string name_;
    const std::size_t queue_max_;
    mutable std::mutex mutex_;
    std::condition_variable ready_;
    std::deque<std::function<void()>> queue_;
    std::size_t idle_ = 0;
    // One thread at a time is on its way; it wakes the next. Else every post() of a burst would pay for a wake-up.
    bool waking_ = false;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace host::core
