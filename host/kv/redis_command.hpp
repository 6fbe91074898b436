#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "host/kv/redis_scripts.hpp"
#include "host/kv/request.hpp"

namespace host::kv {

// One operation in Redis's protocol, ready to be sent: whoever asks for it writes it, not the thread that all share.
struct RedisCommand {
    Operation operation = Operation::Get;
    // Then `bytes` are what follows the script's name or text, and the head is written when it is sent.
    std::optional<RedisScript> script = std::nullopt;
    std::size_t words = 0;  // in `bytes`
    std::string bytes = {};
    std::uint64_t version = 0;  // of the entry that it puts
};

RedisCommand redis_command(const Request& request);

// "*3\r\n": so many words follow.
void append_count(std::string& bytes, std::size_t words);
void append_word(std::string& bytes, std::string_view word);

// As an entry begins: redis_version_digits of them.
std::string redis_version(std::uint64_t version);

}  // namespace host::kv
