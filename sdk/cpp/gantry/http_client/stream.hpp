#pragma once

#include <coroutine>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <gantry/http_client/stream_state.hpp>

namespace gantry {

// An answer whose head has arrived and whose body is read piece by piece:
//
//     gantry::HttpStream answer = co_await http.open(request);
//     while (std::optional<std::string> piece = co_await answer.read()) ...
//
// While nothing is read the server is held back, so memory stays small. Ending it early gives the call up.
class HttpStream {
  public:
    HttpStream(std::shared_ptr<detail::UpstreamState> state, HttpHead head)
        : state_(std::move(state)), head_(std::move(head)) {}
    HttpStream(HttpStream&&) = default;
    HttpStream& operator=(HttpStream&&) = delete;
    ~HttpStream() {
        if (state_) state_->abandon();
    }

    const HttpHead& head() const noexcept { return head_; }
    std::uint32_t status() const noexcept { return head_.status(); }

    // Awaiting it gives the next piece, never an empty one; nothing when the answer is complete. Throws UpstreamError if
    // it ends before. One read at a time.
    class [[nodiscard]] Read {
      public:
        explicit Read(detail::UpstreamState& state) : state_(state) {}
        bool await_ready() const noexcept { return false; }
        // Not inlined into the coroutine: once it is registered, another thread may already be running it.
        [[gnu::noinline]] bool await_suspend(std::coroutine_handle<> waiter) {
            return state_.suspend(detail::UpstreamState::Wait::Piece, waiter);
        }
        std::optional<std::string> await_resume() { return state_.take_piece(); }

      private:
        detail::UpstreamState& state_;
    };
    Read read() { return Read(*state_); }

    void set_head(HttpHead head) { head_ = std::move(head); }

  private:
    std::shared_ptr<detail::UpstreamState> state_;
    HttpHead head_;
};

}  // namespace gantry
