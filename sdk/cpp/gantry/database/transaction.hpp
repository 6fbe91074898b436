#pragma once

#include <memory>
#include <string_view>
#include <utility>
#include <variant>

#include <gantry/database/query.hpp>

namespace gantry {

enum class Isolation { ReadCommitted, RepeatableRead, Serializable };
enum class Access { ReadWrite, ReadOnly };

// A transaction as a scope: `auto tx = co_await database.begin(); ... co_await tx.commit();`. Left without commit(), by
// an exception or an early return, it is rolled back.
class Transaction {
  public:
    Transaction(const DatabaseHandle& database, gantry_id id) : database_(database), id_(id) {}
    Transaction(Transaction&& other) noexcept : database_(other.database_), id_(std::exchange(other.id_, 0)) {}
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction() {
        if (id_ != 0) abandon();
    }

    template <typename... Parameters>
    Query<Parameters...> query(std::string_view sql, const Parameters&... parameters) {
        return Query<Parameters...>(database_, id_, sql, parameters...);
    }
    // For services that take part in it.
    gantry_id id() const { return id_; }
    CopyIn copy_in(std::string_view table, const CopyRows& rows) { return CopyIn(database_, id_, table, rows); }

    class End;
    // After either the transaction is over, also when it throws: a commit after a failed statement is a rollback and a
    // DatabaseError with Status::Conflict.
    End commit();
    End rollback();

  private:
    // Nobody can wait for it in a destructor; stop() does, through the instance's open work.
    void abandon() noexcept {
        GANTRY_DETAIL_USE(GANTRY_DATABASE, gantry_database, end);
        detail::OpenWork& open = database_.context->open;
        open.enter();
        const auto done = [](void* user, gantry_status, const gantry_error*) noexcept {
            static_cast<detail::OpenWork*>(user)->leave();
        };
        const gantry_status status = database_.service->end(database_.context->host, id_, 0, done, &open);
        if (status < 0) open.leave();
    }

    DatabaseHandle database_;
    gantry_id id_;
};

class [[nodiscard]] Transaction::End : public detail::Operation<Transaction::End, std::monostate> {
  public:
    End(const DatabaseHandle& handle, gantry_id id, bool commit) : Operation(handle), id_(id), commit_(commit) {}

    void await_resume() { (void)Operation::await_resume(); }
    void get() && { (void)std::move(*this).Operation::get(); }

  private:
    friend Operation;

    gantry_status begin() {
        GANTRY_DETAIL_USE(GANTRY_DATABASE, gantry_database, end);
        return database().service->end(database().context->host, id_, commit_ ? 1 : 0, done, this);
    }
    static void done(void* user, gantry_status status, const gantry_error* error) noexcept {
        static_cast<End*>(user)->complete(status, error, [] { return std::monostate(); });
    }

    gantry_id id_;
    bool commit_;
};

inline Transaction::End Transaction::commit() {
    return End(database_, std::exchange(id_, 0), true);
}
inline Transaction::End Transaction::rollback() {
    return End(database_, std::exchange(id_, 0), false);
}

// A transaction on its way.
class [[nodiscard]] Begin : public detail::Operation<Begin, Transaction> {
  public:
    Begin(const DatabaseHandle& handle, Isolation isolation, Access access) : Operation(handle) {
        options_.struct_size = sizeof options_;
        if (access == Access::ReadOnly) options_.flags |= GANTRY_TRANSACTION_READ_ONLY;
        if (isolation == Isolation::RepeatableRead) options_.flags |= GANTRY_TRANSACTION_REPEATABLE_READ;
        if (isolation == Isolation::Serializable) options_.flags |= GANTRY_TRANSACTION_SERIALIZABLE;
    }

  private:
    friend Operation;

    gantry_status begin() {
        GANTRY_DETAIL_USE(GANTRY_DATABASE, gantry_database, end);
        return database().service->begin(database().context->host, &options_, done, this);
    }
    static void done(void* user, gantry_status status, gantry_id id, const gantry_error* error) noexcept {
        auto* self = static_cast<Begin*>(user);
        self->complete(status, error, [self, id] { return Transaction(self->database(), id); });
    }

    gantry_transaction options_{};
};

}  // namespace gantry
