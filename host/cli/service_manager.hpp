#pragma once

#include <chrono>
#include <string>
#include <string_view>

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
    void stopping() const;
    void alive() const;
    // alive() is expected at least this often; zero: not at all.
    std::chrono::microseconds watchdog() const { return watchdog_; }

  private:
    void say(std::string_view message) const;

    int socket_ = -1;
    std::chrono::microseconds watchdog_{0};
};

}  // namespace host::cli
