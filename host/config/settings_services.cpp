#include "host/config/settings_sections.hpp"

namespace host::config {

void add_services_settings(Settings& all) {
    using Services = services::Settings;
    Section<Config, Services> services(all, "services", [](Config& config) -> Services& { return config.services; });
    services.add("deadline", &Services::deadline, "Of a call from plugin to plugin, where the caller does not say",
                 {{"minimum", 1}});
    services.add("deadline_max", &Services::deadline_max, "The longest a call may last, whatever the caller says",
                 {{"minimum", 1}, {"maximum", 86'400'000}});
    services.add("payload_bytes_max", &Services::payload_bytes_max, "Of an argument, and of an answer",
                 {{"format", "bytes"}, {"minimum", 1024}, {"maximum", 64 * 1024 * 1024}});
    services.add("calls_max", &Services::calls_max, "Open at once of one plugin; above it calls are refused as busy",
                 {{"minimum", 1}, {"maximum", 1'000'000}});
    services.add("depth_max", &Services::depth_max, "How deep calls that serve other calls may be nested",
                 {{"minimum", 1}, {"maximum", 100}});
}

}  // namespace host::config
