#include "host/kv/memory_store.hpp"

#include <algorithm>
#include <functional>

#include "host/core/clock.hpp"
#include "host/kv/counter_text.hpp"

namespace host::kv {

namespace {

using core::Code;

// What an entry costs beyond key and value: its nodes in list and table, and what the allocator adds.
constexpr std::size_t overhead_bytes = 192;
constexpr std::size_t window_bytes = sizeof(Window) + 16;
// How many of the least recently used are looked at for expiry with each write.
constexpr std::size_t looked_at = 2;

std::uint64_t expiry(std::uint64_t ttl_ms) {
    return ttl_ms == 0 ? 0 : core::mono_ns() + ttl_ms * 1'000'000;
}

bool expired(std::uint64_t expires_ns) {
    return expires_ns != 0 && expires_ns <= core::mono_ns();
}

// Limits and values are two spaces of keys, and a window of another length is another limit. The buffer stays with its
// thread: no allocation for a key.
std::string_view full_key(const Request& request) {
    thread_local std::string key;
    key.assign(request.owner);
    if (request.operation == Operation::Limit) {
        key.append("\1").append(std::to_string(request.window_ms)).append("\1");
    } else {
        key += '\0';
    }
    return key.append(request.key);
}

}  // namespace

MemoryStore::MemoryStore(const Settings& settings)
    : entries_of_shard_max_(std::max<std::size_t>(1, settings.entries_max / shards_count)),
      bytes_of_shard_max_(settings.bytes_max / shards_count) {
    // Beyond those of an earlier process: a version that somebody remembers must not come again.
    for (Shard& shard : shards_)
        shard.last_version = static_cast<std::uint64_t>(core::wall_us());
}

std::optional<Outcome> MemoryStore::now(const Request& request) {
    const std::string_view key = full_key(request);
    Shard& shard = shards_[std::hash<std::string_view>{}(key) >> 7 & (shards_count - 1)];
    std::lock_guard lock(shard.mutex);
    ++shard.operations;
    return run(shard, key, request);
}

void MemoryStore::begin(const Request&, Completion) {
    throw core::Error{Code::Internal, "the memory store answers at once"};
}

Outcome MemoryStore::run(Shard& shard, std::string_view key, const Request& request) {
    switch (request.operation) {
        case Operation::Get:
            return get(shard, key);
        case Operation::Put:
            return put(shard, key, request);
        case Operation::Remove:
            return remove(shard, key, request);
        case Operation::Add:
            return add(shard, key, request);
        case Operation::Limit:
            break;
    }
    return limit(shard, key, request);
}

Outcome MemoryStore::get(Shard& shard, std::string_view key) const {
    const Node* node = find(shard, key);
    if (node == nullptr) {
        ++shard.misses;
        return failed(Code::NotFound);
    }
    Outcome outcome;
    outcome.value = node->value;
    outcome.version = node->version;
    return outcome;
}

Outcome MemoryStore::put(Shard& shard, std::string_view key, const Request& request) {
    if (key.size() + request.value.size() + overhead_bytes > bytes_of_shard_max_) {
        return failed(Code::Limit, "the value is larger than a shard of kv.bytes_max");
    }
    Node* const node = find(shard, key);
    const bool fits =
        request.if_version == 0 ||
        (request.if_version == only_if_absent ? node == nullptr : node != nullptr && node->version == request.if_version);
    if (!fits) return failed(Code::Conflict);
    Outcome outcome;
    if (node == nullptr) {
        outcome.version = insert(shard, key, std::string(request.value), request.ttl_ms).version;
        return outcome;
    }
    replace(shard, *node, std::string(request.value), request.ttl_ms);
    outcome.version = node->version;
    make_room(shard);
    return outcome;
}

Outcome MemoryStore::remove(Shard& shard, std::string_view key, const Request& request) {
    const Node* node = find(shard, key);
    if (node == nullptr) return failed(Code::NotFound);
    if (request.if_version != 0 && node->version != request.if_version) return failed(Code::Conflict);
    erase(shard, shard.index.find(key)->second);
    return {};
}

Outcome MemoryStore::add(Shard& shard, std::string_view key, const Request& request) {
    Outcome outcome;
    Node* const node = find(shard, key);
    if (node == nullptr) {
        outcome.sum = request.by;
        outcome.version = insert(shard, key, std::to_string(request.by), request.ttl_ms).version;
        return outcome;
    }
    const std::optional<std::int64_t> before = counter_of(node->value);
    if (!before) return failed(Code::Conflict, no_counter);
    if (__builtin_add_overflow(*before, request.by, &outcome.sum)) return failed(Code::InvalidArgument, counter_overflow);
    const std::size_t size_before = node->value.size();
    node->value = std::to_string(outcome.sum);
    node->version = ++shard.last_version;
    shard.bytes += node->value.size() - size_before;
    outcome.version = node->version;
    return outcome;
}

Outcome MemoryStore::limit(Shard& shard, std::string_view key, const Request& request) {
    Node* node = find(shard, key);
    if (node == nullptr) {
        node = &insert(shard, key, {}, 0);
        node->window = std::make_unique<Window>();
        shard.bytes += window_bytes;
    }
    const std::uint64_t now_ns = core::mono_ns();
    const Verdict verdict = node->window->admit(now_ns / 1'000'000, request.limit, request.window_ms);
    // A window that saw nobody for its own length says nothing any more.
    node->expires_ns = now_ns + (request.window_ms + 2 * slice_ms_of(request.window_ms)) * 1'000'000;
    Outcome outcome = verdict.allowed ? Outcome() : failed(Code::Limit);
    outcome.remaining = verdict.remaining;
    outcome.retry_after_ms = verdict.retry_after_ms;
    return outcome;
}

MemoryStore::Node* MemoryStore::find(Shard& shard, std::string_view key) {
    const auto found = shard.index.find(key);
    if (found == shard.index.end()) return nullptr;
    if (expired(found->second->expires_ns)) {
        erase(shard, found->second);
        return nullptr;
    }
    shard.order.splice(shard.order.begin(), shard.order, found->second);
    return &*found->second;
}

MemoryStore::Node& MemoryStore::insert(Shard& shard, std::string_view key, std::string value, std::uint64_t ttl_ms) {
    shard.bytes += key.size() + value.size() + overhead_bytes;
    shard.order.push_front({std::string(key), std::move(value), ++shard.last_version, expiry(ttl_ms), nullptr});
    shard.index.emplace(shard.order.front().key, shard.order.begin());
    make_room(shard);
    return shard.order.front();
}

void MemoryStore::replace(Shard& shard, Node& node, std::string value, std::uint64_t ttl_ms) {
    shard.bytes += value.size() - node.value.size();
    node.value = std::move(value);
    node.version = ++shard.last_version;
    node.expires_ns = expiry(ttl_ms);
}

// The entry just written is the first, and never goes.
void MemoryStore::make_room(Shard& shard) const {
    for (std::size_t i = 0; i < looked_at && shard.order.size() > 1 && expired(shard.order.back().expires_ns); ++i)
        erase(shard, std::prev(shard.order.end()));
    while (shard.order.size() > 1 && (shard.order.size() > entries_of_shard_max_ || shard.bytes > bytes_of_shard_max_)) {
        const auto last = std::prev(shard.order.end());
        if (!expired(last->expires_ns)) ++shard.evicted;
        erase(shard, last);
    }
}

void MemoryStore::erase(Shard& shard, Order::iterator node) {
    shard.bytes -= node->key.size() + node->value.size() + overhead_bytes + (node->window != nullptr ? window_bytes : 0);
    shard.index.erase(node->key);
    shard.order.erase(node);
}

Counts MemoryStore::counts() const {
    Counts counts;
    for (Shard& shard : shards_) {
        std::lock_guard lock(shard.mutex);
        counts.operations += shard.operations;
        counts.misses += shard.misses;
        counts.evicted += shard.evicted;
        counts.entries += shard.order.size();
        counts.bytes += shard.bytes;
    }
    return counts;
}

}  // namespace host::kv
