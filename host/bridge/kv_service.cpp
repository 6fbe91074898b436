#include "host/bridge/kv_service.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "host/bridge/entrance.hpp"
#include "host/bridge/text.hpp"

namespace host::bridge {

namespace {

using core::Code;
using core::Error;

gantry_status status_of(const kv::Outcome& outcome) {
    return outcome.failure ? static_cast<gantry_status>(*outcome.failure) : GANTRY_OK;
}

// Without the value.
gantry_kv_result result_of(const kv::Outcome& outcome) {
    gantry_kv_result result{};
    result.struct_size = sizeof result;
    result.version = outcome.version;
    result.sum = outcome.sum;
    result.remaining = outcome.remaining;
    result.retry_after_ms = outcome.retry_after_ms;
    return result;
}

// The value goes to the plugin with a string of its own behind it.
void give(kv::Outcome&& outcome, gantry_kv_result& now) {
    const std::uint32_t size = now.struct_size;
    now = result_of(outcome);
    now.struct_size = size;
    if (outcome.value.empty()) return;
    auto owned = std::make_unique<std::string>(std::move(outcome.value));
    now.value = {owned->data(), owned->size(),
                 [](void* context, const void*, std::size_t) { delete static_cast<std::string*>(context); }, owned.get()};
    (void)owned.release();
}

gantry_error error_of(const kv::Outcome& outcome) {
    const std::string reason = outcome.reason.empty() ? std::string(core::name_of(*outcome.failure)) : outcome.reason;
    gantry_error error = to_abi(Error(*outcome.failure, reason));
    error.retry_after_ms = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(outcome.retry_after_ms, std::numeric_limits<std::uint32_t>::max()));
    return error;
}

void call(const KvService::Answer& answer, const kv::Outcome& outcome) {
    gantry_kv_result result = result_of(outcome);
    result.value = {outcome.value.data(), outcome.value.size(), nullptr, nullptr};
    if (!outcome.failure) return answer.done(answer.user, GANTRY_OK, &result, nullptr);
    const gantry_error error = error_of(outcome);
    answer.done(answer.user, error.status, &result, &error);
}

}  // namespace

KvService::KvService(const std::string& plugin, kv::Kv* kv, std::shared_ptr<core::Gate> gate)
    : gate_(std::move(gate)), client_(kv != nullptr ? kv->client(plugin) : nullptr) {}

gantry_status KvService::run(const kv::Request& request, const Answer& answer) {
    if (answer.now == nullptr || answer.now->struct_size < sizeof(gantry_kv_result) || answer.done == nullptr) {
        throw Error(Code::InvalidArgument, "now or done is NULL, or now has no struct_size");
    }
    if (!client_) throw Error(Code::Unavailable, "the key-value store is not there: the host runs offline");
    std::optional<kv::Outcome> outcome = client_->run(request, [&]() -> kv::Completion {
        return [entrance = Entrance(gate_), answer](kv::Outcome&& later) {
            const Entrance::Pass pass(entrance);
            if (pass) call(answer, later);
        };
    });
    if (!outcome) return GANTRY_PENDING;
    const gantry_status status = status_of(*outcome);
    give(std::move(*outcome), *answer.now);
    return status;
}

void KvService::silence() {
    if (client_) client_->abandon();
}

}  // namespace host::bridge
