#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gantry/abi/websocket.h>
#include <gantry/testing/calls.hpp>
#include <gantry/testing/watch.hpp>
#include <gantry/text.hpp>

namespace gantry::testing {

// A message that a plugin has sent.
struct SentMessage {
    std::string data;
    bool is_text = true;
};

// gantry.websocket/1 without a network: one list of sockets, each with what both sides have sent.
class FakeWebSockets {
  public:
    struct Socket {
        gantry_id id = 0;
        std::string subprotocol;
        gantry_websocket_events events{};
        void* user = nullptr;
        std::deque<SentMessage> from_plugin;  // not yet read by the test
        std::deque<SentMessage> to_plugin;    // not yet delivered
        bool calling = false;                 // the plugin: its calls never overlap
        bool paused = false;
        bool resumed = false;  // while a message was being delivered
        bool awaits_writable = false;
        bool owes_writable = false;
        bool closing = false;
        std::optional<std::uint16_t> owes_closed;
        std::optional<std::uint16_t> closed_by_plugin;
        std::string reason;
    };
    using SocketPtr = std::shared_ptr<Socket>;

    FakeWebSockets(Watch& watch, Calls& calls) : watch_(watch), calls_(calls) {}

    // For the test. Above so many unread messages send() gives GANTRY_AGAIN.
    void high_water(std::size_t messages) { high_water_ = messages; }
    std::size_t accepted() const {
        const std::lock_guard lock(mutex_);
        return sockets_.size();
    }
    SocketPtr socket_at(std::size_t index) const {
        const std::lock_guard lock(mutex_);
        return sockets_.at(index);
    }
    void say(const SocketPtr& socket, SentMessage message) {
        const std::lock_guard lock(mutex_);
        socket->to_plugin.push_back(std::move(message));
        schedule(socket);
    }
    // Waits for the next message of the plugin; nothing: it has closed.
    std::optional<SentMessage> hear(const SocketPtr& socket) {
        wait(socket, [&] { return !socket->from_plugin.empty() || socket->closing; });
        const std::lock_guard lock(mutex_);
        if (socket->from_plugin.empty()) return std::nullopt;
        SentMessage message = std::move(socket->from_plugin.front());
        socket->from_plugin.pop_front();
        if (socket->awaits_writable && socket->from_plugin.size() <= high_water_ / 2) {
            socket->awaits_writable = false;
            socket->owes_writable = socket->events.writable != nullptr;
            schedule(socket);
        }
        return message;
    }
    // As the client does: with 1006, without a word.
    void leave(const SocketPtr& socket, std::uint16_t code, std::string reason) {
        const std::lock_guard lock(mutex_);
        end(socket, code, std::move(reason));
    }
    std::optional<std::uint16_t> wait_closed(const SocketPtr& socket) {
        wait(socket, [&] { return socket->closing; });
        const std::lock_guard lock(mutex_);
        return socket->closed_by_plugin;
    }
    void close_all(std::uint16_t code) {
        const std::lock_guard lock(mutex_);
        for (const SocketPtr& socket : sockets_) {
            socket->to_plugin.clear();
            end(socket, code, {});
        }
    }

    // For the plugin.
    gantry_id open(const gantry_websocket_options& options, const gantry_websocket_events& events, void* user) {
        const std::lock_guard lock(mutex_);
        auto socket = std::make_shared<Socket>();
        socket->id = sockets_.size() + 1;
        socket->subprotocol = view(options.subprotocol);
        socket->events = events;
        socket->user = user;
        sockets_.push_back(socket);
        return socket->id;
    }
    gantry_status send(gantry_id id, std::int32_t opcode, const gantry_slice& message) {
        const std::lock_guard lock(mutex_);
        const SocketPtr socket = find(id);
        if (!socket || socket->closing) return GANTRY_E_GONE;
        std::string data(view(gantry_bytes{message.data, message.size}));
        const bool is_text = opcode == GANTRY_WEBSOCKET_TEXT;
        if (is_text && !is_utf8(data)) return GANTRY_E_INVALID;
        if (message.release != nullptr) message.release(message.context, message.data, message.size);
        socket->from_plugin.push_back({std::move(data), is_text});
        changed_.notify_all();
        if (socket->from_plugin.size() <= high_water_) return GANTRY_OK;
        socket->awaits_writable = true;
        return GANTRY_AGAIN;
    }
    gantry_status resume(gantry_id id) {
        const std::lock_guard lock(mutex_);
        const SocketPtr socket = find(id);
        if (!socket) return GANTRY_E_GONE;
        socket->paused = false;
        socket->resumed = true;
        schedule(socket);
        return GANTRY_OK;
    }
    // A client that answers a close at once.
    gantry_status close(gantry_id id, std::uint16_t code, std::string_view reason) {
        const std::lock_guard lock(mutex_);
        const SocketPtr socket = find(id);
        if (!socket || socket->closing) return GANTRY_E_GONE;
        close_for_plugin(socket, code, std::string(reason));
        return GANTRY_OK;
    }

  private:
    SocketPtr find(gantry_id id) const { return id == 0 || id > sockets_.size() ? nullptr : sockets_[id - 1]; }

    template <typename Ready>
    void wait(const SocketPtr& socket, Ready ready) {
        const auto is_ready = [&] {
            const std::lock_guard lock(mutex_);
            return ready();
        };
        while (!calls_.has_worker() && !is_ready() && calls_.run_one()) {
        }
        std::unique_lock lock(mutex_);
        if (changed_.wait_for(lock, std::chrono::seconds(calls_.has_worker() ? 20 : 0), ready)) return;
        watch_.violation("nothing happened on WebSocket " + std::to_string(socket->id));
        throw std::runtime_error("nothing happened on the WebSocket");
    }
    enum class Next { Nothing, Writable, Message, Closed };
    // The client's close comes behind what it has sent.
    static Next next_call(const Socket& socket) {
        if (socket.owes_writable) return Next::Writable;
        if (!socket.to_plugin.empty()) return socket.paused ? Next::Nothing : Next::Message;
        return socket.owes_closed ? Next::Closed : Next::Nothing;
    }
    // Under the lock.
    void schedule(const SocketPtr& socket) {
        if (socket->calling || next_call(*socket) == Next::Nothing) return;
        socket->calling = true;
        calls_.add([this, socket] { call(socket); });
    }
    void call(const SocketPtr& socket) {
        std::unique_lock lock(mutex_);
        const Next next = next_call(*socket);
        if (next == Next::Writable) socket->owes_writable = false;
        lock.unlock();
        if (next == Next::Closed)
            return socket->events.closed(socket->user, socket->id, *socket->owes_closed, str(socket->reason));
        if (next == Next::Writable) socket->events.writable(socket->user, socket->id);
        if (next == Next::Message) deliver(socket);
        lock.lock();
        socket->calling = false;
        schedule(socket);
    }
    void deliver(const SocketPtr& socket) {
        SentMessage message;
        {
            const std::lock_guard lock(mutex_);
            if (socket->to_plugin.empty()) return;
            message = std::move(socket->to_plugin.front());
            socket->to_plugin.pop_front();
            socket->resumed = false;
        }
        const std::int32_t opcode = message.is_text ? GANTRY_WEBSOCKET_TEXT : GANTRY_WEBSOCKET_BINARY;
        const gantry_status status =
            socket->events.message(socket->user, socket->id, opcode, {message.data.data(), message.data.size()});
        const std::lock_guard lock(mutex_);
        socket->paused = status == GANTRY_AGAIN && !socket->resumed;
        if (status < 0) close_for_plugin(socket, 1011, {});
    }
    // What the client sends after it has been told is dropped.
    void close_for_plugin(const SocketPtr& socket, std::uint16_t code, std::string reason) {
        socket->closed_by_plugin = code;
        socket->to_plugin.clear();
        end(socket, code, std::move(reason));
    }
    void end(const SocketPtr& socket, std::uint16_t code, std::string reason) {
        if (std::exchange(socket->closing, true)) return;
        socket->reason = std::move(reason);
        socket->owes_closed = code;
        changed_.notify_all();
        schedule(socket);
    }

    Watch& watch_;
    Calls& calls_;
    std::size_t high_water_ = 64;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<SocketPtr> sockets_;
};

// The client's end of a socket.
class FakeSocket {
  public:
    FakeSocket(FakeWebSockets& sockets, FakeWebSockets::SocketPtr socket) : sockets_(&sockets), socket_(std::move(socket)) {}

    void send(std::string text) const { sockets_->say(socket_, {std::move(text), true}); }
    void send_binary(std::string bytes) const { sockets_->say(socket_, {std::move(bytes), false}); }
    // Waits for the plugin's next message; nothing: the socket is closed.
    std::optional<SentMessage> receive() const { return sockets_->hear(socket_); }
    const std::string& subprotocol() const { return socket_->subprotocol; }
    void close(std::uint16_t code = 1000, std::string reason = {}) const {
        sockets_->leave(socket_, code, std::move(reason));
    }
    // Waits for the end; the plugin's code, if the plugin closed.
    std::optional<std::uint16_t> closed_by_plugin() const { return sockets_->wait_closed(socket_); }

  private:
    FakeWebSockets* sockets_;
    FakeWebSockets::SocketPtr socket_;
};

}  // namespace gantry::testing
