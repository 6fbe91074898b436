#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include <gantry/abi/websocket.h>

#include "host/bridge/http_service.hpp"
#include "host/bridge/service_side.hpp"
#include "host/core/gate.hpp"
#include "host/core/locked.hpp"
#include "host/http/websocket_hub.hpp"

namespace host::bridge {

// gantry.websocket/1 for one plugin instance: makes sockets of its requests and keeps them by id.
class WebSocketService : public ServiceSide {
  public:
    // `hub` null: there are no sockets (offline). `http` has the requests.
    WebSocketService(std::string owner, http::WebSocketHub* hub, HttpService& http, std::shared_ptr<core::Gate> gate);

    static const gantry_websocket& table();

    gantry_id accept(gantry_id request, const gantry_websocket_options& options, const gantry_websocket_events& events,
                     void* user);
    gantry_status send(gantry_id socket, std::int32_t opcode, const gantry_slice& message);
    gantry_status resume(gantry_id socket);
    gantry_status close(gantry_id socket, std::uint16_t code, std::string_view reason);

    // The clients of the instance before this one are told to come again.
    void activate() override;
    // Its own are too; the plugin hears closed() of each.
    void silence() override;

  private:
    using Sockets = std::unordered_map<gantry_id, std::shared_ptr<http::WebSocket>>;

    http::WebSocketEvents forward(gantry_id id, const gantry_websocket_events& events, void* user, OpenRequest open);
    std::shared_ptr<http::WebSocket> find(gantry_id id) const;

    const std::string owner_;
    http::WebSocketHub* const hub_;
    HttpService& http_;
    const std::shared_ptr<core::Gate> gate_;
    // Shared with the sockets' events, which may outlive this by a moment.
    const std::shared_ptr<core::Locked<Sockets>> sockets_ = std::make_shared<core::Locked<Sockets>>();
};

}  // namespace host::bridge
