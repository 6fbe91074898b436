#pragma once

#include "host/kv/redis_command.hpp"

struct redisReply;

namespace host::kv {

// What a reply means to the operation.
Outcome redis_outcome(const RedisCommand& command, const redisReply& reply);
// The server does not know the script, and has done nothing.
bool is_unknown_script(const redisReply& reply);

}  // namespace host::kv
