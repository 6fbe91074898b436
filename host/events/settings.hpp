#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace host::events {

struct Settings {
    std::size_t payload_bytes_max = 256 * 1024;
    std::size_t publish_queue_max = 10'000;  // published and not yet written
    std::size_t local_queue_max = 10'000;    // of one subscriber that is not durable; above it the oldest are dropped
    std::uint32_t attempts_max = 10;         // of a durable delivery; then it is a dead letter
    std::chrono::milliseconds retry_first{500};
    std::chrono::milliseconds retry_max{300'000};
    std::chrono::milliseconds lease{15'000};        // of a host on the subscriptions it delivers
    std::chrono::milliseconds poll{5'000};          // the net below LISTEN/NOTIFY
    std::chrono::milliseconds keep{2'592'000'000};  // 30 days
};

}  // namespace host::events
