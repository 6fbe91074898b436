#pragma once

#include <condition_variable>
#include <coroutine>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include <gantry/abi/database.h>
#include <gantry/database/error.hpp>
#include <gantry/database/rows.hpp>
#include <gantry/detail/context.hpp>

namespace gantry {

// What every part of the database needs: the instance and the service's table. Copied freely.
struct DatabaseHandle {
    detail::Context* context;
    const gantry_database* service;
};

namespace detail {

inline std::exception_ptr database_failure(gantry_status status, const gantry_error* error) {
    const std::string message = error != nullptr && error->message[0] != '\0' ? error->message : "the database refused";
    return std::make_exception_ptr(DatabaseError(static_cast<Status>(status), message, error != nullptr ? error->code : "",
                                                 error != nullptr ? error->where : ""));
}

// A thread that waits for one operation.
class Blocker {
  public:
    void wait() {
        std::unique_lock lock(mutex_);
        done_.wait(lock, [this] { return is_done_; });
    }
    void wake() {
        const std::lock_guard lock(mutex_);
        is_done_ = true;
        done_.notify_one();
    }

  private:
    std::mutex mutex_;
    std::condition_variable done_;
    bool is_done_ = false;
};

// One operation that the host completes later. `co_await` it in a coroutine, or `.get()` it where a thread may block.
// It borrows its arguments, so both must stand in the expression that made it. `Derived` has begin(), which hands the
// operation to the host, with `this` as the user of the callback.
template <typename Derived, typename Result>
class [[nodiscard]] Operation {
  public:
    bool await_ready() const noexcept { return false; }
    // Not inlined into the coroutine: once begin() is accepted, another thread may be running the coroutine, or have
    // freed its frame and this object with it.
    [[gnu::noinline]] bool await_suspend(std::coroutine_handle<> waiter) {
        waiter_ = waiter;
        const gantry_status status = derived().begin();
        if (status >= 0) return true;
        failure_ = database_failure(status, nullptr);
        return false;
    }
    Result await_resume() {
        if (failure_) std::rethrow_exception(std::move(failure_));
        return std::move(*result_);
    }

    // Waits. Not on an event loop, whose every client would wait too: there it throws std::logic_error.
    Result get() && {
        GANTRY_DETAIL_USE(GANTRY_SYS, gantry_sys, thread_kind);
        if (database_.context->sys->thread_kind(database_.context->host) == GANTRY_THREAD_WORKER) {
            throw std::logic_error("get() would block an event loop: co_await it, or declare the route blocking()");
        }
        Blocker blocker;
        blocker_ = &blocker;
        const gantry_status status = derived().begin();
        if (status < 0) std::rethrow_exception(database_failure(status, nullptr));
        blocker.wait();
        return await_resume();
    }

  protected:
    explicit Operation(const DatabaseHandle& database) : database_(database) {}
    Operation(Operation&&) = default;  // only before it has begun
    Operation& operator=(Operation&&) = delete;
    ~Operation() = default;

    const DatabaseHandle& database() const { return database_; }

    // The host's callback ends here; `make` makes the result. The operation is gone when it returns.
    template <typename Make>
    void complete(gantry_status status, const gantry_error* error, Make&& make) noexcept {
        try {
            if (status < 0) {
                failure_ = database_failure(status, error);
            } else {
                result_.emplace(make());
            }
        } catch (...) {
            failure_ = std::current_exception();
        }
        if (blocker_ != nullptr) {
            blocker_->wake();
        } else {
            waiter_.resume();
        }
    }

  private:
    Derived& derived() { return static_cast<Derived&>(*this); }

    DatabaseHandle database_;
    std::coroutine_handle<> waiter_;
    Blocker* blocker_ = nullptr;
    std::optional<Result> result_;
    std::exception_ptr failure_;
};

}  // namespace detail

}  // namespace gantry
