#include "host/http/mailbox.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>

#include "host/core/error.hpp"

namespace host::http {

Mailbox::Mailbox() : event_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (event_ < 0) {
        throw core::Error{core::Code::Unavailable, std::string("no eventfd for a worker: ") + std::strerror(errno)};
    }
}

Mailbox::~Mailbox() {
    ::close(event_);
}

void Mailbox::wake() {
    const std::uint64_t one = 1;
    // Full means that it is readable already.
    [[maybe_unused]] const auto written = ::write(event_, &one, sizeof one);
}

void Mailbox::push(std::unique_ptr<Task> task) {
    bool first = false;
    {
        std::lock_guard lock(mutex_);
        if (closed_) return;
        first = tasks_.empty();
        tasks_.push_back(std::move(task));
    }
    if (first) wake();
}

void Mailbox::run() {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = ::read(event_, &count, sizeof count);
    {
        std::lock_guard lock(mutex_);
        running_.swap(tasks_);
    }
    for (const auto& task : running_)
        task->run();
    running_.clear();
}

void Mailbox::close() {
    std::vector<std::unique_ptr<Task>> dropped;
    std::lock_guard lock(mutex_);
    closed_ = true;
    dropped.swap(tasks_);
}

}  // namespace host::http
