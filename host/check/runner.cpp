#include "host/check/cases.hpp"

namespace host::check {

void Runner::run(const std::string& name, const Work& work, unsigned times_longer) {
    if (!wanted(name)) return;
    conclude(name, run_in_child(work, seed_of(options_.seed, name), options_.time_max * times_longer));
}

Attempt Runner::learn(const std::string& name, const Work& work) {
    Attempt attempt = run_in_child(work, seed_of(options_.seed, name), options_.time_max);
    if (wanted(name)) conclude(name, attempt);
    return attempt;
}

void Runner::skip(const std::string& name, const std::string& why) {
    if (wanted(name)) tell_({name, Verdict::Skipped, {why}, {}});
}

void Runner::conclude(const std::string& name, const Attempt& attempt) {
    Result result{name, Verdict::Passed, attempt.findings, attempt.duration};
    if (!attempt.skipped.empty()) result = {name, Verdict::Skipped, {attempt.skipped}, attempt.duration};
    if (!attempt.findings.empty()) result = {name, Verdict::Failed, attempt.findings, attempt.duration};
    tell_(result);
}

gantry_status failure_for(std::string_view function, std::uint64_t choice) {
    // About a request, or a call, the host knows one answer only: it has ended.
    for (const std::string_view of_request :
         {"retain", "reply", "fail", "stream_open", "stream_write", "stream_close", "body_next", "on_cancel", "accept",
          "services.respond", "services.wanted", "http_client.write", "http_client.end_body"})
        if (function == of_request) return GANTRY_E_GONE;
    constexpr gantry_status failures[] = {GANTRY_E_UNAVAILABLE, GANTRY_E_BUSY, GANTRY_E_INTERNAL, GANTRY_E_LIMIT};
    return failures[choice % std::size(failures)];
}

const char* name_of(gantry_status status) {
    switch (status) {
        case GANTRY_E_GONE:
            return "GONE";
        case GANTRY_E_UNAVAILABLE:
            return "UNAVAILABLE";
        case GANTRY_E_BUSY:
            return "BUSY";
        case GANTRY_E_LIMIT:
            return "LIMIT";
        case GANTRY_E_UNSUPPORTED:
            return "UNSUPPORTED";
        case GANTRY_E_DENIED:
            return "DENIED";
        default:
            return "INTERNAL";
    }
}

void run(const Subject& subject, const Options& options, const std::function<void(const Result&)>& tell) {
    Runner runner(subject, options, tell);
    const Lifecycle lifecycle = check_lifecycle(runner);
    // What cannot live once has nothing more to show.
    if (!lifecycle.sound) return runner.skip("everything else", "the plugin does not live through one life");
    check_failing_start(runner, lifecycle);
    for (const RouteFacts& route : lifecycle.routes)
        if (check_route(runner, route)) check_odd_requests(runner, route);
    check_settings(runner, lifecycle);
}

}  // namespace host::check
