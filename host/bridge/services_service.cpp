#include "host/bridge/services_service.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include <gantry/text.hpp>

#include "host/bridge/entrance.hpp"
#include "host/bridge/incoming.hpp"
#include "host/bridge/text.hpp"

namespace host::bridge {

using core::Code;
using core::Error;

namespace {

constexpr std::size_t methods_max = 256;
// Pairs of service and method that the ledger names for one instance.
constexpr std::size_t uses_max = 256;

gantry_service_call shown_as(const services::Asked& asked) {
    const services::Call& call = asked.call;
    const auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(call.context.deadline.time_since_epoch());
    gantry_service_call shown{};
    shown.struct_size = sizeof shown;
    shown.depth = call.context.depth;
    shown.service = str(call.service);
    shown.method = str(call.method);
    shown.argument = {call.argument.data(), call.argument.size()};
    shown.caller = str(call.caller);
    shown.principal = str(call.context.principal);
    shown.request_id = str(call.context.request_id);
    shown.traceparent = str(call.context.traceparent);
    shown.deadline_ns = static_cast<std::uint64_t>(since.count());
    return shown;
}

template <std::size_t N>
void make_readable(char (&text)[N]) {
    text[N - 1] = '\0';
    if (!gantry::is_utf8(std::string_view(text))) text[0] = '\0';
}

// What the provider says of its failure, as it reaches the caller.
gantry_error relayed(gantry_status status, const gantry_error* passed) {
    gantry_error error = passed != nullptr ? incoming(passed) : gantry_error{};
    error.struct_size = sizeof error;
    error.status = status;
    make_readable(error.code);
    make_readable(error.where);
    make_readable(error.message);
    return error;
}

std::vector<std::string> methods_of(const gantry_service& given) {
    if (given.methods == nullptr || given.methods_n == 0 || given.methods_n > methods_max)
        throw Error(Code::InvalidArgument, "a service has 1-" + std::to_string(methods_max) + " methods");
    std::vector<std::string> methods;
    for (std::uint32_t i = 0; i < given.methods_n; ++i) {
        methods.push_back(copy(given.methods[i]));
        if (!services::is_method(methods.back()))
            throw Error(Code::InvalidArgument, "a method must be [a-z][a-z0-9_]{0,63}");
    }
    return methods;
}

std::string described(const services::Service& service) {
    std::string text = service.name + ":";
    for (const std::string& method : service.methods)
        text += " " + method;
    return text;
}

}  // namespace

ServicesService::ServicesService(std::string owner, services::Services* services, const std::vector<std::string>& allowed,
                                 HttpService& http, Record record, std::shared_ptr<core::Gate> gate, log::Logger logger)
    : owner_(std::move(owner)),
      services_(services),
      allowed_(allowed),
      http_(http),
      record_(std::move(record)),
      gate_(std::move(gate)),
      logger_(std::move(logger)),
      provider_(std::make_shared<services::Provider>()) {
    provider_->plugin = owner_;
}

services::Services& ServicesService::room() const {
    if (services_ == nullptr) throw Error(Code::Unavailable, "services are not there: the host runs offline");
    return *services_;
}

void ServicesService::provide(const gantry_service& passed) {
    if (frozen_) throw Error(Code::Denied, "services are provided in start() only");
    const gantry_service given = incoming(&passed);
    require(given.handler, "handler");
    services::Service service;
    service.name = copy(given.name);
    if (!services::is_service_of(owner_, service.name))
        throw Error(Code::InvalidArgument, "a service of this plugin is called \"" + owner_ + ".<name>/<revision>\"");
    for (const services::Service& other : provider_->services) {
        if (other.name == service.name) throw Error(Code::Conflict, service.name + " is provided already");
    }
    service.methods = methods_of(given);
    service.handle = [gate = gate_, handler = given.handler, user = given.user,
                      logger = logger_](const services::Asked& asked) {
        const core::Gate::Pass pass(*gate);
        if (!pass) return false;
        const core::CurrentRequest request(asked.call.context.request_id);
        const gantry_service_call shown = shown_as(asked);
        try {
            handler(user, asked.id, &shown);
        } catch (...) {
            // Rule 5 forbids it, but a plugin that breaks it must not take the host down. Its deadline ends the call.
            logger.error("a service's handler threw across the border", {{"service", asked.call.service}});
        }
        return true;
    };
    record_("service", described(service), [room = services_, provider = provider_] {
        if (room != nullptr) room->retire(*provider);
    });
    provider_->services.push_back(std::move(service));
}

gantry_status ServicesService::respond(gantry_id call, gantry_status status, const gantry_slice& result,
                                       const gantry_error* error) {
    services::Outcome outcome;
    outcome.status = status;
    const bool too_large = result.size > room().payload_bytes_max();
    if (status < 0) {
        outcome.error = relayed(status, error);
    } else if (too_large) {
        outcome = services::Outcome::failure(
            Error(Code::Limit, "the answer has " + std::to_string(result.size) + " bytes, which is too large", "",
                  "SERVICE_ANSWER_TOO_LARGE"));
    } else if (result.size > 0) {
        outcome.result.assign(static_cast<const char*>(result.data), result.size);
    }
    if (!room().respond(call, *provider_, std::move(outcome))) return GANTRY_E_GONE;
    if (status >= 0 && too_large) return GANTRY_E_LIMIT;
    // It was copied: what is released later might be released by code that is gone.
    if (result.release != nullptr) result.release(result.context, result.data, result.size);
    return GANTRY_OK;
}

gantry_status ServicesService::wanted(gantry_id call) const {
    return room().wanted(call, *provider_) ? GANTRY_OK : GANTRY_E_GONE;
}

services::Context ServicesService::context_of(gantry_id id) {
    services::Context context;
    if (id == 0) return context;
    if (services::Services::is_id(id)) {
        if (auto asked = room().context_of(id, *provider_)) return *asked;
        throw Error(Code::Gone, "the call on whose behalf it should be made has ended");
    }
    const std::shared_ptr<http::Exchange> exchange = http_.find(id).exchange;
    if (!exchange) throw Error(Code::Gone, "the request on whose behalf it should be made has ended");
    if (exchange->principal() != nullptr) context.principal = exchange->principal()->json;
    context.request_id = exchange->request_id();
    context.traceparent = exchange->traceparent();
    if (const std::uint64_t deadline_ns = exchange->deadline_ns(); deadline_ns != 0)
        context.deadline = services::Clock::time_point(std::chrono::nanoseconds(deadline_ns));
    return context;
}

void ServicesService::call(const gantry_service_request& passed, gantry_service_done done, void* user, gantry_id* id) {
    const gantry_service_request given = incoming(&passed);
    require(done, "done");
    services::Call call;
    call.service = copy(given.service);
    if (std::find(allowed_.begin(), allowed_.end(), call.service) == allowed_.end())
        throw Error(Code::Denied, "the manifest does not list " + call.service + " among its services");
    call.method = copy(given.method);
    call.argument = copy(given.argument);
    call.caller = owner_;
    call.side = this;
    call.deadline = std::chrono::milliseconds(given.deadline_ms);
    call.context = context_of(given.context);
    note_use(call.service, call.method);

    const gantry_id own = services::Services::new_id();
    if (id != nullptr) *id = own;
    room().call(
        own, std::move(call),
        [ticket = outstanding_.enter(), entrance = Entrance(gate_), done, user](const services::Outcome& outcome) mutable {
            const Outstanding::Ticket leaving = std::move(ticket);
            const Entrance::Pass pass(entrance);
            if (!pass) return;
            done(user, outcome.status, {outcome.result.data(), outcome.result.size()},
                 outcome.error ? &*outcome.error : nullptr);
        });
}

// Whom this instance depends on, for the administrator.
void ServicesService::note_use(const std::string& service, const std::string& method) {
    if (!services::is_method(method)) return;  // is refused
    std::string use = service + " " + method;
    const bool first = noted_.with([&](auto& noted) {
        if (noted.size() >= uses_max || std::find(noted.begin(), noted.end(), use) != noted.end()) return false;
        noted.push_back(use);
        return true;
    });
    if (first) record_("call", std::move(use), [] {});
}

gantry_status ServicesService::cancel(gantry_id call) {
    return room().cancel(call, this) ? GANTRY_OK : GANTRY_E_GONE;
}

void ServicesService::activate() {
    if (services_ != nullptr) services_->activate(provider_);
}

void ServicesService::silence() {
    if (services_ == nullptr) return;
    services_->retire(*provider_);
    services_->leave(this);
    outstanding_.wait();
}

}  // namespace host::bridge
