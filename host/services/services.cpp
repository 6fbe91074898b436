#include "host/services/services.hpp"

#include <pthread.h>

#include <algorithm>
#include <limits>

#include "host/core/ids.hpp"
#include "host/core/thread_kind.hpp"

namespace host::services {

using core::Code;
using core::Error;

namespace {

// So that a call is never taken for a request, whose ids are made elsewhere.
constexpr std::uint64_t call_mark = std::uint64_t{1} << 63;

// As many answers wait as there are calls, and those are bounded.
constexpr core::ThreadPool::Size deliveries_size{2, std::numeric_limits<std::size_t>::max()};

Error retryable(Code code, const std::string& message, const std::string& service, const char* name) {
    Error error(code, message, service, name);
    error.mark_retryable();
    return error;
}

Error nobody_provides(const std::string& service) {
    return retryable(Code::Unavailable, "nobody provides " + service + " at present", service, "DEPENDENCY_UNAVAILABLE");
}

Error provider_ended(const std::string& service) {
    return retryable(Code::Unavailable, "the provider of " + service + " has ended before it answered", service,
                     "DEPENDENCY_UNAVAILABLE");
}

Error timed_out(const std::string& service, const std::string& method) {
    return retryable(Code::Timeout, service + " did not answer " + method + " in time", service, "DEADLINE_EXCEEDED");
}

}  // namespace

Services::Services(Settings settings, core::ThreadPool& pool, log::Logger logger)
    : settings_(settings), pool_(pool), logger_(std::move(logger)), deliveries_("services", deliveries_size), watch_([this] {
          watch_deadlines();
      }) {}

Services::~Services() {
    stop();
}

void Services::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        sooner_.notify_all();
    }
    for (const auto& [id, service] : those([](const Open&) { return true; }))
        settle(id, Outcome::failure(Error(Code::Cancelled, "the host is stopping", service, "SERVICE_CANCELLED")));
    if (watch_.joinable()) watch_.join();
    deliveries_.stop();
}

void Services::activate(const ProviderPointer& provider) {
    const std::lock_guard lock(mutex_);
    std::erase_if(providers_, [&](const auto& entry) { return entry.second->plugin == provider->plugin; });
    for (const Service& service : provider->services)
        providers_[service.name] = provider;
}

void Services::retire(const Provider& provider) {
    {
        const std::lock_guard lock(mutex_);
        std::erase_if(providers_, [&](const auto& entry) { return entry.second.get() == &provider; });
    }
    const auto is_its = [&](const Open& open) { return open.provider.get() == &provider; };
    for (const auto& [id, service] : those(is_its))
        settle(id, Outcome::failure(provider_ended(service)), is_its);
}

std::uint64_t Services::new_id() {
    return core::next_id() | call_mark;
}

bool Services::is_id(std::uint64_t id) {
    return (id & call_mark) != 0;
}

void Services::check(const Call& call) const {
    if (!is_method(call.method)) throw Error(Code::InvalidArgument, "a method must be [a-z][a-z0-9_]{0,63}");
    if (call.argument.size() <= settings_.payload_bytes_max) return;
    throw Error(Code::InvalidArgument, "the argument has " + std::to_string(call.argument.size()) + " bytes but at most " +
                                           std::to_string(settings_.payload_bytes_max) + " are allowed");
}

Clock::time_point Services::deadline_of(const Call& call, Clock::time_point now) const {
    const auto time = call.deadline.count() > 0 ? call.deadline : settings_.deadline;
    return std::min(call.context.deadline, now + std::min(time, settings_.deadline_max));
}

void Services::call(std::uint64_t id, Call call, Answered answered) {
    check(call);
    const auto open = std::make_shared<Open>();
    open->begun = Clock::now();
    open->call = std::move(call);
    open->call.context.deadline = deadline_of(open->call, open->begun);
    ++open->call.context.depth;
    open->answered = std::move(answered);
    if (const std::optional<Error> refusal = enter(id, open)) {
        settle(id, Outcome::failure(*refusal));
        return;
    }
    const bool taken = pool_.post([this, id] { begin(id); });
    if (!taken)
        settle(id, Outcome::failure(
                       retryable(Code::Busy, "no thread is free for the call", open->call.service, "SERVICE_BUSY")));
}

// From now on the call is open, and its answer owed. Why nobody is asked for it; nothing: somebody is.
std::optional<Error> Services::enter(std::uint64_t id, const OpenPointer& open) {
    const Call& call = open->call;
    const std::lock_guard lock(mutex_);
    if (stopping_) throw Error(Code::Unavailable, "the host is stopping");
    std::size_t& count = open_of_[call.side];
    if (count >= settings_.calls_max)
        throw Error(Code::Busy, std::to_string(count) + " calls of " + call.caller + " are open already");
    ++count;
    ProviderPointer provider;
    const Service* service = find(call.service, &provider);
    const bool known = service != nullptr && service->has(call.method);
    open->account = &accounts_.of(call.caller, call.service, known ? call.method : "");
    open->account->begin();
    open_.emplace(id, open);
    deadlines_.emplace(call.context.deadline, id);
    if (call.context.deadline < wakes_at_) {
        wakes_at_ = call.context.deadline;
        sooner_.notify_one();
    }
    if (service == nullptr) return nobody_provides(call.service);
    if (!known)
        return Error(Code::Unsupported, call.service + " has no method " + call.method, call.service, "SERVICE_NO_METHOD");
    if (call.context.depth > settings_.depth_max)
        return Error(Code::Limit, "calls are nested " + std::to_string(call.context.depth) + " deep", call.service,
                     "SERVICE_TOO_DEEP");
    return std::nullopt;
}

// Under the lock.
const Service* Services::find(const std::string& name, ProviderPointer* provider) const {
    const auto found = providers_.find(name);
    if (found == providers_.end()) return nullptr;
    *provider = found->second;
    for (const Service& service : found->second->services) {
        if (service.name == name) return &service;
    }
    return nullptr;
}

// Whoever provides the service now is asked: a reload between the call and its turn goes unnoticed.
void Services::begin(std::uint64_t id) {
    OpenPointer open;
    ProviderPointer provider;
    const Service* service = nullptr;
    {
        const std::lock_guard lock(mutex_);
        const auto found = open_.find(id);
        if (found == open_.end()) return;  // cancelled, or too late, before its turn
        open = found->second;
        service = find(open->call.service, &provider);
        open->provider = provider;
    }
    if (service == nullptr) {
        settle(id, Outcome::failure(nobody_provides(open->call.service)));
        return;
    }
    if (!service->has(open->call.method)) {
        settle(id, Outcome::failure(Error(Code::Unsupported, open->call.service + " no longer has " + open->call.method,
                                          open->call.service, "SERVICE_NO_METHOD")));
        return;
    }
    if (!service->handle({id, open->call})) settle(id, Outcome::failure(provider_ended(open->call.service)));
}

bool Services::settle(std::uint64_t id, Outcome outcome, const std::function<bool(const Open&)>& may) {
    OpenPointer open;
    {
        const std::lock_guard lock(mutex_);
        const auto found = open_.find(id);
        if (found == open_.end() || (may && !may(*found->second))) return false;
        open = std::move(found->second);
        open_.erase(found);
        deadlines_.erase({open->call.context.deadline, id});
        const auto count = open_of_.find(open->call.side);
        if (--count->second == 0) open_of_.erase(count);
    }
    open->account->end(outcome.status < 0, Clock::now() - open->begun);
    deliver(open, std::move(outcome));
    return true;
}

void Services::deliver(const OpenPointer& open, Outcome outcome) {
    const auto kept = std::make_shared<const Outcome>(std::move(outcome));
    const auto tell = [open, kept] {
        core::set_thread_kind(core::ThreadKind::Worker);
        open->answered(*kept);
    };
    if (!deliveries_.post(tell)) logger_.error("a call has ended after the host's stop", {{"service", open->call.service}});
}

std::vector<Services::Named> Services::those(const std::function<bool(const Open&)>& wanted) const {
    const std::lock_guard lock(mutex_);
    std::vector<Named> found;
    for (const auto& [id, open] : open_) {
        if (wanted(*open)) found.emplace_back(id, open->call.service);
    }
    return found;
}

bool Services::respond(std::uint64_t id, const Provider& provider, Outcome outcome) {
    return settle(id, std::move(outcome), [&](const Open& open) { return open.provider.get() == &provider; });
}

bool Services::wanted(std::uint64_t id, const Provider& provider) const {
    return context_of(id, provider).has_value();
}

std::optional<Context> Services::context_of(std::uint64_t id, const Provider& provider) const {
    const std::lock_guard lock(mutex_);
    const auto found = open_.find(id);
    if (found == open_.end() || found->second->provider.get() != &provider) return std::nullopt;
    return found->second->call.context;
}

bool Services::cancel(std::uint64_t id, const void* side) {
    return settle(id, Outcome::failure(Error(Code::Cancelled, "the call was cancelled", "", "SERVICE_CANCELLED")),
                  [&](const Open& open) { return open.call.side == side; });
}

void Services::leave(const void* side) {
    for (const auto& [id, service] : those([&](const Open& open) { return open.call.side == side; }))
        cancel(id, side);
}

std::size_t Services::in_flight() const {
    const std::lock_guard lock(mutex_);
    return open_.size();
}

void Services::watch_deadlines() {
    pthread_setname_np(pthread_self(), "services-time");
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        const auto now = Clock::now();
        if (!deadlines_.empty() && deadlines_.begin()->first <= now) {
            const std::uint64_t id = deadlines_.begin()->second;
            const Call& call = open_.at(id)->call;
            const Outcome late = Outcome::failure(timed_out(call.service, call.method));
            lock.unlock();
            settle(id, late);
            lock.lock();
            continue;
        }
        wakes_at_ = deadlines_.empty() ? Clock::time_point::max() : deadlines_.begin()->first;
        if (deadlines_.empty())
            sooner_.wait(lock);
        else
            sooner_.wait_until(lock, wakes_at_);
    }
}

}  // namespace host::services
