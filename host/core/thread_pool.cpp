#include "host/core/thread_pool.hpp"

#include <pthread.h>

#include <utility>

#include "host/core/thread_kind.hpp"

namespace host::core {

ThreadPool::ThreadPool(std::string name, Size size) : name_(std::move(name)), queue_max_(size.queue_max) {
    for (std::size_t i = 0; i < size.threads; ++i)
        threads_.emplace_back([this] { run(); });
}

ThreadPool::~ThreadPool() {
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    ready_.notify_all();
    for (std::thread& thread : threads_)
        thread.join();
}

bool ThreadPool::post(std::function<void()> work) {
    {
        std::lock_guard lock(mutex_);
        if (stopping_ || queue_.size() >= queue_max_) return false;
        queue_.push_back(std::move(work));
    }
    ready_.notify_one();
    return true;
}

std::size_t ThreadPool::queued() const {
    std::lock_guard lock(mutex_);
    return queue_.size();
}

void ThreadPool::run() {
    pthread_setname_np(pthread_self(), name_.substr(0, 15).c_str());
    set_thread_kind(ThreadKind::Blocking);
    for (;;) {
        std::function<void()> work;
        {
            std::unique_lock lock(mutex_);
            ready_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
            if (queue_.empty()) return;
            work = std::move(queue_.front());
            queue_.pop_front();
        }
        work();
    }
}

}  // namespace host::core
