#pragma once

#include <map>
#include <memory>
#include <string>

#include <gantry/abi/identity.h>

#include "host/bridge/claims.hpp"
#include "host/bridge/request_table.hpp"
#include "host/bridge/service_side.hpp"
#include "host/core/gate.hpp"
#include "host/core/locked.hpp"
#include "host/identity/identity.hpp"
#include "host/log/logger.hpp"

namespace host::bridge {

// gantry.identity/1 for one plugin instance: puts the host's questions to its authenticator and takes the answers.
class IdentityService : public ServiceSide {
  public:
    // `identity` may be null: then nobody asks.
    IdentityService(std::string owner, identity::Identity* identity, std::shared_ptr<Claims> claims, Record record,
                    std::shared_ptr<core::Gate> gate, log::Logger logger);
    ~IdentityService() override;

    static const gantry_identity& table();

    void provide(gantry_authenticator authenticator, void* user);
    gantry_status decide(gantry_id question, gantry_status status, const gantry_principal* principal);

    void freeze() override { frozen_ = true; }
    void activate() override;
    void silence() override;

  private:
    class Authority;

    const std::string owner_;
    identity::Identity* const identity_;
    const std::shared_ptr<Claims> claims_;
    const Record record_;
    const std::shared_ptr<core::Gate> gate_;
    const log::Logger logger_;
    bool frozen_ = false;
    std::shared_ptr<Authority> authority_;  // once the plugin provides the answer
};

}  // namespace host::bridge
