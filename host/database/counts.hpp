#pragma once

#include <cstddef>
#include <cstdint>

namespace host::database {

// How busy the room is at this moment, and what it has done so far.
struct Counts {
    std::size_t connections = 0;         // lanes: as many as database.connections
    std::size_t connections_in_use = 0;  // run a statement or hold a transaction
    std::size_t waiting = 0;             // operations without a connection
    std::uint64_t completed = 0;         // operations, with whatever outcome
    std::uint64_t failed = 0;            // of those, with an error
};

}  // namespace host::database
