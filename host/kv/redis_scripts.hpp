#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace host::kv {

// The scripts that Redis runs for us, each whole or not at all: what looks before it changes. They cost Redis four times
// what a command of its own costs, so whatever need not look is none.
enum class RedisScript : std::size_t { PutIf, RemoveIf, Add, Limit };
inline constexpr std::size_t redis_scripts_count = 4;
// In the order of the enumeration.
const std::array<std::string_view, redis_scripts_count>& redis_scripts();

// An entry is a string: its version in so many hexadecimal digits, then the value.
inline constexpr std::size_t redis_version_digits = 16;

}  // namespace host::kv
