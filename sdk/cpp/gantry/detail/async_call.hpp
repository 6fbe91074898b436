#pragma once

#include <condition_variable>
#include <coroutine>
#include <exception>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <gantry/detail/context.hpp>
#include <gantry/detail/guard.hpp>
#include <gantry/error.hpp>

namespace gantry::detail {

inline std::exception_ptr failure_of(gantry_status status, const gantry_error* error, const char* what) {
    const std::string message = error != nullptr && error->message[0] != '\0' ? error->message : what;
    Error failure(static_cast<Status>(status), message);
    if (error != nullptr) {
        failure.code(error->code).where(error->where).http(error->http_status);
        failure.retryable((error->flags & GANTRY_ERROR_RETRYABLE) != 0);
    }
    return std::make_exception_ptr(std::move(failure));
}

// A call that the host completes later. `co_await` it in a coroutine, or `.get()` it where a thread may block. `Derived`
// has begin(), which hands it to the host with `this` as the user of the callback, and name().
template <typename Derived, typename Result>
class [[nodiscard]] AsyncCall {
  public:
    bool await_ready() const noexcept { return false; }
    // Not inlined into the coroutine: once begin() is accepted, another thread may be running the coroutine, or have
    // freed its frame and this object with it.
    [[gnu::noinline]] bool await_suspend(std::coroutine_handle<> waiter) {
        waiter_ = waiter;
        const gantry_status status = derived().begin();
        if (status >= 0) return true;
        failure_ = failure_of(status, nullptr, Derived::name());
        return false;
    }
    Result await_resume() {
        if (failure_) std::rethrow_exception(std::move(failure_));
        return std::move(*result_);
    }

    // Waits. Not on an event loop, whose every client would wait too: there it throws std::logic_error.
    Result get() && {
        GANTRY_DETAIL_USE(GANTRY_SYS, gantry_sys, thread_kind);
        if (context_->sys->thread_kind(context_->host) == GANTRY_THREAD_WORKER) {
            throw std::logic_error("get() would block an event loop: co_await it, or declare the route blocking()");
        }
        Wait wait;
        wait_ = &wait;
        const gantry_status status = derived().begin();
        if (status < 0) std::rethrow_exception(failure_of(status, nullptr, Derived::name()));
        std::unique_lock lock(wait.mutex);
        wait.changed.wait(lock, [&] { return wait.done; });
        return await_resume();
    }

  protected:
    explicit AsyncCall(Context& context) : context_(&context) {}
    AsyncCall(AsyncCall&&) = default;  // only before it has begun
    AsyncCall& operator=(AsyncCall&&) = delete;
    ~AsyncCall() = default;

    Context& context() const { return *context_; }

    // The host's callback ends here; `make` makes the result. The call is gone when it returns.
    template <typename Make>
    void complete(gantry_status status, const gantry_error* error, Make&& make) noexcept {
        try {
            if (status < 0) {
                failure_ = failure_of(status, error, Derived::name());
            } else {
                result_.emplace(make());
            }
        } catch (...) {
            failure_ = std::current_exception();
        }
        if (wait_ == nullptr) return waiter_.resume();
        const std::lock_guard lock(wait_->mutex);
        wait_->done = true;
        wait_->changed.notify_one();
    }

  private:
    struct Wait {
        std::mutex mutex;
        std::condition_variable changed;
        bool done = false;
    };
    Derived& derived() { return static_cast<Derived&>(*this); }

    Context* context_;
    std::coroutine_handle<> waiter_;
    Wait* wait_ = nullptr;
    std::optional<Result> result_;
    std::exception_ptr failure_;
};

}  // namespace gantry::detail
