#pragma once

#include <atomic>
#include <coroutine>

#include <gantry/detail/answer.hpp>

namespace gantry::detail {

// The part of a stream that the handler's coroutine and the host's callbacks share. It has two owners: the coroutine,
// until stream_close(); the host, until it can call back no more. Whoever ends last frees it.
class StreamState {
  public:
    explicit StreamState(const Exchange& exchange) : exchange_(exchange) {}
    StreamState(const StreamState&) = delete;
    StreamState& operator=(const StreamState&) = delete;

    const Exchange& exchange() const { return exchange_; }
    // GANTRY_OK while the client is there.
    gantry_status ended() const { return ended_.load(); }

    // Registers the coroutine to be resumed when the stream is writable or over. False: it already is, do not suspend.
    bool wait(std::coroutine_handle<> waiter) {
        void* idle = nullptr;
        if (waiter_.compare_exchange_strong(idle, waiter.address())) return true;
        waiter_.store(nullptr);
        return false;
    }

    static void writable(void* user, gantry_id) noexcept { static_cast<StreamState*>(user)->wake(); }
    static void closed(void* user, gantry_id, gantry_status reason) noexcept {
        auto* state = static_cast<StreamState*>(user);
        state->ended_.store(reason < 0 ? reason : GANTRY_E_GONE);
        state->wake();
        state->drop();
    }

    // Called by the coroutine as its last use of the state.
    void close(gantry_status outcome) noexcept {
        const gantry_status status = exchange_.http->stream_close(exchange_.context.host, exchange_.id, outcome);
        // Refused: the stream was over before, and the host's part ends with closed(), which may still be running.
        if (status >= 0) drop();
        drop();
    }
    // For a stream that never came to be: the host has no part in it.
    void forget() noexcept { delete this; }

  private:
    ~StreamState() = default;

    void drop() noexcept {
        if (owners_.fetch_sub(1) == 1) delete this;
    }
    // Resumes the waiting coroutine, or leaves a mark that the next wait() finds. In one step, for two may wake it.
    void wake() noexcept {
        void* waiter = waiter_.load();
        while (!waiter_.compare_exchange_weak(waiter, waiter == nullptr || waiter == this ? this : nullptr)) {
        }
        if (waiter != nullptr && waiter != this) std::coroutine_handle<>::from_address(waiter).resume();
    }

    const Exchange exchange_;
    std::atomic<void*> waiter_ = nullptr;  // null: nobody; this: woken before anybody waited; else a coroutine
    std::atomic<gantry_status> ended_ = GANTRY_OK;
    std::atomic<int> owners_ = 2;
};

}  // namespace gantry::detail
