#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "host/core/thread_pool.hpp"
#include "host/http/admission.hpp"
#include "host/http/context.hpp"
#include "host/http/dispatcher.hpp"
#include "host/http/exchange.hpp"
#include "host/http/published_table.hpp"
#include "host/http/route_meter.hpp"

namespace host::http {

// What every request passes between the server and its handler: id, CORS, route, access, the right thread, and problems
// for all that goes wrong. Every request leaves one line in the access log.
class Pipeline : public Dispatcher {
  public:
    // Who else has a part in every request; both may be absent.
    struct Sides {
        Authenticator* authenticator = nullptr;  // without: routes for known callers are refused; outlives the pipeline
        std::shared_ptr<RouteMeter> unrouted = nullptr;  // is told of what no route has served
    };
    // `blocking` runs the routes that may wait; it outlives the pipeline, its work and every exchange do not.
    // Throws InvalidArgument for settings that contradict each other.
    Pipeline(const Settings& settings, log::Logger logger, core::ThreadPool& blocking, Sides sides);
    Pipeline(const Settings& settings, log::Logger logger, core::ThreadPool& blocking)
        : Pipeline(settings, std::move(logger), blocking, Sides()) {}

    // The routes from now on; requests under way finish with those they began with. Before the first table requests are
    // answered 503. [control]
    void publish(std::shared_ptr<const RouteTable> table) { table_.publish(std::move(table)); }
    std::shared_ptr<const RouteTable> table() const { return table_.current(); }

    // The host is on its way out. Requests are served on, for work must finish; readiness is what changes (health.hpp).
    void set_draining(bool draining) { draining_ = draining; }
    bool draining() const { return draining_; }

    std::uint64_t body_bytes_max(const Request& head) override;
    void dispatch(const Request& request, Reply reply) override;
    std::pair<Head, std::string> refuse(const Refusal& refusal, const Request& partial) override;

  private:
    struct Unrouted;

    void pass(const Request& request, Reply reply);
    void answer_preflight(Unrouted& unrouted, const std::string& methods) const;
    void answer_options(Unrouted& unrouted, const std::string& methods) const;
    void reject(Unrouted& unrouted, const Problem& problem, const std::string& extra_lines) const;
    void finish(Unrouted& unrouted, Head head, std::string body, const std::string& cors_lines) const;
    void account(const Unrouted& unrouted, std::uint16_t status, std::size_t bytes) const;

    void serve(const std::shared_ptr<Exchange>& exchange);
    bool is_admitted(const std::shared_ptr<Exchange>& exchange, const Verdict& verdict) const;
    void limit(const std::shared_ptr<Exchange>& exchange);
    void limit_later(const std::shared_ptr<Exchange>& exchange);
    static bool is_within(const std::shared_ptr<Exchange>& exchange, const Allowance& allowance);
    static void leave_connection(const std::shared_ptr<Exchange>& exchange);
    void admit(const std::shared_ptr<Exchange>& exchange);
    void serve_later(const std::shared_ptr<Exchange>& exchange);
    void serve_on_pool(const std::shared_ptr<Exchange>& exchange);
    void run(const std::shared_ptr<Exchange>& exchange) const;

    const Context context_;
    core::ThreadPool& blocking_;
    Authenticator* const authenticator_;
    const std::shared_ptr<RouteMeter> unrouted_;
    PublishedTable table_;
    std::atomic<bool> draining_{false};
};

}  // namespace host::http
