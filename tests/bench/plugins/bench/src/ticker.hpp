#pragma once

#include <chrono>
#include <condition_variable>
#include <coroutine>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace bench {

// `co_await ticker.next()` resumes on the ticker's thread at its next tick. Nobody may wait any more when it is destroyed:
// a plugin's object is destroyed after its open work has ended.
class Ticker {
  public:
    explicit Ticker(std::chrono::milliseconds period);

    class [[nodiscard]] Next {
      public:
        explicit Next(Ticker& ticker) : ticker_(ticker) {}
        bool await_ready() const noexcept { return false; }
        // Not inlined into the coroutine: once enlisted, the ticker's thread may already be running it.
        [[gnu::noinline]] void await_suspend(std::coroutine_handle<> waiter) { ticker_.enlist(waiter); }
        void await_resume() const noexcept {}

      private:
        Ticker& ticker_;
    };
    Next next() { return Next(*this); }

  private:
    void enlist(std::coroutine_handle<> waiter);
    void run(const std::stop_token& stop);

    const std::chrono::milliseconds period_;
    std::mutex mutex_;
    std::condition_variable_any stopping_;
    std::vector<std::coroutine_handle<>> waiting_;
    std::jthread thread_;
};

}  // namespace bench
