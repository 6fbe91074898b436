#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <gantry/abi/jobs.h>
#include <gantry/detail/context.hpp>
#include <gantry/json.hpp>
#include <gantry/text.hpp>

namespace gantry {

// One attempt of a job, in its handler. Owns its texts, so that a coroutine may keep it.
class Job {
  public:
    Job(detail::Context& context, const gantry_jobs* jobs, gantry_id run, const gantry_job_view& view)
        : context_(&context),
          jobs_(jobs),
          run_(run),
          attempt_(view.attempt),
          attempts_max_(view.attempts_max),
          deadline_ns_(view.deadline_ns),
          scheduled_for_us_(view.scheduled_for_us),
          id_(gantry::view(view.id)),
          kind_(gantry::view(view.kind)),
          key_(gantry::view(view.key)),
          payload_(gantry::view(view.payload)),
          principal_id_(gantry::view(view.principal_id)) {}

    // The same in every attempt.
    const std::string& id() const { return id_; }
    const std::string& kind() const { return kind_; }
    const std::string& key() const { return key_; }
    const std::string& payload() const { return payload_; }
    Json json() const { return Json::parse(payload_); }
    // For whom it is done; empty: nobody in particular.
    const std::string& principal_id() const { return principal_id_; }
    // 1 at first. More: it has failed before, or was interrupted, perhaps after it had done its work.
    std::uint32_t attempt() const { return attempt_; }
    bool is_last_attempt() const { return attempt_ >= attempts_max_; }
    // On the clock of Host::monotonic(); nothing if there is none.
    std::optional<std::chrono::nanoseconds> deadline() const {
        if (deadline_ns_ == 0) return std::nullopt;
        return std::chrono::nanoseconds(static_cast<std::int64_t>(deadline_ns_));
    }
    // Which time of its schedule this is, since 1970-01-01T00:00:00Z; nothing if it has none.
    std::optional<std::chrono::microseconds> scheduled_for() const {
        if (scheduled_for_us_ == 0) return std::nullopt;
        return std::chrono::microseconds(scheduled_for_us_);
    }

    // How far it is, 0 to 1000, for people. False: stop, please; it was cancelled, its deadline has passed or the plugin
    // stops. Throw to say that it is not done.
    bool progress(std::uint32_t permille, std::string_view note = {}) const {
        GANTRY_DETAIL_USE(GANTRY_JOBS, gantry_jobs, progress);
        return jobs_->progress(context_->host, run_, permille, str(note)) >= 0;
    }

  private:
    detail::Context* context_;
    const gantry_jobs* jobs_;
    gantry_id run_;
    std::uint32_t attempt_;
    std::uint32_t attempts_max_;
    std::uint64_t deadline_ns_;
    std::int64_t scheduled_for_us_;
    std::string id_;
    std::string kind_;
    std::string key_;
    std::string payload_;
    std::string principal_id_;
};

}  // namespace gantry
