#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include <gantry/abi/http_server.h>

#include "host/http/exchange.hpp"

namespace host::bridge {

// A request as the ABI shows it: views into an exchange.
class RequestView {
  public:
    explicit RequestView(const http::Exchange& exchange);
    RequestView(const RequestView&) = delete;
    RequestView& operator=(const RequestView&) = delete;
    const gantry_request* abi() const { return &abi_; }
    // For routes that fetch the body with body_next().
    void hide_body() { abi_.body = {nullptr, 0}; }

  private:
    // Most requests have fewer pairs than this: no allocation for them.
    static constexpr std::size_t inline_pairs = 32;
    gantry_pair* room(std::size_t count);

    gantry_request abi_;
    std::array<gantry_pair, inline_pairs> inline_;
    std::vector<gantry_pair> spilled_;
};

// What a plugin holds of a request between the handler's call and the end of its work on it.
struct OpenRequest {
    std::shared_ptr<http::Exchange> exchange;
    std::shared_ptr<RequestView> kept;  // after retain()
    bool streaming = false;
    bool body_taken = false;
};

// The open requests of one plugin by id. An id is a slot and the number of its use, so a stale one is recognised. Sharded
// by thread: the hot path locks only what nobody else wants.
class RequestTable {
  public:
    gantry_id insert(std::shared_ptr<http::Exchange> exchange);
    // A copy of what stands there; an empty exchange if the id is stale.
    OpenRequest find(gantry_id id);
    // Changes the entry under its lock; false if the id is stale. `change` calls nothing foreign.
    template <typename F>
    bool update(gantry_id id, F&& change) {
        Shard& shard = shard_of(id);
        std::lock_guard lock(shard.mutex);
        Slot* slot = slot_of(shard, id);
        if (slot == nullptr) return false;
        change(slot->open);
        return true;
    }
    // Takes it out; an empty exchange if the id is stale.
    OpenRequest take(gantry_id id);
    // Takes all out: the plugin is stopping.
    std::vector<OpenRequest> take_all();
    std::size_t size() const;

  private:
    struct Slot {
        std::uint64_t use = 0;  // odd while taken
        OpenRequest open;
    };
    struct Shard {
        mutable std::mutex mutex;
        std::vector<Slot> slots;
        std::vector<std::uint32_t> free;
    };
    static constexpr std::size_t shards_count = 16;

    Shard& shard_of(gantry_id id) { return shards_[id & (shards_count - 1)]; }
    static Slot* slot_of(Shard& shard, gantry_id id);

    std::array<Shard, shards_count> shards_;
};

}  // namespace host::bridge
