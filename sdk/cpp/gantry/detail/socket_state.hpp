#pragma once

#include <atomic>
#include <coroutine>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include <gantry/abi/websocket.h>
#include <gantry/detail/guard.hpp>

namespace gantry {

// A whole message of a client; text is UTF-8.
struct WebSocketMessage {
    std::string data;
    bool is_text = true;
};

namespace detail {

// The part of a socket that its coroutine and the host's callbacks share. It has two owners: the coroutine's WebSocket,
// and the host until closed() has been. Whoever ends last frees it.
class SocketState {
  public:
    SocketState(Context& context, const gantry_websocket* service) : context_(context), service_(service) {}
    SocketState(const SocketState&) = delete;
    SocketState& operator=(const SocketState&) = delete;

    const gantry_host* host() const { return context_.host; }
    const gantry_websocket& service() const { return *service_; }
    gantry_id id() const { return id_; }
    void set_id(gantry_id id) { id_ = id; }
    std::uint16_t close_code() {
        const std::lock_guard lock(mutex_);
        return close_code_;
    }
    std::string close_reason() {
        const std::lock_guard lock(mutex_);
        return close_reason_;
    }
    bool is_closed() {
        const std::lock_guard lock(mutex_);
        return closed_;
    }

    // One coroutine waits for messages, one for room. False: there is no need to.
    bool wait_for_message(std::coroutine_handle<> waiter) {
        const std::lock_guard lock(mutex_);
        if (message_ || closed_) return false;
        reader_ = waiter;
        return true;
    }
    bool wait_for_room(std::coroutine_handle<> waiter) {
        const std::lock_guard lock(mutex_);
        if (std::exchange(writable_, false) || closed_) return false;
        writer_ = waiter;
        return true;
    }
    std::optional<WebSocketMessage> take(bool& resume) {
        const std::lock_guard lock(mutex_);
        resume = message_ && std::exchange(paused_, false);
        return std::exchange(message_, std::nullopt);
    }

    // The host's side.
    static gantry_status on_message(void* user, gantry_id, std::int32_t opcode, gantry_bytes message) noexcept {
        return guarded(nullptr, [&] {
            auto& self = *static_cast<SocketState*>(user);
            self.resume(self.reader_, [&] {
                self.message_.emplace(WebSocketMessage{std::string(view(message)), opcode == GANTRY_WEBSOCKET_TEXT});
            });
            // One message is kept: what the coroutine has not taken yet holds up those behind it, and in the end the client.
            const std::lock_guard lock(self.mutex_);
            self.paused_ = self.message_.has_value();
            return self.paused_ ? GANTRY_AGAIN : GANTRY_OK;
        });
    }
    static void on_writable(void* user, gantry_id) noexcept {
        auto& self = *static_cast<SocketState*>(user);
        self.resume(self.writer_, [&] { self.writable_ = self.writer_ == nullptr; });
    }
    static void on_closed(void* user, gantry_id, std::uint16_t code, gantry_str reason) noexcept {
        auto& self = *static_cast<SocketState*>(user);
        self.resume(self.reader_, [&] {
            self.closed_ = true;
            self.close_code_ = code;
            self.close_reason_ = view(reason);
        });
        self.resume(self.writer_, [] {});
        self.drop();
    }

    void drop() noexcept {
        if (owners_.fetch_sub(1) == 1) delete this;
    }
    // For a socket that never came to be: the host has no part in it.
    void forget() noexcept { delete this; }

  private:
    ~SocketState() = default;

    template <typename Change>
    void resume(std::coroutine_handle<>& waiting, Change&& change) {
        std::coroutine_handle<> waiter;
        {
            const std::lock_guard lock(mutex_);
            change();
            waiter = std::exchange(waiting, nullptr);
        }
        if (waiter) waiter.resume();
    }

    Context& context_;
    const gantry_websocket* service_;
    std::atomic<gantry_id> id_ = 0;
    std::mutex mutex_;
    std::optional<WebSocketMessage> message_;
    bool paused_ = false;
    bool writable_ = false;
    bool closed_ = false;
    std::uint16_t close_code_ = 0;
    std::string close_reason_;
    std::coroutine_handle<> reader_;
    std::coroutine_handle<> writer_;
    std::atomic<int> owners_ = 2;
};

}  // namespace detail

}  // namespace gantry
