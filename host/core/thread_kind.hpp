#pragma once

#include <cstdint>

#include <gantry/abi/sys.h>

namespace host::core {

// What the calling thread may do, as the ABI's thread contract names it. Set once by each thread the host makes.
enum class ThreadKind : std::int32_t {
    Other = GANTRY_THREAD_OTHER,
    Control = GANTRY_THREAD_CONTROL,
    Worker = GANTRY_THREAD_WORKER,
    Blocking = GANTRY_THREAD_BLOCKING,
};

inline thread_local ThreadKind this_thread_kind = ThreadKind::Other;

inline void set_thread_kind(ThreadKind kind) {
    this_thread_kind = kind;
}
inline ThreadKind thread_kind() {
    return this_thread_kind;
}

}  // namespace host::core
