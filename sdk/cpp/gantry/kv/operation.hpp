#pragma once

#include <coroutine>
#include <cstdint>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <gantry/abi/kv.h>
#include <gantry/database/operation.hpp>
#include <gantry/detail/context.hpp>
#include <gantry/error.hpp>

namespace gantry::detail {

// What an operation ended with, copied out of the host's memory.
struct KvOutcome {
    gantry_status status = GANTRY_OK;
    std::string message;
    std::string value;
    std::uint64_t version = 0;
    std::int64_t sum = 0;
    std::uint64_t remaining = 0;
    std::uint64_t retry_after_ms = 0;
};

inline KvOutcome kv_outcome(gantry_status status, const gantry_kv_result& result, const gantry_error* error) {
    KvOutcome outcome;
    outcome.status = status < 0 ? status : GANTRY_OK;
    if (error != nullptr) outcome.message = error->message;
    if (result.value.size > 0) outcome.value.assign(static_cast<const char*>(result.value.data), result.value.size);
    outcome.version = result.version;
    outcome.sum = result.sum;
    outcome.remaining = result.remaining;
    outcome.retry_after_ms = result.retry_after_ms;
    return outcome;
}

[[noreturn]] inline void throw_kv(const KvOutcome& outcome) {
    throw Error(static_cast<Status>(outcome.status),
                outcome.message.empty() ? "the key-value store refused" : outcome.message);
}

// An operation that the host answers at once or later. `co_await` it in a coroutine, or `.get()` it where a thread may
// block. It borrows its arguments. `Derived` has begin(now), which hands the operation to the host with `this` as the user
// of the callback, and result(outcome), which makes the result or throws.
template <typename Derived, typename Result>
class [[nodiscard]] KvOperation {
  public:
    bool await_ready() const noexcept { return false; }
    // Not inlined into the coroutine: once begin() is accepted, another thread may be running the coroutine, or have freed
    // its frame and this object with it.
    [[gnu::noinline]] bool await_suspend(std::coroutine_handle<> waiter) {
        waiter_ = waiter;
        return !begun_and_over();
    }
    Result await_resume() {
        if (failure_) std::rethrow_exception(std::move(failure_));
        return derived().result(outcome_);
    }

    // Waits. Not on an event loop, whose every client would wait too: there it throws std::logic_error.
    Result get() && {
        GANTRY_DETAIL_USE(GANTRY_SYS, gantry_sys, thread_kind);
        if (context_->sys->thread_kind(context_->host) == GANTRY_THREAD_WORKER) {
            throw std::logic_error("get() would block an event loop: co_await it, or declare the route blocking()");
        }
        Blocker blocker;
        blocker_ = &blocker;
        if (!begun_and_over()) blocker.wait();
        return await_resume();
    }

  protected:
    KvOperation(Context* context, const gantry_kv* service, std::string_view key)
        : context_(context), service_(service), key_(key) {}
    KvOperation(KvOperation&&) = default;  // only before it has begun
    KvOperation& operator=(KvOperation&&) = delete;
    ~KvOperation() = default;

    const gantry_host* host() const { return context_->host; }
    const gantry_kv* service() const { return service_; }
    gantry_str key() const { return str(key_); }

    // The host's callback. The operation is gone when it returns.
    static void done(void* user, gantry_status status, const gantry_kv_result* result, const gantry_error* error) noexcept {
        auto& self = *static_cast<Derived*>(user);
        KvOperation& operation = self;
        operation.take(status, *result, error);
        if (operation.blocker_ != nullptr) {
            operation.blocker_->wake();
        } else {
            operation.waiter_.resume();
        }
    }

  private:
    Derived& derived() { return static_cast<Derived&>(*this); }

    void take(gantry_status status, const gantry_kv_result& result, const gantry_error* error) noexcept {
        try {
            outcome_ = kv_outcome(status, result, error);
        } catch (...) {
            failure_ = std::current_exception();
        }
    }
    // False: the callback will come, and `this` may be gone already.
    bool begun_and_over() {
        gantry_kv_result now{};
        now.struct_size = sizeof now;
        const gantry_status status = derived().begin(&now);
        if (status == GANTRY_PENDING) return false;
        take(status, now, nullptr);
        if (now.value.release != nullptr) now.value.release(now.value.context, now.value.data, now.value.size);
        return true;
    }

    Context* context_;
    const gantry_kv* service_;
    std::string_view key_;
    std::coroutine_handle<> waiter_;
    Blocker* blocker_ = nullptr;
    KvOutcome outcome_;
    std::exception_ptr failure_;
};

}  // namespace gantry::detail
