#include "host/bridge/http_service.hpp"

#include <utility>

#include "host/bridge/entrance.hpp"
#include "host/bridge/http_translation.hpp"
#include "host/bridge/incoming.hpp"
#include "host/bridge/text.hpp"
#include "host/core/ids.hpp"

namespace host::bridge {

HttpService::HttpService(std::string owner, AddRoute add_route, std::shared_ptr<core::Gate> gate, log::Logger logger)
    : owner_(std::move(owner)), add_route_(std::move(add_route)), gate_(std::move(gate)), logger_(std::move(logger)) {}

gantry_id HttpService::add_route(const gantry_route& passed) {
    if (frozen_) throw core::Error(core::Code::Denied, "routes are added in start() only");
    const gantry_route route = incoming(&passed);
    http::Route made = route_from(route, owner_);
    const Handler handler{route.handle, route.user, route.flags};
    made.handle = [this, handler](const std::shared_ptr<http::Exchange>& exchange) { handle(handler, exchange); };
    add_route_(std::move(made));
    return core::next_id();
}

void HttpService::handle(const Handler& handler, const std::shared_ptr<http::Exchange>& exchange) {
    const core::Gate::Pass pass(*gate_);
    if (!pass) throw core::Error(core::Code::Unavailable, "the plugin " + owner_ + " is stopping");

    const core::CurrentRequest request(exchange->request_id());
    const bool fetches_body = (handler.flags & GANTRY_ROUTE_STREAM_BODY) != 0;
    if (fetches_body) exchange->keep();  // the body outlives the call
    const gantry_id id = requests_.insert(exchange);
    RequestView view(*exchange);
    if (fetches_body) view.hide_body();
    gantry_status status = GANTRY_E_INTERNAL;
    try {
        status = handler.handle(handler.user, id, view.abi());
    } catch (...) {
        // Rule 5 forbids it, but a plugin that breaks it must not take the host down.
        logger_.error("handler threw across the border", {{"route", exchange->route().pattern}});
    }
    if (status != GANTRY_PENDING) settle(id, status, exchange);
}

// The handler is done. What it left unanswered is answered here, unless it is a stream that goes on.
void HttpService::settle(gantry_id id, gantry_status status, const std::shared_ptr<http::Exchange>& exchange) {
    const OpenRequest open = requests_.find(id);
    if (!open.exchange || (open.streaming && status >= 0)) return;
    requests_.take(id);
    if (open.streaming) {
        exchange->close(http::Outcome::Cut);
        return;
    }
    if (status < 0) {
        const core::Code code = core::code_of(status);
        exchange->fail(http::Problem{core::http_status_of(code), std::string(core::name_of(code)), {}, {}, 0});
        return;
    }
    logger_.error("handler returned without an answer", {{"route", exchange->route().pattern}});
    exchange->fail(http::Problem{500, "NO_ANSWER", "the handler gave no answer", {}, 0});
}

gantry_status HttpService::retain(gantry_id request, const gantry_request** out) {
    const OpenRequest open = requests_.find(request);
    if (!open.exchange) return GANTRY_E_GONE;
    if (!open.kept) {
        open.exchange->keep();
        auto kept = std::make_shared<RequestView>(*open.exchange);
        if (!requests_.update(request, [&](OpenRequest& entry) { entry.kept = kept; })) return GANTRY_E_GONE;
        *out = kept->abi();
        return GANTRY_OK;
    }
    *out = open.kept->abi();
    return GANTRY_OK;
}

gantry_status HttpService::reply(gantry_id request, const gantry_response& passed) {
    const gantry_response response = incoming(&passed);
    http::Head head = head_of(response);
    const OpenRequest open = requests_.take(request);
    if (!open.exchange || open.streaming) return GANTRY_E_GONE;
    return open.exchange->send(std::move(head), http::Bytes(response.body, open.exchange->pin())) ? GANTRY_OK
                                                                                                  : GANTRY_E_GONE;
}

gantry_status HttpService::fail(gantry_id request, const gantry_error& passed, std::string details_json) {
    const gantry_error error = incoming(&passed);
    const OpenRequest open = requests_.take(request);
    if (!open.exchange) return GANTRY_E_GONE;
    if (open.streaming) {
        // The head is out: all that is left is to show that the body is incomplete.
        return open.exchange->close(http::Outcome::Cut) ? GANTRY_OK : GANTRY_E_GONE;
    }
    return open.exchange->fail(problem_from(error, std::move(details_json))) ? GANTRY_OK : GANTRY_E_GONE;
}

gantry_status HttpService::stream_open(gantry_id request, const gantry_response& head, const gantry_stream_events& passed,
                                       void* user) {
    http::Head made = head_of(incoming(&head));
    const gantry_stream_events events = incoming(&passed);
    std::shared_ptr<http::Exchange> exchange;
    const bool fresh = requests_.update(request, [&](OpenRequest& open) {
        if (!std::exchange(open.streaming, true)) exchange = open.exchange;
    });
    if (!fresh || !exchange) return GANTRY_E_GONE;

    const Entrance entrance(gate_, std::make_shared<const std::string>(exchange->request_id()));
    http::Exchange::StreamEvents forward;
    forward.writable = [entrance, events, user, request] {
        const Entrance::Pass pass(entrance);
        if (pass && events.writable != nullptr) events.writable(user, request);
    };
    forward.closed = [this, entrance, events, user, request](core::Code reason) {
        const Entrance::Pass pass(entrance);
        if (!pass) return;
        forget_unless_kept(request);
        if (events.closed != nullptr) events.closed(user, request, static_cast<gantry_status>(reason));
    };
    if (exchange->open(std::move(made), std::move(forward))) return GANTRY_OK;
    // At once, retained or not: a plugin that could not begin has nothing to end, and may never name the request again.
    requests_.take(request);
    return GANTRY_E_GONE;
}

gantry_status HttpService::stream_write(gantry_id request, const gantry_slice& chunk) {
    const OpenRequest open = requests_.find(request);
    if (!open.exchange || !open.streaming) return GANTRY_E_GONE;
    http::Bytes piece(chunk, open.exchange->pin());
    switch (open.exchange->write(std::move(piece))) {
        case http::Write::Ok:
            return GANTRY_OK;
        case http::Write::Again:
            return GANTRY_AGAIN;
        case http::Write::Gone:
            break;
    }
    piece.disown();
    return GANTRY_E_GONE;
}

gantry_status HttpService::stream_close(gantry_id request, gantry_status outcome) {
    const OpenRequest open = requests_.take(request);
    if (!open.exchange || !open.streaming) return GANTRY_E_GONE;
    return open.exchange->close(outcome < 0 ? http::Outcome::Cut : http::Outcome::Complete) ? GANTRY_OK : GANTRY_E_GONE;
}

// This host has the whole body before the handler runs, so the first piece is the last. The call is not made from inside
// body_next(): rule 6 forbids that; it comes from the connection's worker.
gantry_status HttpService::body_next(gantry_id request, gantry_body_chunk chunk, void* user) {
    std::shared_ptr<http::Exchange> exchange;
    bool first = false;
    const bool found = requests_.update(request, [&](OpenRequest& open) {
        exchange = open.exchange;
        first = !std::exchange(open.body_taken, true);
    });
    if (!found) return GANTRY_E_GONE;
    if (!first) return GANTRY_E_CONFLICT;
    const bool taken = exchange->post([gate = gate_, exchange, chunk, user] {
        const core::Gate::Pass pass(*gate);
        const core::CurrentRequest request(exchange->request_id());
        const std::string_view body = exchange->request().body;
        if (pass) chunk(user, GANTRY_OK, {body.data(), body.size()}, 1);
    });
    return taken ? GANTRY_PENDING : GANTRY_E_GONE;
}

gantry_status HttpService::on_cancel(gantry_id request, void (*cancelled)(void*, gantry_id, gantry_status), void* user) {
    const OpenRequest open = requests_.find(request);
    if (!open.exchange) return GANTRY_E_GONE;
    const Entrance entrance(gate_, std::make_shared<const std::string>(open.exchange->request_id()));
    const bool taken = open.exchange->on_cancel([this, entrance, cancelled, user, request](core::Code reason) {
        const Entrance::Pass pass(entrance);
        if (!pass) return;
        forget_unless_kept(request);
        cancelled(user, request, static_cast<gantry_status>(reason));
    });
    return taken ? GANTRY_OK : GANTRY_E_GONE;
}

// A request that has ended without the plugin. Who retained it may still read its view, and answers in vain when it is done.
void HttpService::forget_unless_kept(gantry_id request) {
    if (requests_.find(request).kept == nullptr) requests_.take(request);
}

void HttpService::silence() {
    const core::Error stopping(core::Code::Unavailable, "the plugin " + owner_ + " is stopping");
    ended_ = requests_.take_all();
    for (const OpenRequest& open : ended_)
        open.exchange->abort(stopping);
}

void HttpService::let_go() {
    ended_.clear();
}

}  // namespace host::bridge
