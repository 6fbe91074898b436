#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <gantry/database/transaction.hpp>
#include <gantry/detail/async_call.hpp>
#include <gantry/detail/principal.hpp>
#include <gantry/host.hpp>
#include <gantry/jobs/run.hpp>
#include <gantry/request.hpp>
#include <gantry/services/call.hpp>

namespace gantry {

// How a kind is run; what is 0 is as the administrator set it.
struct JobOptions {
    std::uint32_t concurrency = 0;  // runs at once in this host
    std::uint32_t attempts_max = 0;
    std::chrono::milliseconds retry_first{};  // pause after the first failure; doubled after each further one
    std::chrono::milliseconds retry_max{};
};

// What becomes of times that passed while no host was there.
enum class CatchUp : std::uint32_t { Skip = GANTRY_CATCH_UP_SKIP, Once = GANTRY_CATCH_UP_ONCE, All = GANTRY_CATCH_UP_ALL };

// A job on its way to the host; its result is the job's id. Throws Error: Conflict if the key is taken, Busy.
class [[nodiscard]] SubmitJob : public detail::AsyncCall<SubmitJob, std::string> {
  public:
    SubmitJob(detail::Context& context, const gantry_jobs* jobs, std::string_view kind, std::string payload)
        : AsyncCall(context), jobs_(jobs), kind_(kind), payload_(std::move(payload)) {
        job_.struct_size = sizeof job_;
    }

    // While a job of this kind and key waits or runs, another is refused.
    SubmitJob key(std::string_view text) && { return key_ = text, std::move(*this); }
    SubmitJob delay(std::chrono::milliseconds time) && {
        return job_.delay_ms = static_cast<std::uint64_t>(time.count()), std::move(*this);
    }
    // For one attempt: progress() then answers false.
    SubmitJob deadline(std::chrono::milliseconds time) && {
        return job_.deadline_ms = static_cast<std::uint64_t>(time.count()), std::move(*this);
    }
    SubmitJob attempts_max(std::uint32_t count) && { return job_.attempts_max = count, std::move(*this); }
    // For whom it is done: that principal may follow and cancel it at the host's /api/v1/jobs/{id}. Who calls, if that is
    // known, or the id of a principal.
    SubmitJob on_behalf_of(const Request& request) && {
        return std::move(*this).on_behalf_of(detail::principal_id_of(request.principal()));
    }
    SubmitJob on_behalf_of(const ServiceCall& call) && {
        return std::move(*this).on_behalf_of(detail::principal_id_of(call.principal()));
    }
    SubmitJob on_behalf_of(std::string_view principal_id) && { return principal_id_ = principal_id, std::move(*this); }
    // The job exists if, and only if, the transaction commits.
    SubmitJob within(const Transaction& transaction) && { return job_.transaction = transaction.id(), std::move(*this); }

    static const char* name() { return "the host did not take the job"; }

  private:
    friend AsyncCall;

    gantry_status begin() {
        GANTRY_DETAIL_USE(GANTRY_JOBS, gantry_jobs, submit);
        job_.kind = str(kind_);
        job_.key = str(key_);
        job_.payload = {payload_.data(), payload_.size()};
        job_.principal_id = str(principal_id_);
        return jobs_->submit(context().host, &job_, done, this);
    }
    static void done(void* user, gantry_status status, gantry_str id, const gantry_error* error) noexcept {
        static_cast<SubmitJob*>(user)->complete(status, error, [id] { return std::string(view(id)); });
    }

    const gantry_jobs* jobs_;
    gantry_job job_{};
    std::string kind_;
    std::string key_;
    std::string payload_;
    std::string principal_id_;
};

// A job of this plugin's own that waits is cancelled, one that runs is asked to stop. Throws Error: NotFound, Conflict.
class [[nodiscard]] CancelJob : public detail::AsyncCall<CancelJob, std::monostate> {
  public:
    CancelJob(detail::Context& context, const gantry_jobs* jobs, std::string_view id)
        : AsyncCall(context), jobs_(jobs), id_(id) {}

    void await_resume() { (void)AsyncCall::await_resume(); }
    void get() && { (void)std::move(*this).AsyncCall::get(); }
    static const char* name() { return "the host did not cancel the job"; }

  private:
    friend AsyncCall;

    gantry_status begin() {
        GANTRY_DETAIL_USE(GANTRY_JOBS, gantry_jobs, cancel);
        return jobs_->cancel(context().host, str(id_), done, this);
    }
    static void done(void* user, gantry_status status, const gantry_error* error) noexcept {
        static_cast<CancelJob*>(user)->complete(status, error, [] { return std::monostate(); });
    }

    const gantry_jobs* jobs_;
    std::string id_;
};

// Durable work:
//
//     jobs_.handle("mail", *this, &Plugin::send_mail);                     // in the constructor
//     jobs_.schedule("nightly", "30 2 * * *", "Europe/Berlin", "clean");
//     co_await jobs_.submit("mail", Json::object({{"to", address}}).dump()).within(transaction);
//
// Handlers are begun again after a failure, and after the host died in the middle of them. A handle, cheap to copy.
class Jobs {
  public:
    // Throws Error if the host has no jobs for this plugin.
    explicit Jobs(Host host)
        : context_(&host.context()), jobs_(detail::service<gantry_jobs>(host.context().host, GANTRY_JOBS)) {}

    // `handler` is a member function `void (const Job&)`, which may block, or a coroutine `Task<void> (const Job&)`. It
    // throws to fail; Error with Status::Invalid fails for good. `owner` lives as long as the plugin. In the plugin's
    // constructor only.
    template <typename Owner, typename Handler>
    void handle(std::string_view kind, Owner& owner, Handler handler, const JobOptions& options = {}) const {
        GANTRY_DETAIL_USE(GANTRY_JOBS, gantry_jobs, handle);
        using Binding = detail::JobBinding<Owner, Handler>;
        const auto binding = std::shared_ptr<Binding>(new Binding{*context_, jobs_, owner, handler});
        context_->bindings.push_back(binding);
        gantry_job_kind declared{};
        declared.struct_size = sizeof declared;
        declared.concurrency = options.concurrency;
        declared.attempts_max = options.attempts_max;
        declared.retry_first_ms = static_cast<std::uint32_t>(options.retry_first.count());
        declared.retry_max_ms = static_cast<std::uint32_t>(options.retry_max.count());
        declared.kind = str(kind);
        declared.handler = detail::run_job<Owner, Handler>;
        declared.user = binding.get();
        gantry_error error = detail::empty_error();
        require(jobs_->handle(context_->host, &declared, &error), error, "job " + std::string(kind));
    }

    // A job of a kind handled above, by the clock on the wall of that zone, once for all hosts. In the constructor only.
    void schedule(std::string_view name, std::string_view cron, std::string_view time_zone, std::string_view kind,
                  CatchUp catch_up = CatchUp::Skip, std::string_view payload = {}) const {
        GANTRY_DETAIL_USE(GANTRY_JOBS, gantry_jobs, schedule);
        gantry_job_schedule declared{};
        declared.struct_size = sizeof declared;
        declared.catch_up = static_cast<std::uint32_t>(catch_up);
        declared.name = str(name);
        declared.cron = str(cron);
        declared.time_zone = str(time_zone);
        declared.kind = str(kind);
        declared.payload = {payload.data(), payload.size()};
        gantry_error error = detail::empty_error();
        require(jobs_->schedule(context_->host, &declared, &error), error, "schedule " + std::string(name));
    }

    SubmitJob submit(std::string_view kind, std::string payload = {}) const {
        return SubmitJob(*context_, jobs_, kind, std::move(payload));
    }
    CancelJob cancel(std::string_view id) const { return CancelJob(*context_, jobs_, id); }

  private:
    static void require(gantry_status status, const gantry_error& error, const std::string& what) {
        if (status >= 0) return;
        const std::string reason = error.message[0] != '\0' ? error.message : "status " + std::to_string(status);
        throw Error(static_cast<Status>(status), what + ": " + reason);
    }

    detail::Context* context_;
    const gantry_jobs* jobs_;
};

}  // namespace gantry
