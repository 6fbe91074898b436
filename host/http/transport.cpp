#include "host/http/transport.hpp"

#include <pistache/net.h>
#include <pistache/peer.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "host/core/error.hpp"
#include "host/core/thread_kind.hpp"
#include "host/http/listener.hpp"
#include "host/http/reactor_leak.hpp"
#include "host/http/refusals.hpp"
#include "host/http/tls_store.hpp"

namespace host::http {

namespace {

using Pistache::Polling::NotifyOn;

constexpr std::chrono::milliseconds tick_interval{250};
// Of one listener in one turn of the loop.
constexpr int turn_accepts_max = 64;

// Pistache wants somebody to hand its input to; ours never reaches it.
class NoInput final : public Pistache::Tcp::Handler {
  public:
    void onInput(const char*, std::size_t, const std::shared_ptr<Pistache::Tcp::Peer>&) override {}
    std::shared_ptr<Pistache::Tcp::Handler> clone() const override { return std::make_shared<NoInput>(); }
};

int make_timer() {
    const int timer = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    itimerspec interval{};
    interval.it_interval.tv_nsec = std::chrono::nanoseconds(tick_interval).count();
    interval.it_value = interval.it_interval;
    ::timerfd_settime(timer, 0, &interval, nullptr);
    return timer;
}

// The entries hide their base; the flags beyond readable and writable are only there.
Connection::Readiness readiness_of(const Pistache::Aio::FdSet::Entry& entry) {
    const auto& event = (const Pistache::Polling::Event&)(entry);
    return {entry.isWritable(), event.flags.hasFlag(NotifyOn::Shutdown), entry.isHangup()};
}

}  // namespace

Transport::Transport(const WorkerParts& parts)
    : Pistache::Tcp::Transport(std::make_shared<NoInput>()), Worker(parts), timer_(make_timer()) {}

Transport::~Transport() {
    ::close(timer_);
}

std::shared_ptr<Pistache::Aio::Handler> Transport::clone() const {
    return std::make_shared<Transport>(parts());
}

void Transport::registerPoller(Pistache::Polling::Epoll& poller) {
    const auto watch = [&poller](int descriptor) {
        poller.addFd(descriptor, Pistache::Flags<NotifyOn>(NotifyOn::Read), Pistache::Polling::Tag(descriptor));
    };
    watch(mailbox()->descriptor());
    watch(timer_);
    leaked_descriptor_ = find_leaked_descriptor({mailbox()->descriptor(), timer_});
}

void Transport::settle() {
    core::set_thread_kind(core::ThreadKind::Worker);
    mailbox()->settle();
}

// Accepting comes last: a number that was closed in this turn must not yet have a new owner while older events of it are
// still in `events`.
void Transport::onReady(const Pistache::Aio::FdSet& events) {
    begin_turn();
    continue_marked();
    bool accepting = false;
    for (const auto& entry : events) {
        const int descriptor = static_cast<int>(entry.getTag().value());
        if (const auto found = connections_.find(descriptor); found != connections_.end()) {
            const std::shared_ptr<Connection> connection = found->second;
            connection->on_event(readiness_of(entry));
        } else if (descriptor == mailbox()->descriptor()) {
            mailbox()->run();
        } else if (descriptor == timer_) {
            tick();
        } else {
            accepting = true;
        }
    }
    flush_marked();
    if (accepting) accept_ready();
}

void Transport::watch_writes(Connection& connection) {
    reactor()->modifyFd(key(), connection.descriptor(), NotifyOn::Read | NotifyOn::Write | NotifyOn::Shutdown,
                        Pistache::Polling::Mode::Edge);
}

void Transport::release(Connection& connection) {
    const int descriptor = connection.descriptor();
    if (const auto peer = peers.find(descriptor); peer != peers.end()) {
        const auto kept = peer->second;
        removePeer(kept);
    }
    connections_.erase(descriptor);
    --parts().connections;
    if (draining() && connections_.empty()) parts().on_empty();
}

void Transport::accept_from(int descriptor, Protection protection) {
    listeners_.push_back({descriptor, protection});
    reactor()->registerFd(key(), descriptor, NotifyOn::Read);
}

void Transport::accept_ready() {
    for (const Listening& listener : listeners_) {
        for (int accepted = 0; accepted < turn_accepts_max && accept_one(listener); ++accepted) {
        }
    }
}

bool Transport::accept_one(const Listening& listener) {
    if (accepting_paused_) return false;
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    const int descriptor =
        ::accept4(listener.descriptor, reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor >= 0) {
        adopt(descriptor, name_of(address), listener.protection);
        return true;
    }
    const bool exhausted = errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS;
    if (exhausted) pause_accepting();
    return errno == ECONNABORTED || errno == EINTR;
}

void Transport::adopt(int descriptor, std::string peer, Protection protection) {
    const std::size_t connections = ++parts().connections;
    const std::size_t allowed = settings().connections_max;
    // Those above the limit get an answer, but they too must end somewhere; with TLS the answer would cost more than all
    // that they came for.
    const bool excess = connections > allowed + (protection == Protection::Tls ? 0 : allowed / 8 + 16);
    std::unique_ptr<TlsChannel> tls = excess ? nullptr : protect(protection);
    if (excess || (protection == Protection::Tls && !tls)) {
        --parts().connections;
        ::close(descriptor);
        return;
    }
    handleNewPeer(Pistache::Tcp::Peer::Create(descriptor, Pistache::Address()));
    const auto connection = std::make_shared<Connection>(*this, descriptor, std::move(peer), std::move(tls));
    connections_.emplace(descriptor, connection);
    if (connections > allowed) {
        connection->refuse(refusals::too_many_connections);
        flush_marked();
    }
}

// Null for TLS: there is no memory for it.
std::unique_ptr<TlsChannel> Transport::protect(Protection protection) const {
    if (protection == Protection::None) return nullptr;
    try {
        return std::make_unique<TlsChannel>(parts().tls->current());
    } catch (const core::Error& error) {
        parts().logger.error("a connection was dropped", {{"error", error.what()}});
        return nullptr;
    }
}

// With no descriptor left, the listener stays readable and would keep the loop spinning.
void Transport::pause_accepting() {
    if (!exhaustion_logged_) {
        parts().logger.warn("no descriptor left for a new connection, accepting pauses",
                            {{"reason", std::strerror(errno)}, {"connections", connections_.size()}});
    }
    exhaustion_logged_ = true;
    accepting_paused_ = true;
    for (const Listening& listener : listeners_)
        reactor()->removeFd(key(), listener.descriptor);
}

void Transport::resume_accepting() {
    accepting_paused_ = false;
    for (const Listening& listener : listeners_)
        reactor()->registerFd(key(), listener.descriptor, NotifyOn::Read);
}

void Transport::stop_accepting() {
    if (!accepting_paused_) {
        for (const Listening& listener : listeners_)
            reactor()->removeFd(key(), listener.descriptor);
    }
    accepting_paused_ = false;
    listeners_.clear();
}

void Transport::tick() {
    std::uint64_t times = 0;
    [[maybe_unused]] const auto got = ::read(timer_, &times, sizeof times);
    if (accepting_paused_) resume_accepting();
    if (parts().tls != nullptr) parts().tls->warn_of_expiry();
    // A copy, because a deadline may close a connection.
    std::vector<std::shared_ptr<Connection>> connections;
    connections.reserve(connections_.size());
    for (const auto& [descriptor, connection] : connections_)
        connections.push_back(connection);
    for (const auto& connection : connections)
        connection->on_tick();
}

void Transport::drain() {
    stop_accepting();
    set_draining();
    std::vector<std::shared_ptr<Connection>> connections;
    for (const auto& [descriptor, connection] : connections_)
        connections.push_back(connection);
    for (const auto& connection : connections)
        connection->begin_drain();
    if (connections_.empty()) parts().on_empty();
}

std::size_t Transport::cut() {
    stop_accepting();
    set_draining();
    std::size_t owed = 0;
    while (!connections_.empty()) {
        const std::shared_ptr<Connection> connection = connections_.begin()->second;
        owed += connection->cut(ReplyEvents::Reason::Stopping);
    }
    return owed;
}

}  // namespace host::http
