#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gantry/abi/http_server.h>

#include "host/bridge/request_table.hpp"
#include "host/bridge/service_side.hpp"
#include "host/core/gate.hpp"
#include "host/http/route.hpp"
#include "host/log/logger.hpp"

namespace host::bridge {

// gantry.http.server/1 for one plugin instance: takes its routes, calls its handlers, carries their answers.
class HttpService : public ServiceSide {
  public:
    // Where a route goes; throws Conflict. Called inside the plugin's start().
    using AddRoute = std::function<void(http::Route)>;

    // `gate` guards every call into the plugin: once it is closed, none is made.
    HttpService(std::string owner, AddRoute add_route, std::shared_ptr<core::Gate> gate, log::Logger logger);

    static const gantry_http_server& table();

    gantry_id add_route(const gantry_route& route);
    gantry_status retain(gantry_id request, const gantry_request** view);
    gantry_status reply(gantry_id request, const gantry_response& response);
    gantry_status fail(gantry_id request, const gantry_error& error, std::string details_json);
    gantry_status stream_open(gantry_id request, const gantry_response& head, const gantry_stream_events& events,
                              void* user);
    gantry_status stream_write(gantry_id request, const gantry_slice& chunk);
    gantry_status stream_close(gantry_id request, gantry_status outcome);
    gantry_status body_next(gantry_id request, gantry_body_chunk chunk, void* user);
    gantry_status on_cancel(gantry_id request, void (*cancelled)(void*, gantry_id, gantry_status), void* user);

    // For the services that end a request in their own way: what is open, and that it is open no more.
    OpenRequest find(gantry_id request) { return requests_.find(request); }
    void forget(gantry_id request) { requests_.take(request); }

    // No route is taken any more: start() is over.
    void freeze() override { frozen_ = true; }
    // Ends what is open: the plugin hears closed() and cancelled() (the gate must still be open), clients get 503.
    void silence() override;
    // After the gate was closed: nobody reads the requests any more that silence() has ended.
    void let_go();
    std::size_t open_requests() const { return requests_.size(); }

  private:
    struct Handler {
        gantry_handler handle;
        void* user;
        std::uint32_t flags;
    };
    void handle(const Handler& handler, const std::shared_ptr<http::Exchange>& exchange);
    void forget_unless_kept(gantry_id request);
    void settle(gantry_id id, gantry_status status, const std::shared_ptr<http::Exchange>& exchange);

    const std::string owner_;
    const AddRoute add_route_;
    const std::shared_ptr<core::Gate> gate_;
    const log::Logger logger_;
    bool frozen_ = false;
    RequestTable requests_;
    std::vector<OpenRequest> ended_;  // by silence(): coroutines may read them until the services behind have ended theirs
};

}  // namespace host::bridge
