#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <gantry/abi/database.h>

namespace host::database {

// Many rows for one table, already in the text form of COPY.
struct Copy {
    std::string statement;  // COPY "note" ("title", "body") FROM STDIN
    std::string text;
    std::uint64_t rows = 0;
    std::uint64_t transaction = 0;         // 0: a transaction of its own
    std::chrono::milliseconds deadline{};  // 0: Settings::statement_deadline, which is also the longest
};

// Copies what it is given. Throws InvalidArgument as Value does, and for no columns.
Copy make_copy(const gantry_copy& copy);

}  // namespace host::database
