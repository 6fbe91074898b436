#include "host/bridge/request_table.hpp"

#include <atomic>
#include <utility>

#include "host/bridge/text.hpp"

namespace host::bridge {

namespace {

// id = use (40 bits) | slot (20 bits) | shard (4 bits)
constexpr unsigned shard_bits = 4;
constexpr unsigned slot_bits = 20;
constexpr std::uint64_t slots_max = 1u << slot_bits;

std::size_t shard_of_this_thread() {
    static std::atomic<std::size_t> next{0};
    thread_local const std::size_t mine = next.fetch_add(1) & ((1u << shard_bits) - 1);
    return mine;
}

}  // namespace

RequestView::RequestView(const http::Exchange& exchange) {
    const http::Request& request = exchange.request();
    const auto params = exchange.params();
    abi_.struct_size = sizeof abi_;
    abi_.flags = 0;
    abi_.method = str(request.method);
    abi_.path = str(request.path);
    abi_.query = str(request.query);
    abi_.peer = str(request.peer);
    abi_.request_id = str(exchange.request_id());
    abi_.traceparent = str(exchange.traceparent());
    abi_.principal = exchange.principal() != nullptr ? str(exchange.principal()->json) : gantry_str{nullptr, 0};
    abi_.body = {request.body.data(), request.body.size()};
    abi_.deadline_ns = exchange.deadline_ns();

    gantry_pair* pair = room(request.fields.size() + params.size());
    abi_.headers = pair;
    abi_.headers_n = static_cast<std::uint32_t>(request.fields.size());
    for (const http::Field& field : request.fields)
        *pair++ = {str(field.name), str(field.value)};
    abi_.params = pair;
    abi_.params_n = static_cast<std::uint32_t>(params.size());
    for (const http::Param& param : params)
        *pair++ = {str(param.name), str(param.value)};
}

gantry_pair* RequestView::room(std::size_t count) {
    if (count <= inline_pairs) return inline_.data();
    spilled_.resize(count);
    return spilled_.data();
}

gantry_id RequestTable::insert(std::shared_ptr<http::Exchange> exchange) {
    const std::size_t shard_index = shard_of_this_thread();
    Shard& shard = shards_[shard_index];
    std::lock_guard lock(shard.mutex);
    std::uint32_t index = 0;
    if (!shard.free.empty()) {
        index = shard.free.back();
        shard.free.pop_back();
    } else {
        if (shard.slots.size() >= slots_max) throw core::Error(core::Code::Busy, "too many open requests");
        index = static_cast<std::uint32_t>(shard.slots.size());
        shard.slots.emplace_back();
    }
    Slot& slot = shard.slots[index];
    ++slot.use;
    slot.open.exchange = std::move(exchange);
    return slot.use << (slot_bits + shard_bits) | std::uint64_t{index} << shard_bits | shard_index;
}

RequestTable::Slot* RequestTable::slot_of(Shard& shard, gantry_id id) {
    const std::uint64_t index = (id >> shard_bits) & (slots_max - 1);
    const std::uint64_t use = id >> (slot_bits + shard_bits);
    if (index >= shard.slots.size()) return nullptr;
    Slot& slot = shard.slots[index];
    return slot.use == use && (use & 1) != 0 ? &slot : nullptr;
}

OpenRequest RequestTable::find(gantry_id id) {
    Shard& shard = shard_of(id);
    std::lock_guard lock(shard.mutex);
    const Slot* slot = slot_of(shard, id);
    return slot != nullptr ? slot->open : OpenRequest{};
}

OpenRequest RequestTable::take(gantry_id id) {
    Shard& shard = shard_of(id);
    std::lock_guard lock(shard.mutex);
    Slot* slot = slot_of(shard, id);
    if (slot == nullptr) return {};
    ++slot->use;
    shard.free.push_back(static_cast<std::uint32_t>((id >> shard_bits) & (slots_max - 1)));
    return std::exchange(slot->open, {});
}

std::vector<OpenRequest> RequestTable::take_all() {
    std::vector<OpenRequest> all;
    for (Shard& shard : shards_) {
        std::lock_guard lock(shard.mutex);
        for (std::uint32_t index = 0; index < shard.slots.size(); ++index) {
            Slot& slot = shard.slots[index];
            if ((slot.use & 1) == 0) continue;
            ++slot.use;
            shard.free.push_back(index);
            all.push_back(std::exchange(slot.open, {}));
        }
    }
    return all;
}

std::size_t RequestTable::size() const {
    std::size_t open = 0;
    for (const Shard& shard : shards_) {
        std::lock_guard lock(shard.mutex);
        open += shard.slots.size() - shard.free.size();
    }
    return open;
}

}  // namespace host::bridge
