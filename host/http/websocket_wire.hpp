#pragma once

#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/role.hpp>

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "host/core/clock.hpp"
#include "host/http/upgrade.hpp"
#include "host/http/websocket_fragments.hpp"

// The bytes below a WebSocket: a socket that was taken over, with or without TLS, in the form that Boost.Beast wants its
// streams. Included by the files that know Beast only.
namespace host::http {

namespace net = boost::asio;

class WebSocketWire {
  public:
    using executor_type = net::io_context::executor_type;
    using error_code = boost::system::error_code;

    WebSocketWire(net::io_context& context, Handover handover);

    executor_type get_executor() noexcept { return executor_; }
    // Ends what is pending.
    void close() noexcept;
    // Is told how many fragments came that carry hardly anything; on the sockets' thread, in the middle of a read.
    void on_small_fragments(std::function<void(std::size_t)> told) { on_small_fragments_ = std::move(told); }
    // When bytes last came in and went out, and since when the end of the client is awaited.
    core::Monotonic::time_point read_at() const { return read_at_; }
    core::Monotonic::time_point written_at() const { return written_at_; }
    std::optional<core::Monotonic::time_point> ending_since() const { return ending_since_; }

    template <typename Buffers, typename Handler>
    auto async_read_some(const Buffers& buffers, Handler&& handler) {
        return net::async_compose<Handler, void(error_code, std::size_t)>(ReadOperation<Buffers>{*this, buffers}, handler,
                                                                          executor_);
    }
    template <typename Buffers, typename Handler>
    auto async_write_some(const Buffers& buffers, Handler&& handler) {
        return net::async_compose<Handler, void(error_code, std::size_t)>(WriteOperation<Buffers>{*this, buffers}, handler,
                                                                          executor_);
    }
    template <typename Handler>
    auto async_end(Handler&& handler) {
        return net::async_compose<Handler, void(error_code)>(EndOperation{*this}, handler, executor_);
    }

  private:
    // Nothing waits in these; would_block says that nothing can be done at present.
    std::size_t read_some(std::span<char> into, error_code& error);
    std::size_t read_any(std::span<char> into, error_code& error);
    std::size_t read_tls(std::span<char> into, error_code& error);
    std::size_t write_some(std::span<iovec> from, error_code& error);
    void flush_tls(error_code& error);
    bool all_sent() const { return !tls_ || !tls_->has_output(); }
    void finish();
    bool has_ended();

    template <typename Buffers>
    static std::span<char> first_of(const Buffers& buffers) {
        for (auto it = net::buffer_sequence_begin(buffers); it != net::buffer_sequence_end(buffers); ++it) {
            const net::mutable_buffer one(*it);
            if (one.size() != 0) return {static_cast<char*>(one.data()), one.size()};
        }
        return {};
    }

    // Each waits until the socket is ready and then tries, so that an idle socket needs no buffer.
    template <typename Buffers>
    struct ReadOperation {
        WebSocketWire& wire;
        Buffers buffers;
        bool begun = false;

        template <typename Self>
        void operator()(Self& self, error_code error = {}) {
            if (error) return self.complete(error, 0);
            if (!begun) {
                begun = true;
                if (!wire.unread_.empty()) return net::post(wire.executor_, std::move(self));
                return wire.socket_.async_wait(net::socket_base::wait_read, std::move(self));
            }
            const std::size_t size = wire.read_some(first_of(buffers), error);
            if (error == net::error::would_block)
                return wire.socket_.async_wait(net::socket_base::wait_read, std::move(self));
            self.complete(error, size);
        }
    };

    template <typename Buffers>
    struct WriteOperation {
        static constexpr std::size_t vectors_max = 8;
        WebSocketWire& wire;
        Buffers buffers;
        std::size_t taken = 0;
        bool begun = false;
        error_code failure = {};

        // The first attempt is made at once; only telling of it is left to the loop.
        template <typename Self>
        void operator()(Self& self, error_code error = {}) {
            if (error) return self.complete(error, 0);
            const bool first = !std::exchange(begun, true);
            if (taken == 0 && !failure) {
                std::array<iovec, vectors_max> vectors;
                taken = wire.write_some(std::span(vectors).first(describe(vectors)), failure);
            } else if (!wire.all_sent()) {
                wire.flush_tls(failure);
            }
            const bool blocked = failure == net::error::would_block || !wire.all_sent();
            if (blocked && (!failure || failure == net::error::would_block)) {
                failure = {};
                return wire.socket_.async_wait(net::socket_base::wait_write, std::move(self));
            }
            if (first) return net::post(wire.executor_, std::move(self));
            self.complete(failure, failure ? 0 : taken);
        }

        std::size_t describe(std::array<iovec, vectors_max>& vectors) const {
            std::size_t count = 0;
            for (auto it = net::buffer_sequence_begin(buffers); it != net::buffer_sequence_end(buffers); ++it) {
                const net::const_buffer one(*it);
                if (one.size() == 0 || count == vectors_max) continue;
                vectors[count++] = {const_cast<void*>(one.data()), one.size()};
            }
            return count;
        }
    };

    // Says that no more comes from here and takes what the client still sends, so that it can read our last words before it
    // sees a reset.
    struct EndOperation {
        WebSocketWire& wire;
        bool begun = false;

        template <typename Self>
        void operator()(Self& self, error_code error = {}) {
            if (!std::exchange(begun, true)) {
                wire.finish();
            } else if (error || wire.has_ended()) {
                return self.complete({});
            }
            wire.socket_.async_wait(net::socket_base::wait_read, std::move(self));
        }
    };

    executor_type executor_;
    net::generic::stream_protocol::socket socket_;
    std::unique_ptr<TlsChannel> tls_;
    std::string unread_;
    WebSocketFragments fragments_;
    std::function<void(std::size_t)> on_small_fragments_;
    core::Monotonic::time_point read_at_ = core::Monotonic::now();
    core::Monotonic::time_point written_at_ = read_at_;
    std::optional<core::Monotonic::time_point> ending_since_;
};

// What Beast looks for by their names.
template <typename Handler>
void async_teardown(boost::beast::role_type, WebSocketWire& wire, Handler&& handler) {
    wire.async_end(std::forward<Handler>(handler));
}
inline void beast_close_socket(WebSocketWire& wire) {
    wire.close();
}

}  // namespace host::http
