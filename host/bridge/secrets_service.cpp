#include "host/bridge/secrets_service.hpp"

#include <utility>

#include "host/bridge/text.hpp"
#include "host/core/thread_kind.hpp"

namespace host::bridge {

using core::Code;
using core::Error;

namespace {

void release_secret(void* context, const void*, std::size_t) {
    delete static_cast<secrets::SecretBytes*>(context);
}

// Every call may wait for the database.
void check_thread() {
    if (core::thread_kind() != core::ThreadKind::Worker) return;
    throw Error(Code::InvalidArgument, "secrets are not for event loops: ask in start() or on a blocking route");
}

}  // namespace

SecretsService::SecretsService(std::string owner, secrets::Secrets* secrets, std::shared_ptr<core::Gate> gate, Record record)
    : owner_(std::move(owner)), secrets_(secrets), gate_(std::move(gate)), record_(std::move(record)) {}

secrets::Secrets& SecretsService::secrets() const {
    check_thread();
    if (secrets_ == nullptr) throw Error(Code::Unavailable, "the secrets are not there: the host runs offline");
    return *secrets_;
}

secrets::Place SecretsService::place(gantry_str name) const {
    return {owner_, copy(name)};
}

void SecretsService::get(gantry_str name, gantry_slice& out) {
    std::optional<secrets::SecretBytes> found = secrets().get(place(name));
    if (!found)
        throw Error(Code::NotFound, "there is no secret " + owner_ + "/" + copy(name), copy(name), "SECRET_NOT_FOUND");
    auto* handed = new secrets::SecretBytes(std::move(*found));
    out = {handed->data(), handed->size(), release_secret, handed};
}

void SecretsService::put(gantry_str name, gantry_bytes value) {
    if (value.size != 0 && value.data == nullptr) throw Error(Code::InvalidArgument, "value has a size but no data");
    secrets().put(place(name), {static_cast<const char*>(value.data), value.size});
}

void SecretsService::remove(gantry_str name) {
    if (secrets().remove(place(name))) return;
    throw Error(Code::NotFound, "there is no stored secret " + owner_ + "/" + copy(name), copy(name), "SECRET_NOT_FOUND");
}

gantry_id SecretsService::watch(gantry_str name, gantry_secret_changed changed, void* user) {
    if (changed == nullptr) throw Error(Code::InvalidArgument, "changed is NULL");
    const gantry_id id = secrets().watch(place(name), [gate = gate_, changed, user](const std::string& which) {
        const core::Gate::Pass pass(*gate);
        if (pass) changed(user, str(which));
    });
    const bool closed = watches_.with([&](Watches& watches) {
        if (!watches.closed) watches.open.insert(id);
        return watches.closed;
    });
    if (closed) {
        secrets_->unwatch(id);
        throw Error(Code::Cancelled, "the plugin " + owner_ + " is stopping");
    }
    record_("secret watch", copy(name), [this, id] {
        if (forget(id)) secrets_->unwatch(id);
    });
    return id;
}

bool SecretsService::forget(gantry_id watch) {
    return watches_.with([&](Watches& watches) { return watches.open.erase(watch) > 0; });
}

void SecretsService::unwatch(gantry_id watch) {
    check_thread();
    if (!forget(watch)) throw Error(Code::Gone, "the watch is over");
    secrets_->unwatch(watch);
}

void SecretsService::silence() {
    const std::set<gantry_id> open = watches_.with([](Watches& watches) {
        watches.closed = true;
        return std::exchange(watches.open, {});
    });
    for (const gantry_id watch : open)
        secrets_->unwatch(watch);
}

}  // namespace host::bridge
