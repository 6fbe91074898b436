#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "host/core/clock.hpp"
#include "host/database/copy.hpp"
#include "host/database/owner.hpp"
#include "host/database/query.hpp"
#include "host/database/quick_statements.hpp"

namespace host::database {

// One user of the database: a plugin's instance. Two generations of one plugin are two users with one schema.
struct User {
    Owner owner;
    bool gone = false;           // guarded by the dispatcher's lock
    std::size_t operations = 0;  // accepted and not yet completed; likewise
};

struct Begin {
    TransactionOptions options;
};
struct End {
    Ending ending;
};

// Something to be done on a connection.
struct Operation {
    std::uint64_t id = 0;
    std::shared_ptr<User> user;
    std::variant<Query, Copy, Begin, End> work;
    Completion completion;  // empty: nobody waits
    std::uint64_t transaction = 0;
    core::Monotonic::time_point start_by;  // Busy if it still waits for a connection then
    core::Monotonic::time_point deadline;
    QuickStatements::Key statement = 0;  // of an idempotent query outside of transactions; 0: never shares a way
    bool cancelled = false;              // guarded by the dispatcher's lock

    bool is_end() const { return std::holds_alternative<End>(work); }
    bool is_begin() const { return std::holds_alternative<Begin>(work); }
};

using OperationPointer = std::unique_ptr<Operation>;
// What a lane does next: one operation, or several quick statements of one user that go together.
using Batch = std::vector<OperationPointer>;

}  // namespace host::database
