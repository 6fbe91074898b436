#include "host/config/settings_sections.hpp"

namespace host::config {

namespace {

using gantry::Json;
using host::http::Compression;
using host::http::Cors;
using host::http::Tls;
using host::http::WebSockets;
// The room's struct, not this room's list of settings.
using Http = host::http::Settings;

Json::Member bytes() {
    return {"format", "bytes"};
}
Json::Member least(std::int64_t value) {
    return {"minimum", value};
}
Json::Member most(std::int64_t value) {
    return {"maximum", value};
}

constexpr std::int64_t kib = 1024;
constexpr std::int64_t gib = 1024 * 1024 * kib;

void add_limits(Section<Config, Http>& http) {
    http.add("connections_max", &Http::connections_max, "Open connections; above it 503", {least(1), most(1'000'000)});
    http.add("backlog", &Http::backlog, "Connections the kernel holds until they are accepted", {least(1), most(65'535)});
    http.add("head_bytes_max", &Http::head_bytes_max, "Request line and headers together; above it 431",
             {bytes(), least(kib), most(1024 * kib)});
    http.add("line_bytes_max", &Http::line_bytes_max, "The request target; above it 414",
             {bytes(), least(256), most(1024 * kib)});
    http.add("headers_max", &Http::headers_max, "Headers of a request; above it 431", {least(8), most(10'000)});
    http.add("body_bytes_max", &Http::body_bytes_max,
             "The body of a request where its route says nothing else; above it 413", {bytes(), most(gib)});
    http.add("stream_bytes_max", &Http::stream_bytes_max, "Queued for a slow reader before the plugin has to wait",
             {bytes(), least(4 * kib), most(gib)});
}

void add_deadlines(Section<Config, Http>& http) {
    http.add("head_deadline", &Http::head_deadline, "From the first byte of a request to the end of its head");
    http.add("body_deadline", &Http::body_deadline, "Without a byte of the body");
    http.add("idle_deadline", &Http::idle_deadline, "Without a request on an open connection");
    http.add("write_deadline", &Http::write_deadline, "Without a byte taken by the client");
    http.add("linger_deadline", &Http::linger_deadline, "For the client to close after the host did");
    http.add("request_deadline", &Http::request_deadline,
             "For the handler, unless its route says otherwise; streams are not bound by it");
    http.add("sse_heartbeat", &Http::sse_heartbeat, "A comment line on a silent event stream, so that proxies keep it open");
    http.add("drain_deadline", &Http::drain_deadline, "For running requests when the host stops");
}

void add_tls_settings(Settings& all) {
    Section<Config, Tls> tls(all, "http.tls", [](Config& config) -> Tls& { return config.http.tls; });
    tls.add("certificates", &Tls::certificates,
            "PEM files for the https:// addresses: a certificate, behind it the intermediate ones; the first is the default",
            {{"uniqueItems", true}});
    tls.add("keys", &Tls::keys, "PEM files in the order of certificates; none: each key stands in its certificate's file");
    tls.add("client_ca_file", &Tls::client_ca_file, "PEM: clients must show a certificate that one of these has signed");
    tls.add("client_certificate", &Tls::client_certificate,
            "With client_ca_file: required refuses clients without one, optional lets them in");
    tls.add("handshake_deadline", &Tls::handshake_deadline, "From the connection to the end of the handshake");
    tls.add("hsts", &Tls::hsts, "Strict-Transport-Security: how long browsers come back by TLS only; 0 is not to say it",
            {{"minimum", 0}, {"maximum", std::int64_t{2} * 366 * 86'400'000}});
}

void add_websocket_settings(Settings& all) {
    Section<Config, WebSockets> sockets(all, "http.websocket",
                                        [](Config& config) -> WebSockets& { return config.http.websocket; });
    sockets.add("sockets_max", &WebSockets::sockets_max, "Open WebSockets; above it 503", {least(0), most(1'000'000)});
    sockets.add("message_bytes_max", &WebSockets::message_bytes_max,
                "A message of a client where its route says nothing else; above it the socket is closed",
                {bytes(), least(125), most(gib)});
    sockets.add(
        "messages_per_second_max", &WebSockets::messages_per_second_max,
        "Messages of one client; above it they are read later; twice as many with pings and tiny fragments close it; 0 is no limit",
        {most(1'000'000)});
    sockets.add("queue_bytes_max", &WebSockets::queue_bytes_max, "Queued for a slow client before the plugin has to wait",
                {bytes(), least(4 * kib), most(gib)});
    sockets.add("ping_interval", &WebSockets::ping_interval, "Of silence, before a client is asked whether it is there");
    sockets.add("pong_deadline", &WebSockets::pong_deadline, "For its answer");
    sockets.add("close_deadline", &WebSockets::close_deadline, "For a client to answer the close of the host");
}

}  // namespace

template <>
const std::vector<std::string> words_of<http::ClientCertificate>{"required", "optional"};

void add_http_settings(Settings& all) {
    Section<Config, Http> http(all, "http", [](Config& config) -> Http& { return config.http; });
    http.add("listen", &Http::listen, "Addresses; :8080 is every address, IPv4 and IPv6; https://:8443 the same with TLS",
             {{"minItems", 1}, {"uniqueItems", true}, {"items", Json::object({{"type", "string"}, {"format", "listen"}})}});
    http.add("workers", &Http::workers, "Event loops; 0 is one a core, at most 4", {most(256)});
    http.add("blocking_threads", &Http::blocking_threads, "Threads for routes that wait; 0 is four a core", {most(4096)});
    http.add("blocking_queue_max", &Http::blocking_queue_max, "Requests that wait for such a thread; above it 503",
             {least(1), most(1'000'000)});
    add_limits(http);
    add_deadlines(http);
    http.add("access_log", &Http::access_log, "One log line for each request");
    http.add("security_headers", &Http::security_headers, "nosniff, frame and referrer policies on every answer");

    Section<Config, Compression> compression(all, "http.compression",
                                             [](Config& config) -> Compression& { return config.http.compression; });
    compression.add("enabled", &Compression::enabled, "gzip and zstd for answers whose type and size make it pay");
    compression.add("bytes_min", &Compression::bytes_min, "The least that is compressed", {bytes(), least(64), most(gib)});
    compression.add("authenticated", &Compression::authenticated,
                    "Also for known callers: answers that mix secrets with what a request says can then be guessed at");

    Section<Config, Cors> cors(all, "http.cors", [](Config& config) -> Cors& { return config.http.cors; });
    cors.add("origins", &Cors::origins, "Exact origins that may call from a browser, or a single \"*\"; empty is none",
             {{"uniqueItems", true},
              {"items", Json::object({{"type", "string"}, {"pattern", "^(\\*|[a-z][a-z0-9+.-]*://[^/\\s]+)$"}})}});
    cors.add("credentials", &Cors::credentials, "Browsers may send cookies; never together with \"*\"");
    cors.add("max_age", &Cors::max_age, "How long a browser may keep the answer to a preflight", {{"minimum", 0}});
    add_tls_settings(all);
    add_websocket_settings(all);
}

}  // namespace host::config
