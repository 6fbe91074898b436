#include "host/jobs/verdicts.hpp"

#include <algorithm>

#include "host/core/back_off.hpp"

namespace host::jobs {

using core::Code;

namespace {

constexpr std::size_t error_bytes_max = 1'000;

// What the input forbids will not succeed by being repeated.
bool is_hopeless(const Ended& ended) {
    const bool forbidden = ended.ending.kind == Ending::Kind::Failed && ended.ending.code == Code::InvalidArgument;
    return forbidden || ended.job.attempt >= ended.job.attempts_max;
}

State state_after(const Ended& ended) {
    if (ended.ending.kind == Ending::Kind::Done) return State::Done;
    if (ended.cancel_asked) return State::Cancelled;
    return ended.ending.kind != Ending::Kind::NotBegun && is_hopeless(ended) ? State::Dead : State::Waiting;
}

}  // namespace

Verdict verdict_of(const Ended& ended) {
    const Claimed& job = ended.job;
    const Ending& ending = ended.ending;
    Verdict verdict{job.id, job.host, job.attempt, state_after(ended), true, {}, ending.name, ending.message};
    verdict.counts = ending.kind != Ending::Kind::NotBegun;
    if (verdict.error.size() > error_bytes_max) verdict.error.resize(error_bytes_max);
    if (ending.kind != Ending::Kind::Failed) return verdict;
    if (verdict.error_code.empty()) verdict.error_code = core::name_of(ending.code);
    verdict.delay = ending.retry_after.count() > 0 ? std::min(ending.retry_after, ended.retry_max)
                                                   : core::back_off(job.attempt, ended.retry_first, ended.retry_max);
    return verdict;
}

void AttemptCounts::note(const Ended& ended, const Verdict& verdict) {
    const Claimed& job = ended.job;
    if (ended.ending.kind == Ending::Kind::Done) ++done_;
    if (ended.ending.kind == Ending::Kind::Interrupted) ++interrupted_;
    if (ended.ending.kind != Ending::Kind::Failed) return;
    ++failed_;
    if (verdict.state != State::Dead) return;
    ++dead_;
    logger_.error(
        "a job has failed for good",
        {{"job", job.id}, {"plugin", job.plugin}, {"kind", job.kind}, {"attempt", job.attempt}, {"reason", verdict.error}});
}

void AttemptCounts::count(Counts& counts) const {
    counts.done = done_;
    counts.failed = failed_;
    counts.dead = dead_;
    counts.interrupted = interrupted_;
}

}  // namespace host::jobs
