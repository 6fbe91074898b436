#pragma once

#include <memory>
#include <set>
#include <string>

#include <gantry/abi/secrets.h>

#include "host/bridge/service_side.hpp"
#include "host/core/gate.hpp"
#include "host/core/locked.hpp"
#include "host/secrets/secrets.hpp"

namespace host::bridge {

// gantry.secrets/1 for one plugin instance: the secrets of its id, and of no other.
//
// A watch takes effect at once and is the instance's own: two generations that watch one name are both told, each of its
// own copy, so nothing is to be handed over at a reload.
class SecretsService : public ServiceSide {
  public:
    // `secrets` may be null: then every call is answered Unavailable.
    SecretsService(std::string owner, secrets::Secrets* secrets, std::shared_ptr<core::Gate> gate, Record record);

    static const gantry_secrets& table();

    void get(gantry_str name, gantry_slice& out);
    void put(gantry_str name, gantry_bytes value);
    void remove(gantry_str name);
    gantry_id watch(gantry_str name, gantry_secret_changed changed, void* user);
    void unwatch(gantry_id watch);

    // Ends every watch; no callback runs when it returns.
    void silence() override;

  private:
    struct Watches {
        std::set<gantry_id> open;
        bool closed = false;
    };

    secrets::Secrets& secrets() const;
    secrets::Place place(gantry_str name) const;
    bool forget(gantry_id watch);

    const std::string owner_;
    secrets::Secrets* const secrets_;
    const std::shared_ptr<core::Gate> gate_;
    const Record record_;
    core::Locked<Watches> watches_;
};

}  // namespace host::bridge
