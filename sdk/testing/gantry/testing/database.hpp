#pragma once

#include <algorithm>
#include <cctype>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gantry/abi/database.h>
#include <gantry/database/parameters.hpp>
#include <gantry/detail/guard.hpp>
#include <gantry/testing/calls.hpp>
#include <gantry/testing/watch.hpp>

namespace gantry::testing {

// A result for the fake database to answer: `FakeRows({"id", "title"}).row(7, "A").row(8, "B")`.
class FakeRows {
  public:
    explicit FakeRows(std::vector<std::string> columns) : rows_(std::move(columns)) {}
    template <typename... Values>
    FakeRows&& row(const Values&... values) && {
        rows_.add(values...);
        return std::move(*this);
    }
    template <typename... Values>
    void add(const Values&... values) {
        rows_.add(values...);
    }
    const CopyRows& content() const { return rows_; }

  private:
    CopyRows rows_;
};

// A statement as it arrived; parameters as text, NULL as "NULL".
struct Statement {
    std::string sql;
    std::vector<std::string> parameters;
    gantry_id transaction = 0;
};

inline std::string text_of(const gantry_value& value) {
    switch (value.type) {
        case GANTRY_VALUE_NULL:
            return "NULL";
        case GANTRY_VALUE_BOOL:
            return value.as.integer != 0 ? "true" : "false";
        case GANTRY_VALUE_INTEGER:
        case GANTRY_VALUE_TIMESTAMP:
            return std::to_string(value.as.integer);
        case GANTRY_VALUE_REAL:
            return std::to_string(value.as.real);
        case GANTRY_VALUE_BYTES:
            return std::string(view(value.as.bytes));
        default:
            return std::string(view(value.as.text));
    }
}

// gantry.database/1 that answers from a script. A statement is answered by the oldest expectation that is left and
// whose text it contains; one that nobody expects, and an expectation that nothing met, break the test.
class FakeDatabase {
  public:
    FakeDatabase(Watch& watch, Calls& calls) : watch_(watch), calls_(calls) {}

    void expect(std::string part_of_sql, FakeRows rows) {
        const std::uint64_t count = rows.content().size();
        add({std::move(part_of_sql), std::move(rows), count, GANTRY_OK, {}, {}});
    }
    // For a statement that returns no rows.
    void expect_affected(std::string part_of_sql, std::uint64_t affected) {
        add({std::move(part_of_sql), FakeRows({}), affected, GANTRY_OK, {}, {}});
    }
    // PostgreSQL refuses: "23505" and the constraint that is violated.
    void expect_failure(std::string part_of_sql, const std::string& sqlstate, std::string constraint = {}) {
        add({std::move(part_of_sql), FakeRows({}), 0, GANTRY_E_CONFLICT, "SQLSTATE_" + sqlstate, std::move(constraint)});
    }
    // The server cannot be reached.
    void expect_unavailable(std::string part_of_sql) {
        add({std::move(part_of_sql), FakeRows({}), 0, GANTRY_E_UNAVAILABLE, {}, {}});
    }

    // What a statement gets that no expectation is left for; it then breaks no test.
    enum class Otherwise {
        BreaksTheTest,
        Unavailable,  // the server cannot be reached
        Empty,        // no row was found, none was changed; INSERT with RETURNING, which gives a row, is refused as Conflict
        Conflict      // a unique constraint is violated
    };
    void answer_otherwise(Otherwise otherwise) {
        const std::lock_guard lock(mutex_);
        otherwise_ = otherwise;
    }

    std::vector<Statement> statements() const {
        const std::lock_guard lock(mutex_);
        return statements_;
    }
    std::size_t open_transactions() const {
        const std::lock_guard lock(mutex_);
        return transactions_.size();
    }
    std::size_t commits() const {
        const std::lock_guard lock(mutex_);
        return commits_;
    }

    // What is wrong once the plugin has stopped.
    void check_end() {
        const std::lock_guard lock(mutex_);
        if (!transactions_.empty()) watch_.violation(std::to_string(transactions_.size()) + " transactions were left open");
        for (const Expectation& left : expectations_)
            watch_.violation("no statement met the expectation: " + left.part_of_sql);
    }
    // For tests that end a plugin half way.
    void forget_expectations() {
        const std::lock_guard lock(mutex_);
        expectations_.clear();
    }

    gantry_status query(const gantry_query& query, gantry_rows_done done, void* user);
    gantry_status copy_in(const gantry_copy& copy, gantry_rows_done done, void* user);
    gantry_status begin(gantry_begin_done done, void* user);
    gantry_status end(gantry_id transaction, bool commit, gantry_done done, void* user);
    // As the host does with a transaction that stays idle.
    void roll_back(gantry_id transaction) {
        const std::lock_guard lock(mutex_);
        transactions_.erase(transaction);
    }

  private:
    struct Expectation {
        std::string part_of_sql;
        FakeRows rows;
        std::uint64_t affected;
        gantry_status status;
        std::string code;
        std::string constraint;
    };

    void add(Expectation expectation) {
        const std::lock_guard lock(mutex_);
        expectations_.push_back(std::move(expectation));
    }
    // The expectation that answers `sql`; one that fails if there is none.
    Expectation take(std::string_view sql);
    static void answer(const Expectation& expectation, gantry_rows_done done, void* user);
    static bool find_word(std::string_view sql, std::string_view word);
    bool is_open(gantry_id transaction) const { return transaction == 0 || transactions_.count(transaction) != 0; }

    Watch& watch_;
    Calls& calls_;
    mutable std::mutex mutex_;
    std::deque<Expectation> expectations_;
    std::vector<Statement> statements_;
    std::set<gantry_id> transactions_;
    gantry_id next_transaction_ = 1;
    std::size_t commits_ = 0;
    Otherwise otherwise_ = Otherwise::BreaksTheTest;
};

inline bool FakeDatabase::find_word(std::string_view sql, std::string_view word) {
    const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
    return std::search(sql.begin(), sql.end(), word.begin(), word.end(), same) != sql.end();
}

inline FakeDatabase::Expectation FakeDatabase::take(std::string_view sql) {
    for (auto found = expectations_.begin(); found != expectations_.end(); ++found) {
        if (sql.find(found->part_of_sql) == std::string_view::npos) continue;
        Expectation expectation = std::move(*found);
        expectations_.erase(found);
        return expectation;
    }
    const bool gives_a_row = find_word(sql, "insert") && find_word(sql, "returning") && !find_word(sql, "conflict");
    if (otherwise_ == Otherwise::Unavailable) return {std::string(sql), FakeRows({}), 0, GANTRY_E_UNAVAILABLE, {}, {}};
    if (otherwise_ == Otherwise::Empty && !gives_a_row) return {std::string(sql), FakeRows({}), 0, GANTRY_OK, {}, {}};
    if (otherwise_ != Otherwise::BreaksTheTest)
        return {std::string(sql), FakeRows({}), 0, GANTRY_E_CONFLICT, "SQLSTATE_23505", "a_constraint"};
    watch_.violation("nobody expected the statement: " + std::string(sql));
    return {std::string(sql), FakeRows({}), 0, GANTRY_E_INTERNAL, "SQLSTATE_42601", {}};
}

inline void FakeDatabase::answer(const Expectation& expectation, gantry_rows_done done, void* user) {
    if (expectation.status < 0) {
        gantry_error error = gantry::detail::empty_error();
        gantry::detail::fill(&error, expectation.status, expectation.code, "the fake database refuses, as it was told to");
        gantry::detail::copy_text(error.where, expectation.constraint);
        return done(user, expectation.status, nullptr, &error);
    }
    const CopyRows& content = expectation.rows.content();
    std::vector<gantry_column> columns;
    for (const std::string& name : content.columns())
        columns.push_back({str(name), GANTRY_VALUE_TEXT, 0});
    gantry_rows rows{};
    rows.struct_size = sizeof rows;
    rows.columns_n = static_cast<std::uint32_t>(columns.size());
    rows.rows_n = content.size();
    rows.affected = expectation.affected;
    rows.columns = columns.data();
    rows.cells = content.cells().data();
    done(user, GANTRY_OK, &rows, nullptr);
}

inline gantry_status FakeDatabase::query(const gantry_query& query, gantry_rows_done done, void* user) {
    const std::lock_guard lock(mutex_);
    if (!is_open(query.transaction)) return GANTRY_E_GONE;
    Statement statement{std::string(view(query.sql)), {}, query.transaction};
    for (std::uint32_t i = 0; i < query.params_n; ++i)
        statement.parameters.push_back(text_of(query.params[i]));
    auto expectation = std::make_shared<Expectation>(take(statement.sql));
    statements_.push_back(std::move(statement));
    calls_.add([expectation, done, user] { answer(*expectation, done, user); });
    return GANTRY_PENDING;
}

inline gantry_status FakeDatabase::copy_in(const gantry_copy& copy, gantry_rows_done done, void* user) {
    const std::lock_guard lock(mutex_);
    if (!is_open(copy.transaction)) return GANTRY_E_GONE;
    Statement statement{"copy " + std::string(view(copy.table)), {}, copy.transaction};
    for (std::uint64_t i = 0; i < copy.rows_n * copy.columns_n; ++i)
        statement.parameters.push_back(text_of(copy.cells[i]));
    auto expectation = std::make_shared<Expectation>(take(statement.sql));
    statements_.push_back(std::move(statement));
    calls_.add([expectation, done, user] { answer(*expectation, done, user); });
    return GANTRY_PENDING;
}

inline gantry_status FakeDatabase::begin(gantry_begin_done done, void* user) {
    const std::lock_guard lock(mutex_);
    const gantry_id id = next_transaction_++;
    transactions_.insert(id);
    calls_.add([id, done, user] { done(user, GANTRY_OK, id, nullptr); });
    return GANTRY_PENDING;
}

inline gantry_status FakeDatabase::end(gantry_id transaction, bool commit, gantry_done done, void* user) {
    const std::lock_guard lock(mutex_);
    if (transactions_.erase(transaction) == 0) return GANTRY_E_GONE;
    if (commit) ++commits_;
    calls_.add([done, user] { done(user, GANTRY_OK, nullptr); });
    return GANTRY_PENDING;
}

}  // namespace gantry::testing
