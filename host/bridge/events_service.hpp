#pragma once

#include <memory>
#include <string>

#include <gantry/abi/events.h>

#include "host/bridge/database_service.hpp"
#include "host/bridge/outstanding.hpp"
#include "host/bridge/service_side.hpp"
#include "host/core/gate.hpp"
#include "host/events/events.hpp"
#include "host/log/logger.hpp"

namespace host::bridge {

// gantry.events/1 for one plugin instance: its subscriptions as one subscriber of the events room, its publications.
class EventsService : public ServiceSide {
  public:
    // `events` may be null: subscribing works, publishing is Unavailable.
    EventsService(std::string owner, events::Events* events, DatabaseService& database, Record record,
                  std::shared_ptr<core::Gate> gate, log::Logger logger);

    static const gantry_events& table();

    // GANTRY_OK for a local event, else GANTRY_PENDING.
    gantry_status publish(const gantry_event& event, std::uint32_t flags, gantry_id transaction, gantry_done done,
                          void* user);
    void subscribe(const gantry_subscription& subscription);

    void freeze() override { frozen_ = true; }
    void activate() override;
    void refuse_more() override { outstanding_.close(); }
    // Nothing more is delivered; what was published has been answered.
    void silence() override;

  private:
    events::Events& room() const;

    const std::string owner_;
    events::Events* const events_;
    DatabaseService& database_;
    const Record record_;
    const std::shared_ptr<core::Gate> gate_;
    const log::Logger logger_;
    const std::shared_ptr<events::Subscriber> subscriber_;  // changes until freeze() only
    bool frozen_ = false;
    Outstanding outstanding_;
};

}  // namespace host::bridge
