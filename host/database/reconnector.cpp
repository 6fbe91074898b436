#include "host/database/reconnector.hpp"

#include <poll.h>

#include <algorithm>
#include <utility>

#include "host/core/error.hpp"

namespace host::database {

using core::Code;
using core::Error;
using core::Monotonic;
using namespace std::chrono_literals;

namespace {

constexpr auto pause_first = 10ms;
constexpr auto pause_max = 500ms;
// While the database stays away each operation fails alike: one line now and then tells as much.
constexpr auto complaint_interval = 10s;

void wait_before_retry(std::chrono::milliseconds pause, const Bounds& bounds) {
    pollfd cancelled{bounds.cancel_event, POLLIN, 0};
    if (poll(&cancelled, 1, static_cast<int>(pause.count())) > 0)
        throw Error{Code::Cancelled, "cancelled while the database could not be reached"};
}

}  // namespace

Reconnector::Reconnector(Connection& connection, std::chrono::milliseconds connect_deadline, log::Logger logger)
    : connection_(connection), connect_deadline_(connect_deadline), logger_(std::move(logger)) {}

void Reconnector::ensure_connected(const Bounds& bounds) {
    if (connection_.alive()) return;
    if (!broken_since_) broken_since_ = Monotonic::now();
    const auto patience = std::min(*broken_since_ + connect_deadline_, bounds.deadline);
    for (std::chrono::milliseconds pause = pause_first;; pause = std::min<std::chrono::milliseconds>(pause * 2, pause_max)) {
        try {
            connection_.connect(bounds);
            return note_reached();
        } catch (const Error& error) {
            if (error.code() == Code::Cancelled) throw;
            if (Monotonic::now() + pause > patience) {
                note_unreached(error);
                throw;
            }
        }
        wait_before_retry(pause, bounds);
    }
}

void Reconnector::note_unreached(const Error& error) {
    const auto now = Monotonic::now();
    if (now < quiet_until_) return;
    quiet_until_ = now + complaint_interval;
    logger_.warn("the database cannot be reached", {{"reason", error.what()}});
}

void Reconnector::note_reached() {
    if (quiet_until_ != Monotonic::time_point{}) {
        const auto away = std::chrono::round<std::chrono::milliseconds>(Monotonic::now() - *broken_since_);
        logger_.info("the database is reached again", {{"after_ms", away.count()}});
    }
    broken_since_.reset();
    quiet_until_ = {};
}

}  // namespace host::database
