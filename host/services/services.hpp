#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "host/core/thread_pool.hpp"
#include "host/log/logger.hpp"
#include "host/services/accounts.hpp"
#include "host/services/service.hpp"
#include "host/services/settings.hpp"

namespace host::services {

// The room's face: calls from plugin to plugin. Handlers run on the blocking pool, answers are delivered by threads of the
// room's own, so that neither side ever runs inside a call of the other. Each accepted call ends exactly once: with its
// provider's answer, at its deadline, when it is cancelled, or when either side ends.
class Services {
  public:
    // The pool is stopped before this is destroyed.
    Services(Settings settings, core::ThreadPool& pool, log::Logger logger);
    // As stop().
    ~Services();
    Services(const Services&) = delete;
    Services& operator=(const Services&) = delete;

    // After the plugins have ended. [control]
    void stop();

    // What the provider has is asked of it from now on, in place of what its plugin provided; and none of it any more:
    // calls that it has begun and not answered fail, as Unavailable. Any thread.
    void activate(const ProviderPointer& provider);
    void retire(const Provider& provider);

    // An id for call(), so that who calls knows it before the answer can come.
    static std::uint64_t new_id();
    static bool is_id(std::uint64_t id);
    // Throws InvalidArgument and Busy; then `answered` is not called.
    void call(std::uint64_t id, Call call, Answered answered);
    // False: the call has ended, or is not this provider's.
    bool respond(std::uint64_t id, const Provider& provider, Outcome outcome);
    bool wanted(std::uint64_t id, const Provider& provider) const;
    // Of a call that this provider is answering; nothing if it is not.
    std::optional<Context> context_of(std::uint64_t id, const Provider& provider) const;
    // False: it has ended, or is not this caller's.
    bool cancel(std::uint64_t id, const void* side);
    // Cancels all calls of an instance.
    void leave(const void* side);

    std::size_t payload_bytes_max() const { return settings_.payload_bytes_max; }
    std::size_t in_flight() const;
    std::vector<Account> accounts() const { return accounts_.all(); }

  private:
    struct Open {
        Call call;
        Answered answered;
        Accounts::Entry* account = nullptr;
        Clock::time_point begun;
        ProviderPointer provider;  // once it has been asked
    };
    using OpenPointer = std::shared_ptr<Open>;
    using Named = std::pair<std::uint64_t, std::string>;  // a call and its service

    void check(const Call& call) const;
    Clock::time_point deadline_of(const Call& call, Clock::time_point now) const;
    std::optional<core::Error> enter(std::uint64_t id, const OpenPointer& open);
    const Service* find(const std::string& name, ProviderPointer* provider) const;
    void begin(std::uint64_t id);
    // True if it was open and `may` agrees: then it has ended. `may` is asked under the lock.
    bool settle(std::uint64_t id, Outcome outcome, const std::function<bool(const Open&)>& may = nullptr);
    std::vector<Named> those(const std::function<bool(const Open&)>& wanted) const;
    void deliver(const OpenPointer& open, Outcome outcome);
    void watch_deadlines();

    const Settings settings_;
    core::ThreadPool& pool_;
    const log::Logger logger_;
    Accounts accounts_;
    mutable std::mutex mutex_;
    std::condition_variable sooner_;
    std::map<std::string, ProviderPointer> providers_;  // by the name of the service
    std::unordered_map<std::uint64_t, OpenPointer> open_;
    std::unordered_map<const void*, std::size_t> open_of_;  // by calling instance
    std::set<std::pair<Clock::time_point, std::uint64_t>> deadlines_;
    Clock::time_point wakes_at_ = Clock::time_point::max();
    bool stopping_ = false;
    core::ThreadPool deliveries_;
    std::thread watch_;
};

}  // namespace host::services
