#pragma once

#include <memory>
#include <optional>
#include <string>

#include "host/core/clock.hpp"
#include "host/http_client/attempt.hpp"
#include "host/http_client/call.hpp"
#include "host/http_client/head_reader.hpp"
#include "host/http_client/loop.hpp"
#include "host/http_client/url.hpp"
#include "host/http_client/user.hpp"

namespace host::http_client {

// One accepted call, through all its attempts and redirects to its end. Belongs to the loop, lives on its thread.
class Transfer : private AttemptEvents {
  public:
    using Clock = core::Monotonic;

    Transfer(std::uint64_t id, Loop& loop, std::shared_ptr<User> user, Call call, Url url, Reach reach, Events events);
    ~Transfer() override;

    std::uint64_t id() const { return id_; }
    const User& user() const { return *user_; }

    void begin();
    void cancel();
    void resume();
    // The body has more to read, or is complete.
    void body_came();
    // If libcurl waits for more of the body it asks again.
    void go_on_sending();
    void on_time(Clock::time_point now);
    void attempt_ended(CURLcode code);
    // Decided, and not yet told: the loop takes it out and calls report().
    bool ended() const { return ended_; }
    void report();

  private:
    enum class Next { Nothing, Retry, Redirect };

    bool on_head_line(std::string_view line) override;
    std::size_t on_body(std::string_view bytes) override;
    std::size_t on_body_wanted(char* into, std::size_t bytes_max) override;
    bool may_connect(AddressKind kind) override;
    bool may_send(const char* address) override;
    void on_progress() override { last_activity_ = loop_.turn(); }
    void on_connection() override { ++loop_.tally.connections; }

    void start_attempt();
    void end_attempt();
    bool head_arrived();
    void after_answer();
    bool may_retry() const;
    bool may_repeat() const;
    bool is_body_spent() const;
    bool redirects_here(std::uint16_t status) const;
    bool retry_in(std::chrono::milliseconds delay);
    void follow_redirect();
    void drop_body();
    void begin_deadline();
    void arm_timer();
    void finish(std::optional<core::Error> error);

    const std::uint64_t id_;
    Loop& loop_;
    const std::shared_ptr<User> user_;
    Call call_;
    Url url_;
    Reach reach_;
    Events events_;

    std::unique_ptr<Attempt> attempt_;
    HeadReader head_;
    Next next_ = Next::Nothing;
    std::optional<core::Error> reason_;  // why we gave the attempt up ourselves
    bool delivered_ = false;             // the head has gone to the plugin
    bool paused_ = false;                // the plugin wants no data
    bool held_ = false;                  // libcurl holds data back for it
    bool starved_ = false;               // libcurl waits for more of the body
    bool sending_ = false;               // this attempt has got a connection
    std::size_t discarded_bytes_ = 0;
    unsigned retries_ = 0;
    unsigned redirects_ = 0;
    std::chrono::milliseconds retry_wait_{};
    Clock::time_point deadline_;
    Clock::time_point last_activity_;
    Clock::time_point retry_at_ = Clock::time_point::max();
    bool ended_ = false;
    std::optional<core::Error> outcome_;
};

}  // namespace host::http_client
