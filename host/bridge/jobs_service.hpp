#pragma once

#include <memory>
#include <string>

#include <gantry/abi/jobs.h>

#include "host/bridge/database_service.hpp"
#include "host/bridge/outstanding.hpp"
#include "host/bridge/service_side.hpp"
#include "host/core/gate.hpp"
#include "host/jobs/jobs.hpp"
#include "host/log/logger.hpp"

namespace host::bridge {

// gantry.jobs/1 for one plugin instance: its kinds and schedules as one worker of the jobs room, its submissions.
class JobsService : public ServiceSide {
  public:
    // `jobs` may be null: registering works, everything else is Unavailable.
    JobsService(std::string owner, jobs::Jobs* jobs, DatabaseService& database, Record record,
                std::shared_ptr<core::Gate> gate, log::Logger logger);

    static const gantry_jobs& table();

    void handle(const gantry_job_kind& kind);
    void schedule(const gantry_job_schedule& schedule);
    void submit(const gantry_job& job, gantry_submit_done done, void* user);
    gantry_status progress(gantry_id run, std::uint32_t permille, gantry_str note);
    gantry_status finish(gantry_id run, gantry_status status, const gantry_error* error);
    void cancel(std::string job, gantry_done done, void* user);

    void freeze() override { frozen_ = true; }
    void activate() override;
    void refuse_more() override { outstanding_.close(); }
    // Nothing more begins; what was submitted has been answered.
    void silence() override;

  private:
    jobs::Jobs& room() const;
    void submit_within(const jobs::Draft& draft, gantry_id transaction, gantry_submit_done done, void* user);
    void require_open() const;

    const std::string owner_;
    jobs::Jobs* const jobs_;
    DatabaseService& database_;
    const Record record_;
    const std::shared_ptr<core::Gate> gate_;
    const log::Logger logger_;
    const std::shared_ptr<jobs::Worker> worker_;  // changes until freeze() only
    bool frozen_ = false;
    Outstanding outstanding_;
};

}  // namespace host::bridge
