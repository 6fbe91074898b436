#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "host/core/clock.hpp"
#include "host/http/settings.hpp"
#include "host/http/upgrade.hpp"
#include "host/http/websocket.hpp"
#include "host/http/websocket_handshake.hpp"

namespace host::http {

struct WebSocketLoop;

// One WebSocket on Boost.Beast, which websocket_beast.hpp brings in. Its state belongs to the sockets' thread; other
// threads leave messages in the inbox and post the rest.
class WebSocketSession final : public WebSocket,
                               public UpgradeTarget,
                               public std::enable_shared_from_this<WebSocketSession> {
  public:
    struct Terms {
        WebSocketHandshake handshake;
        WebSockets limits;
        std::chrono::milliseconds write_deadline;
        std::chrono::milliseconds accept_deadline;
        std::string owner;               // a plugin's id
        const void* instance = nullptr;  // which life of it
    };
    // `ended` is called once, on the sockets' thread, when it is over.
    WebSocketSession(std::shared_ptr<WebSocketLoop> loop, Terms terms, WebSocketEvents events,
                     std::function<void(WebSocketSession&)> ended);
    ~WebSocketSession() override;

    Sent send(Opcode opcode, Bytes message) override;
    void resume() override;
    bool close(std::uint16_t code, std::string_view reason) override;
    void dismiss(std::uint16_t code, std::string_view reason) override;

    void adopt(Handover handover) override;
    void lost() override;

    // The sockets' thread.
    void dismiss_here(std::uint16_t code, std::string_view reason);
    void on_tick(core::Monotonic::time_point now);
    void cut() { end(close_code::abnormal, {}); }

    const std::string& owner() const { return terms_.owner; }
    const void* instance() const { return terms_.instance; }
    std::uint64_t messages() const { return messages_; }

  private:
    // Waiting: for its connection. Accepting: our side of the handshake is on its way. Closing: the close frame goes out
    // when the queue is empty, then the client's is awaited. Ended: the plugin has heard the last of it.
    enum class Stage : std::uint8_t { Waiting, Accepting, Open, Closing, Ended };
    struct Outgoing {
        Opcode opcode;
        Bytes message;
        std::size_t cost;
    };
    struct Beast;

    template <typename Work>
    void post(Work work);

    // websocket_session_life.cpp
    void begin(Handover handover);
    void on_accepted(bool failed);
    void begin_close(std::uint16_t code, std::string_view reason);
    void ping();
    bool is_overdue(core::Monotonic::time_point now) const;
    void tell_closed(std::uint16_t code, std::string_view reason);
    void end(std::uint16_t code, std::string_view reason);

    // websocket_session_input.cpp
    void read_next();
    void on_read(bool failed);
    void on_read_failed();
    void deliver();
    void on_control();
    void count_apart(std::size_t frames);

    // websocket_session_output.cpp
    void take_inbox();
    void write_next();
    void on_written(bool failed);
    void send_close();

    const std::shared_ptr<WebSocketLoop> loop_;
    Terms terms_;
    WebSocketEvents events_;
    std::function<void(WebSocketSession&)> ended_;

    // Any thread.
    std::atomic<bool> closing_{false};
    std::atomic<std::uint64_t> queued_{0};
    std::atomic<bool> owes_writable_{false};
    std::mutex inbox_mutex_;
    std::list<Outgoing> inbox_;  // lists: empty, they hold no memory

    Stage stage_ = Stage::Waiting;
    std::unique_ptr<Beast> beast_;
    std::list<Outgoing> queue_;
    bool writing_ = false;
    bool reading_ = false;
    bool paused_ = false;  // by the plugin
    bool pinging_ = false;
    bool close_sent_ = false;
    double allowance_;  // messages that may be read now
    std::uint16_t close_code_ = 0;
    std::string close_reason_;
    core::Monotonic::time_point since_ = core::Monotonic::now();  // of the present stage
    core::Monotonic::time_point quiet_since_ = since_;            // since when we listen without a pause
    core::Monotonic::time_point write_began_ = since_;
    core::Monotonic::time_point ticked_at_ = since_;
    std::optional<core::Monotonic::time_point> pinged_at_;
    std::atomic<std::uint64_t> messages_{0};
};

}  // namespace host::http
