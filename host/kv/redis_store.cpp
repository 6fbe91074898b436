#include "host/kv/redis_store.hpp"

#include <hiredis/hiredis.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "host/core/thread_kind.hpp"
#include "host/kv/redis_reply.hpp"

namespace host::kv {

using core::Code;
using core::Error;
using core::Monotonic;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::milliseconds first_pause = 50ms;
constexpr std::chrono::milliseconds longest_pause = 5s;

Error away() {
    return Error{Code::Unavailable, "redis does not answer"}.mark_retryable();
}

void set_event(int event) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(event, &one, sizeof one);
}

void clear_event(int event) {
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t cleared = read(event, &count, sizeof count);
}

}  // namespace

RedisStore::RedisStore(const Settings& settings, log::Logger logger)
    : settings_(settings),
      address_(parse_redis_url(settings.redis_url)),
      logger_(std::move(logger)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      stop_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (wake_ < 0 || stop_ < 0) throw Error{Code::Unavailable, "no descriptor for the key-value store"};
}

RedisStore::~RedisStore() {
    stop();
    close(wake_);
    close(stop_);
}

void RedisStore::start() {
    thread_ = std::thread([this] { run(); });
    std::unique_lock lock(mutex_);
    tried_.wait_for(lock, settings_.deadline, [this] { return attempted_; });
}

void RedisStore::stop() {
    if (!thread_.joinable()) return;
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
        available_ = false;
    }
    set_event(stop_);
    thread_.join();
}

void RedisStore::begin(const Request& request, Completion completion) {
    Task task{redis_command(request), std::move(completion), Monotonic::now() + settings_.deadline};
    bool wake = false;
    {
        std::lock_guard lock(mutex_);
        if (stopping_) throw Error{Code::Cancelled, "the host is stopping"};
        if (!available_) {
            ++failures_;
            throw away();
        }
        // All that Redis has not answered: what it does not read piles up before the socket.
        if (waiting_ >= settings_.queue_max) {
            ++failures_;
            throw Error{Code::Busy, "too many operations wait for redis (kv.queue_max)"}.mark_retryable();
        }
        ++waiting_;
        queue_.push_back(std::move(task));
        wake = std::exchange(asleep_, false);
    }
    if (wake) set_event(wake_);
}

void RedisStore::run() {
    pthread_setname_np(pthread_self(), "kv-redis");
    core::set_thread_kind(core::ThreadKind::Worker);
    // hiredis writes with write(): to a connection that Redis has closed this would end the process.
    sigset_t broken_pipe;
    sigemptyset(&broken_pipe);
    sigaddset(&broken_pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
    const auto stopping = [this] {
        std::lock_guard lock(mutex_);
        return stopping_;
    };
    for (auto pause_now = first_pause; !stopping(); pause_now = std::min(2 * pause_now, longest_pause)) {
        const auto begun = Monotonic::now();
        try {
            connect_and_serve();
        } catch (const Error& error) {
            if (error.code() != Code::Cancelled) logger_.warn("redis is away", {{"reason", error.what()}});
        }
        set_available(false);
        if (!stopping()) fail_all(failed(Code::Unavailable, "redis does not answer"));
        // A connection that held for a while was no failed attempt.
        if (Monotonic::now() - begun > longest_pause) pause_now = first_pause;
        pause(pause_now);
    }
    fail_all(failed(Code::Cancelled, "the host is stopping"));
}

void RedisStore::connect_and_serve() {
    RedisLink link(address_, Monotonic::now() + settings_.deadline, stop_);
    load_scripts(link);
    set_available(true);
    logger_.info("connected to redis");
    serve(link);
}

void RedisStore::load_scripts(RedisLink& link) {
    for (std::size_t i = 0; i < redis_scripts_count; ++i) {
        const ReplyPointer hash = link.ask({"SCRIPT", "LOAD", redis_scripts()[i]});
        if (hash->type != REDIS_REPLY_STRING) throw Error{Code::Unavailable, "SCRIPT LOAD gave no hash"};
        hashes_[i].assign(hash->str, hash->len);
    }
}

// Until the connection breaks or the host stops; both are thrown.
void RedisStore::serve(RedisLink& link) {
    for (;;) {
        take_queued(link);
        const bool all_sent = link.flush();
        if (wait(link, !all_sent)) take_replies(link);
        if (!sent_.empty() && sent_.front().deadline <= Monotonic::now()) {
            throw Error{Code::Unavailable, "no answer in time (kv.deadline)"};
        }
    }
}

void RedisStore::take_queued(RedisLink& link) {
    {
        std::lock_guard lock(mutex_);
        if (stopping_) throw Error{Code::Cancelled, "the host is stopping"};
        taken_.swap(queue_);
    }
    const std::size_t begun = sent_.size();
    // From here on they are known as sent, whatever goes wrong: nobody is forgotten.
    std::move(taken_.begin(), taken_.end(), std::back_inserter(sent_));
    taken_.clear();
    for (std::size_t i = begun; i < sent_.size(); ++i) {
        RedisCommand& command = sent_[i].command;
        append(link, command);
        // Only a script may have to be sent again.
        if (!command.script) command.bytes = {};
    }
}

void RedisStore::append(RedisLink& link, const RedisCommand& command) const {
    if (command.script) {
        std::string head;
        append_count(head, command.words + 2);
        append_word(head, "EVALSHA");
        append_word(head, hashes_[static_cast<std::size_t>(*command.script)]);
        link.append(head);
    }
    link.append(command.bytes);
}

// Somebody has emptied the server's scripts: it gets this one with its text, and knows it from then on.
void RedisStore::append_with_text(RedisLink& link, const RedisCommand& command) {
    std::string head;
    append_count(head, command.words + 2);
    append_word(head, "EVAL");
    append_word(head, redis_scripts()[static_cast<std::size_t>(*command.script)]);
    link.append(head);
    link.append(command.bytes);
}

// True: the connection has something for us, if only its end.
bool RedisStore::wait(const RedisLink& link, bool sending) {
    pollfd descriptors[] = {{link.descriptor(), static_cast<short>(sending ? POLLIN | POLLOUT : POLLIN), 0},
                            {wake_, POLLIN, 0},
                            {stop_, POLLIN, 0}};
    int wait_ms = -1;
    if (!sent_.empty()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(sent_.front().deadline - Monotonic::now());
        wait_ms = static_cast<int>(std::max<std::int64_t>(0, left.count()));
    }
    {
        std::lock_guard lock(mutex_);
        asleep_ = queue_.empty();
        if (!asleep_) wait_ms = 0;
    }
    poll(descriptors, 3, wait_ms);
    {
        std::lock_guard lock(mutex_);
        asleep_ = false;
    }
    if (descriptors[1].revents != 0) clear_event(wake_);
    return (descriptors[0].revents & ~POLLOUT) != 0;
}

void RedisStore::take_replies(RedisLink& link) {
    link.receive();
    while (const ReplyPointer reply = link.next()) {
        if (sent_.empty()) throw Error{Code::Unavailable, "redis answers what was not asked"};
        Task task = std::move(sent_.front());
        sent_.pop_front();
        if (is_unknown_script(*reply) && task.command.script) {
            sent_.push_back(std::move(task));
            append_with_text(link, sent_.back().command);
        } else {
            finish(task, redis_outcome(task.command, *reply));
        }
    }
}

void RedisStore::finish(Task& task, Outcome outcome) {
    if (outcome.failure == Code::Unavailable || outcome.failure == Code::Internal) ++failures_;
    if (task.command.operation == Operation::Get && outcome.failure == Code::NotFound) ++misses_;
    ++operations_;
    --waiting_;
    task.completion(std::move(outcome));
}

void RedisStore::set_available(bool available) {
    std::lock_guard lock(mutex_);
    available_ = available && !stopping_;
    attempted_ = true;
    tried_.notify_all();
}

// Nothing is queued any more once available_ is false.
void RedisStore::fail_all(const Outcome& outcome) {
    std::deque<Task> open = std::exchange(sent_, {});
    {
        std::lock_guard lock(mutex_);
        std::move(queue_.begin(), queue_.end(), std::back_inserter(open));
        queue_.clear();
    }
    for (Task& task : open)
        finish(task, outcome);
}

void RedisStore::pause(std::chrono::milliseconds duration) const {
    pollfd stopped{stop_, POLLIN, 0};
    poll(&stopped, 1, static_cast<int>(duration.count()));
}

Counts RedisStore::counts() const {
    Counts counts;
    counts.operations = operations_;
    counts.misses = misses_;
    counts.failures = failures_;
    counts.waiting = waiting_;
    std::lock_guard lock(mutex_);
    counts.available = available_;
    return counts;
}

}  // namespace host::kv
