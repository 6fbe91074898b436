#include "tests/support/http_client.hpp"

#include <netdb.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>

namespace support {

namespace {

constexpr std::string_view unix_prefix = "unix:";

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error(what + (errno != 0 ? std::string(": ") + std::strerror(errno) : std::string()));
}

bool same_name(std::string_view a, std::string_view b) {
    return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

int connect_unix(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return socket;
    ::close(socket);
    fail("cannot connect to " + path);
}

int connect_tcp(const std::string& address) {
    const std::size_t colon = address.rfind(':');
    std::string host = address.substr(0, colon);
    if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    if (getaddrinfo(host.c_str(), address.substr(colon + 1).c_str(), &hints, &found) != 0) fail("no address: " + address);
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> freed(found, freeaddrinfo);
    const int socket = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(socket, found->ai_addr, found->ai_addrlen) == 0) return socket;
    ::close(socket);
    fail("cannot connect to " + address);
}

std::pair<std::string, std::string> split_field(const std::string& line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) fail("no header field: " + line);
    const std::size_t value = line.find_first_not_of(' ', colon + 1);
    return {line.substr(0, colon), value == std::string::npos ? std::string() : line.substr(value)};
}

bool has_no_body(std::string_view method, int status) {
    return method == "HEAD" || status == 204 || status == 304 || status < 200;
}

}  // namespace

const std::string* HttpAnswer::find(std::string_view name) const {
    for (const auto& [each, value] : fields) {
        if (same_name(each, name)) return &value;
    }
    return nullptr;
}

std::string HttpAnswer::field(std::string_view name) const {
    const std::string* value = find(name);
    return value != nullptr ? *value : std::string();
}

std::size_t HttpAnswer::count(std::string_view name) const {
    std::size_t found = 0;
    for (const auto& [each, value] : fields)
        found += same_name(each, name) ? 1 : 0;
    return found;
}

void HttpClient::connect() {
    errno = 0;
    socket_ = address_.starts_with(unix_prefix) ? connect_unix(address_.substr(unix_prefix.size())) : connect_tcp(address_);
    const timeval patience{10, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

void HttpClient::close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
    buffer_.clear();
}

void HttpClient::reset() {
    const linger none{1, 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    close();
}

HttpAnswer HttpClient::request(std::string_view method, std::string_view target, const Headers& fields,
                               std::string_view body) {
    send(method, target, fields, body);
    return read_answer(method);
}

void HttpClient::send(std::string_view method, std::string_view target, const Headers& fields, std::string_view body) {
    std::string bytes;
    bytes.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: test\r\n");
    for (const auto& [name, value] : fields)
        bytes.append(name).append(": ").append(value).append("\r\n");
    if (!body.empty()) bytes.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
    send_raw(bytes.append("\r\n").append(body));
}

void HttpClient::send_raw(std::string_view bytes) {
    if (socket_ < 0) connect();
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) fail("cannot send");
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

HttpAnswer HttpClient::read_answer(std::string_view method) {
    HttpAnswer answer = read_head();
    if (!has_no_body(method, answer.status)) {
        if (same_name(answer.field("Transfer-Encoding"), "chunked")) {
            while (const auto chunk = read_chunk())
                answer.body.append(*chunk);
        } else if (const std::string* length = answer.find("Content-Length")) {
            answer.body = read_exactly(std::stoul(*length));
        } else {
            answer.body = read_to_end();
        }
    }
    if (same_name(answer.field("Connection"), "close")) close();
    return answer;
}

HttpAnswer HttpClient::read_head() {
    HttpAnswer answer;
    const std::string status_line = read_line();
    if (!status_line.starts_with("HTTP/1.") || status_line.size() < 12) fail("no status line: " + status_line);
    answer.status = std::stoi(status_line.substr(9, 3));
    for (std::string line = read_line(); !line.empty(); line = read_line())
        answer.fields.push_back(split_field(line));
    return answer;
}

std::optional<std::string> HttpClient::read_chunk() {
    const std::size_t size = std::stoul(read_line(), nullptr, 16);
    std::string chunk = read_exactly(size);
    if (!read_line().empty()) fail("a chunk is longer than it says");
    if (size == 0) return std::nullopt;
    return chunk;
}

void HttpClient::fill() {
    char bytes[16384];
    errno = 0;
    const ssize_t got = ::recv(socket_, bytes, sizeof bytes, 0);
    if (got < 0 && errno == EINTR) return;
    if (got <= 0) fail(got == 0 ? "the server closed the connection" : "cannot receive");
    buffer_.append(bytes, static_cast<std::size_t>(got));
}

std::string HttpClient::read_line() {
    std::size_t end = buffer_.find("\r\n");
    while (end == std::string::npos) {
        fill();
        end = buffer_.find("\r\n");
    }
    std::string line = buffer_.substr(0, end);
    buffer_.erase(0, end + 2);
    return line;
}

std::string HttpClient::read_exactly(std::size_t size) {
    while (buffer_.size() < size)
        fill();
    std::string bytes = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return bytes;
}

std::string HttpClient::read_to_end() {
    char bytes[16384];
    for (;;) {
        const ssize_t got = ::recv(socket_, bytes, sizeof bytes, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail("cannot receive");
        if (got == 0) return std::exchange(buffer_, {});
        buffer_.append(bytes, static_cast<std::size_t>(got));
    }
}

}  // namespace support
