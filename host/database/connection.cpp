#include "host/database/connection.hpp"

#include <libpq-fe.h>
#include <poll.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "host/database/answer_wait.hpp"
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

Connection::Connection(std::string session_url, log::Logger logger)
    : url_(std::move(session_url)), logger_(std::move(logger)), statements_(statements_max) {}

Connection::~Connection() = default;

void Connection::connect() {
    connect({Monotonic::time_point::max(), 0});
}

void Connection::connect(const Bounds& bounds) {
    const bool is_new = !attempt_;
    if (is_new) {
        close();
        attempt_.emplace(url_);
    }
    if (!attempt_->wait(bounds)) throw error_of("08001", "the server has not answered yet");
    auto attempt = std::move(*attempt_);
    attempt_.reset();
    session_ = attempt.take();
    connection_ = static_cast<soci::postgresql_session_backend*>(session_->get_backend())->conn_;
    PQsetNoticeReceiver(connection_, log_notice, const_cast<log::Logger*>(&logger_));
    PQsetnonblocking(connection_, 1);  // or sending to a server that does not read would outlast every deadline
    if (is_new || alive()) return;
    close();
    throw error_of("08006", "the connection broke before anybody used it");
}

void Connection::close() {
    attempt_.reset();
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
    // What the former owner may have left in the session goes first: a temporary table would even hide one of ours, and of
    // what set_config() or DO has set no answer tells.
    command("close all; discard temp; select pg_advisory_unlock_all(); reset all; unlisten *; set role " +
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
        AnswerWait wait(connection_, bounds);
        check_sent(connection_, PQsendPrepare(connection_, name.c_str(), sql.c_str(), 0, nullptr));
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
    AnswerWait wait(connection_, bounds);
    send_prepared(name, parameters);
    return finish(wait);
}

void Connection::send_prepared(const std::string& name, const std::vector<Value>& parameters) {
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
    check_sent(connection_,
               PQsendQueryPrepared(connection_, name.c_str(), static_cast<int>(count), data, sizes, formats, 0));
}

// One synchronization point for all: one for each would cost a system call and a wake-up of the server each.
std::vector<Rows> Connection::run_together(const std::vector<const Query*>& queries, const Bounds& bounds) {
    std::vector<std::string> names;
    for (const Query* query : queries)
        names.push_back(prepared(query->sql, bounds));
    try {
        AnswerWait wait(connection_, bounds);
        check_sent(connection_, PQenterPipelineMode(connection_));
        for (std::size_t i = 0; i < queries.size(); ++i)
            send_prepared(names[i], queries[i]->parameters);
        check_sent(connection_, PQpipelineSync(connection_));
        wait.send_rest();
        return collect(wait, queries.size());
    } catch (const Error&) {
        // Answers may still be under way that nobody could tell apart from the next ones.
        if (PQpipelineStatus(connection_) != PQ_PIPELINE_OFF) close();
        throw;
    }
}

// Of each statement its result and a null, then one result for the synchronization point.
std::vector<Rows> Connection::collect(AnswerWait& wait, std::size_t count) {
    std::vector<Rows> answers;
    std::optional<Error> failure;
    for (std::size_t i = 0; i < count; ++i) {
        ResultHandle result(next_result(wait));
        const auto status = PQresultStatus(result.get());
        if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
            note_session_change(result.get());
            answers.emplace_back(result.release());
        } else if (!failure) {
            failure = status == PGRES_FATAL_ERROR ? error_of(result.get())
                                                  : Error{Code::InvalidArgument, "the statement gives no rows"};
        }
        if (ResultHandle(next_result(wait)))
            throw Error{Code::InvalidArgument, "COPY cannot be run as a statement, use copy_in"};
    }
    const ResultHandle end(next_result(wait));
    if (PQresultStatus(end.get()) != PGRES_PIPELINE_SYNC || PQexitPipelineMode(connection_) != 1) {
        throw error_of("08006", "the connection to the database broke");
    }
    if (wait.reason()) throw *wait.reason();
    if (failure) throw *failure;
    return answers;
}

PGresult* Connection::next_result(AnswerWait& wait) {
    wait.until_result();
    if (PQstatus(connection_) != CONNECTION_OK) throw error_of("08006", "the connection to the database broke");
    return PQgetResult(connection_);
}

void Connection::command(const std::string& sql, const Bounds& bounds) {
    AnswerWait wait(connection_, bounds);
    check_sent(connection_, PQsendQuery(connection_, sql.c_str()));
    PQclear(finish(wait));
}

Rows Connection::copy_in(const Copy& copy, const Bounds& bounds) {
    constexpr std::size_t piece_bytes = 256 * 1024;
    AnswerWait wait(connection_, bounds);
    check_sent(connection_, PQsendQuery(connection_, copy.statement.c_str()));
    wait.send_rest();
    wait.until_result();
    const ResultHandle opened(PQgetResult(connection_));
    if (PQresultStatus(opened.get()) != PGRES_COPY_IN) {
        while (const ResultHandle rest{PQgetResult(connection_)}) {
        }
        throw wait.reason() ? *wait.reason() : error_of(opened.get());
    }
    for (std::size_t sent = 0; sent < copy.text.size() && !wait.reason();) {
        const std::size_t size = std::min(piece_bytes, copy.text.size() - sent);
        const int taken = PQputCopyData(connection_, copy.text.data() + sent, static_cast<int>(size));
        check_sent(connection_, taken >= 0 ? 1 : 0);
        if (taken == 1) sent += size;
        wait.send_rest();
    }
    check_sent(connection_, PQputCopyEnd(connection_, wait.reason() ? "the host gave up" : nullptr) >= 0 ? 1 : 0);
    PQclear(finish(wait));
    return Rows::of_count(copy.rows);
}

PGresult* Connection::finish(AnswerWait& wait) {
    fault_position_.reset();
    ResultHandle answer;
    wait.send_rest();
    for (;;) {
        wait.until_result();
        ResultHandle next(PQgetResult(connection_));
        if (!next) break;
        const auto status = PQresultStatus(next.get());
        if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
            wait.give_up();  // there is no polite way out of a COPY that nobody feeds or reads
            throw Error{Code::InvalidArgument, "COPY cannot be run as a statement, use copy_in"};
        }
        // Of several statements the first error is the answer, else the last result.
        if (!answer || PQresultStatus(answer.get()) != PGRES_FATAL_ERROR) answer = std::move(next);
    }
    const auto status = PQresultStatus(answer.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
        note_session_change(answer.get());
        if (wait.reason() && wait.reason()->code() == Code::Limit) throw *wait.reason();
        return answer.release();
    }
    if (status == PGRES_EMPTY_QUERY) throw Error{Code::InvalidArgument, "the statement is empty"};
    fault_position_ = position_of(answer.get());
    if (wait.reason()) throw *wait.reason();
    throw error_of(answer.get());
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
