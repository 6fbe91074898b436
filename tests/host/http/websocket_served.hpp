#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "tests/host/http/served.hpp"
#include "tests/support/raw_client.hpp"
#include "tests/support/websocket_frames.hpp"

// A route that makes a WebSocket of every request, and what becomes of it.
namespace host::http {

namespace frames = support::websocket;

// What the route's side of a socket has seen.
class Journal {
  public:
    void closed(std::uint16_t code, std::string_view reason) {
        std::lock_guard lock(mutex_);
        closes_.push_back(std::to_string(code) + (reason.empty() ? "" : " " + std::string(reason)));
        changed_.notify_all();
    }
    void writable() {
        std::lock_guard lock(mutex_);
        ++writables_;
        changed_.notify_all();
    }
    void opened(std::shared_ptr<WebSocket> socket) {
        std::lock_guard lock(mutex_);
        sockets_.push_back(std::move(socket));
        changed_.notify_all();
    }
    // Each waits ten seconds at most.
    std::string close_at(std::size_t index) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::seconds(10), [&] { return closes_.size() > index; });
        return closes_.size() > index ? closes_[index] : "nothing was closed";
    }
    std::shared_ptr<WebSocket> socket_at(std::size_t index) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::seconds(10), [&] { return sockets_.size() > index; });
        return sockets_.at(index);
    }
    bool wait_writable() {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return writables_ > 0; });
    }
    std::size_t closes() {
        std::lock_guard lock(mutex_);
        return closes_.size();
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> closes_;
    std::vector<std::shared_ptr<WebSocket>> sockets_;
    int writables_ = 0;
};

inline Settings with_websocket(const std::function<void(Settings&)>& change) {
    Settings settings;
    if (change) change(settings);
    return settings;
}

// "/echo" sends back what comes; "/quiet" says nothing; "/once" takes one message and then no more until resume();
// "/any" is open to pages of every origin; "/chat" speaks the subprotocol "chat.v1"; "/blocking" accepts on the pool;
// "/plain" is no socket.
class WebSocketServed {
  public:
    explicit WebSocketServed(const std::function<void(Settings&)>& change = {})
        : served_({accepting("/echo", {}), accepting("/quiet", {}), accepting("/once", {}),
                   accepting("/any", {.any_origin = true}), accepting("/chat", {.subprotocol = "chat.v1"}), blocking(),
                   route("GET", "/plain", [](const auto& exchange) { send_text(*exchange, "plain"); })},
                  with_websocket(change)) {}

    support::RawClient connect(std::string_view path, std::string_view fields = {}, int receive_bytes = 0) {
        support::RawClient client(served_.address(), receive_bytes);
        client.send(frames::handshake(path, fields));
        head = client.read_until("\r\n\r\n");
        EXPECT_EQ(head.substr(0, 13), "HTTP/1.1 101 ") << head;
        return client;
    }
    support::RawClient::Answer refused(const std::string& request) {
        return support::RawClient(served_.address()).send(request).read_answer();
    }
    Served& operator*() { return served_; }
    Served* operator->() { return &served_; }

    std::string head;
    Journal journal;
    std::atomic<int> instance{0};

  private:
    Route accepting(const std::string& path, const Exchange::WebSocketOffer& offer) {
        return route("GET", path, [this, path, offer](const std::shared_ptr<Exchange>& exchange) {
            auto echo = std::make_shared<std::weak_ptr<WebSocket>>();
            auto ready = std::make_shared<std::mutex>();
            const std::lock_guard lock(*ready);  // an event may come before accept() has returned
            WebSocketEvents events;
            events.message = [path, echo, ready](Opcode opcode, std::string_view message) {
                const std::lock_guard wait(*ready);
                const auto socket = echo->lock();
                if (path != "/quiet" && socket) socket->send(opcode, Bytes(std::string(message)));
                return path != "/once";
            };
            events.writable = [this] { journal.writable(); };
            events.closed = [this](std::uint16_t code, std::string_view reason) { journal.closed(code, reason); };
            Exchange::WebSocketOffer mine = offer;
            mine.instance = &instance;
            const auto socket = exchange->accept(served_.websockets(), mine, std::move(events));
            *echo = socket;
            journal.opened(socket);
        });
    }
    Route blocking() {
        Route made = accepting("/blocking", {});
        made.blocking = true;
        return made;
    }

    Served served_;
};

inline frames::Frame next_frame(support::RawClient& client) {
    return frames::read_frame([&](std::size_t size) {
        std::string bytes = client.read(size);
        if (bytes.size() < size) throw std::runtime_error("the server ended within a frame");
        return bytes;
    });
}

}  // namespace host::http
