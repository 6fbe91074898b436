#include "host/plugin/deadline.hpp"

#include <pthread.h>

#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "host/core/thread_kind.hpp"

namespace host::plugin {

namespace {

// Shared by both threads, because either may be the last to need it.
struct Meeting {
    std::mutex mutex;
    std::condition_variable changed;
    bool finished = false;
    std::exception_ptr failure;
};

void run(Meeting& meeting, std::function<void()>& work) {
    core::set_thread_kind(core::ThreadKind::Control);
    std::exception_ptr failure;
    try {
        work();
    } catch (...) {  // carried over to the waiting thread, whatever it is
        failure = std::current_exception();
    }
    // What work holds must be gone before the waiting thread goes on to take things apart.
    work = nullptr;
    std::lock_guard lock(meeting.mutex);
    meeting.finished = true;
    meeting.failure = std::move(failure);
    meeting.changed.notify_one();
}

}  // namespace

Outcome run_with_deadline(const std::string& name, std::chrono::milliseconds limit, std::function<void()> work) {
    const auto meeting = std::make_shared<Meeting>();
    std::thread thread([meeting, work = std::move(work)]() mutable { run(*meeting, work); });
    pthread_setname_np(thread.native_handle(), name.substr(0, 15).c_str());
    std::unique_lock lock(meeting->mutex);
    const bool in_time = meeting->changed.wait_for(lock, limit, [&] { return meeting->finished; });
    lock.unlock();
    if (!in_time) {
        thread.detach();
        return Outcome::StillRunning;
    }
    thread.join();
    if (meeting->failure) std::rethrow_exception(std::exchange(meeting->failure, nullptr));
    return Outcome::Finished;
}

}  // namespace host::plugin
