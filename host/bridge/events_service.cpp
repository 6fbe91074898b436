#include "host/bridge/events_service.hpp"

#include <cstring>
#include <utility>

#include <gantry/text.hpp>

#include "host/bridge/entrance.hpp"
#include "host/bridge/incoming.hpp"
#include "host/bridge/room_failure.hpp"
#include "host/bridge/text.hpp"

namespace host::bridge {

using core::Code;
using core::Error;

namespace {

gantry_event shown_as(const events::Event& event, std::uint32_t attempt) {
    gantry_event shown{};
    shown.struct_size = sizeof shown;
    shown.attempt = attempt;
    shown.topic = str(event.topic);
    shown.key = str(event.key);
    shown.id = str(event.id);
    shown.payload = {event.payload.data(), event.payload.size()};
    shown.time_us = event.at_us;
    shown.source = str(event.source);
    return shown;
}

std::string reason_of(gantry_status status, const gantry_error& error) {
    std::string reason(error.message, strnlen(error.message, sizeof error.message));
    if (!gantry::is_utf8(reason)) reason = "(not UTF-8)";
    return reason.empty() ? std::string(core::name_of(core::code_of(status))) : reason;
}

bool is_subscription_name(const std::string& text) {
    if (text.empty() || text.size() > 100) return false;
    return text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.-") == std::string::npos;
}

void answer(const Entrance& entrance, const log::Logger& logger, gantry_done done, void* user, const Error* error) {
    const Entrance::Pass pass(entrance);
    if (!pass) return;
    if (error == nullptr) return done(user, GANTRY_OK, nullptr);
    const gantry_error shown = to_abi(room_failure(*error, logger));
    done(user, shown.status, &shown);
}

}  // namespace

EventsService::EventsService(std::string owner, events::Events* events, DatabaseService& database, Record record,
                             std::shared_ptr<core::Gate> gate, log::Logger logger)
    : owner_(std::move(owner)),
      events_(events),
      database_(database),
      record_(std::move(record)),
      gate_(std::move(gate)),
      logger_(std::move(logger)),
      subscriber_(std::make_shared<events::Subscriber>()) {
    subscriber_->plugin = owner_;
}

events::Events& EventsService::room() const {
    if (events_ == nullptr) throw Error(Code::Unavailable, "events are not there: the host runs offline");
    return *events_;
}

gantry_status EventsService::publish(const gantry_event& passed, std::uint32_t flags, gantry_id transaction,
                                     gantry_done done, void* user) {
    const gantry_event given = incoming(&passed);
    events::Event event;
    event.source = owner_;
    event.topic = storable(given.topic, "the topic of an event");
    event.key = storable(given.key, "the key of an event");
    event.id = storable(given.id, "the id of an event");
    event.payload = copy(given.payload);
    if ((flags & GANTRY_PUBLISH_LOCAL) != 0) {
        if (transaction != 0 || done != nullptr)
            throw Error(Code::InvalidArgument, "a local event has neither a transaction nor a callback");
        room().publish_local(std::move(event));
        return GANTRY_OK;
    }
    require(done, "done");
    if (transaction != 0) {
        // On the plugin's own connection, by a function that checks who calls; DatabaseService::silence() waits for it.
        const events::Event own = room().completed(std::move(event));
        database_.client().query(
            events::Events::within_transaction(own, transaction),
            [&room = room(), entrance = Entrance(gate_), logger = logger_, done, user](database::Outcome&& outcome) {
                if (!outcome.error) room.written_within();
                answer(entrance, logger, done, user, outcome.error ? &*outcome.error : nullptr);
            });
        return GANTRY_PENDING;
    }
    room().publish(std::move(event), [ticket = outstanding_.enter(), entrance = Entrance(gate_), logger = logger_, done,
                                      user](const Error* error) mutable {
        const Outstanding::Ticket leaving = std::move(ticket);
        answer(entrance, logger, done, user, error);
    });
    return GANTRY_PENDING;
}

void EventsService::subscribe(const gantry_subscription& passed) {
    if (frozen_) throw Error(Code::Denied, "subscriptions are made in start() only");
    const gantry_subscription given = incoming(&passed);
    require(given.subscriber, "subscriber");
    events::Subscription subscription;
    subscription.name = copy(given.name);
    subscription.pattern = copy(given.pattern);
    subscription.durable = (given.flags & GANTRY_SUBSCRIBE_DURABLE) != 0;
    if (!is_subscription_name(subscription.name))
        throw Error(Code::InvalidArgument, "the name of a subscription must be 1-100 of [a-z0-9_.-]");
    if (!events::is_pattern(subscription.pattern))
        throw Error(Code::InvalidArgument,
                    "the pattern is \"" + subscription.pattern + "\" but must be a topic, \"notes.*\" or \"*\"");
    for (const events::Subscription& other : subscriber_->subscriptions) {
        if (other.name == subscription.name)
            throw Error(Code::Conflict, "there is a subscription " + other.name + " already");
    }
    subscription.deliver = [gate = gate_, call = given.subscriber, user = given.user, logger = logger_](
                               const events::Event& event, std::uint32_t attempt) -> std::optional<std::string> {
        const core::Gate::Pass pass(*gate);
        if (!pass) return "its plugin is stopping";
        const gantry_event shown = shown_as(event, attempt);
        gantry_error error{};
        error.struct_size = sizeof error;
        gantry_status status = GANTRY_E_INTERNAL;
        try {
            status = call(user, &shown, &error);
        } catch (...) {
            // Rule 5 forbids it, but a plugin that breaks it must not take the host down.
            logger.error("a subscriber threw across the border", {{"topic", event.topic}});
        }
        if (status >= 0) return std::nullopt;
        return reason_of(status, error);
    };
    record_("subscription", subscription.name + " to " + subscription.pattern, [room = events_, subscriber = subscriber_] {
        if (room != nullptr) room->retire(subscriber);
    });
    subscriber_->subscriptions.push_back(std::move(subscription));
}

void EventsService::activate() {
    if (events_ != nullptr) events_->activate(subscriber_);
}

void EventsService::silence() {
    if (events_ != nullptr) events_->retire(subscriber_);
    outstanding_.wait();
}

}  // namespace host::bridge
