#pragma once

#include <coroutine>
#include <string>
#include <string_view>

#include <gantry/detail/stream_state.hpp>

namespace gantry {

// The body of an answer, written piece by piece: `gantry::Stream out = request.stream("text/event-stream");`. A handle
// into the request, usable until the handler ends; the end of the handler ends the stream: well when it returns, cut
// when it throws. One write at a time.
class Stream {
  public:
    explicit Stream(detail::StreamState& state) : state_(&state) {}

    // Awaiting it sends the piece, and suspends while the client has more than enough unread. Throws Gone when the
    // client has left.
    class [[nodiscard]] Write {
      public:
        Write(detail::StreamState& state, std::string piece) : state_(state), piece_(std::move(piece)) {}

        bool await_ready() {
            GANTRY_DETAIL_USE(GANTRY_HTTP_SERVER, gantry_http_server, stream_write);
            if (state_.ended() < 0) return true;
            const detail::Exchange& exchange = state_.exchange();
            status_ = exchange.http->stream_write(exchange.context.host, exchange.id, detail::borrowed(piece_));
            return status_ != GANTRY_AGAIN;
        }
        // Not inlined into the coroutine: once wait() has registered it, another thread may already be running it.
        [[gnu::noinline]] bool await_suspend(std::coroutine_handle<> waiter) noexcept { return state_.wait(waiter); }
        void await_resume() const {
            if (state_.ended() < 0) throw Gone(static_cast<Status>(state_.ended()));
            if (status_ == GANTRY_E_GONE) throw Gone(Status::Gone);
            if (status_ < 0) throw Error(static_cast<Status>(status_), "the host did not take a piece of the stream");
        }

      private:
        detail::StreamState& state_;
        std::string piece_;
        gantry_status status_ = GANTRY_OK;
    };

    Write write(std::string piece) { return Write(*state_, std::move(piece)); }

    // One server-sent event. Data of several lines is sent as several data fields, as the format wants it; `id` and
    // `name` are one line each and left out when empty.
    Write event(std::string_view id, std::string_view name, std::string_view data) {
        std::string piece;
        piece.reserve(id.size() + name.size() + data.size() + 32);
        if (!id.empty()) piece.append("id: ").append(id).append("\n");
        if (!name.empty()) piece.append("event: ").append(name).append("\n");
        std::size_t begin = 0;
        while (begin <= data.size()) {
            const std::size_t end = std::min(data.find('\n', begin), data.size());
            piece.append("data: ").append(data.substr(begin, end - begin)).append("\n");
            begin = end + 1;
        }
        piece.append("\n");
        return write(std::move(piece));
    }

  private:
    detail::StreamState* state_;
};

}  // namespace gantry
