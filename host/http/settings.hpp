#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace host::http {

struct Cors {
    std::vector<std::string> origins;  // exact origins, or a single "*"; empty: no CORS answers at all
    bool credentials = false;          // never together with "*"
    std::chrono::seconds max_age{600};
};

// Of answers; what it is not used for, and why, stands in compression.hpp.
struct Compression {
    bool enabled = true;
    std::uint64_t bytes_min = 1024;  // smaller bodies fit into one packet or two as they are
    bool authenticated = false;      // also for known callers: see BREACH
};

// For the addresses that begin with "https://".
enum class ClientCertificate { Required, Optional };

struct Tls {
    // PEM files: a certificate and the intermediate ones behind it. The first serves clients that name no host, or one
    // that no certificate has.
    std::vector<std::filesystem::path> certificates;
    std::vector<std::filesystem::path> keys;  // in the same order; none: each key stands in its certificate's file
    std::filesystem::path client_ca_file;     // PEM; empty: clients are not asked for a certificate
    ClientCertificate client_certificate = ClientCertificate::Required;  // of clients, where there is a client_ca_file
    std::chrono::milliseconds handshake_deadline{10'000};
    std::chrono::seconds hsts{31'536'000};  // Strict-Transport-Security; 0: not sent
};

struct WebSockets {
    std::size_t sockets_max = 10'000;
    std::uint64_t message_bytes_max = 1024 * 1024;    // of a client; above it the socket is closed with 1009
    std::size_t messages_per_second_max = 100;        // of one client; above it the host reads more slowly; 0: no limit
    std::uint64_t queue_bytes_max = 256 * 1024;       // to a slow reader before the plugin is told to wait
    std::chrono::milliseconds ping_interval{30'000};  // of silence, before the client is asked whether it is there
    std::chrono::milliseconds pong_deadline{15'000};  // for its answer
    std::chrono::milliseconds close_deadline{5'000};  // between our close frame and the client's
};

struct Settings {
    // "127.0.0.1:8080", "[::1]:8080", ":8080" (every address, IPv4 and IPv6), "unix:/run/gantry/http.sock"; with
    // "https://" before an IP address, TLS. Port 0: any free one.
    std::vector<std::string> listen{"127.0.0.1:8080"};
    std::size_t workers = 0;           // event loops; 0: one a core, at most 4
    std::size_t blocking_threads = 0;  // for routes that wait; 0: four a core
    std::size_t blocking_queue_max = 1024;
    std::size_t connections_max = 20'000;
    std::size_t backlog = 4096;

    std::size_t head_bytes_max = 32 * 1024;
    std::size_t line_bytes_max = 8 * 1024;  // the request target above it: 414
    std::size_t headers_max = 100;
    std::uint64_t body_bytes_max = 1024 * 1024;
    std::uint64_t stream_bytes_max = 1024 * 1024;  // queued to a slow reader before the plugin is told to wait

    std::chrono::milliseconds head_deadline{10'000};     // from the first byte of a request to the end of its head
    std::chrono::milliseconds body_deadline{30'000};     // without a byte of the body
    std::chrono::milliseconds idle_deadline{60'000};     // between requests
    std::chrono::milliseconds write_deadline{30'000};    // without a byte taken by the client
    std::chrono::milliseconds linger_deadline{2'000};    // between our FIN and the client's
    std::chrono::milliseconds request_deadline{30'000};  // for the handler; streams are not bound by it
    std::chrono::milliseconds sse_heartbeat{15'000};
    std::chrono::milliseconds drain_deadline{30'000};

    bool access_log = true;
    bool security_headers = true;
    Cors cors;
    Compression compression;
    Tls tls;
    WebSockets websocket;
};

}  // namespace host::http
