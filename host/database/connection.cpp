#include "host/database/connection.hpp"

#include <libpq-fe.h>
#include <poll.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>

#include "host/database/connection_url.hpp"
#include "host/database/errors.hpp"
#include "host/database/result.hpp"

namespace host::database {

using core::Code;
using core::Error;
using core::Monotonic;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t statements_max = 256;
// A cancel request that overtakes its statement is lost, so it is repeated.
constexpr auto cancel_interval = 100ms;
// A server that has not answered a cancel request by then will not; the connection is given up.
constexpr auto cancel_patience = 5s;

constexpr std::size_t libpq_room_bytes = 8'192;

std::size_t unread_bytes(const PGconn* connection) {
    int count = 0;
    ioctl(PQsocket(connection), FIONREAD, &count);
    return static_cast<std::size_t>(std::max(count, 0));
}

void log_notice(void* logger, const PGresult* notice) {
    const char* message = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
    const char* severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    static_cast<const log::Logger*>(logger)->debug(
        "notice from PostgreSQL",
        {{"severity", severity == nullptr ? "" : severity}, {"notice", message == nullptr ? "" : message}});
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

// The statement is not what it was when it was prepared: its result has other columns, or somebody deallocated it.
bool is_stale_statement(const Error& error) {
    return error.name() == "SQLSTATE_0A000" || error.name() == "SQLSTATE_26000";
}

}  // namespace

std::string session_url(const std::string& url, const SessionLimits& limits) {
    auto parameters = parse_url(url);
    const auto connect_seconds =
        std::max<long long>(2, std::chrono::ceil<std::chrono::seconds>(limits.connect_deadline).count());
    parameters.try_emplace("application_name", "gantry");
    parameters.try_emplace("connect_timeout", std::to_string(connect_seconds));
    parameters.try_emplace("keepalives_idle", "30");
    parameters.try_emplace("keepalives_interval", "10");
    parameters.try_emplace("keepalives_count", "3");
    parameters["client_encoding"] = "UTF8";
    std::string& options = parameters["options"];  // the last word counts, so ours follow the administrator's
    options += " -c TimeZone=UTC -c DateStyle=ISO -c IntervalStyle=postgres -c bytea_output=hex";
    options += " -c extra_float_digits=1 -c standard_conforming_strings=on";
    options += " -c statement_timeout=" + std::to_string(limits.statement_deadline.count());
    options += " -c idle_in_transaction_session_timeout=" + std::to_string(limits.transaction_idle_deadline.count());
    return make_url(parameters);
}

// One exchange with the server that is under way.
struct Connection::Wait {
    explicit Wait(const Bounds& bounds) : bounds(bounds), wake(bounds.deadline) {}

    const Bounds& bounds;
    Monotonic::time_point wake;     // when something must be done even if nothing arrives
    Monotonic::time_point give_up;  // once interrupted
    std::size_t bytes_received = 0;
    std::size_t reads = 0;
    std::optional<Error> reason;  // why it was interrupted
};

Connection::Connection(std::string session_url, log::Logger logger)
    : url_(std::move(session_url)), logger_(std::move(logger)), statements_(statements_max) {}

Connection::~Connection() = default;

void Connection::connect() {
    close();
    try {
        // Never session::reconnect(): it frees the backend under every statement that is still there.
        session_ = std::make_unique<soci::session>(soci::postgresql, url_);
    } catch (const soci::soci_error& error) {
        throw error_of("08001", error.what());
    }
    connection_ = static_cast<soci::postgresql_session_backend*>(session_->get_backend())->conn_;
    PQsetNoticeReceiver(connection_, log_notice, const_cast<log::Logger*>(&logger_));
    PQsetnonblocking(connection_, 1);  // or sending to a server that does not read would outlast every deadline
}

void Connection::close() {
    connection_ = nullptr;
    session_.reset();
    statements_.clear();
    doomed_.clear();
    owner_.clear();
    session_changed_ = false;
}

bool Connection::alive() const {
    if (connection_ == nullptr || PQstatus(connection_) != CONNECTION_OK) return false;
    pollfd socket{PQsocket(connection_), POLLIN | POLLRDHUP, 0};
    return poll(&socket, 1, 0) == 0;
}

Connection::Transaction Connection::transaction() const {
    if (connection_ == nullptr) return Transaction::Lost;
    switch (PQtransactionStatus(connection_)) {
        case PQTRANS_IDLE:
            return Transaction::None;
        case PQTRANS_INTRANS:
            return Transaction::Open;
        case PQTRANS_INERROR:
            return Transaction::Failed;
        default:
            return Transaction::Lost;
    }
}

void Connection::become(const Owner& owner, const Bounds& bounds) {
    if (owner_ == owner.id) return;
    owner_.clear();
    // What the former owner may have left in the session goes first: a temporary table would even hide one of ours.
    command("close all; discard temp; select pg_advisory_unlock_all(); set role " +
                (owner.role.empty() ? "none" : quote_name(owner.role)) + "; set search_path = " + quote_name(owner.schema) +
                ", public",
            bounds);
    session_changed_ = false;
    owner_ = owner.id;
}

Rows Connection::run(const std::string& sql, const std::vector<Value>& parameters, const Bounds& bounds) {
    for (bool first = true;; first = false) {
        try {
            return Rows(execute(prepared(sql, bounds), parameters, bounds));
        } catch (const Error& error) {
            if (!is_stale_statement(error)) throw;
            forget(sql);
            if (!first || transaction() != Transaction::None) throw;
        }
    }
}

const std::string& Connection::prepared(const std::string& sql, const Bounds& bounds) {
    if (const std::string* name = statements_.find(owner_, sql)) return *name;
    deallocate_doomed(bounds);
    std::optional<std::string> evicted;
    const std::string& name = statements_.insert(owner_, sql, evicted);
    if (evicted) doomed_.push_back(*evicted);
    try {
        Wait wait(bounds);
        check_sent(PQsendPrepare(connection_, name.c_str(), sql.c_str(), 0, nullptr));
        PQclear(finish(wait));
    } catch (const Error&) {
        statements_.erase(owner_, sql);
        throw;
    }
    return name;
}

void Connection::forget(const std::string& sql) {
    if (auto name = statements_.erase(owner_, sql)) doomed_.push_back(std::move(*name));
}

// Inside a failed transaction DEALLOCATE fails too, and the statement would stay on the server for ever.
void Connection::deallocate_doomed(const Bounds& bounds) {
    while (!doomed_.empty() && transaction() == Transaction::None) {
        const std::string name = std::move(doomed_.back());
        doomed_.pop_back();
        try {
            command("deallocate " + name, bounds);
        } catch (const Error& error) {
            if (error.name() != "SQLSTATE_26000") throw;  // it was gone already
        }
    }
}

PGresult* Connection::execute(const std::string& name, const std::vector<Value>& parameters, const Bounds& bounds) {
    const std::size_t count = parameters.size();
    std::array<const char*, 16> few_data;
    std::array<int, 16> few_sizes, few_formats;
    std::vector<const char*> many_data;
    std::vector<int> many_sizes, many_formats;
    const char** data = few_data.data();
    int* sizes = few_sizes.data();
    int* formats = few_formats.data();
    if (count > few_data.size()) {
        many_data.resize(count), many_sizes.resize(count), many_formats.resize(count);
        data = many_data.data(), sizes = many_sizes.data(), formats = many_formats.data();
    }
    for (std::size_t i = 0; i < count; ++i) {
        data[i] = parameters[i].data();
        sizes[i] = parameters[i].size();
        formats[i] = parameters[i].binary() ? 1 : 0;
    }
    Wait wait(bounds);
    check_sent(PQsendQueryPrepared(connection_, name.c_str(), static_cast<int>(count), data, sizes, formats, 0));
    return finish(wait);
}

void Connection::command(const std::string& sql, const Bounds& bounds) {
    Wait wait(bounds);
    check_sent(PQsendQuery(connection_, sql.c_str()));
    PQclear(finish(wait));
}

Rows Connection::copy_in(const Copy& copy, const Bounds& bounds) {
    constexpr std::size_t piece_bytes = 256 * 1024;
    Wait wait(bounds);
    check_sent(PQsendQuery(connection_, copy.statement.c_str()));
    send_rest(wait);
    wait_for_result(wait);
    const ResultHandle opened(PQgetResult(connection_));
    if (PQresultStatus(opened.get()) != PGRES_COPY_IN) {
        while (const ResultHandle rest{PQgetResult(connection_)}) {
        }
        throw wait.reason ? *wait.reason : error_of(opened.get());
    }
    for (std::size_t sent = 0; sent < copy.text.size() && !wait.reason;) {
        const std::size_t size = std::min(piece_bytes, copy.text.size() - sent);
        const int taken = PQputCopyData(connection_, copy.text.data() + sent, static_cast<int>(size));
        check_sent(taken >= 0 ? 1 : 0);
        if (taken == 1) sent += size;
        send_rest(wait);
    }
    check_sent(PQputCopyEnd(connection_, wait.reason ? "the host gave up" : nullptr) >= 0 ? 1 : 0);
    PQclear(finish(wait));
    return Rows::of_count(copy.rows);
}

void Connection::check_sent(int sent) {
    if (sent == 1) return;
    if (connection_ == nullptr || PQstatus(connection_) != CONNECTION_OK) {
        throw error_of("08006", "the connection to the database broke");
    }
    throw Error{Code::InvalidArgument, std::string("the statement cannot be sent: ") + PQerrorMessage(connection_)};
}

PGresult* Connection::finish(Wait& wait) {
    fault_position_.reset();
    ResultHandle answer;
    send_rest(wait);
    for (;;) {
        wait_for_result(wait);
        ResultHandle next(PQgetResult(connection_));
        if (!next) break;
        const auto status = PQresultStatus(next.get());
        if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
            close();  // there is no polite way out of a COPY that nobody feeds or reads
            throw Error{Code::InvalidArgument, "COPY cannot be run as a statement, use copy_in"};
        }
        // Of several statements the first error is the answer, else the last result.
        if (!answer || PQresultStatus(answer.get()) != PGRES_FATAL_ERROR) answer = std::move(next);
    }
    const auto status = PQresultStatus(answer.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
        note_session_change(answer.get());
        if (wait.reason && wait.reason->code() == Code::Limit) throw *wait.reason;
        return answer.release();
    }
    if (status == PGRES_EMPTY_QUERY) throw Error{Code::InvalidArgument, "the statement is empty"};
    fault_position_ = position_of(answer.get());
    if (wait.reason) throw *wait.reason;
    throw error_of(answer.get());
}

void Connection::send_rest(Wait& wait) {
    for (;;) {
        const int left = PQflush(connection_);
        check_sent(left >= 0 ? 1 : 0);
        if (left == 0) return;
        // The server may have to be read before it reads on.
        pollfd socket{PQsocket(connection_), POLLIN | POLLOUT, 0};
        const auto patience = std::chrono::ceil<std::chrono::milliseconds>(wait.wake - Monotonic::now());
        const int ready = poll(&socket, 1, static_cast<int>(std::clamp<long long>(patience.count(), 0, 100)));
        if (ready > 0 && (socket.revents & POLLIN) != 0) wait_for_input(wait);
        if (Monotonic::now() >= wait.wake) wait_for_input(wait);
    }
}

// Of a broken connection libpq may say "busy" for ever; PQgetResult() then says what happened.
void Connection::wait_for_result(Wait& wait) {
    while (PQisBusy(connection_) != 0 && PQstatus(connection_) == CONNECTION_OK)
        wait_for_input(wait);
}

void Connection::wait_for_input(Wait& wait) {
    pollfd events[] = {{PQsocket(connection_), POLLIN, 0}, {wait.reason ? -1 : wait.bounds.cancel_event, POLLIN, 0}};
    const auto patience = std::chrono::ceil<std::chrono::milliseconds>(wait.wake - Monotonic::now());
    const int ready = poll(events, 2, static_cast<int>(std::clamp<long long>(patience.count(), 0, 3'600'000)));
    if (events[1].revents != 0) interrupt(wait, Error{Code::Cancelled, "the statement was cancelled"});
    if (ready == 0 && Monotonic::now() >= wait.wake)
        interrupt(wait, Error{Code::Timeout, "the statement passed its deadline"});
    if (events[0].revents == 0) return;

    // Most results come with the first read; to ask for its size would cost more system calls than to read it.
    if (++wait.reads == 1) {
        PQconsumeInput(connection_);
        return;
    }
    const std::size_t before = unread_bytes(connection_);
    // Failing, it leaves an error result behind, which finish() reports.
    PQconsumeInput(connection_);
    const std::size_t after = unread_bytes(connection_);
    // Never too much, since more may have arrived meanwhile: libpq always has room for 8 KB before it reads.
    wait.bytes_received += std::max(before - std::min(before, after), std::min(before, libpq_room_bytes));
    if (wait.bytes_received > wait.bounds.result_bytes_max && !wait.reason) {
        interrupt(wait, Error{Code::Limit, "the result is larger than database.result_bytes_max (" +
                                               std::to_string(wait.bounds.result_bytes_max) + " bytes)"});
    }
}

// On the thread that waits: the statement cannot end unseen, so the request never hits the next one.
void Connection::interrupt(Wait& wait, Error reason) {
    const auto now = Monotonic::now();
    if (!wait.reason) {
        wait.reason = std::move(reason);
        wait.give_up = now + cancel_patience;
    }
    wait.wake = now + cancel_interval;
    if (now >= wait.give_up) {
        const Error given_up = *wait.reason;
        close();
        throw given_up;
    }
    const std::unique_ptr<PGcancel, decltype(&PQfreeCancel)> request(PQgetCancel(connection_), &PQfreeCancel);
    char refusal[256];
    PQcancel(request.get(), refusal, sizeof refusal);  // repeated until it works, or until give_up
}

void Connection::note_session_change(const PGresult* result) {
    const std::string_view tag = PQcmdStatus(const_cast<PGresult*>(result));
    if (is_one_of(tag, {"SET", "RESET", "LISTEN", "DISCARD ALL"})) session_changed_ = true;
}

void Connection::settle(const Bounds& bounds) {
    if (!session_changed_) return;
    owner_.clear();
    command("reset all; unlisten *", bounds);
    session_changed_ = false;
}

}  // namespace host::database
