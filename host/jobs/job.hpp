#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/core/error.hpp"

namespace host::jobs {

// 1-100 of [a-z0-9_.-]: the name of a kind or a schedule.
bool is_name(const std::string& text);

// More is as good as for ever.
inline constexpr std::uint32_t attempts_most = 1'000;

// How often a job of this kind may be begun, where it does not say so itself.
using AttemptsMax = std::function<std::uint32_t(const std::string& plugin, const std::string& kind)>;

// A job that somebody wants done.
struct Draft {
    std::string plugin;
    std::string kind;
    std::string key;  // not empty: one job of this kind and key at a time
    std::string payload;
    std::uint32_t attempts_max = 0;        // at most attempts_most; 0: that of the kind, else of the settings
    std::chrono::milliseconds delay{};     // from now on
    std::chrono::milliseconds deadline{};  // of one attempt; 0: none
    std::string principal_id;              // for whom; empty: nobody in particular
};

// Throws InvalidArgument.
void check(const Draft& draft, std::size_t payload_bytes_max);

// A job that this host has claimed: nobody else runs it until the host's lease ends.
struct Claimed {
    std::string id;
    std::string plugin;
    std::string kind;
    std::string key;
    std::string payload;
    std::uint32_t attempt = 1;
    std::uint32_t attempts_max = 1;
    std::chrono::milliseconds deadline{};
    std::int64_t scheduled_for_us = 0;  // 0: not made by a schedule
    std::string principal_id;
    std::int64_t host = 0;  // who claimed it: a host that loses its lease comes back under another number
};

// How an attempt ended.
struct Ending {
    enum class Kind {
        Done,
        Failed,
        Interrupted,  // the plugin or the host stopped: not its fault
        NotBegun      // the attempt does not count
    };
    Kind kind = Kind::Done;
    core::Code code = core::Code::Internal;   // of Failed
    std::string name;                         // "UPSTREAM_GONE"; empty: that of the code
    std::string message;                      // for the administrator
    std::chrono::milliseconds retry_after{};  // 0: the kind's back-off
};

// One attempt under way.
struct Attempt {
    std::uint64_t id;  // for progress() and finish()
    const Claimed& job;
    std::chrono::steady_clock::time_point deadline;  // time_point::max(): none
};

// A kind of job and who does it.
struct Kind {
    std::string name;
    // Nothing: finish() follows. On a blocking thread; must not throw.
    std::function<std::optional<Ending>(const Attempt&)> handle;
    std::size_t concurrency = 0;  // these four: 0 is that of the settings
    std::uint32_t attempts_max = 0;
    std::chrono::milliseconds retry_first{};
    std::chrono::milliseconds retry_max{};
};

// What becomes of the times that passed while no host was there to see them.
enum class CatchUp { Skip, Once, All };

// A job that comes by the clock.
struct Schedule {
    std::string name;
    std::string kind;
    std::string cron;
    std::string time_zone;
    std::string payload;
    CatchUp catch_up = CatchUp::Skip;
    std::uint32_t catch_up_max = 100;  // of All
};

// What one instance of a plugin does.
struct Worker {
    std::string plugin;
    std::vector<Kind> kinds;
    std::vector<Schedule> schedules;
};
using WorkerPointer = std::shared_ptr<const Worker>;

}  // namespace host::jobs
