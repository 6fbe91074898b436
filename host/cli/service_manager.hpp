#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace host::cli {

// Whoever started this process and wants to know how it is: systemd with Type=notify and WatchdogSec=. Speaks the protocol
// of sd_notify(3) itself, one datagram a message, so that no library of systemd is needed. Nobody there: says nothing.
class ServiceManager {
  public:
    // Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID.
    ServiceManager();
    ~ServiceManager();
    ServiceManager(const ServiceManager&) = delete;
    ServiceManager& operator=(const ServiceManager&) = delete;

    void ready(const std::string& status) const;
    // A reload has begun; ready() says that it is over.
    void reloading() const;
    void stopping() const;
    void alive() const;
    // alive() is expected at least this often; zero: not at all.
    std::chrono::microseconds watchdog() const { return watchdog_; }

  private:
    void say(std::string_view message) const;

    int socket_ = -1;
    std::chrono::microseconds watchdog_{0};
};

// Gives the service manager a sign of life for as long as it exists, from a thread of its own: a reload keeps the main
// thread busy. `responds` is asked each time, so that the sign says that requests are served, not that a thread still runs.
class SignsOfLife {
  public:
    using Responds = std::function<bool(std::chrono::microseconds patience)>;
    SignsOfLife(const ServiceManager& manager, Responds responds);
    ~SignsOfLife();
    SignsOfLife(const SignsOfLife&) = delete;
    SignsOfLife& operator=(const SignsOfLife&) = delete;

  private:
    void run();

    const ServiceManager& manager_;
    const Responds responds_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool ending_ = false;
    std::thread thread_;
};

}  // namespace host::cli
