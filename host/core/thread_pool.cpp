#include "host/core/thread_pool.hpp"

#include <pthread.h>

#include <utility>

#include "host/core/scheduling.hpp"
#include "host/core/thread_kind.hpp"

namespace host::core {

ThreadPool::ThreadPool(std::string name, Size size) : name_(std::move(name)), queue_max_(size.queue_max) {
    for (std::size_t i = 0; i < size.threads; ++i)
        threads_.emplace_back([this] { run(); });
}

ThreadPool::~ThreadPool() {
    stop();
}

void ThreadPool::stop() {
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    ready_.notify_all();
    for (std::thread& thread : threads_) {
        if (thread.joinable()) thread.join();
    }
}

bool ThreadPool::post(std::function<void()> work) {
    bool wake = false;
    {
        std::lock_guard lock(mutex_);
        if (stopping_ || queue_.size() >= queue_max_) return false;
        queue_.push_back(std::move(work));
        wake = wake_another();
    }
    if (wake) ready_.notify_one();
    return true;
}

// Under the lock: is there a thread to be woken, and nobody on the way?
bool ThreadPool::wake_another() {
    if (queue_.empty() || idle_ == 0 || waking_) return false;
    return waking_ = true;
}

std::size_t ThreadPool::queued() const {
    std::lock_guard lock(mutex_);
    return queue_.size();
}

void ThreadPool::run() {
    pthread_setname_np(pthread_self(), name_.substr(0, 15).c_str());
    set_thread_kind(ThreadKind::Blocking);
    let_wakers_go_on();
    for (;;) {
        std::function<void()> work;
        bool wake = false;
        {
            std::unique_lock lock(mutex_);
            ++idle_;
            ready_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
            --idle_;
            if (queue_.empty()) return;
            work = std::move(queue_.front());
            queue_.pop_front();
            waking_ = false;
            wake = wake_another();
        }
        if (wake) ready_.notify_one();
        work();
    }
}

}  // namespace host::core
