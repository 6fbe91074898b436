#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "host/core/error.hpp"
#include "host/database/client.hpp"
#include "host/jobs/job.hpp"

namespace host::jobs {

// How a submission ended: the job's id, or why there is none.
struct Submitted {
    std::string id;
    std::optional<core::Error> error;
};
using SubmitDone = std::function<void(const Submitted&)>;

// Writes jobs that plugins submit: what comes while a statement is under way goes with the next, all in one commit. The
// more there is to do, the less each costs.
class Submissions {
  public:
    Submissions(database::Client& client, std::size_t queue_max) : client_(client), queue_max_(queue_max) {}

    // `done` is called once, on a thread of the database's, unless this throws (Busy: too many wait).
    // `draft.attempts_max` must be set.
    void add(Draft draft, SubmitDone done);
    std::uint64_t written() const { return written_; }

    // The statement and parameters for one job as part of a plugin's own transaction: run it as the plugin. Its one cell
    // is false if the key is taken.
    static database::Query within_transaction(const Draft& draft, const std::string& id, std::uint64_t transaction);
    static std::string new_id();

  private:
    struct Waiting {
        std::string id;
        Draft draft;
        SubmitDone done;
    };
    using Batch = std::vector<Waiting>;

    void send(const std::shared_ptr<Batch>& batch);
    void finish(const Batch& batch, database::Outcome& outcome);
    Batch next_batch();

    database::Client& client_;
    const std::size_t queue_max_;
    std::atomic<std::uint64_t> written_{0};
    std::mutex mutex_;
    std::deque<Waiting> waiting_;
    std::size_t under_way_ = 0;
};

}  // namespace host::jobs
