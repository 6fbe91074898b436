#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/core/clock.hpp"
#include "host/database/bounds.hpp"
#include "host/database/connection_attempt.hpp"
#include "host/database/copy.hpp"
#include "host/database/owner.hpp"
#include "host/database/query.hpp"
#include "host/database/statement_cache.hpp"
#include "host/log/logger.hpp"

struct pg_conn;
struct pg_result;

namespace host::database {

class AnswerWait;

// One connection to PostgreSQL: a SOCI session and, through its backend, libpq. Plugins' statements go to libpq itself,
// since SOCI would read ":name" inside them, lose the SQLSTATE of errors with "$1" and turn numeric into double.
// One thread at a time.
class Connection {
  public:
    // Does not connect yet.
    Connection(std::string session_url, log::Logger logger);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Opens it, or opens it anew; one attempt. Throws Unavailable.
    void connect();
    // The same within bounds. An attempt that is under way at the deadline goes on, and the next call waits for that one.
    // Throws Unavailable, Cancelled.
    void connect(const Bounds& bounds);
    // Costs no round trip: an idle connection on which something arrives, or whose other end is closed, is not used again.
    bool alive() const;
    void close();

    // The host's own typed statements (":name"); valid until the next connect().
    soci::session& session() { return *session_; }

    // Makes the following statements those of `owner`; costs a round trip only when the owner changes. Not inside a
    // transaction.
    void become(const Owner& owner, const Bounds& bounds);
    // One statement with $1, $2, ...: prepared at its first use and kept.
    Rows run(const std::string& sql, const std::vector<Value>& parameters, const Bounds& bounds);
    // Several such statements on one way there and back, as one implicit transaction: all answers, or the first error and
    // nothing done.
    std::vector<Rows> run_together(const std::vector<const Query*>& queries, const Bounds& bounds);
    // Any statements without parameters and without interest in rows.
    void command(const std::string& sql, const Bounds& bounds);
    Rows copy_in(const Copy& copy, const Bounds& bounds);

    enum class Transaction { None, Open, Failed, Lost };
    Transaction transaction() const;
    // After a unit of work: undoes what a statement changed for the whole session (SET, LISTEN).
    void settle(const Bounds& bounds);
    // Where PostgreSQL saw the fault of the last command(), in characters from 1.
    std::optional<std::size_t> fault_position() const { return fault_position_; }

  private:
    const std::string& prepared(const std::string& sql, const Bounds& bounds);
    void forget(const std::string& sql);
    void deallocate_doomed(const Bounds& bounds);
    pg_result* execute(const std::string& name, const std::vector<Value>& parameters, const Bounds& bounds);
    void send_prepared(const std::string& name, const std::vector<Value>& parameters);
    std::vector<Rows> collect(AnswerWait& wait, std::size_t count);
    // The caller owns it.
    pg_result* next_result(AnswerWait& wait);
    // Waits for the whole answer; the caller owns it. Throws if it is an error.
    pg_result* finish(AnswerWait& wait);
    void note_session_change(const pg_result* result);

    const std::string url_;
    const log::Logger logger_;
    std::optional<ConnectionAttempt> attempt_;
    std::unique_ptr<soci::session> session_;
    pg_conn* connection_ = nullptr;  // session_'s, fetched again after each connect()
    StatementCache statements_;
    std::vector<std::string> doomed_;  // statements that could not be deallocated when they were forgotten
    std::string owner_;                // empty: unknown
    bool session_changed_ = false;
    std::optional<std::size_t> fault_position_;
};

}  // namespace host::database
