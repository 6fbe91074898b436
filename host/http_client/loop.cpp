#include "host/http_client/loop.hpp"

#include <pthread.h>

#include <algorithm>
#include <csignal>
#include <new>
#include <span>
#include <utility>

#include "host/core/error.hpp"
#include "host/core/thread_kind.hpp"
#include "host/http_client/transfer.hpp"

namespace host::http_client {

namespace {

void initialize_library() {
    static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (code != CURLE_OK) throw core::Error(core::Code::Internal, "libcurl does not start");
}

// OpenSSL writes without MSG_NOSIGNAL, and NOSIGNAL keeps libcurl from dealing with that: a server that hangs up would
// end the process.
void block_broken_pipe_signal() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

}  // namespace

Loop::Loop(const Settings& settings, log::Logger logger) : settings_(settings), logger_(std::move(logger)) {
    initialize_library();
    multi_ = curl_multi_init();
    if (multi_ == nullptr) throw std::bad_alloc();
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, static_cast<long>(settings_.connections_max));
    curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(settings_.connections_per_host_max));
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(settings_.connections_max));
}

Loop::~Loop() {
    transfers_.clear();
    curl_multi_cleanup(multi_);
}

void Loop::start() {
    {
        const std::lock_guard lock(mutex_);
        accepting_ = true;
    }
    thread_ = std::thread([this] { run(); });
}

void Loop::stop() {
    if (!thread_.joinable()) return;
    post([this] {
        cancel_all(nullptr);
        stopping_ = true;
    });
    thread_.join();
}

bool Loop::post(std::function<void()> work, const std::function<void()>& accepted) {
    bool wake = false;
    {
        const std::lock_guard lock(mutex_);
        if (!accepting_) return false;
        posted_.push_back(std::move(work));
        if (accepted) accepted();
        // Whoever is first wakes the loop for all who come before it looks. If it is awake it will look anyway.
        wake = std::exchange(asleep_, false);
    }
    if (wake) poller_.wake();
    return true;
}

Counts Loop::counts() const {
    return {tally.accepted,  tally.refused,     tally.failed,         tally.retries,
            tally.redirects, tally.connections, tally.received_bytes, tally.active};
}

void Loop::begin(std::unique_ptr<Transfer> transfer) {
    Transfer& begun = *transfer;
    transfers_.emplace(begun.id(), Entry{std::move(transfer), timers_.end()});
    begun.begin();
    end_if_over(begun);
}

void Loop::end_if_over(Transfer& transfer) {
    if (transfer.ended()) end(transfer);
}

Transfer* Loop::find(std::uint64_t id) const {
    const auto found = transfers_.find(id);
    return found == transfers_.end() ? nullptr : found->second.transfer.get();
}

void Loop::cancel_all(const User* user) {
    std::vector<std::uint64_t> ids;
    for (const auto& [id, entry] : transfers_) {
        if (user == nullptr || &entry.transfer->user() == user) ids.push_back(id);
    }
    for (const std::uint64_t id : ids) {
        Transfer* transfer = find(id);
        if (transfer == nullptr) continue;
        transfer->cancel();
        end(*transfer);
    }
}

void Loop::end(Transfer& transfer) {
    const auto found = transfers_.find(transfer.id());
    drop_timer(found->second);
    const std::unique_ptr<Transfer> ended = std::move(found->second.transfer);
    transfers_.erase(found);
    ended->report();
}

void Loop::add(CURL* easy) {
    curl_multi_add_handle(multi_, easy);
}

void Loop::remove(CURL* easy) {
    curl_multi_remove_handle(multi_, easy);
}

void Loop::wake_at(Transfer& transfer, Clock::time_point time) {
    Entry& entry = transfers_.at(transfer.id());
    drop_timer(entry);
    entry.timer = timers_.emplace(time, transfer.id());
}

void Loop::drop_timer(Entry& entry) {
    if (entry.timer != timers_.end()) timers_.erase(entry.timer);
    entry.timer = timers_.end();
}

int Loop::on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) {
    std::uint32_t events = 0;
    if (what == CURL_POLL_IN || what == CURL_POLL_INOUT) events |= EPOLLIN;
    if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT) events |= EPOLLOUT;
    static_cast<Loop*>(self)->poller_.want(socket, events);
    return 0;
}

int Loop::on_timer(CURLM*, long milliseconds, void* self) {
    auto* loop = static_cast<Loop*>(self);
    loop->curl_due_ = milliseconds < 0 ? Clock::time_point::max() : Clock::now() + std::chrono::milliseconds(milliseconds);
    return 0;
}

void Loop::run() {
    pthread_setname_np(pthread_self(), "http_client");
    core::set_thread_kind(core::ThreadKind::Worker);
    block_broken_pipe_signal();
    while (!stopping_) {
        wait();
        reap();
        run_posted();
        run_timers();
        // Before the wait: what has been begun goes out now, often on a connection that was let go in this very turn.
        run_curl_timer();
        reap();
    }
    {
        const std::lock_guard lock(mutex_);
        accepting_ = false;
    }
    // What came in meanwhile: calls that end at once.
    run_posted();
    cancel_all(nullptr);
}

int Loop::milliseconds_to_wait() const {
    Clock::time_point next = curl_due_;
    if (!timers_.empty()) next = std::min(next, timers_.begin()->first);
    if (next == Clock::time_point::max()) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

void Loop::wait() {
    int milliseconds = milliseconds_to_wait();
    {
        const std::lock_guard lock(mutex_);
        asleep_ = posted_.empty();
        if (!asleep_) milliseconds = 0;
    }
    const std::span<const epoll_event> ready = poller_.wait(milliseconds);
    {
        const std::lock_guard lock(mutex_);
        asleep_ = false;
    }
    turn_ = Clock::now();
    for (const epoll_event& event : ready)
        act(event);
}

void Loop::act(const epoll_event& event) {
    int mask = 0;
    if ((event.events & EPOLLIN) != 0) mask |= CURL_CSELECT_IN;
    if ((event.events & EPOLLOUT) != 0) mask |= CURL_CSELECT_OUT;
    if ((event.events & (EPOLLERR | EPOLLHUP)) != 0) mask |= CURL_CSELECT_ERR;
    int running = 0;
    curl_multi_socket_action(multi_, event.data.fd, mask, &running);
}

void Loop::run_curl_timer() {
    if (Clock::now() < curl_due_) return;
    int running = 0;
    curl_due_ = Clock::time_point::max();
    curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
}

void Loop::run_posted() {
    std::vector<std::function<void()>> posted;
    {
        const std::lock_guard lock(mutex_);
        posted.swap(posted_);
    }
    for (const std::function<void()>& work : posted)
        work();
}

void Loop::run_timers() {
    const Clock::time_point now = Clock::now();
    while (!timers_.empty() && timers_.begin()->first <= now) {
        Entry& entry = transfers_.at(timers_.begin()->second);
        drop_timer(entry);
        Transfer& transfer = *entry.transfer;
        transfer.on_time(now);
        end_if_over(transfer);
    }
}

void Loop::reap() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        // The message is gone with the handle.
        const CURLcode code = message->data.result;
        void* owner = nullptr;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &owner);
        auto* transfer = static_cast<Transfer*>(owner);
        transfer->attempt_ended(code);
        end_if_over(*transfer);
    }
}

}  // namespace host::http_client
