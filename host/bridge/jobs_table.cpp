#include "host/bridge/accepted.hpp"
#include "host/bridge/guard.hpp"
#include "host/bridge/host_table.hpp"
#include "host/bridge/jobs_service.hpp"
#include "host/bridge/text.hpp"

// The C functions of gantry.jobs/1. Each finds the plugin that asks and calls its JobsService.
namespace host::bridge {

namespace {

JobsService& service_of(const gantry_host* host) {
    return HostTable::of(host).jobs();
}

template <typename T>
const T& required(const T* pointer, const char* name) {
    if (pointer == nullptr) throw core::Error(core::Code::InvalidArgument, std::string(name) + " is NULL");
    return *pointer;
}

gantry_status handle(const gantry_host* host, const gantry_job_kind* kind, gantry_error* error) {
    return guarded(error, [&] {
        service_of(host).handle(required(kind, "kind"));
        return GANTRY_OK;
    });
}

gantry_status schedule(const gantry_host* host, const gantry_job_schedule* schedule, gantry_error* error) {
    return guarded(error, [&] {
        service_of(host).schedule(required(schedule, "schedule"));
        return GANTRY_OK;
    });
}

gantry_status submit(const gantry_host* host, const gantry_job* job, gantry_submit_done done, void* user) {
    return accepted(host, "jobs.submit", [&] {
        service_of(host).submit(required(job, "job"), done, user);
        return GANTRY_PENDING;
    });
}

gantry_status progress(const gantry_host* host, gantry_id run, std::uint32_t permille, gantry_str note) {
    return guarded(nullptr, [&] { return service_of(host).progress(run, permille, note); });
}

gantry_status finish(const gantry_host* host, gantry_id run, gantry_status status, const gantry_error* error) {
    return guarded(nullptr, [&] { return service_of(host).finish(run, status, error); });
}

gantry_status cancel(const gantry_host* host, gantry_str job_id, gantry_done done, void* user) {
    return accepted(host, "jobs.cancel", [&] {
        service_of(host).cancel(copy(job_id), done, user);
        return GANTRY_PENDING;
    });
}

constexpr gantry_jobs functions = {sizeof(gantry_jobs), 0, handle, schedule, submit, progress, finish, cancel};

}  // namespace

const gantry_jobs& JobsService::table() {
    return functions;
}

}  // namespace host::bridge
