#pragma once

// From the host's call to the plugin's member function that does a job, and back.

#include <string>
#include <type_traits>
#include <utility>

#include <gantry/detail/guard.hpp>
#include <gantry/jobs/job.hpp>
#include <gantry/task.hpp>

namespace gantry::detail {

// One kind of one instance; `user` of its gantry_job_kind. Lives until destroy().
template <typename Owner, typename Handler>
struct JobBinding {
    Context& context;
    const gantry_jobs* jobs;
    Owner& owner;
    Handler handler;
};

template <typename Owner, typename Handler>
Detached run_job_later(const JobBinding<Owner, Handler>& binding, gantry_id run, Job given) {
    GANTRY_DETAIL_USE(GANTRY_JOBS, gantry_jobs, finish);
    const OpenScope open(binding.context.open);
    const Job job = std::move(given);
    gantry_error error = empty_error();
    gantry_status status = GANTRY_OK;
    try {
        co_await (binding.owner.*binding.handler)(job);
    } catch (...) {
        status = describe_exception(&error);
    }
    binding.jobs->finish(binding.context.host, run, status, &error);
}

// The gantry_job_handler of a kind.
template <typename Owner, typename Handler>
gantry_status run_job(void* user, gantry_id run, const gantry_job_view* view, gantry_error* error) noexcept {
    const auto& binding = *static_cast<const JobBinding<Owner, Handler>*>(user);
    using Result = std::invoke_result_t<Handler, Owner&, const Job&>;
    static_assert(std::is_same_v<Result, void> || std::is_same_v<Result, Task<void>>,
                  "a job's handler returns void, or gantry::Task<void>");
    return guarded(error, [&] {
        Job job(binding.context, binding.jobs, run, *view);
        if constexpr (std::is_same_v<Result, void>) {
            const OpenScope open(binding.context.open);
            (binding.owner.*binding.handler)(job);
            return GANTRY_OK;
        } else {
            run_job_later(binding, run, std::move(job));
            return GANTRY_PENDING;
        }
    });
}

}  // namespace gantry::detail
