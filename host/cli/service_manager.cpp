#include "host/cli/service_manager.hpp"

#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

#include "host/core/clock.hpp"

namespace host::cli {

namespace {

std::string_view variable(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

std::optional<std::uint64_t> number_of(const char* name) {
    const std::string_view text = variable(name);
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

// The address is a path, or a name of the abstract namespace written with an @ in place of its leading NUL.
int connected_to(std::string_view address) {
    sockaddr_un place{};
    place.sun_family = AF_UNIX;
    const bool is_one = address.size() > 1 && (address[0] == '/' || address[0] == '@');
    if (!is_one || address.size() >= sizeof place.sun_path) return -1;
    std::memcpy(place.sun_path, address.data(), address.size());
    if (address[0] == '@') place.sun_path[0] = '\0';
    const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size());
    if (descriptor < 0 || ::connect(descriptor, reinterpret_cast<const sockaddr*>(&place), size) == 0) return descriptor;
    ::close(descriptor);
    return -1;
}

}  // namespace

ServiceManager::ServiceManager() : socket_(connected_to(variable("NOTIFY_SOCKET"))) {
    // The variables are inherited by every child; a pid says whom the watchdog is meant for.
    const auto meant_for = number_of("WATCHDOG_PID");
    const auto microseconds = number_of("WATCHDOG_USEC");
    const bool mine = !meant_for || *meant_for == static_cast<std::uint64_t>(::getpid());
    if (socket_ >= 0 && mine && microseconds) watchdog_ = std::chrono::microseconds(*microseconds);
}

ServiceManager::~ServiceManager() {
    if (socket_ >= 0) ::close(socket_);
}

void ServiceManager::ready(const std::string& status) const {
    say("READY=1\nSTATUS=" + status);
}

void ServiceManager::reloading() const {
    // The time tells this reload from one that was asked for later; newer managers insist on it.
    say("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(core::mono_ns() / 1000));
}

void ServiceManager::stopping() const {
    say("STOPPING=1\nSTATUS=requests under way may finish");
}

void ServiceManager::alive() const {
    say("WATCHDOG=1");
}

// A manager that does not read is no reason for the host to stand still, nor to end.
void ServiceManager::say(std::string_view message) const {
    if (socket_ < 0) return;
    [[maybe_unused]] const ssize_t sent = ::send(socket_, message.data(), message.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

SignsOfLife::SignsOfLife(const ServiceManager& manager, Responds responds)
    : manager_(manager), responds_(std::move(responds)) {
    if (manager.watchdog().count() > 0) thread_ = std::thread([this] { run(); });
}

SignsOfLife::~SignsOfLife() {
    {
        std::lock_guard lock(mutex_);
        ending_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

// The pause and the question have a third of the time each, so that one late answer is not the end.
void SignsOfLife::run() {
    pthread_setname_np(pthread_self(), "signs-of-life");
    const std::chrono::microseconds step = manager_.watchdog() / 3;
    std::unique_lock lock(mutex_);
    while (!ending_) {
        lock.unlock();
        if (responds_(step)) manager_.alive();
        lock.lock();
        changed_.wait_for(lock, step, [this] { return ending_; });
    }
}

}  // namespace host::cli
