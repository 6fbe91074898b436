#pragma once

#include <memory>
#include <string>

#include <gantry/abi/http_client.h>

#include "host/bridge/service_side.hpp"
#include "host/core/gate.hpp"
#include "host/http_client/client.hpp"

namespace host::bridge {

// gantry.http.client/1 for one plugin instance: its calls within its egress rules, their events through the gate.
class HttpClientService : public ServiceSide {
  public:
    // `client` may be null: then every call is answered Unavailable.
    HttpClientService(const std::string& owner, http_client::Egress egress, http_client::Client* client,
                      std::shared_ptr<core::Gate> gate);

    static const gantry_http_client& table();

    void send(const gantry_http_call& call, const gantry_http_sink& sink, void* user, gantry_id* operation);
    gantry_status write(gantry_id operation, const gantry_slice& piece);
    gantry_status end_body(gantry_id operation);
    void resume(gantry_id operation);
    void cancel(gantry_id operation);

    // Cancels what is open; the ends have been delivered when it returns. The gate must still be open.
    void silence() override;

  private:
    http_client::Caller& caller() const;

    const std::shared_ptr<core::Gate> gate_;
    const std::unique_ptr<http_client::Caller> caller_;
};

}  // namespace host::bridge
