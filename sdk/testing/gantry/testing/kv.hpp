#pragma once

#include <atomic>
#include <charconv>
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <gantry/abi/kv.h>
#include <gantry/detail/guard.hpp>
#include <gantry/testing/calls.hpp>

namespace gantry::testing {

// gantry.kv/1 in memory, with a clock that only the test moves. Answers later, as a store on another machine does, until
// answer_at_once().
class FakeKv {
  public:
    explicit FakeKv(Calls& calls) : calls_(calls) {}

    void answer_at_once() { at_once_ = true; }
    // From now on, until told otherwise: every operation fails with Unavailable.
    void go_away(bool away = true) { away_ = away; }
    void pass_time(std::chrono::milliseconds time) {
        const std::lock_guard lock(mutex_);
        now_ms_ += static_cast<std::uint64_t>(time.count());
    }
    std::optional<std::string> value(const std::string& key) {
        const std::lock_guard lock(mutex_);
        const Entry* entry = find(key);
        return entry != nullptr ? std::optional(entry->value) : std::nullopt;
    }
    void put_value(const std::string& key, std::string value) {
        const std::lock_guard lock(mutex_);
        entries_[key] = {std::move(value), ++version_, 0};
    }

    struct Outcome {
        gantry_status status = GANTRY_OK;
        std::string value;
        std::uint64_t version = 0;
        std::int64_t sum = 0;
        std::uint64_t remaining = 0;
        std::uint64_t retry_after_ms = 0;
    };

    Outcome get(const std::string& key) {
        const Entry* entry = find(key);
        return entry != nullptr ? Outcome{.value = entry->value, .version = entry->version}
                                : Outcome{.status = GANTRY_E_NOT_FOUND};
    }
    Outcome put(const std::string& key, std::string value, std::uint64_t ttl_ms, std::uint64_t if_version) {
        const Entry* entry = find(key);
        const bool fits =
            if_version == 0 ||
            (if_version == GANTRY_KV_ABSENT ? entry == nullptr : entry != nullptr && entry->version == if_version);
        if (!fits) return {.status = GANTRY_E_CONFLICT};
        entries_[key] = {std::move(value), ++version_, expiry(ttl_ms)};
        return {.version = version_};
    }
    Outcome remove(const std::string& key, std::uint64_t if_version) {
        const Entry* entry = find(key);
        if (entry == nullptr) return {.status = GANTRY_E_NOT_FOUND};
        if (if_version != 0 && entry->version != if_version) return {.status = GANTRY_E_CONFLICT};
        entries_.erase(key);
        return {};
    }
    Outcome add(const std::string& key, std::int64_t by, std::uint64_t ttl_ms) {
        Entry* entry = find(key);
        if (entry == nullptr) entry = &(entries_[key] = {"0", 0, expiry(ttl_ms)});
        std::int64_t sum = 0;
        const char* const end = entry->value.data() + entry->value.size();
        if (std::from_chars(entry->value.data(), end, sum).ptr != end) return {.status = GANTRY_E_CONFLICT};
        if (__builtin_add_overflow(sum, by, &sum)) return {.status = GANTRY_E_INVALID};
        entry->value = std::to_string(sum);
        entry->version = ++version_;
        return {.version = version_, .sum = sum};
    }
    Outcome limit(const std::string& key, std::uint64_t limit, std::uint64_t window_ms) {
        std::deque<std::uint64_t>& calls = windows_[{key, window_ms}];
        while (!calls.empty() && calls.front() + window_ms <= now_ms_)
            calls.pop_front();
        if (calls.size() < limit) {
            calls.push_back(now_ms_);
            return {.remaining = limit - calls.size()};
        }
        const std::uint64_t free_ms = calls[calls.size() - limit] + window_ms;
        return {.status = GANTRY_E_LIMIT, .retry_after_ms = free_ms - now_ms_};
    }

    // `act` is one of those above; it runs under the lock.
    template <typename Act>
    gantry_status run(gantry_status told, gantry_kv_result* now, gantry_kv_done done, void* user, Act&& act) {
        if (told < 0) return told;
        if (away_) return GANTRY_E_UNAVAILABLE;
        auto outcome = std::make_shared<Outcome>();
        {
            const std::lock_guard lock(mutex_);
            *outcome = act(*this);
        }
        if (!at_once_) {
            calls_.add([outcome, done, user] { call(*outcome, done, user); });
            return GANTRY_PENDING;
        }
        *now = result_of(*outcome);
        if (outcome->value.empty()) return outcome->status;
        auto* const owned = new std::string(std::move(outcome->value));
        now->value = {owned->data(), owned->size(),
                      [](void* context, const void*, std::size_t) { delete static_cast<std::string*>(context); }, owned};
        return outcome->status;
    }

  private:
    struct Entry {
        std::string value;
        std::uint64_t version = 0;
        std::uint64_t expires_ms = 0;
    };

    Entry* find(const std::string& key) {
        const auto found = entries_.find(key);
        if (found == entries_.end()) return nullptr;
        if (found->second.expires_ms == 0 || found->second.expires_ms > now_ms_) return &found->second;
        entries_.erase(found);
        return nullptr;
    }
    std::uint64_t expiry(std::uint64_t ttl_ms) const { return ttl_ms == 0 ? 0 : now_ms_ + ttl_ms; }

    static gantry_kv_result result_of(const Outcome& outcome) {
        gantry_kv_result result{};
        result.struct_size = sizeof result;
        result.version = outcome.version;
        result.sum = outcome.sum;
        result.remaining = outcome.remaining;
        result.retry_after_ms = outcome.retry_after_ms;
        return result;
    }
    static void call(const Outcome& outcome, gantry_kv_done done, void* user) {
        gantry_kv_result result = result_of(outcome);
        result.value = {outcome.value.data(), outcome.value.size(), nullptr, nullptr};
        if (outcome.status >= 0) return done(user, outcome.status, &result, nullptr);
        gantry_error error = gantry::detail::empty_error();
        gantry::detail::fill(&error, outcome.status, "", "the fake store refuses");
        done(user, outcome.status, &result, &error);
    }

    Calls& calls_;
    std::atomic<bool> at_once_ = false;
    std::atomic<bool> away_ = false;
    std::mutex mutex_;
    std::uint64_t now_ms_ = 1'000'000;
    std::uint64_t version_ = 0;
    std::map<std::string, Entry> entries_;
    std::map<std::pair<std::string, std::uint64_t>, std::deque<std::uint64_t>> windows_;
};

}  // namespace gantry::testing
