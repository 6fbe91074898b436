#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace tests {

// What a server received.
struct Received {
    std::string method;
    std::string target;
    std::string head;  // as it came, without the blank line
    std::string body;
    std::size_t connection = 0;  // of the server: 1, 2, ...

    // Of the header with this name in any case; empty if there is none.
    std::string header(std::string_view name) const;
};

// One connection as the server has it. Every wait gives up with the server.
class Peer {
  public:
    Peer(int socket, SSL* tls) : socket_(socket), tls_(tls) {}
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    void send(std::string_view bytes);
    // "HTTP/1.1 200 OK" with a length, and more header lines that end in CRLF.
    void answer(int status, std::string_view body, std::string_view more = {});
    void reset();
    // Waits until the other side has closed or the server ends.
    void wait_for_close();
    // As many bytes as the other side takes without waiting for it; false: it takes no more for the moment.
    bool send_some(std::string_view bytes);
    bool receive(std::string& buffer);
    int socket() const { return socket_; }
    bool closed() const { return closed_; }
    void close() { closed_ = true; }

  private:
    const int socket_;
    SSL* const tls_;
    bool closed_ = false;
};

// A server on 127.0.0.1 whose script decides every byte of its answers, right or wrong. A thread for each connection.
class ScriptedServer {
  public:
    // Called for every request, on the connection's thread. When it returns the next request is read, unless it closed. A
    // request with "X-Answer: before the body" is told of before its body is received, which the script then does or not.
    using Script = std::function<void(Peer&, const Received&)>;

    explicit ScriptedServer(Script script, SSL_CTX* tls = nullptr);
    ~ScriptedServer();
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    std::uint16_t port() const { return port_; }
    // "127.0.0.1:43117"
    std::string authority() const { return "127.0.0.1:" + std::to_string(port_); }
    std::string url(const std::string& path = "/") const { return "http://" + authority() + path; }
    std::vector<Received> received() const;
    std::size_t connections() const { return connections_; }

  private:
    void accept_all();
    void serve(int socket, std::size_t number);
    void serve_requests(Peer& peer, std::size_t number);

    const Script script_;
    SSL_CTX* const tls_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<std::size_t> connections_{0};
    mutable std::mutex mutex_;
    std::vector<Received> received_;
    std::vector<int> sockets_;
    std::list<std::thread> threads_;
    bool ending_ = false;
    std::thread acceptor_;
};

}  // namespace tests
