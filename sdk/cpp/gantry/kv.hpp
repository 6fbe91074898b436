#pragma once

#include <gantry/host.hpp>
#include <gantry/kv/operations.hpp>

namespace gantry {

// Small values with a time to live, counters, compare-and-set and limits of calls; a cache, in the store that the
// administrator chose:
//
//     co_await kv.put("session:" + id, text, std::chrono::minutes(30));
//     const std::optional<gantry::KvValue> found = co_await kv.get("session:" + id);
//     const gantry::KvLimit limit = co_await kv.limit("login:" + address, 5, std::chrono::minutes(1));
//
// The same with .get() waits, on a blocking route or a thread of one's own. Failures throw Error: Unavailable while the
// store is away. Keys and values may be any bytes. A handle, cheap to copy, for any thread.
class Kv {
  public:
    // Throws Error if the host has no such service for this plugin.
    explicit Kv(const Host& host)
        : context_(&host.context()), service_(detail::service<gantry_kv>(host.context().host, GANTRY_KV)) {}

    KvGet get(std::string_view key) const { return {context_, service_, key}; }

    // A time of 0 is for ever.
    KvPut put(std::string_view key, std::string_view value, std::chrono::milliseconds ttl = {}) const {
        return {context_, service_, key, value, ttl, 0};
    }
    // Only if nothing is there.
    KvPut put_new(std::string_view key, std::string_view value, std::chrono::milliseconds ttl = {}) const {
        return {context_, service_, key, value, ttl, GANTRY_KV_ABSENT};
    }
    // Only if it is as it was read: KvValue::version, or what a put gave.
    KvPut put_if(std::string_view key, std::string_view value, std::uint64_t version,
                 std::chrono::milliseconds ttl = {}) const {
        return {context_, service_, key, value, ttl, version};
    }

    KvRemove remove(std::string_view key) const { return {context_, service_, key, 0}; }
    KvRemove remove_if(std::string_view key, std::uint64_t version) const { return {context_, service_, key, version}; }

    // Adds to a counter; one that is not there begins at 0 and lives `ttl`. get() reads it as a decimal number.
    KvAdd add(std::string_view key, std::int64_t by = 1, std::chrono::milliseconds ttl = {}) const {
        return {context_, service_, key, by, ttl};
    }
    // Counts this call, if fewer than `limit` were let through in the last `window`.
    KvLimiting limit(std::string_view key, std::uint64_t limit, std::chrono::milliseconds window) const {
        return {context_, service_, key, limit, window};
    }

  private:
    detail::Context* context_;
    const gantry_kv* service_;
};

}  // namespace gantry
