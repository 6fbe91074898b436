#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "host/core/error.hpp"
#include "host/database/client.hpp"
#include "host/database/group_commit.hpp"
#include "host/jobs/job.hpp"

namespace host::jobs {

// How a submission ended: the job's id, or why there is none.
struct Submitted {
    std::string id;
    std::optional<core::Error> error;
};
using SubmitDone = std::function<void(const Submitted&)>;

// Writes jobs that plugins submit, many in one commit.
class Submissions {
  public:
    Submissions(database::Client& client, std::size_t queue_max);

    // `done` is called once, on a thread of the database's, unless this throws (Busy: too many wait).
    // `draft.attempts_max` must be set.
    void add(Draft draft, SubmitDone done);
    std::uint64_t written() const { return written_; }

    // The statement and parameters for one job as part of a plugin's own transaction: run it as the plugin. Its one cell
    // is false if the key is taken.
    static database::Query within_transaction(const Draft& draft, const std::string& id, std::uint64_t transaction);
    // After that: counted, whatever becomes of the transaction.
    void written_within() { ++written_; }
    static std::string new_id();

  private:
    struct Waiting {
        std::string id;
        Draft draft;
        SubmitDone done;
    };

    static database::Query statement_for(const std::vector<Waiting>& batch);
    void finish(const std::vector<Waiting>& batch, const database::Outcome& outcome);

    std::atomic<std::uint64_t> written_{0};
    database::GroupCommit<Waiting> group_;
};

}  // namespace host::jobs
