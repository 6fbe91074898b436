#pragma once

#include <coroutine>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include <gantry/http_client/stream.hpp>
#include <gantry/task.hpp>

namespace gantry {

// A call whose body is written piece by piece:
//
//     gantry::HttpUpload upload = http.upload(request);
//     while (more) {
//         if (!co_await upload.write(next_piece())) break;
//     }
//     const gantry::HttpAnswer answer = co_await upload.finish();
//
// While the server takes nothing in, the writer is held back, so memory stays small. Ending it early gives the call up.
class HttpUpload {
  public:
    // Made by HttpClient::upload().
    HttpUpload(std::shared_ptr<detail::UpstreamState> state, std::size_t answer_bytes_max)
        : state_(std::move(state)), answer_bytes_max_(answer_bytes_max) {}
    void send(const gantry_http_call& call) {
        try {
            state_->send(call);
        } catch (...) {
            state_.reset();  // there is nothing to give up
            throw;
        }
    }
    HttpUpload(HttpUpload&&) = default;
    HttpUpload& operator=(HttpUpload&&) = delete;
    ~HttpUpload() {
        if (state_) state_->abandon();
    }

    // Awaiting it sends the piece, and suspends while the server has more than enough before it. False: the server has
    // answered already, or the call has failed, and nobody wants the rest: finish() tells which. Throws Error for more than
    // the request's stream_bytes(). One write at a time.
    class [[nodiscard]] Write {
      public:
        Write(detail::UpstreamState& state, std::string piece) : state_(state), piece_(std::move(piece)) {}
        bool await_ready() {
            status_ = state_.write(std::move(piece_));
            return status_ != GANTRY_AGAIN;
        }
        // Not inlined into the coroutine: once it is registered, another thread may already be running it.
        [[gnu::noinline]] bool await_suspend(std::coroutine_handle<> waiter) {
            return state_.suspend(detail::UpstreamState::Wait::Room, waiter);
        }
        bool await_resume() const {
            if (status_ == GANTRY_E_INVALID) throw Error(Status::Invalid, "the body is longer than it was told to be");
            return status_ >= 0 && !state_.is_over();
        }

      private:
        detail::UpstreamState& state_;
        std::string piece_;
        gantry_status status_ = GANTRY_OK;
    };
    Write write(std::string piece) { return Write(*state_, std::move(piece)); }

    // The body is complete: waits for the answer. Throws UpstreamError, also with the code ANSWER_TOO_LARGE beyond the
    // request's answer_bytes_max(), and Error for less than its stream_bytes(). Its last use.
    Task<HttpAnswer> finish() {
        if (state_->end_body() == GANTRY_E_INVALID)
            throw Error(Status::Invalid, "the body is shorter than it was told to be");
        HttpStream stream(std::exchange(state_, nullptr), HttpHead());
        co_await stream.until_head();
        co_return co_await stream.read_all(answer_bytes_max_);
    }

  private:
    std::shared_ptr<detail::UpstreamState> state_;
    std::size_t answer_bytes_max_;
};

}  // namespace gantry
