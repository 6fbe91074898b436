#include "host/http/listener.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "host/core/error.hpp"
#include "host/http/socket_address.hpp"

namespace host::http {

namespace {

constexpr std::string_view unix_prefix = "unix:";
constexpr std::string_view tls_prefix = "https://";

core::Error unavailable(const std::string& address, int error) {
    const std::string reason = error == EADDRINUSE ? "is in use" : std::string("cannot be bound: ") + std::strerror(error);
    return core::Error{core::Code::Unavailable, address + " " + reason};
}

// A socket that is closed unless it is kept.
class Descriptor {
  public:
    explicit Descriptor(int family) : value_(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {}
    ~Descriptor() {
        if (value_ >= 0) ::close(value_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return value_; }
    int keep() { return std::exchange(value_, -1); }

  private:
    int value_;
};

void switch_option(int descriptor, int level, int option, bool on) {
    const int value = on ? 1 : 0;
    ::setsockopt(descriptor, level, option, &value, sizeof value);
}

enum class Sharing { Alone, WithOurOtherWorkers };

bool bind_tcp(int descriptor, const SocketAddress& address, Sharing sharing) {
    switch_option(descriptor, SOL_SOCKET, SO_REUSEADDR, true);
    if (sharing == Sharing::WithOurOtherWorkers) switch_option(descriptor, SOL_SOCKET, SO_REUSEPORT, true);
    // Inherited by every connection that is accepted: a system call less for each.
    if (address.family() != AF_UNIX) switch_option(descriptor, IPPROTO_TCP, TCP_NODELAY, true);
    if (address.family() == AF_INET6) switch_option(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, !address.dual_stack());
    return ::bind(descriptor, address.get(), address.size()) == 0;
}

// SO_REUSEPORT would let a second server of the same user share the port unnoticed, so ask for it alone first.
void check_free(const SocketAddress& address, const std::string& name) {
    const Descriptor probe(address.family());
    if (!bind_tcp(probe.get(), address, Sharing::Alone) || ::listen(probe.get(), 1) != 0) throw unavailable(name, errno);
}

// A file that a server left behind when it was killed is removed, but not from under one that still listens.
void remove_stale(const std::string& path, const sockaddr_un& address) {
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0 || !S_ISSOCK(found.st_mode)) return;
    const Descriptor probe(AF_UNIX);
    const int result = ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    if (result != 0 && errno == ECONNREFUSED) ::unlink(path.c_str());
}

}  // namespace

Listener::Listener(const std::string& address, std::size_t workers, std::size_t backlog)
    : tls_(address.starts_with(tls_prefix)) {
    if (address.rfind(unix_prefix, 0) == 0)
        listen_unix(address, static_cast<int>(backlog));
    else
        listen_tcp(address, workers, static_cast<int>(backlog));
}

Listener::~Listener() {
    for (const int descriptor : descriptors_)
        ::close(descriptor);
    if (!path_.empty()) ::unlink(path_.c_str());
}

void Listener::listen_tcp(const std::string& text, std::size_t workers, int backlog) {
    SocketAddress address = SocketAddress::parse(tls_ ? text.substr(tls_prefix.size()) : text);
    if (address.port() != 0) check_free(address, text);
    descriptors_.reserve(workers);
    for (std::size_t worker = 0; worker < workers; ++worker) {
        Descriptor descriptor(address.family());
        if (!bind_tcp(descriptor.get(), address, Sharing::WithOurOtherWorkers) || ::listen(descriptor.get(), backlog) != 0) {
            const int error = errno;
            for (const int open : std::exchange(descriptors_, {}))
                ::close(open);
            throw unavailable(text, error);
        }
        // The first of them decides what port 0 is.
        if (worker == 0) address.take_port(descriptor.get());
        descriptors_.push_back(descriptor.keep());
    }
    name_ = (tls_ ? std::string(tls_prefix) : std::string()) + address.name();
}

void Listener::listen_unix(const std::string& text, int backlog) {
    const std::string path = text.substr(unix_prefix.size());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) {
        throw core::Error{core::Code::InvalidArgument, "a unix socket's path has 1 to " +
                                                           std::to_string(sizeof address.sun_path - 1) + " bytes, found " +
                                                           std::to_string(path.size())};
    }
    path.copy(address.sun_path, path.size());
    remove_stale(path, address);
    Descriptor descriptor(AF_UNIX);
    if (::bind(descriptor.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(descriptor.get(), backlog) != 0) {
        throw unavailable(text, errno);
    }
    descriptors_.push_back(descriptor.keep());
    path_ = path;
    name_ = text;
}

}  // namespace host::http
