#include "host/config/settings_sections.hpp"

namespace host::config {

void add_metrics_settings(Settings& all) {
    using Metrics = metrics::Settings;
    Section<Config, Metrics> metrics(all, "metrics", [](Config& config) -> Metrics& { return config.metrics; });
    metrics.add("series_max", &Metrics::series_max,
                "Distinct label values of one metric of a plugin; what is beyond is counted as other",
                {{"minimum", 1}, {"maximum", 100'000}});
    metrics.add("token", &Metrics::token, "What a reader of /metrics must send as bearer token; empty is anybody",
                {{"x-secret", true}});
}

}  // namespace host::config
