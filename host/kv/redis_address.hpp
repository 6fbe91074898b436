#pragma once

#include <cstdint>
#include <string>

namespace host::kv {

// Where a Redis is: "redis://[user[:password]@]host[:port][/number]", "unix:/run/redis/redis.sock[?db=number]".
struct RedisAddress {
    std::string host;
    std::uint16_t port = 6379;
    std::string socket;  // instead of the two above
    std::string user;
    std::string password;
    std::uint32_t number = 0;  // of its databases
};

// Throws InvalidArgument, without repeating the text: it may hold a password.
RedisAddress parse_redis_url(const std::string& url);

}  // namespace host::kv
