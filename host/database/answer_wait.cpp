#include "host/database/answer_wait.hpp"

#include <libpq-fe.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "host/database/errors.hpp"

namespace host::database {

using core::Code;
using core::Error;
using core::Monotonic;
using namespace std::chrono_literals;

namespace {

// A cancel request that overtakes its statement is lost, so it is repeated.
constexpr auto cancel_interval = 100ms;
// A server that has not answered a cancel request by then will not; the connection is given up.
constexpr auto cancel_patience = 2s;

constexpr std::size_t libpq_room_bytes = 8'192;

std::size_t unread_bytes(const PGconn* connection) {
    int count = 0;
    ioctl(PQsocket(connection), FIONREAD, &count);
    return static_cast<std::size_t>(std::max(count, 0));
}

int poll_milliseconds(Monotonic::time_point until, std::chrono::milliseconds most) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Monotonic::now());
    return static_cast<int>(std::clamp(left, 0ms, most).count());
}

}  // namespace

void check_sent(PGconn* connection, int sent) {
    if (sent == 1) return;
    if (connection == nullptr || PQstatus(connection) != CONNECTION_OK) {
        throw error_of("08006", "the connection to the database broke");
    }
    throw Error{Code::InvalidArgument, std::string("the statement cannot be sent: ") + PQerrorMessage(connection)};
}

AnswerWait::AnswerWait(PGconn* connection, const Bounds& bounds)
    : connection_(connection), bounds_(bounds), wake_(bounds.deadline) {}

AnswerWait::~AnswerWait() {
    if (cancel_ && !cancel_->wait_until(give_up_)) give_up();
}

void AnswerWait::send_rest() {
    for (;;) {
        const int left = PQflush(connection_);
        check_sent(connection_, left >= 0 ? 1 : 0);
        if (left == 0) return;
        // The server may have to be read before it reads on.
        pollfd socket{PQsocket(connection_), POLLIN | POLLOUT, 0};
        const int ready = poll(&socket, 1, poll_milliseconds(wake_, 100ms));
        if (ready > 0 && (socket.revents & POLLIN) != 0) wait_for_input();
        if (Monotonic::now() >= wake_) wait_for_input();
    }
}

// Of a broken connection libpq may say "busy" for ever; PQgetResult() then says what happened.
void AnswerWait::until_result() {
    while (PQisBusy(connection_) != 0 && PQstatus(connection_) == CONNECTION_OK)
        wait_for_input();
}

void AnswerWait::wait_for_input() {
    pollfd events[] = {{PQsocket(connection_), POLLIN, 0}, {reason_ ? -1 : bounds_.cancel_event, POLLIN, 0}};
    const int ready = poll(events, 2, poll_milliseconds(wake_, 1h));
    if (events[1].revents != 0) interrupt(Error{Code::Cancelled, "the statement was cancelled"});
    if (ready == 0 && Monotonic::now() >= wake_) interrupt(Error{Code::Timeout, "the statement passed its deadline"});
    if (events[0].revents != 0) receive();
}

void AnswerWait::receive() {
    // Most results come with the first read; to ask for its size would cost more system calls than to read it.
    if (++reads_ == 1) {
        PQconsumeInput(connection_);
        return;
    }
    const std::size_t before = unread_bytes(connection_);
    // Failing, it leaves an error result behind.
    PQconsumeInput(connection_);
    const std::size_t after = unread_bytes(connection_);
    // Never too much, since more may have arrived meanwhile: libpq always has room for 8 KB before it reads.
    bytes_received_ += std::max(before - std::min(before, after), std::min(before, libpq_room_bytes));
    if (bytes_received_ <= bounds_.result_bytes_max || reason_) return;
    interrupt(Error{Code::Limit, "the result is larger than database.result_bytes_max (" +
                                     std::to_string(bounds_.result_bytes_max) + " bytes)"});
}

// On the thread that waits: the statement cannot end unseen, so the request never hits the next one.
void AnswerWait::interrupt(Error reason) {
    const auto now = Monotonic::now();
    if (!reason_) {
        reason_ = std::move(reason);
        give_up_ = now + cancel_patience;
    }
    wake_ = now + cancel_interval;
    if (now >= give_up_) {
        give_up();
        throw *reason_;
    }
    // Repeated until it works.
    if (!cancel_ || cancel_->has_ended()) cancel_.emplace(connection_);
}

void AnswerWait::give_up() {
    shutdown(PQsocket(connection_), SHUT_RDWR);
}

}  // namespace host::database
