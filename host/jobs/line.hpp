#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <set>
#include <string>
#include <vector>

#include "host/jobs/job.hpp"

namespace host::jobs {

// An attempt that has ended and is not yet written down.
struct Ended {
    Claimed job;
    Ending ending;
    bool cancel_asked = false;
    std::chrono::milliseconds retry_first{};
    std::chrono::milliseconds retry_max{};
};

// The jobs of one kind on this host: who does them, what waits for a thread, how many run. Guarded by the floor's lock.
struct Line {
    WorkerPointer worker;  // null: nobody does it
    Kind kind;
    std::deque<Claimed> waiting;
    std::size_t running = 0;
    std::size_t hands = 0;   // pool threads that are here or on their way
    std::size_t inside = 0;  // of these, inside the plugin
    bool hungry = true;      // there may be more to claim
    double average_ms = 50;  // how long an attempt takes

    // As many as fit now, and those that will fit by the time the next batch comes.
    std::size_t room() const;
    // Pool threads for what waits, beyond those that are here or on their way.
    std::size_t hands_missing() const;
    bool has_work() const { return worker && !waiting.empty() && running < kind.concurrency; }
    void note_duration(std::chrono::duration<double, std::milli> took);
    // What waits ends without having begun.
    void hand_back(std::vector<Ended>& ended);
    // Of these jobs only, because somebody cancelled them.
    void hand_back(const std::set<std::string>& cancelled, std::vector<Ended>& ended);
};

}  // namespace host::jobs
