#pragma once

#include <array>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "host/kv/settings.hpp"
#include "host/kv/store.hpp"
#include "host/kv/window.hpp"

namespace host::kv {

// In this process, for a host that is alone. Answers at once; what it holds is gone when the host ends.
//
// Bounded by entries and bytes, keys and its own overhead included. When there is no room for a new entry, the one that was
// used least recently goes, whatever its time to live: it is a cache. Entries whose time is up are dropped when they are
// met: by their key, or among the least recently used whenever something is written. The bounds are shared out evenly among
// the shards, each with a lock of its own.
class MemoryStore : public Store {
  public:
    explicit MemoryStore(const Settings& settings);

    std::optional<Outcome> now(const Request& request) override;
    [[noreturn]] void begin(const Request& request, Completion completion) override;
    Counts counts() const override;

    static constexpr std::size_t shards_count = 16;

  private:
    struct Node {
        std::string key;
        std::string value;
        std::uint64_t version;
        std::uint64_t expires_ns;        // on the monotonic clock; 0: never
        std::unique_ptr<Window> window;  // a limit's, instead of a value
    };
    using Order = std::list<Node>;  // the most recently used first
    struct alignas(64) Shard {
        std::mutex mutex;
        Order order;
        std::unordered_map<std::string_view, Order::iterator> index;
        std::size_t bytes = 0;
        std::uint64_t last_version = 0;
        std::uint64_t operations = 0;
        std::uint64_t misses = 0;
        std::uint64_t evicted = 0;
    };

    Outcome run(Shard& shard, std::string_view key, const Request& request);
    Outcome get(Shard& shard, std::string_view key) const;
    Outcome put(Shard& shard, std::string_view key, const Request& request);
    Outcome remove(Shard& shard, std::string_view key, const Request& request);
    Outcome add(Shard& shard, std::string_view key, const Request& request);
    Outcome limit(Shard& shard, std::string_view key, const Request& request);

    static Node* find(Shard& shard, std::string_view key);
    Node& insert(Shard& shard, std::string_view key, std::string value, std::uint64_t ttl_ms);
    void replace(Shard& shard, Node& node, std::string value, std::uint64_t ttl_ms);
    void make_room(Shard& shard) const;
    static void erase(Shard& shard, Order::iterator node);

    const std::size_t entries_of_shard_max_;
    const std::size_t bytes_of_shard_max_;
    mutable std::array<Shard, shards_count> shards_;
};

}  // namespace host::kv
