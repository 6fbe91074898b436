#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

namespace host::services {

// What one plugin has asked of another. `method` is empty for calls that reached no method.
struct Account {
    std::string caller;
    std::string service;
    std::string method;
    std::uint64_t calls = 0;   // that have ended
    std::uint64_t errors = 0;  // of them
    std::uint64_t in_flight = 0;
    std::chrono::nanoseconds time{};  // from the call to its end, of those that have ended
};

// Who has asked whom for what, how often and for how long. Never more entries than callers, services in their manifests
// and methods declared. Any thread.
class Accounts {
  public:
    // The running entry of one of them.
    class Entry {
      public:
        void begin() { ++in_flight_; }
        void end(bool failed, std::chrono::nanoseconds time);

      private:
        friend Accounts;
        std::atomic<std::uint64_t> calls_{0}, errors_{0}, in_flight_{0};
        std::atomic<std::int64_t> time_ns_{0};
    };

    // Stays valid as long as the accounts.
    Entry& of(const std::string& caller, const std::string& service, const std::string& method);
    std::vector<Account> all() const;

  private:
    using Key = std::tuple<std::string, std::string, std::string>;

    mutable std::mutex mutex_;
    std::map<Key, std::unique_ptr<Entry>> entries_;
};

}  // namespace host::services
