#pragma once

#include <coroutine>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <gantry/http_client/stream_state.hpp>
#include <gantry/task.hpp>

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

    // For the SDK's own use: the head has arrived when this is over; and all of the rest.
    Task<void> until_head() { head_ = co_await Head(*state_); }
    Task<HttpAnswer> read_all(std::size_t bytes_max) {
        std::string body;
        while (std::optional<std::string> piece = co_await read()) {
            if (body.size() + piece->size() > bytes_max) {
                throw UpstreamError(Status::Unavailable, "the answer is larger than " + std::to_string(bytes_max) + " bytes",
                                    "ANSWER_TOO_LARGE", "");
            }
            body += *piece;
        }
        co_return HttpAnswer(std::move(head_), std::move(body));
    }

  private:
    class Head {
      public:
        explicit Head(detail::UpstreamState& state) : state_(state) {}
        bool await_ready() const noexcept { return false; }
        [[gnu::noinline]] bool await_suspend(std::coroutine_handle<> waiter) {
            return state_.suspend(detail::UpstreamState::Wait::Head, waiter);
        }
        HttpHead await_resume() { return state_.take_head(); }

      private:
        detail::UpstreamState& state_;
    };

    std::shared_ptr<detail::UpstreamState> state_;
    HttpHead head_;
};

}  // namespace gantry
