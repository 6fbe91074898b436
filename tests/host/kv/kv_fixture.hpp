#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include "host/kv/kv.hpp"

namespace host::kv {

// The client as a test wants it: every call waits for its outcome, and a refusal is an outcome too.
class Caller {
  public:
    explicit Caller(Client& client) : client_(client) {}

    Outcome run(const Request& request) const {
        auto promise = std::make_shared<std::promise<Outcome>>();
        std::future<Outcome> later = promise->get_future();
        try {
            std::optional<Outcome> outcome = client_.run(request, [&]() -> Completion {
                return [promise](Outcome&& value) { promise->set_value(std::move(value)); };
            });
            return outcome ? std::move(*outcome) : later.get();
        } catch (const core::Error& error) {
            return failed(error.code(), error.what());
        }
    }
    Outcome get(std::string_view key) const { return run({.operation = Operation::Get, .key = key}); }
    Outcome put(std::string_view key, std::string_view value, std::uint64_t ttl_ms = 0, std::uint64_t if_version = 0) const {
        return run({.operation = Operation::Put, .key = key, .value = value, .ttl_ms = ttl_ms, .if_version = if_version});
    }
    Outcome remove(std::string_view key, std::uint64_t if_version = 0) const {
        return run({.operation = Operation::Remove, .key = key, .if_version = if_version});
    }
    Outcome add(std::string_view key, std::int64_t by, std::uint64_t ttl_ms = 0) const {
        return run({.operation = Operation::Add, .key = key, .ttl_ms = ttl_ms, .by = by});
    }
    Outcome limit(std::string_view key, std::uint64_t limit, std::uint64_t window_ms) const {
        return run({.operation = Operation::Limit, .key = key, .limit = limit, .window_ms = window_ms});
    }

  private:
    Client& client_;
};

// Asks until it is so; false: it was not within a generous time.
inline bool until(const std::function<bool()>& is_so) {
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!is_so()) {
        if (std::chrono::steady_clock::now() > patience) return false;
        std::this_thread::yield();
    }
    return true;
}

}  // namespace host::kv
