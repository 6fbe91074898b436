#include "host/secrets/secrets.hpp"

#include <pthread.h>

#include <utility>

#include "host/core/error.hpp"
#include "host/core/ids.hpp"
#include "host/core/thread_kind.hpp"
#include "host/secrets/secret_file.hpp"

namespace host::secrets {

using core::Code;
using core::Error;

Secrets::Secrets(Settings settings, database::Database& database, log::Logger logger)
    : settings_(std::move(settings)), sources_(settings_), database_(database), logger_(std::move(logger)) {}

Secrets::~Secrets() {
    stop();
}

void Secrets::start() {
    {
        const std::lock_guard lock(keys_mutex_);
        keys_ = std::make_shared<const KeyRing>(KeyRing::load(settings_));
    }
    table_ = std::make_unique<Table>(database_);
    thread_ = std::thread([this] { run(); });
}

void Secrets::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        changed_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
    table_.reset();
}

Table& Secrets::table() {
    if (!table_) throw Error(Code::Unavailable, "the secrets are not there: the host is not started");
    return *table_;
}

std::shared_ptr<const KeyRing> Secrets::keys() {
    const std::lock_guard lock(keys_mutex_);
    if (!keys_) throw Error(Code::Unavailable, "the master key is not there: the host is not started");
    if (!keys_->is_stale()) return keys_;
    try {
        keys_ = std::make_shared<const KeyRing>(keys_->reload());
    } catch (const Error& error) {
        // What is in memory goes on serving: half a file, or none, must not take the secrets away.
        std::string mark = "now " + mark_of(keys_->file());
        if (mark != warned_mark_) logger_.warn("the changed master key file is not used", {{"reason", error.what()}});
        warned_mark_ = std::move(mark);
    }
    return keys_;
}

std::string Secrets::active_key_id() {
    return keys()->active().id;
}

SecretBytes Secrets::open_stored(const Place& place, const Envelope& envelope) {
    const std::shared_ptr<const KeyRing> ring = keys();
    const MasterKey* key = ring->find(envelope.key_id);
    if (key == nullptr) {
        throw Error(Code::Unavailable,
                    "the stored secret " + place.owner + "/" + place.name + " is sealed with the master key " +
                        envelope.key_id + ", which this host does not have",
                    place.owner + "/" + place.name, "MASTER_KEY_MISSING");
    }
    return unseal(*key, place, envelope);
}

std::optional<SecretBytes> Secrets::get(const Place& place) {
    check_place(place);
    ++tally_.reads;
    try {
        if (std::optional<SecretBytes> given = sources_.find(place)) return given;
        const std::optional<Envelope> envelope = table().find(place);
        if (!envelope) return std::nullopt;
        return open_stored(place, *envelope);
    } catch (...) {
        ++tally_.failures;
        throw;
    }
}

void Secrets::put(const Place& place, std::string_view value) {
    check_place(place);
    if (value.size() > secret_bytes_max) {
        throw Error(Code::Limit, "a secret is " + std::to_string(value.size()) + " bytes long but may be 64 KiB",
                    place.name);
    }
    if (const std::string kind = sources_.kind(place); !kind.empty()) {
        throw Error(Code::Conflict,
                    place.owner + "/" + place.name + " is given by the administrator (" + kind +
                        "), which would hide what is stored",
                    place.name, "SECRET_GIVEN");
    }
    ++tally_.writes;
    try {
        table().put(place, seal(keys()->active(), place, value));
    } catch (...) {
        ++tally_.failures;
        throw;
    }
    const std::lock_guard lock(mutex_);
    look_now_ = true;
    changed_.notify_all();
}

bool Secrets::remove(const Place& place) {
    check_place(place);
    const bool removed = table().remove(place);
    const std::lock_guard lock(mutex_);
    look_now_ = true;
    changed_.notify_all();
    return removed;
}

std::vector<Secrets::Listed> Secrets::list() {
    std::vector<Listed> listed;
    for (Table::Row& row : table().list())
        listed.push_back({std::move(row.place), std::move(row.envelope.key_id), std::move(row.updated_at)});
    return listed;
}

std::string Secrets::mark(const Place& place) {
    const std::string given = sources_.mark(place);
    return given.empty() ? table().mark(place) : given;
}

std::uint64_t Secrets::watch(const Place& place, Changed changed) {
    check_place(place);
    std::string before = mark(place);
    const std::uint64_t id = core::next_id();
    const std::lock_guard lock(mutex_);
    watched_.emplace(id, Watched{place, std::move(changed), std::move(before)});
    return id;
}

void Secrets::unwatch(std::uint64_t id) {
    std::unique_lock lock(mutex_);
    watched_.erase(id);
    if (thread_.get_id() == std::this_thread::get_id()) return;
    changed_.wait(lock, [&] { return telling_ != id; });
}

std::size_t Secrets::rotate() {
    // What an earlier rotation left is done first, so that the fewest keys are needed.
    rewrap();
    const std::vector<std::string> used = table().key_ids();
    {
        const std::lock_guard lock(keys_mutex_);
        KeyRing ring = keys_->reload();
        ring.rotate(used);
        keys_ = std::make_shared<const KeyRing>(std::move(ring));
        logger_.info("a new master key is in use", {{"key_id", keys_->active().id}});
    }
    return rewrap();
}

std::size_t Secrets::rewrap() {
    const std::shared_ptr<const KeyRing> ring = keys();
    std::size_t done = 0;
    Place after;
    for (;;) {
        const std::vector<Table::Row> rows = table().wrapped_otherwise(ring->active().id, after);
        if (rows.empty()) return done;
        for (const Table::Row& row : rows) {
            after = row.place;
            const MasterKey* key = ring->find(row.envelope.key_id);
            if (key == nullptr) {
                logger_.warn("a secret is sealed with a master key that this host does not have",
                             {{"owner", row.place.owner}, {"name", row.place.name}, {"key_id", row.envelope.key_id}});
                continue;
            }
            try {
                if (table().replace_wrapping(row, secrets::rewrap(*key, ring->active(), row.place, row.envelope))) {
                    ++done;
                    ++tally_.rewrapped;
                }
            } catch (const Error& error) {
                // One damaged row must not keep the others from the new key.
                if (error.name() != "SECRET_DAMAGED") throw;
                logger_.error("a secret cannot be wrapped anew", {{"reason", error.what()}});
            }
        }
    }
}

void Secrets::rewrap_in_background() {
    try {
        const std::string active = active_key_id();
        if (wrapped_with_ == active) return;
        const std::size_t done = rewrap();
        if (done > 0) logger_.info("secrets were wrapped with the new master key", {{"secrets", done}});
        wrapped_with_ = active;
    } catch (const Error& error) {
        // The next round tries again.
        logger_.warn("secrets could not be wrapped anew", {{"reason", error.what()}});
    }
}

void Secrets::run() {
    pthread_setname_np(pthread_self(), "secrets");
    core::set_thread_kind(core::ThreadKind::Blocking);
    for (;;) {
        rewrap_in_background();
        look_for_changes();
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, settings_.watch_interval, [this] { return stopping_ || look_now_; });
        if (stopping_) return;
        look_now_ = false;
    }
}

void Secrets::look_for_changes() {
    std::vector<std::pair<std::uint64_t, Place>> places;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [id, watched] : watched_)
            places.emplace_back(id, watched.place);
    }
    for (const auto& [id, place] : places) {
        try {
            tell(id, mark(place));
        } catch (const Error& error) {
            logger_.warn("a watched secret cannot be looked at", {{"reason", error.what()}});
        }
    }
}

void Secrets::tell(std::uint64_t id, const std::string& mark) {
    Changed changed;
    std::string name;
    {
        const std::lock_guard lock(mutex_);
        const auto found = watched_.find(id);
        if (stopping_ || found == watched_.end() || found->second.mark == mark) return;
        found->second.mark = mark;
        changed = found->second.changed;
        name = found->second.place.name;
        telling_ = id;
    }
    ++tally_.changes;
    changed(name);
    changed = {};
    const std::lock_guard lock(mutex_);
    telling_ = 0;
    changed_.notify_all();
}

Counts Secrets::counts() const {
    return {tally_.reads, tally_.writes, tally_.failures, tally_.rewrapped, tally_.changes};
}

}  // namespace host::secrets
