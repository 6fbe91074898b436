#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>

#include "host/core/error.hpp"

namespace host::bridge {

// Operations of one plugin that a room has accepted and not completed. silence() waits here, and not for ever: nothing
// comes in any more by then, and each of those inside ends by itself, since every statement and every call has a deadline.
class Outstanding {
  public:
    // One operation: travels with its completion, which lets go of it at its end. May outlive the service that gave it.
    using Ticket = std::shared_ptr<const void>;

    // Throws Cancelled after close().
    Ticket enter() {
        {
            const std::lock_guard lock(state_->mutex);
            if (state_->closed) throw core::Error(core::Code::Cancelled, "the plugin is stopping");
            ++state_->count;
        }
        return {static_cast<const void*>(state_.get()), [state = state_](const void*) {
                    const std::lock_guard lock(state->mutex);
                    if (--state->count == 0) state->none.notify_all();
                }};
    }
    void close() {
        const std::lock_guard lock(state_->mutex);
        state_->closed = true;
    }
    void wait() {
        std::unique_lock lock(state_->mutex);
        state_->none.wait(lock, [this] { return state_->count == 0; });
    }

  private:
    struct State {
        std::mutex mutex;
        std::condition_variable none;
        std::size_t count = 0;
        bool closed = false;
    };
    const std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace host::bridge
