#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gantry/abi/services.h>
#include <gantry/detail/guard.hpp>
#include <gantry/testing/calls.hpp>
#include <gantry/testing/watch.hpp>

namespace gantry::testing {

// A call that the plugin under test made.
struct CalledService {
    std::string service;
    std::string method;
    std::string argument;
    std::uint32_t deadline_ms = 0;
    gantry_id context = 0;
};

// What the plugin under test answered, or what it is to be answered.
struct ServiceResult {
    gantry_status status = GANTRY_OK;
    std::string body;
    std::string code;
    std::string message;
};

// A call as a test makes it.
struct ServiceQuestion {
    std::string argument = {};
    std::string caller = "test";
    std::string principal = {};
};

// gantry.services/1 with a test on the other side: it calls what the plugin provides, and answers what the plugin calls.
// What it has no answer for is Unavailable, as on a host without that plugin.
class FakeServices {
  public:
    FakeServices(Watch& watch, Calls& calls) : watch_(watch), calls_(calls) {}

    // How calls of the plugin are answered from now on.
    void answer(const std::string& service, const std::string& method, std::string body) {
        answer(service, method, ServiceResult{GANTRY_OK, std::move(body), "", ""});
    }
    void answer(const std::string& service, const std::string& method, ServiceResult result) {
        const std::lock_guard lock(mutex_);
        answers_[{service, method}] = std::move(result);
    }
    // Such a call gets no answer until it is cancelled or the plugin stops.
    void hold(const std::string& service, const std::string& method) {
        const std::lock_guard lock(mutex_);
        answers_[{service, method}] = std::nullopt;
    }
    std::vector<CalledService> called() const {
        const std::lock_guard lock(mutex_);
        return called_;
    }
    std::size_t held() const {
        const std::lock_guard lock(mutex_);
        return held_.size();
    }

    // "test.search/1: find count"
    std::vector<std::string> provided() const {
        const std::lock_guard lock(mutex_);
        std::vector<std::string> all;
        for (const auto& [name, provided] : provided_) {
            std::string text = name + ":";
            for (const std::string& method : provided.methods)
                text += " " + method;
            all.push_back(text);
        }
        return all;
    }
    // Calls what the plugin provides, on this thread, as a blocking one, and waits for the answer.
    ServiceResult ask(const std::string& service, const std::string& method, const ServiceQuestion& question);
    // From now on wanted() says no.
    void lose_interest() {
        const std::lock_guard lock(mutex_);
        interested_ = false;
    }

    gantry_status provide(const gantry_service& service) {
        const std::lock_guard lock(mutex_);
        Provided provided{{}, service.handler, service.user};
        for (std::uint32_t i = 0; i < service.methods_n; ++i)
            provided.methods.emplace_back(view(service.methods[i]));
        return provided_.emplace(view(service.name), std::move(provided)).second ? GANTRY_OK : GANTRY_E_CONFLICT;
    }
    gantry_status respond(gantry_id call, gantry_status status, const gantry_slice& result, const gantry_error* error);
    gantry_status wanted(gantry_id call) const {
        const std::lock_guard lock(mutex_);
        const auto open = asked_.find(call);
        return interested_ && open != asked_.end() && !open->second ? GANTRY_OK : GANTRY_E_GONE;
    }
    gantry_status call(const gantry_service_request& request, gantry_service_done done, void* user, gantry_id* call);
    gantry_status cancel(gantry_id call) {
        const std::lock_guard lock(mutex_);
        const auto found = held_.find(call);
        if (found == held_.end()) return GANTRY_E_GONE;
        end(found->second, {GANTRY_E_CANCELLED, "", "SERVICE_CANCELLED", "the call was cancelled"});
        held_.erase(found);
        return GANTRY_OK;
    }
    // The plugin stops.
    void cancel_all() {
        const std::lock_guard lock(mutex_);
        for (const auto& [id, held] : std::exchange(held_, {}))
            end(held, {GANTRY_E_CANCELLED, "", "SERVICE_CANCELLED", "the call was cancelled"});
    }

  private:
    struct Provided {
        std::vector<std::string> methods;
        gantry_service_handler handler;
        void* user;
    };
    struct Held {
        gantry_service_done done;
        void* user;
    };

    void end(const Held& held, ServiceResult result) {
        calls_.add([held, result = std::move(result)] {
            gantry_error error = gantry::detail::empty_error();
            gantry::detail::fill(&error, result.status, result.code, result.message);
            if (result.status == GANTRY_E_UNAVAILABLE) error.flags = GANTRY_ERROR_RETRYABLE;
            held.done(held.user, result.status, {result.body.data(), result.body.size()},
                      result.status < 0 ? &error : nullptr);
        });
    }

    Watch& watch_;
    Calls& calls_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::pair<std::string, std::string>, std::optional<ServiceResult>> answers_;  // nothing: held
    std::vector<CalledService> called_;
    std::map<gantry_id, Held> held_;
    std::map<std::string, Provided> provided_;
    std::map<gantry_id, std::optional<ServiceResult>> asked_;  // nothing: not answered yet
    bool interested_ = true;
    gantry_id next_id_ = 1;
};

inline gantry_status FakeServices::call(const gantry_service_request& request, gantry_service_done done, void* user,
                                        gantry_id* call) {
    const std::lock_guard lock(mutex_);
    const CalledService made{std::string(view(request.service)), std::string(view(request.method)),
                             std::string(view(request.argument)), request.deadline_ms, request.context};
    called_.push_back(made);
    const gantry_id id = next_id_++;
    if (call != nullptr) *call = id;
    const Held held{done, user};
    const auto answer = answers_.find({made.service, made.method});
    if (answer == answers_.end()) {
        end(held, {GANTRY_E_UNAVAILABLE, "", "DEPENDENCY_UNAVAILABLE", "nobody provides " + made.service + " at present"});
    } else if (answer->second) {
        end(held, *answer->second);
    } else {
        held_.emplace(id, held);
    }
    return GANTRY_PENDING;
}

inline gantry_status FakeServices::respond(gantry_id call, gantry_status status, const gantry_slice& result,
                                           const gantry_error* error) {
    {
        const std::lock_guard lock(mutex_);
        const auto open = asked_.find(call);
        if (open == asked_.end()) return GANTRY_E_GONE;
        if (open->second) {
            watch_.violation("a call of a service was answered twice");
            return GANTRY_E_GONE;
        }
        const gantry_bytes bytes{result.data, result.size};
        open->second = ServiceResult{status, std::string(view(bytes)), error != nullptr ? error->code : "",
                                     error != nullptr ? error->message : ""};
        changed_.notify_all();
    }
    if (result.release != nullptr) result.release(result.context, result.data, result.size);
    return GANTRY_OK;
}

inline ServiceResult FakeServices::ask(const std::string& service, const std::string& method,
                                       const ServiceQuestion& question) {
    std::unique_lock lock(mutex_);
    const auto found = provided_.find(service);
    if (found == provided_.end()) return {GANTRY_E_UNAVAILABLE, "", "", "the plugin does not provide " + service};
    const Provided provided = found->second;
    const gantry_id id = next_id_++;
    asked_[id];
    lock.unlock();

    gantry_service_call shown{};
    shown.struct_size = sizeof shown;
    shown.depth = 1;
    shown.service = str(service);
    shown.method = str(method);
    shown.argument = {question.argument.data(), question.argument.size()};
    shown.caller = str(question.caller);
    shown.principal = str(question.principal);
    shown.deadline_ns = UINT64_MAX >> 1U;
    {
        const ThreadKindScope blocking(GANTRY_THREAD_BLOCKING);
        provided.handler(provided.user, id, &shown);
    }
    lock.lock();
    // Without a thread for the completions the handler would wait for them for ever.
    if (!asked_[id] && !calls_.has_worker()) {
        lock.unlock();
        while (calls_.run_one()) {
        }
        lock.lock();
    }
    changed_.wait(lock, [&] { return asked_[id].has_value(); });
    ServiceResult result = *asked_[id];
    asked_.erase(id);
    return result;
}

}  // namespace gantry::testing
