#include "host/config/settings_sections.hpp"

namespace host::config {

void add_http_client_settings(Settings& all) {
    using Client = host::http_client::Settings;
    Section<Config, Client> client(all, "http_client", [](Config& config) -> Client& { return config.http_client; });
    client.add("proxy", &Client::proxy, "http://host:port that all calls go through; empty is none",
               {{"x-secret", true}, {"pattern", "^(http://[^\\s]+)?$"}});
    client.add("ca_file", &Client::ca_file, "Certificates of the authorities to trust, in PEM, instead of the system's");
    client.add("connections_max", &Client::connections_max, "Connections to all servers",
               {{"minimum", 1}, {"maximum", 65'535}});
    client.add("connections_per_host_max", &Client::connections_per_host_max, "Connections to one server",
               {{"minimum", 1}, {"maximum", 65'535}});
    client.add("calls_max", &Client::calls_max, "Calls of one plugin under way; above it the plugin is told busy",
               {{"minimum", 1}, {"maximum", 1'000'000}});
    client.add("connect_deadline", &Client::connect_deadline, "For a connection with TLS to be made");
    client.add("call_deadline", &Client::call_deadline, "For a whole call, unless the plugin says otherwise");
    client.add("idle_deadline", &Client::idle_deadline, "Without a byte of a call, unless the plugin says otherwise");
    client.add("head_bytes_max", &Client::head_bytes_max, "Status line and headers of an answer",
               {{"format", "bytes"}, {"minimum", 1024}, {"maximum", 1024 * 1024}});
}

}  // namespace host::config
