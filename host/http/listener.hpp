#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace host::http {

// The listening sockets of one address of Settings::listen, one for each worker: the kernel spreads the connections.
// A unix socket cannot be bound twice, there all workers accept from the same one.
class Listener {
  public:
    // Binds and listens. Throws InvalidArgument for an address that is none, Unavailable naming one that is taken.
    Listener(const std::string& address, std::size_t workers, std::size_t backlog);
    ~Listener();
    Listener(Listener&& other) noexcept
        : tls_(other.tls_),
          descriptors_(std::exchange(other.descriptors_, {})),
          path_(std::exchange(other.path_, {})),
          name_(other.name_) {}
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    // Did the address begin with "https://"?
    bool tls() const { return tls_; }
    int descriptor(std::size_t worker) const { return descriptors_[worker % descriptors_.size()]; }
    // With the port that was really bound.
    const std::string& name() const { return name_; }

  private:
    void listen_tcp(const std::string& address, std::size_t workers, int backlog);
    void listen_unix(const std::string& address, int backlog);

    bool tls_;
    std::vector<int> descriptors_;
    std::string path_;  // of a unix socket, to be removed
    std::string name_;
};

// "192.0.2.1:50086", "[2001:db8::1]:50086", "unix"; an IPv4 client of a dual-stack socket is shown as IPv4.
std::string name_of(const sockaddr_storage& address);

}  // namespace host::http
