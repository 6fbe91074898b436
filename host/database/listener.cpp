#include "host/database/listener.hpp"

#include <libpq-fe.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "host/core/thread_kind.hpp"
#include "host/database/connection_url.hpp"
#include "host/database/result.hpp"

namespace host::database {

using namespace std::chrono_literals;

void Listener::Close::operator()(pg_conn* connection) const {
    PQfinish(connection);
}

Listener::Listener(std::string session_url, log::Logger logger)
    : url_(std::move(session_url)), logger_(std::move(logger)), wake_event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

Listener::~Listener() {
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake();
    if (thread_.joinable()) thread_.join();
    ::close(wake_event_);
}

std::unique_ptr<Listener::Subscription> Listener::listen(const std::string& channel, Heard heard) {
    std::lock_guard lock(mutex_);
    const std::uint64_t id = next_id_++;
    hearers_.emplace(id, Hearer{channel, std::move(heard)});
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
    wake();
    return std::make_unique<Subscription>(*this, id);
}

void Listener::forget(std::uint64_t id) {
    std::lock_guard calls(calling_);
    std::lock_guard lock(mutex_);
    hearers_.erase(id);
}

void Listener::wake() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(wake_event_, &one, sizeof one);
}

void Listener::run() {
    pthread_setname_np(pthread_self(), "database-listen");
    core::set_thread_kind(core::ThreadKind::Worker);
    for (auto pause = 50ms;;) {
        {
            std::lock_guard lock(mutex_);
            if (stopping_) return;
        }
        if (!connection_ && !connect()) {
            wait(pause);
            pause = std::min(2 * pause, std::chrono::milliseconds(2'000));
            continue;
        }
        pause = 50ms;
        if (!listen_to_new() || !wait(1h)) {
            connection_.reset();
            continue;
        }
        while (PGnotify* notice = PQnotifies(connection_.get())) {
            const std::unique_ptr<PGnotify, decltype(&PQfreemem)> owned(notice, &PQfreemem);
            hear(notice->relname, notice->extra);
        }
    }
}

bool Listener::connect() {
    connection_.reset(PQconnectdb(url_.c_str()));
    if (PQstatus(connection_.get()) == CONNECTION_OK) {
        listening_.clear();
        return true;
    }
    logger_.debug("cannot listen to the database", {{"reason", PQerrorMessage(connection_.get())}});
    connection_.reset();
    return false;
}

// False: the connection is broken.
bool Listener::listen_to_new() {
    std::vector<std::string> added;
    {
        std::lock_guard lock(mutex_);
        for (const auto& [id, hearer] : hearers_) {
            if (listening_.emplace(hearer.channel, true).second) added.push_back(hearer.channel);
        }
    }
    for (const std::string& channel : added) {
        const ResultHandle answer(PQexec(connection_.get(), ("listen " + quote_name(channel)).c_str()));
        if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK) return false;
        hear(channel, "");
    }
    return true;
}

void Listener::hear(const std::string& channel, const std::string& payload) {
    std::lock_guard calls(calling_);
    std::vector<Heard> concerned;
    {
        std::lock_guard lock(mutex_);
        for (const auto& [id, hearer] : hearers_) {
            if (hearer.channel == channel) concerned.push_back(hearer.heard);
        }
    }
    for (const Heard& heard : concerned)
        heard(payload);
}

// Until something arrives or wake(); false: the connection broke.
bool Listener::wait(std::chrono::milliseconds time_max) {
    pollfd events[] = {{wake_event_, POLLIN, 0}, {connection_ ? PQsocket(connection_.get()) : -1, POLLIN, 0}};
    poll(events, 2, static_cast<int>(time_max.count()));
    if (events[0].revents != 0) {
        std::uint64_t count = 0;
        [[maybe_unused]] const ssize_t cleared = read(wake_event_, &count, sizeof count);
    }
    if (!connection_ || events[1].revents == 0) return true;
    return PQconsumeInput(connection_.get()) == 1 && PQstatus(connection_.get()) == CONNECTION_OK;
}

}  // namespace host::database
