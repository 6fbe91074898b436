#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include <gantry/abi/events.h>
#include <gantry/database/transaction.hpp>
#include <gantry/detail/async_call.hpp>
#include <gantry/detail/guard.hpp>
#include <gantry/host.hpp>
#include <gantry/json.hpp>
#include <gantry/task.hpp>

namespace gantry {

// An event in its subscriber. Borrows the host's; valid until the subscriber returns, or its coroutine ends.
class Event {
  public:
    explicit Event(const gantry_event& event) : event_(event) {}

    std::string_view topic() const { return view(event_.topic); }
    std::string_view key() const { return view(event_.key); }
    // The same at each delivery of one event: who must not act twice remembers it.
    std::string_view id() const { return view(event_.id); }
    std::string_view source() const { return view(event_.source); }
    std::string_view payload() const { return view(event_.payload); }
    Json json() const { return Json::parse(payload()); }
    // Of its publication, since 1970-01-01T00:00:00Z.
    std::chrono::microseconds time() const { return std::chrono::microseconds(event_.time_us); }
    std::uint32_t attempt() const { return event_.attempt; }

  private:
    const gantry_event& event_;
};

enum class Delivery {
    WhileThere,  // on every host, what comes while the plugin runs
    Durable      // on one host, all there is, in order, at least once; a failure delivers it again
};

namespace detail {

// One subscription of one instance; `user` of its gantry_subscription. Lives until destroy().
template <typename Owner, typename Handler>
struct EventBinding {
    Context& context;
    Owner& owner;
    Handler handler;
};

// A thread that waits for a coroutine.
struct Awaited {
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
    std::exception_ptr failure;
};

template <typename Owner, typename Handler>
Detached hear_later(const EventBinding<Owner, Handler>& binding, const Event& event, Awaited& awaited) {
    std::exception_ptr failure;
    try {
        co_await (binding.owner.*binding.handler)(event);
    } catch (...) {
        failure = std::current_exception();
    }
    const std::lock_guard lock(awaited.mutex);
    awaited.failure = failure;
    awaited.done = true;
    awaited.changed.notify_one();
}

// The gantry_subscriber of a subscription: on a blocking thread, so a coroutine is waited for.
template <typename Owner, typename Handler>
gantry_status hear(void* user, const gantry_event* passed, gantry_error* error) noexcept {
    const auto& binding = *static_cast<const EventBinding<Owner, Handler>*>(user);
    using Result = std::invoke_result_t<Handler, Owner&, const Event&>;
    static_assert(std::is_same_v<Result, void> || std::is_same_v<Result, Task<void>>,
                  "a subscriber returns void, or gantry::Task<void>");
    return guarded(error, [&] {
        const OpenScope open(binding.context.open);
        const Event event(*passed);
        if constexpr (std::is_same_v<Result, void>) {
            (binding.owner.*binding.handler)(event);
        } else {
            Awaited awaited;
            hear_later(binding, event, awaited);
            std::unique_lock lock(awaited.mutex);
            awaited.changed.wait(lock, [&] { return awaited.done; });
            if (awaited.failure) std::rethrow_exception(awaited.failure);
        }
        return GANTRY_OK;
    });
}

}  // namespace detail

// An event on its way to the disk. Throws Error: Denied (another plugin's topic), Busy.
class [[nodiscard]] PublishEvent : public detail::AsyncCall<PublishEvent, std::monostate> {
  public:
    PublishEvent(detail::Context& context, const gantry_events* events, std::string_view topic, std::string payload)
        : AsyncCall(context), events_(events), topic_(topic), payload_(std::move(payload)) {}

    // Events of one topic and key arrive in order.
    PublishEvent key(std::string_view text) && { return key_ = text, std::move(*this); }
    // One id is one event of this plugin, however often it is published.
    PublishEvent id(std::string_view text) && { return id_ = text, std::move(*this); }
    // It happened if, and only if, the transaction commits.
    PublishEvent within(const Transaction& transaction) && { return transaction_ = transaction.id(), std::move(*this); }

    void await_resume() { (void)AsyncCall::await_resume(); }
    void get() && { (void)std::move(*this).AsyncCall::get(); }
    static const char* name() { return "the host did not take the event"; }

  private:
    friend AsyncCall;

    gantry_status begin() {
        GANTRY_DETAIL_USE(GANTRY_EVENTS, gantry_events, publish);
        gantry_event event{};
        event.struct_size = sizeof event;
        event.topic = str(topic_);
        event.key = str(key_);
        event.id = str(id_);
        event.payload = {payload_.data(), payload_.size()};
        return events_->publish(context().host, &event, 0, transaction_, done, this);
    }
    static void done(void* user, gantry_status status, const gantry_error* error) noexcept {
        static_cast<PublishEvent*>(user)->complete(status, error, [] { return std::monostate(); });
    }

    const gantry_events* events_;
    gantry_id transaction_ = 0;
    std::string topic_;
    std::string key_;
    std::string id_;
    std::string payload_;
};

// What happened, and who wants to know:
//
//     events_.subscribe("mailer", "notes.*", *this, &Plugin::on_note, Delivery::Durable);       // in the constructor
//     co_await events_.publish("notes.created", json.dump()).key(id).within(transaction);
//
// A handle, cheap to copy.
class Events {
  public:
    // Throws Error if the host has no events for this plugin.
    explicit Events(Host host)
        : context_(&host.context()), events_(detail::service<gantry_events>(host.context().host, GANTRY_EVENTS)) {}

    // `handler` is a member function `void (const Event&)`, which may block, or a coroutine `Task<void> (const Event&)`.
    // It throws to refuse. `owner` lives as long as the plugin. In the plugin's constructor only.
    template <typename Owner, typename Handler>
    void subscribe(std::string_view name, std::string_view pattern, Owner& owner, Handler handler,
                   Delivery delivery = Delivery::WhileThere) const {
        GANTRY_DETAIL_USE(GANTRY_EVENTS, gantry_events, subscribe);
        using Binding = detail::EventBinding<Owner, Handler>;
        const auto binding = std::shared_ptr<Binding>(new Binding{*context_, owner, handler});
        context_->bindings.push_back(binding);
        gantry_subscription declared{};
        declared.struct_size = sizeof declared;
        declared.flags = delivery == Delivery::Durable ? GANTRY_SUBSCRIBE_DURABLE : 0;
        declared.name = str(name);
        declared.pattern = str(pattern);
        declared.subscriber = detail::hear<Owner, Handler>;
        declared.user = binding.get();
        gantry_error error = detail::empty_error();
        const gantry_status status = events_->subscribe(context_->host, &declared, &error);
        if (status >= 0) return;
        const std::string reason = error.message[0] != '\0' ? error.message : "status " + std::to_string(status);
        throw Error(static_cast<Status>(status), "subscription " + std::string(name) + ": " + reason);
    }

    // `topic` begins with this plugin's id.
    PublishEvent publish(std::string_view topic, std::string payload) const {
        return PublishEvent(*context_, events_, topic, std::move(payload));
    }
    // To subscriptions of this process that are not durable; nothing is written, nothing is waited for.
    void publish_local(std::string_view topic, std::string_view payload, std::string_view key = {}) const {
        GANTRY_DETAIL_USE(GANTRY_EVENTS, gantry_events, publish);
        gantry_event event{};
        event.struct_size = sizeof event;
        event.topic = str(topic);
        event.key = str(key);
        event.payload = {payload.data(), payload.size()};
        const gantry_status status = events_->publish(context_->host, &event, GANTRY_PUBLISH_LOCAL, 0, nullptr, nullptr);
        if (status < 0) throw Error(static_cast<Status>(status), "the host did not take the event");
    }

  private:
    detail::Context* context_;
    const gantry_events* events_;
};

}  // namespace gantry
