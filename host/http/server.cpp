#include "host/http/server.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <optional>
#include <thread>

#include "host/http/event_loops.hpp"
#include "host/http/listener.hpp"
#include "host/http/tls_store.hpp"

namespace host::http {

namespace {

constexpr std::size_t workers_by_default_max = 4;

std::size_t workers_of(const Settings& settings) {
    if (settings.workers != 0) return settings.workers;
    return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, workers_by_default_max);
}

}  // namespace

class Server::Impl {
  public:
    Impl(const Settings& settings, Dispatcher& dispatcher, log::Logger logger, WebSocketHub* websockets)
        : settings_(settings),
          websockets_(websockets),
          parts_{settings_, dispatcher, std::move(logger), connections_, [this] { on_empty(); }, nullptr} {}

    void start() {
        // A client that leaves while it is written to must not end the process.
        std::signal(SIGPIPE, SIG_IGN);
        const std::size_t workers = workers_of(settings_);
        std::vector<Listener> listeners;
        for (const std::string& address : settings_.listen)
            listeners.emplace_back(address, workers, settings_.backlog);
        if (std::any_of(listeners.begin(), listeners.end(), [](const Listener& each) { return each.tls(); }))
            tls_.emplace(settings_.tls, parts_.logger);
        parts_.tls = tls_ ? &*tls_ : nullptr;
        if (websockets_ != nullptr) websockets_->start();
        loops_.emplace(parts_, workers);
        listeners_ = std::move(listeners);
        for (const Listener& listener : listeners_) {
            addresses_.push_back(listener.name());
            std::vector<int> descriptors;
            for (std::size_t i = 0; i < workers; ++i)
                descriptors.push_back(listener.descriptor(i));
            loops_->accept_from(descriptors, listener.tls() ? Protection::Tls : Protection::None);
        }
    }

    bool turns_within(std::chrono::microseconds patience) const { return !loops_ || loops_->turn_within(patience); }

    std::size_t drain(std::chrono::milliseconds deadline) {
        if (!loops_) return 0;
        const auto until = core::Monotonic::now() + deadline;
        loops_->drain();
        listeners_.clear();
        const std::size_t cut_sockets = websockets_ != nullptr ? websockets_->drain(until) : 0;
        {
            std::unique_lock lock(mutex_);
            emptied_.wait_until(lock, until, [this] { return connections_ == 0; });
        }
        return cut_sockets + loops_->cut();
    }

    void stop() {
        if (!loops_) return;
        if (websockets_ != nullptr) websockets_->stop();
        totals_ = loops_->totals();
        loops_.reset();
        totals_.requests_open = 0;
        listeners_.clear();
        addresses_.clear();
    }

    const std::vector<std::string>& addresses() const { return addresses_; }

    Counters counters() const {
        const Worker::Totals totals = loops_ ? loops_->totals() : totals_;
        return {connections_,   totals.requests_open,  totals.requests,
                totals.refused, totals.tls_handshakes, totals.tls_failures};
    }

    void reload_certificates() {
        if (tls_) tls_->reload();
    }

    std::vector<CertificateFacts> certificates() const {
        return tls_ ? tls_->current()->certificates() : std::vector<CertificateFacts>();
    }

  private:
    // On a worker.
    void on_empty() {
        std::lock_guard lock(mutex_);
        emptied_.notify_all();
    }

    const Settings settings_;
    WebSocketHub* const websockets_;
    std::atomic<std::size_t> connections_{0};
    std::mutex mutex_;
    std::condition_variable emptied_;
    WorkerParts parts_;
    std::optional<TlsStore> tls_;
    std::vector<Listener> listeners_;
    std::vector<std::string> addresses_;
    Worker::Totals totals_;  // after stop()
    std::optional<EventLoops> loops_;
};

Server::Server(const Settings& settings, Dispatcher& dispatcher, log::Logger logger, WebSocketHub* websockets)
    : impl_(std::make_unique<Impl>(settings, dispatcher, std::move(logger), websockets)) {}

Server::~Server() {
    impl_->stop();
}

void Server::start() {
    impl_->start();
}

std::vector<std::string> Server::addresses() const {
    return impl_->addresses();
}

bool Server::turns_within(std::chrono::microseconds patience) const {
    return impl_->turns_within(patience);
}

std::size_t Server::drain(std::chrono::milliseconds deadline) {
    return impl_->drain(deadline);
}

void Server::stop() {
    impl_->stop();
}

void Server::reload_certificates() {
    impl_->reload_certificates();
}

std::vector<CertificateFacts> Server::certificates() const {
    return impl_->certificates();
}

Server::Counters Server::counters() const {
    return impl_->counters();
}

}  // namespace host::http
