#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "host/core/error.hpp"

namespace host::kv {

enum class Operation : std::uint8_t { Get, Put, Remove, Add, Limit };

inline constexpr std::size_t key_bytes_max = 512;
inline constexpr std::size_t value_bytes_max = 1024 * 1024;
inline constexpr std::uint64_t limit_max = 1'000'000'000;
inline constexpr std::uint64_t window_ms_max = 31ull * 24 * 3600 * 1000;
inline constexpr std::uint64_t ttl_ms_max = 10ull * 365 * 24 * 3600 * 1000;
// As a condition: no such key may be there.
inline constexpr std::uint64_t only_if_absent = UINT64_MAX;

// What is to be done with one key. The views are needed for the call only.
struct Request {
    Operation operation = Operation::Get;
    std::string_view key = {};
    std::string_view owner = {};   // set by the Client: nobody reaches the keys of others
    std::string_view value = {};   // Put
    std::uint64_t ttl_ms = 0;      // Put; Add, for a counter that begins; 0: for ever
    std::uint64_t if_version = 0;  // Put, Remove; 0: whatever is there
    std::int64_t by = 0;           // Add
    std::uint64_t limit = 0;       // Limit
    std::uint64_t window_ms = 0;   // Limit
};

// What became of it.
struct Outcome {
    std::optional<core::Code> failure = std::nullopt;  // NotFound, Conflict, Limit, Unavailable, ...
    std::string reason = {};                           // of a failure; may be empty where the code says it all
    std::string value = {};                            // Get
    std::uint64_t version = 0;                         // Get, Put; never 0 or UINT64_MAX
    std::int64_t sum = 0;                              // Add
    std::uint64_t remaining = 0;                       // Limit: as many more would be let through now
    std::uint64_t retry_after_ms = 0;                  // Limit, if refused: when one will be let through again
};

inline Outcome failed(core::Code code, std::string reason = {}) {
    Outcome outcome;
    outcome.failure = code;
    outcome.reason = std::move(reason);
    return outcome;
}

// Called exactly once, on a thread of ThreadKind::Worker, with no lock held. Must not block or throw.
using Completion = std::function<void(Outcome&&)>;

}  // namespace host::kv
