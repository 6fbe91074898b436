#pragma once

#include <cstddef>

#include "host/core/clock.hpp"

namespace host::database {

// What ends a statement before its time.
struct Bounds {
    core::Monotonic::time_point deadline;
    std::size_t result_bytes_max;  // counted from below while it arrives: about twice as much may have been buffered
    int cancel_event = -1;         // an eventfd: readable when the caller gave up
};

}  // namespace host::database
