#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace host::kv {

enum class StoreKind { Memory, Postgresql, Redis };

struct Settings {
    StoreKind store = StoreKind::Memory;
    std::size_t entries_max = 1'000'000;               // memory
    std::size_t bytes_max = 256 * 1024 * 1024;         // memory
    std::string redis_url = "redis://127.0.0.1:6379";  // may hold a password, never logged
    std::chrono::milliseconds deadline{1'000};         // for an answer of PostgreSQL or Redis
    std::size_t queue_max = 10'000;                    // operations that Redis has not answered
};

}  // namespace host::kv
