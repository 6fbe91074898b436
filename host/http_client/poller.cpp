#include "host/http_client/poller.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "host/core/error.hpp"

namespace host::http_client {

Poller::Poller() : epoll_(epoll_create1(EPOLL_CLOEXEC)), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (epoll_ < 0 || wake_ < 0) {
        if (epoll_ >= 0) close(epoll_);
        if (wake_ >= 0) close(wake_);
        throw core::Error(core::Code::Unavailable, "no descriptors are left for outbound HTTP");
    }
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = wake_;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event);
}

Poller::~Poller() {
    close(wake_);
    close(epoll_);
}

Poller::Interest& Poller::interest(int socket) {
    const auto at = static_cast<std::size_t>(socket);
    if (at >= interests_.size()) interests_.resize(at + 1);
    return interests_[at];
}

void Poller::opened(int socket) {
    Interest& fresh = interest(socket);
    fresh.wanted = fresh.told = 0;
    fresh.followed = true;
}

void Poller::closed(int socket) {
    Interest& ending = interest(socket);
    ending.wanted = 0;
    if (ending.told != 0) tell(socket, ending);
    ending.followed = false;
}

void Poller::want(int socket, std::uint32_t events) {
    Interest& changing = interest(socket);
    changing.wanted = events;
    if (!changing.followed) return tell(socket, changing);
    if (!std::exchange(changing.changed, true)) changed_.push_back(socket);
}

void Poller::tell_changes() {
    for (const int socket : changed_) {
        Interest& changing = interest(socket);
        changing.changed = false;
        if (changing.followed && changing.wanted != changing.told) tell(socket, changing);
    }
    changed_.clear();
}

void Poller::tell(int socket, Interest& interest) {
    epoll_event event{};
    event.events = interest.wanted;
    event.data.fd = socket;
    interest.told = interest.wanted;
    if (interest.wanted == 0) {
        // It may have been closed already, and with that it is out.
        epoll_ctl(epoll_, EPOLL_CTL_DEL, socket, &event);
    } else if (epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event) < 0 && errno == EEXIST) {
        epoll_ctl(epoll_, EPOLL_CTL_MOD, socket, &event);
    }
}

std::span<const epoll_event> Poller::wait(int milliseconds) {
    tell_changes();
    const int count = epoll_wait(epoll_, ready_.data(), batch_max, milliseconds);
    const auto end = ready_.begin() + std::max(count, 0);
    // The wake-up has done its work; the last takes its place.
    const auto woken =
        std::find_if(ready_.begin(), end, [this](const epoll_event& event) { return event.data.fd == wake_; });
    if (woken == end) return {ready_.begin(), end};
    std::uint64_t times = 0;
    (void)!read(wake_, &times, sizeof times);
    *woken = *(end - 1);
    return {ready_.begin(), end - 1};
}

void Poller::wake() {
    const std::uint64_t one = 1;
    (void)!write(wake_, &one, sizeof one);
}

}  // namespace host::http_client
