#pragma once

#include <coroutine>
#include <exception>
#include <type_traits>
#include <utility>
#include <variant>

namespace gantry {

template <typename T>
class Task;

namespace detail {

// When a task ends, whoever awaits it goes on in its place: no recursion, however deep the chain.
struct ResumeAwaiting {
    bool await_ready() const noexcept { return false; }
    template <typename Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
        return ended.promise().awaiting;
    }
    void await_resume() const noexcept {}
};

template <typename T>
struct TaskResult {
    std::variant<std::monostate, T, std::exception_ptr> outcome;

    template <typename Value>
    void return_value(Value&& value) {
        outcome.template emplace<1>(std::forward<Value>(value));
    }
    void unhandled_exception() noexcept { outcome.template emplace<2>(std::current_exception()); }
    T take() {
        if (outcome.index() == 2) std::rethrow_exception(std::get<2>(std::move(outcome)));
        return std::get<1>(std::move(outcome));
    }
};

template <>
struct TaskResult<void> {
    std::exception_ptr failure;

    void return_void() noexcept {}
    void unhandled_exception() noexcept { failure = std::current_exception(); }
    void take() {
        if (failure) std::rethrow_exception(std::move(failure));
    }
};

template <typename T>
struct TaskPromise : TaskResult<T> {
    std::coroutine_handle<> awaiting;

    Task<T> get_return_object() noexcept { return Task<T>(std::coroutine_handle<TaskPromise>::from_promise(*this)); }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    ResumeAwaiting final_suspend() const noexcept { return {}; }
};

}  // namespace detail

// The result of a coroutine that begins when it is awaited. Await it once: `co_await std::move(task)`, or in the very
// expression that made it.
template <typename T>
class [[nodiscard]] Task {
  public:
    using promise_type = detail::TaskPromise<T>;

    explicit Task(std::coroutine_handle<promise_type> coroutine) noexcept : coroutine_(coroutine) {}
    Task(Task&& other) noexcept : coroutine_(std::exchange(other.coroutine_, {})) {}
    Task& operator=(Task&&) = delete;
    ~Task() {
        if (coroutine_) coroutine_.destroy();
    }

    auto operator co_await() && noexcept {
        struct Awaiter {
            explicit Awaiter(std::coroutine_handle<promise_type> task) : coroutine(task) {}
            bool await_ready() const noexcept { return false; }
            std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
                coroutine.promise().awaiting = awaiting;
                return coroutine;
            }
            T await_resume() { return coroutine.promise().take(); }
            std::coroutine_handle<promise_type> coroutine;
        };
        return Awaiter(coroutine_);
    }

  private:
    std::coroutine_handle<promise_type> coroutine_;
};

namespace detail {

// A coroutine that nobody awaits: it begins at once and frees itself at its end. It must not throw.
struct Detached {
    struct promise_type {
        Detached get_return_object() const noexcept { return {}; }
        std::suspend_never initial_suspend() const noexcept { return {}; }
        std::suspend_never final_suspend() const noexcept { return {}; }
        void return_void() const noexcept {}
        void unhandled_exception() const noexcept { std::terminate(); }
    };
};

}  // namespace detail

}  // namespace gantry
