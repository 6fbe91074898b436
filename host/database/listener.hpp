#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "host/log/logger.hpp"

struct pg_conn;

namespace host::database {

// Hears what any session of this database says with NOTIFY, on a connection and a thread of its own. It is a wake-up, not
// a queue: what is said while the connection is away is lost, so hearers look for themselves after each connect.
class Listener {
  public:
    // With the payload; empty also after each (re)connect. On the listener's thread: short, and must not throw.
    using Heard = std::function<void(const std::string& payload)>;

    // Ends the hearing; no call is under way when the destructor has returned. Must end before the Listener.
    class Subscription {
      public:
        Subscription(Listener& listener, std::uint64_t id) : listener_(listener), id_(id) {}
        ~Subscription() { listener_.forget(id_); }
        Subscription(const Subscription&) = delete;
        Subscription& operator=(const Subscription&) = delete;

      private:
        Listener& listener_;
        const std::uint64_t id_;
    };

    // Connects with the first subscription. The URL is that of session_url().
    Listener(std::string session_url, log::Logger logger);
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    // `channel` is a plain lower-case name. Any thread; the destructor of the result not inside `heard`.
    [[nodiscard]] std::unique_ptr<Subscription> listen(const std::string& channel, Heard heard);

  private:
    struct Hearer {
        std::string channel;
        Heard heard;
    };
    struct Close {
        void operator()(pg_conn* connection) const;
    };

    void forget(std::uint64_t id);
    void run();
    bool connect();
    bool listen_to_new();
    void hear(const std::string& channel, const std::string& payload);
    bool wait(std::chrono::milliseconds time_max);
    void wake();

    const std::string url_;
    const log::Logger logger_;
    const int wake_event_;
    std::mutex mutex_;    // of what stands below
    std::mutex calling_;  // held during calls, so that forget() can wait for them; taken before mutex_
    std::map<std::uint64_t, Hearer> hearers_;
    std::uint64_t next_id_ = 1;
    bool stopping_ = false;
    std::map<std::string, bool> listening_;  // the thread's own
    std::unique_ptr<pg_conn, Close> connection_;
    std::thread thread_;
};

}  // namespace host::database
