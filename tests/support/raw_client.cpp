#include "tests/support/raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace support {

namespace {

constexpr int patience_ms = 10'000;

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error(what);
}

void wait_for(int socket, short events, const char* what) {
    pollfd entry{socket, events, 0};
    if (::poll(&entry, 1, patience_ms) == 0) fail(std::string("nothing happened for 10 s: ") + what);
}

int connected(const sockaddr* address, socklen_t size, int receive_bytes) {
    const int socket = ::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket < 0) fail(std::string("no socket: ") + std::strerror(errno));
    if (receive_bytes > 0) ::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    // What is sent piece by piece shall arrive piece by piece, and at once.
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(socket, address, size) == 0) return socket;
    const int error = errno;
    ::close(socket);
    fail(std::string("cannot connect: ") + std::strerror(error));
}

int connect_unix(const std::string& path, int receive_bytes) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    return connected(reinterpret_cast<const sockaddr*>(&address), sizeof address, receive_bytes);
}

int connect_tcp(const std::string& text, int receive_bytes) {
    const std::size_t colon = text.rfind(':');
    const auto port = htons(static_cast<std::uint16_t>(std::stoi(text.substr(colon + 1))));
    const std::string host = text.substr(0, colon);
    if (host.empty() || host.front() != '[') {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = port;
        ::inet_pton(AF_INET, host.empty() ? "127.0.0.1" : host.c_str(), &address.sin_addr);
        return connected(reinterpret_cast<const sockaddr*>(&address), sizeof address, receive_bytes);
    }
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = port;
    ::inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &address.sin6_addr);
    return connected(reinterpret_cast<const sockaddr*>(&address), sizeof address, receive_bytes);
}

void read_fields(const std::string& head, std::map<std::string, std::string>& fields) {
    std::size_t line = head.find("\r\n") + 2;
    while (line + 2 < head.size()) {
        const std::size_t end = head.find("\r\n", line);
        const std::size_t colon = head.find(": ", line);
        std::string name = head.substr(line, colon - line);
        std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
        fields[name] = head.substr(colon + 2, end - colon - 2);
        line = end + 2;
    }
}

}  // namespace

RawClient::RawClient(const std::string& address, int receive_bytes)
    : socket_(address.rfind("unix:", 0) == 0 ? connect_unix(address.substr(5), receive_bytes)
                                             : connect_tcp(address, receive_bytes)) {}

RawClient::~RawClient() {
    close();
}

RawClient::RawClient(RawClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), buffer_(std::move(other.buffer_)) {}

RawClient& RawClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        wait_for(socket_, POLLOUT, "sending");
        const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EAGAIN) continue;
        if (sent < 0) fail(std::string("cannot send: ") + std::strerror(errno));
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return *this;
}

std::size_t RawClient::send_until_answered(std::size_t bytes) {
    const std::string piece(64 * 1024, 'x');
    std::size_t sent = 0;
    while (sent < bytes) {
        pollfd entry{socket_, POLLIN | POLLOUT, 0};
        if (::poll(&entry, 1, patience_ms) == 0) fail("the server neither reads nor answers");
        if ((entry.revents & POLLIN) != 0) break;
        const ssize_t size =
            ::send(socket_, piece.data(), std::min(piece.size(), bytes - sent), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (size < 0 && errno != EAGAIN) break;
        if (size > 0) sent += static_cast<std::size_t>(size);
    }
    return sent;
}

bool RawClient::fill() {
    wait_for(socket_, POLLIN, "reading");
    const std::size_t before = buffer_.size();
    buffer_.resize(before + 64 * 1024);
    const ssize_t size = ::recv(socket_, buffer_.data() + before, buffer_.size() - before, 0);
    const int error = errno;
    buffer_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    if (size < 0) fail(std::string("cannot read: ") + std::strerror(error));
    return size > 0;
}

std::string RawClient::take(std::size_t size) {
    std::string taken = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return taken;
}

std::string RawClient::read(std::size_t size) {
    while (buffer_.size() < size && fill()) {
    }
    return take(size);
}

std::string RawClient::read_until(std::string_view text) {
    std::size_t from = 0;
    while (true) {
        const std::size_t found = buffer_.find(text, from);
        if (found != std::string::npos) return take(found + text.size());
        from = buffer_.size() < text.size() ? 0 : buffer_.size() - text.size();
        if (!fill()) fail("the server closed after: " + buffer_);
    }
}

std::string RawClient::read_to_end() {
    while (fill()) {
    }
    return std::exchange(buffer_, {});
}

void RawClient::wait_for_end() {
    try {
        while (fill())
            buffer_.clear();
    } catch (const std::runtime_error& error) {
        if (std::string_view(error.what()).find("10 s") != std::string_view::npos) throw;
    }
}

std::string RawClient::read_chunks() {
    std::string body;
    while (true) {
        const std::size_t size = std::stoul(read_until("\r\n"), nullptr, 16);
        const std::string chunk = read(size + 2);
        if (chunk.size() != size + 2 || chunk.substr(size) != "\r\n") fail("a chunk is cut");
        if (size == 0) return body;
        body.append(chunk, 0, size);
    }
}

RawClient::Answer RawClient::read_answer(Method method) {
    Answer answer;
    answer.head = read_until("\r\n\r\n");
    answer.status = std::stoi(answer.head.substr(9, 3));
    read_fields(answer.head, answer.fields);
    if (method == Method::Head || answer.status < 200 || answer.status == 204 || answer.status == 304) return answer;
    if (answer.fields.count("transfer-encoding") != 0) {
        answer.body = read_chunks();
    } else if (answer.fields.count("content-length") != 0) {
        const std::size_t size = std::stoul(answer.fields["content-length"]);
        answer.body = read(size);
        if (answer.body.size() != size) fail("the body is cut");
    } else {
        answer.body = read_to_end();
    }
    return answer;
}

void RawClient::finish() {
    ::shutdown(socket_, SHUT_WR);
}

void RawClient::close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
}

void RawClient::reset() {
    const linger now{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
}

}  // namespace support
