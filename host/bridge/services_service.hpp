#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gantry/abi/services.h>

#include "host/bridge/http_service.hpp"
#include "host/bridge/outstanding.hpp"
#include "host/bridge/service_side.hpp"
#include "host/core/gate.hpp"
#include "host/core/locked.hpp"
#include "host/log/logger.hpp"
#include "host/services/services.hpp"

namespace host::bridge {

// gantry.services/1 for one plugin instance: what it provides, as one provider of the services room, and its calls.
class ServicesService : public ServiceSide {
  public:
    // `services` may be null: providing works, calling is Unavailable. `allowed` is what the manifest lists.
    ServicesService(std::string owner, services::Services* services, const std::vector<std::string>& allowed,
                    HttpService& http, Record record, std::shared_ptr<core::Gate> gate, log::Logger logger);

    static const gantry_services& table();

    void provide(const gantry_service& service);
    gantry_status respond(gantry_id call, gantry_status status, const gantry_slice& result, const gantry_error* error);
    gantry_status wanted(gantry_id call) const;
    void call(const gantry_service_request& request, gantry_service_done done, void* user, gantry_id* id);
    gantry_status cancel(gantry_id call);

    void freeze() override { frozen_ = true; }
    void activate() override;
    void refuse_more() override { outstanding_.close(); }
    // Nothing more is asked of it; its own calls have ended.
    void silence() override;

  private:
    services::Services& room() const;
    services::Context context_of(gantry_id id);
    void note_use(const std::string& service, const std::string& method);

    const std::string owner_;
    services::Services* const services_;
    const std::vector<std::string>& allowed_;
    HttpService& http_;
    const Record record_;
    const std::shared_ptr<core::Gate> gate_;
    const log::Logger logger_;
    const std::shared_ptr<services::Provider> provider_;  // changes until freeze() only
    bool frozen_ = false;
    core::Locked<std::vector<std::string>> noted_;
    Outstanding outstanding_;
};

}  // namespace host::bridge
