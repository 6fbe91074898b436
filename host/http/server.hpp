#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "host/http/dispatcher.hpp"
#include "host/http/settings.hpp"
#include "host/http/tls_context.hpp"
#include "host/http/websocket_hub.hpp"
#include "host/log/logger.hpp"

namespace host::http {

// The HTTP/1.1 server: sockets, workers, framing, deadlines, drain. Knows requests and replies, no routes.
// Control thread only, but for the counters.
class Server {
  public:
    // `websockets` is started and stopped with the server, which takes its sockets for its own; null: there are none.
    Server(const Settings& settings, Dispatcher& dispatcher, log::Logger logger, WebSocketHub* websockets = nullptr);
    // Stops, if that was not done.
    ~Server();

    // Binds, listens, serves. Throws Unavailable naming the address: "127.0.0.1:8080 is in use".
    void start();
    // What it listens on, with the ports that were really bound: "127.0.0.1:43117", "https://:8443", "unix:/run/...".
    std::vector<std::string> addresses() const;

    // Has every worker come round to its mailbox within this time? Any thread between start() and drain(); otherwise as all
    // else, and then there is none to ask.
    bool turns_within(std::chrono::microseconds patience) const;
    // Reads the files of Settings::tls anew for the connections to come; those that are there stay as they are. Throws
    // InvalidArgument naming the file that cannot serve; then the former certificates serve on. Nothing without TLS.
    void reload_certificates();
    // Those that serve; any thread after start().
    std::vector<CertificateFacts> certificates() const;

    // Accepts nothing more, closes idle connections, lets requests and streams finish until the deadline; then tells the
    // rest (ReplyEvents::gone) and cuts them. WebSockets are closed with 1001. Returns the number that were cut.
    std::size_t drain(std::chrono::milliseconds deadline);
    // Drops everything and joins the workers.
    void stop();

    struct Counters {
        std::size_t connections;
        std::size_t requests_open;
        std::uint64_t requests;
        std::uint64_t refused;
        std::uint64_t tls_handshakes;  // completed
        std::uint64_t tls_failures;    // handshakes that failed or took too long
    };
    Counters counters() const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace host::http
