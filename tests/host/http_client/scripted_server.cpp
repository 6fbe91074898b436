#include "tests/host/http_client/scripted_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <stdexcept>
#include <utility>

namespace tests {

std::string Received::header(std::string_view name) const {
    std::size_t at = head.find("\r\n");
    while (at != std::string::npos) {
        at += 2;
        const std::size_t end = std::min(head.find("\r\n", at), head.size());
        const std::string_view line = std::string_view(head).substr(at, end - at);
        const std::size_t colon = line.find(':');
        if (colon == name.size() && strncasecmp(line.data(), name.data(), name.size()) == 0) {
            const std::size_t begin = line.find_first_not_of(' ', colon + 1);
            return begin == std::string_view::npos ? "" : std::string(line.substr(begin));
        }
        at = head.find("\r\n", at);
    }
    return {};
}

void Peer::send(std::string_view bytes) {
    while (!bytes.empty() && !closed_) {
        const auto sent = tls_ != nullptr ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                                          : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) closed_ = true;
        if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

bool Peer::send_some(std::string_view bytes) {
    return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT) > 0;
}

void Peer::answer(int status, std::string_view body, std::string_view more) {
    send("HTTP/1.1 " + std::to_string(status) + " Scripted\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(more) + "\r\n" + std::string(body));
}

void Peer::reset() {
    const linger now{1, 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    closed_ = true;
}

bool Peer::receive(std::string& buffer) {
    char bytes[16 * 1024];
    const auto got = tls_ != nullptr ? SSL_read(tls_, bytes, sizeof bytes) : recv(socket_, bytes, sizeof bytes, 0);
    if (got > 0) buffer.append(bytes, static_cast<std::size_t>(got));
    if (got <= 0) closed_ = true;
    return got > 0;
}

void Peer::wait_for_close() {
    std::string ignored;
    while (receive(ignored)) {
    }
}

ScriptedServer::ScriptedServer(Script script, SSL_CTX* tls) : script_(std::move(script)), tls_(tls) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 64) != 0 ||
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        throw std::runtime_error("no port for a test's server");
    }
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
}

ScriptedServer::~ScriptedServer() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
        for (const int open : sockets_)
            shutdown(open, SHUT_RDWR);
    }
    shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    for (std::thread& thread : threads_)
        thread.join();
    close(listener_);
}

std::vector<Received> ScriptedServer::received() const {
    const std::lock_guard lock(mutex_);
    return received_;
}

void ScriptedServer::accept_all() {
    for (;;) {
        const int accepted = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (accepted < 0) return;
        const std::lock_guard lock(mutex_);
        if (ending_) {
            close(accepted);
            return;
        }
        sockets_.push_back(accepted);
        const std::size_t number = ++connections_;
        threads_.emplace_back([this, accepted, number] { serve(accepted, number); });
    }
}

void ScriptedServer::serve(int socket, std::size_t number) {
    SSL* session = nullptr;
    if (tls_ != nullptr) {
        // OpenSSL writes without MSG_NOSIGNAL.
        sigset_t signals;
        sigemptyset(&signals);
        sigaddset(&signals, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &signals, nullptr);
        session = SSL_new(tls_);
        SSL_set_fd(session, socket);
    }
    if (session == nullptr || SSL_accept(session) == 1) {
        Peer peer(socket, session);
        serve_requests(peer, number);
    }
    SSL_free(session);
    {
        const std::lock_guard lock(mutex_);
        std::erase(sockets_, socket);
    }
    close(socket);
}

namespace {

bool receive_bytes(Peer& peer, std::string& buffer, std::size_t count) {
    while (buffer.size() < count) {
        if (!peer.receive(buffer)) return false;
    }
    return true;
}

// RFC 9112 section 7.1, as far as libcurl writes it.
bool receive_chunks(Peer& peer, std::string& body, std::string& buffer) {
    for (;;) {
        std::size_t end = 0;
        while ((end = buffer.find("\r\n")) == std::string::npos) {
            if (!peer.receive(buffer)) return false;
        }
        const std::size_t size = std::stoul(buffer.substr(0, end), nullptr, 16);
        if (!receive_bytes(peer, buffer, end + 2 + size + 2)) return false;
        body += buffer.substr(end + 2, size);
        buffer.erase(0, end + 2 + size + 2);
        if (size == 0) return true;
    }
}

bool receive_body(Peer& peer, Received& received, std::string& buffer) {
    if (received.header("transfer-encoding") == "chunked") return receive_chunks(peer, received.body, buffer);
    const std::string length = received.header("content-length");
    const std::size_t size = length.empty() ? 0 : std::stoul(length);
    if (!receive_bytes(peer, buffer, size)) return false;
    received.body = buffer.substr(0, size);
    buffer.erase(0, size);
    return true;
}

}  // namespace

void ScriptedServer::serve_requests(Peer& peer, std::size_t number) {
    std::string buffer;
    while (!peer.closed()) {
        std::size_t end = 0;
        while ((end = buffer.find("\r\n\r\n")) == std::string::npos) {
            if (!peer.receive(buffer)) return;
        }
        Received received;
        received.head = buffer.substr(0, end);
        received.connection = number;
        const std::size_t blank = received.head.find(' ');
        received.method = received.head.substr(0, blank);
        received.target = received.head.substr(blank + 1, received.head.find(' ', blank + 1) - blank - 1);
        buffer.erase(0, end + 4);
        if (received.header("x-answer") != "before the body" && !receive_body(peer, received, buffer)) return;
        {
            const std::lock_guard lock(mutex_);
            received_.push_back(received);
        }
        script_(peer, received);
    }
}

}  // namespace tests
