#include "host/database/cancel_request.hpp"

#include <libpq-fe.h>
#include <pthread.h>

#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace host::database {

struct CancelRequest::State {
    void end() {
        std::lock_guard lock(mutex);
        ended = true;
        changed.notify_all();
    }

    std::mutex mutex;
    std::condition_variable changed;
    bool ended = false;
};

CancelRequest::CancelRequest(PGconn* connection) : state_(std::make_shared<State>()) {
    std::shared_ptr<PGcancel> cancel(PQgetCancel(connection), &PQfreeCancel);
    try {
        std::thread([state = state_, cancel = std::move(cancel)] {
            pthread_setname_np(pthread_self(), "database-cancel");
            char refusal[256];
            PQcancel(cancel.get(), refusal, sizeof refusal);
            state->end();
        }).detach();
    } catch (const std::system_error&) {
        state_->end();  // no thread is to be had: whoever asked will ask again
    }
}

bool CancelRequest::has_ended() const {
    return wait_until(core::Monotonic::now());
}

bool CancelRequest::wait_until(core::Monotonic::time_point time) const {
    std::unique_lock lock(state_->mutex);
    return state_->changed.wait_until(lock, time, [this] { return state_->ended; });
}

}  // namespace host::database
