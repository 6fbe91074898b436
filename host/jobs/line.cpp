#include "host/jobs/line.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace host::jobs {

namespace {

// What is claimed ahead is what will have begun by then, so that a thread does not wait for the database and a job not for
// a thread: nothing of slow kinds, many of quick ones.
constexpr double ahead_ms = 40;
constexpr std::size_t ahead_max = 256;

Ended not_begun(Claimed&& job, bool cancel_asked) {
    Ended ended;
    ended.job = std::move(job);
    ended.ending.kind = Ending::Kind::NotBegun;
    ended.cancel_asked = cancel_asked;
    return ended;
}

}  // namespace

std::size_t Line::room() const {
    if (!worker) return 0;
    const double ahead = std::floor(static_cast<double>(kind.concurrency) * ahead_ms / std::max(average_ms, 0.01));
    const std::size_t most = kind.concurrency + std::min(ahead_max, static_cast<std::size_t>(ahead));
    const std::size_t here = running + waiting.size();
    return here >= most ? 0 : most - here;
}

std::size_t Line::hands_missing() const {
    if (!worker) return 0;
    const std::size_t free = kind.concurrency - std::min(kind.concurrency, running);
    const std::size_t wanted = std::min(waiting.size(), free);
    return wanted - std::min(wanted, hands - inside);
}

void Line::note_duration(std::chrono::duration<double, std::milli> took) {
    average_ms = 0.9 * average_ms + 0.1 * took.count();
}

void Line::hand_back(std::vector<Ended>& ended) {
    for (Claimed& job : waiting)
        ended.push_back(not_begun(std::move(job), false));
    waiting.clear();
}

void Line::hand_back(const std::set<std::string>& cancelled, std::vector<Ended>& ended) {
    const auto first = std::stable_partition(waiting.begin(), waiting.end(),
                                             [&](const Claimed& job) { return cancelled.count(job.id) == 0; });
    for (auto job = first; job != waiting.end(); ++job)
        ended.push_back(not_begun(std::move(*job), true));
    waiting.erase(first, waiting.end());
}

}  // namespace host::jobs
