#pragma once

#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include <gantry/abi/secrets.h>
#include <gantry/abi/sys.h>
#include <gantry/detail/guard.hpp>
#include <gantry/testing/calls.hpp>
#include <gantry/testing/watch.hpp>

namespace gantry::testing {

// gantry.secrets/1 in memory. It fails the test for a secret that was not released, a watch that outlives the plugin, and
// a call on an event loop.
class FakeSecrets {
  public:
    FakeSecrets(Watch& watch, Calls& calls) : watch_(watch), calls_(calls) {}

    // As the administrator gives it: the plugin cannot overwrite it. Tells those who watch.
    void give(std::string name, std::string value) { change(std::move(name), {std::move(value), true}); }
    void take_away(const std::string& name) {
        {
            const std::lock_guard lock(mutex_);
            entries_.erase(name);
        }
        tell(name);
    }
    // What the plugin has stored; "" if nothing.
    std::string stored(const std::string& name) const {
        const std::lock_guard lock(mutex_);
        const auto found = entries_.find(name);
        return found == entries_.end() || found->second.given ? std::string() : found->second.value;
    }

    // What is wrong once the plugin has stopped.
    void check_end() {
        const std::lock_guard lock(mutex_);
        if (handed_ != 0) watch_.violation(std::to_string(handed_) + " secrets were not released");
        for (const auto& entry : watches_)
            watch_.violation("the secret " + entry.second.name + " is still watched");
    }

    gantry_status get(const std::string& name, gantry_slice* out, gantry_error* error) {
        if (const gantry_status refused = check("get", name, error); refused < 0) return refused;
        const std::lock_guard lock(mutex_);
        const auto found = entries_.find(name);
        if (found == entries_.end()) return GANTRY_E_NOT_FOUND;
        auto* copy = new Handed{this, found->second.value};
        ++handed_;
        *out = {copy->value.data(), copy->value.size(), release, copy};
        return GANTRY_OK;
    }
    gantry_status put(const std::string& name, std::string value, gantry_error* error) {
        if (const gantry_status refused = check("put", name, error); refused < 0) return refused;
        {
            const std::lock_guard lock(mutex_);
            const auto found = entries_.find(name);
            if (found != entries_.end() && found->second.given) {
                gantry::detail::fill(error, GANTRY_E_CONFLICT, "SECRET_GIVEN", "the administrator gives it");
                return GANTRY_E_CONFLICT;
            }
        }
        change(name, {std::move(value), false});
        return GANTRY_OK;
    }
    gantry_status remove(const std::string& name, gantry_error* error) {
        if (const gantry_status refused = check("remove", name, error); refused < 0) return refused;
        {
            const std::lock_guard lock(mutex_);
            const auto found = entries_.find(name);
            if (found == entries_.end() || found->second.given) return GANTRY_E_NOT_FOUND;
            entries_.erase(found);
        }
        tell(name);
        return GANTRY_OK;
    }
    gantry_status watch(const std::string& name, gantry_secret_changed changed, void* user, gantry_id* id,
                        gantry_error* error) {
        if (const gantry_status refused = check("watch", name, error); refused < 0) return refused;
        const std::lock_guard lock(mutex_);
        *id = ++last_id_;
        watches_.emplace(*id, Watched{name, changed, user});
        return GANTRY_OK;
    }
    gantry_status unwatch(gantry_id id) {
        // As the real host: it returns when no callback runs.
        const std::lock_guard telling(telling_);
        const std::lock_guard lock(mutex_);
        return watches_.erase(id) > 0 ? GANTRY_OK : GANTRY_E_GONE;
    }

  private:
    struct Entry {
        std::string value;
        bool given;
    };
    struct Watched {
        std::string name;
        gantry_secret_changed changed;
        void* user;
    };
    struct Handed {
        FakeSecrets* owner;
        std::string value;
    };

    static void release(void* context, const void*, std::size_t) {
        auto* handed = static_cast<Handed*>(context);
        {
            const std::lock_guard lock(handed->owner->mutex_);
            --handed->owner->handed_;
        }
        delete handed;
    }
    gantry_status check(const char* function, const std::string& name, gantry_error* error) {
        if (name.empty()) return GANTRY_E_INVALID;
        if (thread_kind != GANTRY_THREAD_WORKER) return GANTRY_OK;
        gantry::detail::fill(error, GANTRY_E_INVALID, "", "secrets are not for event loops");
        watch_.violation(std::string(function) + "() of a secret was called on an event loop");
        return GANTRY_E_INVALID;
    }
    void change(std::string name, Entry entry) {
        {
            const std::lock_guard lock(mutex_);
            entries_.insert_or_assign(name, std::move(entry));
        }
        tell(name);
    }
    void tell(const std::string& name) {
        calls_.add([this, name] {
            const ThreadKindScope blocking(GANTRY_THREAD_BLOCKING);
            const std::lock_guard telling(telling_);
            std::map<gantry_id, Watched> due;
            {
                const std::lock_guard lock(mutex_);
                for (const auto& entry : watches_) {
                    if (entry.second.name == name) due.insert(entry);
                }
            }
            for (const auto& entry : due)
                entry.second.changed(entry.second.user, {name.data(), name.size()});
        });
    }

    Watch& watch_;
    Calls& calls_;
    mutable std::mutex mutex_;
    std::recursive_mutex telling_;  // a callback may end its own watch
    std::map<std::string, Entry> entries_;
    std::map<gantry_id, Watched> watches_;
    gantry_id last_id_ = 2'000'000;
    std::size_t handed_ = 0;
};

}  // namespace gantry::testing
