#include "host/config/settings_sections.hpp"

namespace host::config {

namespace {

constexpr std::int64_t ten_years_ms = 10ll * 365 * 86'400'000;

}  // namespace

void add_jobs_settings(Settings& all) {
    using Jobs = jobs::Settings;
    Section<Config, Jobs> jobs(all, "jobs", [](Config& config) -> Jobs& { return config.jobs; });
    jobs.add("concurrency", &Jobs::concurrency, "Runs at once of one kind, where the plugin does not say",
             {{"minimum", 1}, {"maximum", 1000}});
    jobs.add("attempts_max", &Jobs::attempts_max, "Of a job, where the plugin does not say",
             {{"minimum", 1}, {"maximum", 1000}});
    jobs.add("payload_bytes_max", &Jobs::payload_bytes_max, "Of one job",
             {{"format", "bytes"}, {"minimum", 1024}, {"maximum", 64 * 1024 * 1024}});
    jobs.add("submit_queue_max", &Jobs::submit_queue_max, "Submitted jobs that wait to be written; above it 503",
             {{"minimum", 1}, {"maximum", 1'000'000}});
    jobs.add("lease", &Jobs::lease, "A host that has not been heard of for so long has lost its jobs to the others",
             {{"minimum", 1'000}});
    jobs.add("poll", &Jobs::poll, "The net below notifications: how often a host looks for work by itself",
             {{"minimum", 100}});
    jobs.add("retry_first", &Jobs::retry_first, "The pause after the first failure; doubled after each further one",
             {{"minimum", 1}});
    jobs.add("retry_max", &Jobs::retry_max, "The longest pause", {{"minimum", 1}});
    jobs.add("keep_done", &Jobs::keep_done, "How long jobs that are done are remembered", {{"maximum", ten_years_ms}});
    jobs.add("keep_failed", &Jobs::keep_failed, "How long dead letters and cancelled jobs are remembered",
             {{"maximum", ten_years_ms}});
}

}  // namespace host::config
