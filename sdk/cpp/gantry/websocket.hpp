#pragma once

#include <coroutine>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <gantry/abi/websocket.h>
#include <gantry/detail/socket_state.hpp>
#include <gantry/request.hpp>

namespace gantry {

struct WebSocketOptions {
    std::string subprotocol = {};               // one that the client offered; empty: none
    bool any_origin = false;                    // pages of every origin may open it
    std::uint64_t message_bytes_max = 0;        // of the client; 0: the host's
    std::uint32_t messages_per_second_max = 0;  // of the client, later ones are read later; 0: the host's
};

// Who may send on a socket: a value, copied freely, usable on every thread for as long as the plugin lives. Sends to a
// socket that is closed come to nothing.
class WebSocketSender {
  public:
    WebSocketSender() = default;
    WebSocketSender(const gantry_host* host, const gantry_websocket* service, gantry_id id)
        : host_(host), service_(service), id_(id) {}

    // Ok; Again: taken, but better wait for writable(); Full: not taken, the client reads too slowly; Gone: it is closed.
    enum class Sent { Ok, Again, Full, Gone };
    Sent send(std::string_view text) const { return send_as(GANTRY_WEBSOCKET_TEXT, text); }
    Sent send_binary(std::string_view bytes) const { return send_as(GANTRY_WEBSOCKET_BINARY, bytes); }
    void close(std::uint16_t code = 1000, std::string_view reason = {}) const {
        GANTRY_DETAIL_USE(GANTRY_WEBSOCKET, gantry_websocket, close);
        if (service_ != nullptr) (void)service_->close(host_, id_, code, str(reason));
    }
    gantry_id id() const { return id_; }
    friend bool operator==(const WebSocketSender& a, const WebSocketSender& b) { return a.id_ == b.id_; }

  private:
    Sent send_as(std::int32_t opcode, std::string_view message) const {
        GANTRY_DETAIL_USE(GANTRY_WEBSOCKET, gantry_websocket, send);
        if (service_ == nullptr) return Sent::Gone;
        switch (service_->send(host_, id_, opcode, detail::borrowed(message))) {
            case GANTRY_OK:
                return Sent::Ok;
            case GANTRY_AGAIN:
                return Sent::Again;
            case GANTRY_E_LIMIT:
                return Sent::Full;
            case GANTRY_E_INVALID:
                throw Error(Status::Invalid, "a text message must be UTF-8");
            default:
                return Sent::Gone;
        }
    }

    const gantry_host* host_ = nullptr;
    const gantry_websocket* service_ = nullptr;
    gantry_id id_ = 0;
};

// What a plugin does with a socket where a coroutine for each would be too much. The calls of one socket never overlap;
// they come on a thread that must not be blocked. An exception closes the socket with 1011.
class WebSocketHandler {
  public:
    virtual ~WebSocketHandler() = default;
    virtual void message(const WebSocketSender& socket, std::string_view data, bool is_text) = 0;
    virtual void writable(const WebSocketSender&) {}
    // The last call; the handler is destroyed after it.
    virtual void closed(const WebSocketSender&, std::uint16_t, std::string_view) {}
};

namespace detail {

inline const gantry_websocket* websocket_service(const Context& context) {
    GANTRY_DETAIL_USE(GANTRY_WEBSOCKET, gantry_websocket, accept);
    return service<gantry_websocket>(context.host, GANTRY_WEBSOCKET);
}

// Throws what the handler of the request shall answer with.
inline gantry_id accept_socket(const Exchange& exchange, const gantry_websocket& service, const WebSocketOptions& options,
                               const gantry_websocket_events& events, void* user) {
    gantry_websocket_options passed{};
    passed.struct_size = sizeof passed;
    if (options.any_origin) passed.flags |= GANTRY_WEBSOCKET_ANY_ORIGIN;
    passed.subprotocol = str(options.subprotocol);
    passed.message_bytes_max = options.message_bytes_max;
    passed.messages_per_second_max = options.messages_per_second_max;
    gantry_error error = empty_error();
    gantry_id id = 0;
    const gantry_status status = service.accept(exchange.context.host, exchange.id, &passed, &events, user, &id, &error);
    if (status >= 0) return id;
    if (status == GANTRY_E_GONE) throw Gone(Status::Gone);
    const std::string why = error.message[0] != '\0' ? error.message : "the host did not make a WebSocket of the request";
    throw Error(static_cast<Status>(status), why).code(error.code).where(error.where).http(error.http_status);
}

// A handler in the host's hands, until closed().
struct HandledSocket {
    Context& context;
    const gantry_websocket* service;
    std::unique_ptr<WebSocketHandler> handler;

    WebSocketSender sender(gantry_id id) const { return {context.host, service, id}; }
    template <typename Call>
    gantry_status call(Call&& body) noexcept {
        gantry_error error = empty_error();
        const gantry_status status = guarded(&error, [&] {
            body();
            return GANTRY_OK;
        });
        if (status < 0) log_error(context, "a WebSocket's handler failed", error.message);
        return status;
    }

    static gantry_status on_message(void* user, gantry_id id, std::int32_t opcode, gantry_bytes message) noexcept {
        auto& self = *static_cast<HandledSocket*>(user);
        return self.call([&] { self.handler->message(self.sender(id), view(message), opcode == GANTRY_WEBSOCKET_TEXT); });
    }
    static void on_writable(void* user, gantry_id id) noexcept {
        auto& self = *static_cast<HandledSocket*>(user);
        if (self.call([&] { self.handler->writable(self.sender(id)); }) < 0) self.sender(id).close(1011);
    }
    static void on_closed(void* user, gantry_id id, std::uint16_t code, gantry_str reason) noexcept {
        const std::unique_ptr<HandledSocket> self(static_cast<HandledSocket*>(user));
        (void)self->call([&] { self->handler->closed(self->sender(id), code, view(reason)); });
        (void)self->call([&] { self->handler.reset(); });
    }
};

}  // namespace detail

// Makes a WebSocket of the request and hands its events to `handler`. Throws Error for a request that does not want one
// (426) and for a page of another origin (403).
inline WebSocketSender accept_websocket(const Request& request, std::unique_ptr<WebSocketHandler> handler,
                                        const WebSocketOptions& options = {}) {
    GANTRY_DETAIL_USE(GANTRY_WEBSOCKET, gantry_websocket, accept);
    using Handled = detail::HandledSocket;
    const detail::Exchange& exchange = request.exchange();
    const gantry_websocket* service = detail::websocket_service(exchange.context);
    auto handled = std::unique_ptr<Handled>(new Handled{exchange.context, service, std::move(handler)});
    const gantry_websocket_events events = {sizeof events, 0, Handled::on_message, Handled::on_writable, Handled::on_closed};
    const gantry_id id = detail::accept_socket(exchange, *service, options, events, handled.get());
    (void)handled.release();  // the host's, until closed()
    return {exchange.context.host, service, id};
}

// A socket in the hands of one coroutine:
//
//     gantry::Task<void> echo(const gantry::Request& request) {
//         gantry::WebSocket socket(request);
//         while (auto message = co_await socket.receive())
//             co_await socket.send(message->data);
//     }
//
// Its end closes the socket: with 1000, or 1011 when an exception unwinds it. What is needed of the request is read before
// the socket closes: afterwards its views are gone.
class WebSocket {
  public:
    explicit WebSocket(const Request& request, const WebSocketOptions& options = {}) {
        using State = detail::SocketState;
        const detail::Exchange& exchange = request.exchange();
        const gantry_websocket* service = detail::websocket_service(exchange.context);
        auto* state = new State(exchange.context, service);
        const gantry_websocket_events events = {sizeof events, 0, State::on_message, State::on_writable, State::on_closed};
        try {
            state->set_id(detail::accept_socket(exchange, *service, options, events, state));
        } catch (...) {
            state->forget();
            throw;
        }
        state_ = state;
    }
    WebSocket(const WebSocket&) = delete;
    WebSocket& operator=(const WebSocket&) = delete;
    ~WebSocket() {
        close(std::uncaught_exceptions() > exceptions_ ? 1011 : 1000);
        state_->drop();
    }

    // The next message; nothing: the socket is closed.
    class [[nodiscard]] Receive {
      public:
        explicit Receive(detail::SocketState& state) : state_(state) {}
        bool await_ready() const noexcept { return false; }
        // Not inlined into the coroutine: once it has registered, another thread may already be running it.
        [[gnu::noinline]] bool await_suspend(std::coroutine_handle<> waiter) { return state_.wait_for_message(waiter); }
        std::optional<WebSocketMessage> await_resume() {
            GANTRY_DETAIL_USE(GANTRY_WEBSOCKET, gantry_websocket, resume);
            bool resume = false;
            std::optional<WebSocketMessage> message = state_.take(resume);
            if (resume) (void)state_.service().resume(state_.host(), state_.id());
            return message;
        }

      private:
        detail::SocketState& state_;
    };
    Receive receive() { return Receive(*state_); }

    // Awaiting it sends, and suspends while the client has more than enough unread. Throws Gone when the socket is closed.
    class [[nodiscard]] Send {
      public:
        Send(detail::SocketState& state, std::int32_t opcode, std::string message)
            : state_(state), opcode_(opcode), message_(std::move(message)) {}
        bool await_ready() {
            GANTRY_DETAIL_USE(GANTRY_WEBSOCKET, gantry_websocket, send);
            status_ = state_.service().send(state_.host(), state_.id(), opcode_, detail::borrowed(message_));
            return status_ != GANTRY_AGAIN;
        }
        [[gnu::noinline]] bool await_suspend(std::coroutine_handle<> waiter) { return state_.wait_for_room(waiter); }
        void await_resume() const {
            if (status_ == GANTRY_E_INVALID) throw Error(Status::Invalid, "a text message must be UTF-8");
            if (status_ == GANTRY_E_GONE || state_.is_closed()) throw Gone(Status::Gone);
            if (status_ < 0) throw Error(static_cast<Status>(status_), "the host did not take a message");
        }

      private:
        detail::SocketState& state_;
        std::int32_t opcode_;
        std::string message_;
        gantry_status status_ = GANTRY_OK;
    };
    Send send(std::string text) { return Send(*state_, GANTRY_WEBSOCKET_TEXT, std::move(text)); }
    Send send_binary(std::string bytes) { return Send(*state_, GANTRY_WEBSOCKET_BINARY, std::move(bytes)); }

    // After receive() has given nothing.
    std::uint16_t close_code() const { return state_->close_code(); }
    std::string close_reason() const { return state_->close_reason(); }
    // Behind what was sent. receive() still gives what the client sends until it has answered.
    void close(std::uint16_t code = 1000, std::string_view reason = {}) { sender().close(code, reason); }
    // For others to send by: a list of all who listen.
    WebSocketSender sender() const { return {state_->host(), &state_->service(), state_->id()}; }

  private:
    detail::SocketState* state_ = nullptr;
    const int exceptions_ = std::uncaught_exceptions();
};

}  // namespace gantry
