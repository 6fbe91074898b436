#include "host/admin/job_routes.hpp"

#include <optional>
#include <utility>

#include <gantry/text.hpp>

#include "host/admin/answers.hpp"
#include "host/admin/job_schemas.hpp"
#include "host/core/error.hpp"
#include "host/http/admission.hpp"

namespace host::admin {

namespace {

using core::Code;
using core::Error;
using jobs::Job;
using jobs::ScheduleStatus;

// Larger payloads are not shown: a page of an administrator is no way to move them.
constexpr std::size_t payload_shown_bytes_max = 64 * 1024;

Json shown(const Job& job) {
    Json made = Json::object({{"id", job.id}, {"plugin", job.plugin}, {"kind", job.kind}});
    made.set("key", text_or_null(job.key));
    made.set("state", jobs::name_of(job.state));
    made.set("attempt", static_cast<std::int64_t>(job.attempt));
    made.set("attempts_max", static_cast<std::int64_t>(job.attempts_max));
    made.set("progress", static_cast<double>(job.progress_permille) / 1000);
    made.set("progress_note", text_or_null(job.progress_note));
    made.set("cancel_asked", job.cancel_asked);
    made.set("schedule", job.schedule.empty() ? Json() : Json(job.plugin + "." + job.schedule));
    made.set("scheduled_for", time_or_null(job.scheduled_for_us));
    made.set("due_at", time_or_null(job.due_at_us));
    made.set("created_at", time_or_null(job.created_at_us));
    made.set("started_at", time_or_null(job.started_at_us));
    made.set("finished_at", time_or_null(job.finished_at_us));
    made.set("error_code", text_or_null(job.error_code));
    made.set("error", text_or_null(job.error));
    made.set("principal_id", text_or_null(job.principal_id));
    made.set("payload_bytes", static_cast<std::int64_t>(job.payload_bytes));
    return made;
}

// With what it was given to do: null where that is too much, or no text.
Json shown_in_full(const Job& job) {
    Json made = shown(job);
    const bool shows = job.payload.size() <= payload_shown_bytes_max && gantry::is_utf8(job.payload);
    made.set("payload", shows ? Json(job.payload) : Json());
    return made;
}

// To whom it is done for: what it was given to do and what it failed of are between the plugin and its administrator.
Json shown_to_owner(const Job& job) {
    Json made = shown(job);
    made.set("error", Json());
    made.set("payload", Json());
    return made;
}

// Administrators see all jobs, everybody else those that are done for them; that there are others is not told.
struct Viewer {
    Viewer(const http::Exchange& exchange, const char* scope) {
        const http::Principal& principal = *exchange.principal();
        if (!http::holds(principal, scope)) owner = principal.id;
    }
    Json shown(const Job& job) const { return owner ? shown_to_owner(job) : shown_in_full(job); }

    std::optional<std::string> owner;  // nothing: an administrator
};

Json shown(const ScheduleStatus& schedule) {
    Json made = Json::object({{"id", schedule.plugin + "." + schedule.name}, {"plugin", schedule.plugin}});
    made.set("name", schedule.name);
    made.set("kind", schedule.kind);
    made.set("cron", schedule.cron);
    made.set("time_zone", schedule.time_zone);
    made.set("declared_cron", schedule.declared_cron);
    made.set("declared_time_zone", schedule.declared_time_zone);
    made.set("enabled", schedule.enabled);
    made.set("next_at", schedule.enabled ? time_or_null(schedule.next_at_us) : Json());
    made.set("last_at", time_or_null(schedule.last_at_us));
    return made;
}

// "worker.every-minute": a plugin's id has no dot.
struct ScheduleId {
    std::string plugin;
    std::string name;
};

ScheduleId schedule_id(const std::string& text) {
    const std::size_t dot = text.find('.');
    if (dot == std::string::npos) throw Error(Code::NotFound, "there is no schedule " + text);
    return {text.substr(0, dot), text.substr(dot + 1)};
}

jobs::Filter filter_of(const http::Exchange& exchange) {
    jobs::Filter filter;
    filter.plugin = query_text(exchange, "plugin");
    filter.kind = query_text(exchange, "kind");
    filter.key = query_text(exchange, "key");
    filter.cursor = query_text(exchange, "cursor");
    filter.limit = page_limit(exchange);
    if (const std::string state = query_text(exchange, "state"); !state.empty()) {
        filter.state = jobs::state_named(state);
        if (!filter.state) throw Error(Code::InvalidArgument, "state is waiting, running, done, dead or cancelled");
    }
    if (const std::string schedule = query_text(exchange, "schedule"); !schedule.empty()) {
        const ScheduleId id = schedule_id(schedule);
        if (!filter.plugin.empty() && filter.plugin != id.plugin)
            throw Error(Code::InvalidArgument, "the schedule " + schedule + " is not of the plugin " + filter.plugin);
        filter.plugin = id.plugin;
        filter.schedule = id.name;
    }
    return filter;
}

void list_jobs(http::Exchange& exchange, const jobs::Admin& admin) {
    const jobs::Filter filter = filter_of(exchange);
    const jobs::Page page = admin.list(filter);
    std::vector<Json> items;
    for (const Job& job : page.jobs)
        items.push_back(shown(job));
    send_json(exchange, cursor_page(std::move(items), filter.limit, page.next));
}

std::optional<std::string> text_member(const Json& body, const char* name) {
    const Json* value = body.find(name);
    if (value == nullptr) return std::nullopt;
    if (!value->is_string()) throw Error(Code::InvalidArgument, std::string(name) + " must be text");
    return value->as_string();
}

jobs::ScheduleChange change_of(const Json& body) {
    jobs::ScheduleChange change{text_member(body, "cron"), text_member(body, "time_zone"), std::nullopt};
    if (const Json* enabled = body.find("enabled")) {
        if (!enabled->is_bool()) throw Error(Code::InvalidArgument, "enabled must be true or false");
        change.enabled = enabled->as_bool();
    }
    for (const auto& [name, value] : body.members()) {
        if (name != "cron" && name != "time_zone" && name != "enabled")
            throw Error(Code::InvalidArgument, "expected cron, time_zone or enabled, found \"" + name + "\"");
    }
    if (body.members().empty()) throw Error(Code::InvalidArgument, "expected cron, time_zone or enabled, found nothing");
    return change;
}

std::string description_for(const char* scope) {
    return std::string("Any job for a principal with the scope `") + scope +
           "`; for others those done on their behalf, without `error` and `payload`. 404 for the rest.";
}

void add_jobs(std::vector<http::Route>& routes, jobs::Jobs* jobs) {
    http::Route list =
        route({"GET", "/api/v1/jobs", "list_jobs", "Durable jobs of all plugins, the newest first", read_scope},
              [jobs](const Exchange& exchange) { list_jobs(*exchange, jobs->admin()); });
    list.parameters_schema = job_filter_schema;
    routes.push_back(answering(std::move(list), job_page_schema()));
    http::Route show = route({"GET", "/api/v1/jobs/{id}", "show_job", "One job"}, [jobs](const Exchange& exchange) {
        const Viewer viewer(*exchange, read_scope);
        const Job job = jobs->admin().get(param(*exchange, "id"), viewer.owner);
        send_json(*exchange, viewer.shown(job));
    });
    show.access = http::Access::Authenticated;
    show.description = description_for(read_scope);
    routes.push_back(answering(std::move(show), job_schema()));
    http::Route cancel = route({"POST", "/api/v1/jobs/{id}/cancel", "cancel_job",
                                "A job that waits is cancelled; one that runs is asked to stop; 409 if it is over"},
                               [jobs](const Exchange& exchange) {
                                   const Viewer viewer(*exchange, write_scope);
                                   const Job job = jobs->admin().cancel(param(*exchange, "id"), viewer.owner);
                                   send_json(*exchange, viewer.shown(job));
                               });
    cancel.access = http::Access::Authenticated;
    cancel.description = description_for(write_scope);
    routes.push_back(answering(std::move(cancel), job_schema()));
    routes.push_back(
        answering(route({"POST", "/api/v1/jobs/{id}/retry", "retry_job",
                         "A dead or cancelled job waits again, with all its attempts; 409 for others", write_scope},
                        [jobs](const Exchange& exchange) {
                            send_json(*exchange, shown_in_full(jobs->admin().retry(param(*exchange, "id"))));
                        }),
                  job_schema()));
}

void add_schedules(std::vector<http::Route>& routes, jobs::Jobs* jobs) {
    routes.push_back(
        answering(route({"GET", "/api/v1/schedules", "list_schedules", "What plugins have done by the clock", read_scope},
                        [jobs](const Exchange& exchange) {
                            std::vector<Json> all;
                            for (const ScheduleStatus& schedule : jobs->admin().schedules())
                                all.push_back(shown(schedule));
                            send_json(*exchange, page_of(*exchange, all));
                        }),
                  schedule_page_schema()));
    http::Route change =
        route({"PUT", "/api/v1/schedules/{id}", "change_schedule",
               "Changes when it is due, or switches it off and on, for all hosts and after restarts", write_scope},
              [jobs](const Exchange& exchange) {
                  const ScheduleId id = schedule_id(param(*exchange, "id"));
                  const jobs::ScheduleChange wanted = change_of(json_body(*exchange));
                  send_json(*exchange, shown(jobs->admin().change_schedule(id.plugin, id.name, wanted)));
              });
    change.request_schema = schedule_change_schema;
    routes.push_back(answering(std::move(change), schedule_schema()));
    http::Route run =
        answering(route({"POST", "/api/v1/schedules/{id}/run", "run_schedule",
                         "Makes its job now, once, whatever the clock says and even if it is switched off", write_scope},
                        [jobs](const Exchange& exchange) {
                            const ScheduleId id = schedule_id(param(*exchange, "id"));
                            const std::string job = jobs->admin().run_schedule(id.plugin, id.name);
                            send_json(*exchange, Json::object({{"job_id", job}, {"status", "waiting"}}), 202);
                        }),
                  accepted_schema);
    run.response_status = 202;
    routes.push_back(std::move(run));
}

}  // namespace

std::vector<http::Route> job_routes(jobs::Jobs* jobs) {
    std::vector<http::Route> routes;
    add_jobs(routes, jobs);
    add_schedules(routes, jobs);
    return routes;
}

}  // namespace host::admin
