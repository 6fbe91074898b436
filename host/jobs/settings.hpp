#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace host::jobs {

struct Settings {
    std::size_t concurrency = 8;     // runs at once of one kind, where the plugin does not say
    std::uint32_t attempts_max = 5;  // of a job, where the plugin does not say
    std::size_t payload_bytes_max = 1024 * 1024;
    std::size_t submit_queue_max = 10'000;         // submitted and not yet written
    std::chrono::milliseconds lease{15'000};       // a host that has not been heard of for so long has lost its jobs
    std::chrono::milliseconds poll{5'000};         // the net below LISTEN/NOTIFY
    std::chrono::milliseconds retry_first{1'000};  // the pause after the first failure; doubled after each further one
    std::chrono::milliseconds retry_max{3'600'000};
    std::chrono::milliseconds keep_done{86'400'000};       // a day
    std::chrono::milliseconds keep_failed{2'592'000'000};  // 30 days: dead letters and cancelled jobs
};

}  // namespace host::jobs
