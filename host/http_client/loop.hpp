#pragma once

#include <curl/curl.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "host/core/clock.hpp"
#include "host/http_client/client.hpp"
#include "host/http_client/poller.hpp"
#include "host/http_client/settings.hpp"
#include "host/log/logger.hpp"

namespace host::http_client {

class Transfer;

// libcurl's multi handle on a poller, and the thread that turns it. What others want done comes in through a mailbox, so
// that everything of libcurl is touched by this thread only.
class Loop {
  public:
    using Clock = core::Monotonic;

    Loop(const Settings& settings, log::Logger logger);
    // stop() must have been called.
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    void start();
    void stop();
    // Runs `work` on the loop's thread, soon. False: the loop has ended, or was never started, and will not.
    // `accepted` is called before `work` can begin; it must be short. Any thread.
    bool post(std::function<void()> work, const std::function<void()>& accepted = {});
    bool on_this_thread() const { return std::this_thread::get_id() == thread_.get_id(); }

    const Settings& settings() const { return settings_; }
    const log::Logger& logger() const { return logger_; }
    Counts counts() const;

    // From here on: the loop's thread only.
    void begin(std::unique_ptr<Transfer> transfer);
    // Null: there is none (any more).
    Transfer* find(std::uint64_t id) const;
    void end_if_over(Transfer& transfer);
    // Every transfer of a user ends with Cancelled; null: of all.
    void cancel_all(const User* user);
    void add(CURL* easy);
    void remove(CURL* easy);
    // When this turn of the loop began: near enough for when something was last heard of.
    Clock::time_point turn() const { return turn_; }
    Poller& poller() { return poller_; }
    // on_time() of the transfer will be called then; replaces what was asked before.
    void wake_at(Transfer& transfer, Clock::time_point time);

    struct Tally {
        std::atomic<std::uint64_t> accepted{0}, refused{0}, failed{0}, retries{0}, redirects{0}, connections{0},
            received_bytes{0}, active{0};
    };
    Tally tally;

  private:
    using Timers = std::multimap<Clock::time_point, std::uint64_t>;
    struct Entry {
        std::unique_ptr<Transfer> transfer;
        Timers::iterator timer;  // end(): none
    };
    void drop_timer(Entry& entry);
    static int on_socket(CURL*, curl_socket_t socket, int what, void* self, void*);
    static int on_timer(CURLM*, long milliseconds, void* self);
    void run();
    void wait();
    void act(const epoll_event& event);
    void run_curl_timer();
    void run_posted();
    void run_timers();
    void reap();
    void end(Transfer& transfer);
    int milliseconds_to_wait() const;

    const Settings settings_;
    const log::Logger logger_;
    Poller poller_;
    CURLM* multi_ = nullptr;
    Clock::time_point turn_;
    Clock::time_point curl_due_ = Clock::time_point::max();
    std::unordered_map<std::uint64_t, Entry> transfers_;
    Timers timers_;
    std::mutex mutex_;
    std::vector<std::function<void()>> posted_;
    bool accepting_ = false;
    bool asleep_ = false;    // the loop waits, and whoever posts must wake it
    bool stopping_ = false;  // the loop's thread only
    std::thread thread_;
};

}  // namespace host::http_client
