#include "host/config/settings_sections.hpp"

namespace host::config {

void add_events_settings(Settings& all) {
    using Events = events::Settings;
    Section<Config, Events> events(all, "events", [](Config& config) -> Events& { return config.events; });
    events.add("payload_bytes_max", &Events::payload_bytes_max, "Of one event",
               {{"format", "bytes"}, {"minimum", 1024}, {"maximum", 16 * 1024 * 1024}});
    events.add("publish_queue_max", &Events::publish_queue_max, "Published events that wait to be written; above it 503",
               {{"minimum", 1}, {"maximum", 1'000'000}});
    events.add("local_queue_max", &Events::local_queue_max,
               "Of one subscriber that is not durable; above it the oldest events are dropped",
               {{"minimum", 1}, {"maximum", 1'000'000}});
    events.add("attempts_max", &Events::attempts_max, "Of a durable delivery; then the event is a dead letter",
               {{"minimum", 1}, {"maximum", 1000}});
    events.add("retry_first", &Events::retry_first, "The pause after the first failure; doubled after each further one",
               {{"minimum", 1}});
    events.add("retry_max", &Events::retry_max, "The longest pause", {{"minimum", 1}});
    events.add("lease", &Events::lease, "A host that has not been heard of for so long has lost its subscriptions",
               {{"minimum", 1'000}});
    events.add("poll", &Events::poll, "The net below notifications: how often a host looks for events by itself",
               {{"minimum", 100}});
    events.add("keep", &Events::keep, "How long events are kept, also for subscribers that are away",
               {{"minimum", 60'000}, {"maximum", 10ll * 365 * 86'400'000}});
}

}  // namespace host::config
