#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "host/core/error.hpp"
#include "host/database/rows.hpp"
#include "host/database/value.hpp"

namespace host::database {

struct Query {
    std::string sql;
    std::vector<Value> parameters;         // $1, $2, ...
    std::uint64_t transaction = 0;         // 0: a transaction of its own
    std::chrono::milliseconds deadline{};  // from now on; 0: Settings::statement_deadline, which is also the longest
    bool idempotent = false;               // may be repeated when the connection breaks
};

enum class Isolation { ReadCommitted, RepeatableRead, Serializable };

struct TransactionOptions {
    Isolation isolation = Isolation::ReadCommitted;
    bool read_only = false;
};

enum class Ending { Commit, Rollback };

// How an operation ended. Belongs to the completion, which may move the rows out.
struct Outcome {
    std::optional<core::Error> error;
    Rows rows;
    std::uint64_t transaction = 0;  // of begin()
};

// Called exactly once, on a thread of ThreadKind::Worker, with no lock held. Must not block or throw; may start further
// operations.
using Completion = std::function<void(Outcome&&)>;

}  // namespace host::database
