#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>

namespace host::http {

// An IPv4 or IPv6 address to listen on, as Settings::listen writes it.
class SocketAddress {
  public:
    // "127.0.0.1:8080", "[::1]:8080", ":8080"; throws InvalidArgument for anything else.
    static SocketAddress parse(const std::string& text);

    int family() const { return storage_.ss_family; }
    bool dual_stack() const { return dual_stack_; }  // ":8080"
    std::uint16_t port() const;
    // The port that the socket was given.
    void take_port(int descriptor);
    std::string name() const;

    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage_); }
    socklen_t size() const { return family() == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6); }

  private:
    void set_port(std::uint16_t port);

    sockaddr_storage storage_{};
    bool dual_stack_ = false;
};

}  // namespace host::http
