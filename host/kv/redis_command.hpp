#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/kv/request.hpp"

struct redisReply;

namespace host::kv {

// The scripts that Redis runs for us, each whole or not at all.
enum class RedisScript : std::size_t { Put, Remove, Add, Limit };
inline constexpr std::size_t redis_scripts_count = 4;
// In the order of the enumeration.
const std::array<std::string_view, redis_scripts_count>& redis_scripts();

// One operation as Redis takes it: a command's words, or a script with its key and its arguments.
struct RedisCommand {
    std::optional<RedisScript> script;
    std::vector<std::string> words;
};

RedisCommand redis_command(const Request& request);
// What a reply means to the operation.
Outcome redis_outcome(Operation operation, const redisReply& reply);
// The server does not know the script, and has done nothing.
bool is_unknown_script(const redisReply& reply);

}  // namespace host::kv
