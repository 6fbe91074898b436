#include "host/database/connection_attempt.hpp"

#include <poll.h>
#include <pthread.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "host/database/errors.hpp"

namespace host::database {

using core::Code;
using core::Error;
using core::Monotonic;
using namespace std::chrono_literals;

struct ConnectionAttempt::State {
    State() : ended_event(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
    ~State() { ::close(ended_event); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    void fail(std::string reason) {
        failure = std::move(reason);
        end();
    }
    void end() {
        ended.store(true, std::memory_order_release);
        eventfd_write(ended_event, 1);
    }

    const int ended_event;  // never read: it stays readable
    std::atomic<bool> ended{false};
    // From the thread that connects to the one that waits, by `ended`.
    std::unique_ptr<soci::session> session;
    std::optional<std::string> failure;
};

ConnectionAttempt::ConnectionAttempt(const std::string& session_url) : state_(std::make_shared<State>()) {
    try {
        std::thread([state = state_, session_url] {
            pthread_setname_np(pthread_self(), "database-conn");
            try {
                // Never session::reconnect(): it frees the backend under every statement that is still there.
                state->session = std::make_unique<soci::session>(soci::postgresql, session_url);
                state->end();
            } catch (const std::exception& error) {
                state->fail(error.what());
            }
        }).detach();
    } catch (const std::system_error& error) {
        state_->fail(error.what());  // no thread is to be had
    }
}

bool ConnectionAttempt::wait(const Bounds& bounds) const {
    while (!state_->ended.load(std::memory_order_acquire)) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(bounds.deadline - Monotonic::now());
        if (left <= 0ms) return false;
        pollfd events[] = {{state_->ended_event, POLLIN, 0}, {bounds.cancel_event, POLLIN, 0}};
        poll(events, 2, static_cast<int>(std::min<std::chrono::milliseconds>(left, 1h).count()));
        if (events[1].revents != 0) throw Error{Code::Cancelled, "cancelled while the database could not be reached"};
    }
    return true;
}

std::unique_ptr<soci::session> ConnectionAttempt::take() {
    if (state_->failure) throw error_of("08001", *state_->failure);
    return std::move(state_->session);
}

}  // namespace host::database
