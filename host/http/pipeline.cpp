#include "host/http/pipeline.hpp"

#include <exception>

#include "host/core/clock.hpp"
#include "host/core/database_words.hpp"
#include "host/http/question.hpp"
#include "host/http/request_id.hpp"

namespace host::http {

namespace {

Problem problem_of(const Lookup& lookup) {
    switch (lookup.outcome) {
        case Lookup::Outcome::Malformed:
            return {.status = 400, .code = "INVALID_PATH", .detail = lookup.why};
        case Lookup::Outcome::MethodNotAllowed:
            return {.status = 405, .code = "METHOD_NOT_ALLOWED", .detail = "this path has the methods " + lookup.allow};
        default:
            return {.status = 404, .code = "NOT_FOUND", .detail = "nothing is served at this path"};
    }
}

Problem not_serving() {
    return {.status = 503, .code = "STARTING", .detail = "the server is starting", .retry_after_ms = 1000};
}

Problem no_thread_free() {
    return {.status = 503, .code = "BUSY", .detail = "too much work is waiting", .retry_after_ms = 1000};
}

// What went wrong is for the log alone.
core::Error defect() {
    return {core::Code::Internal, "a handler failed"};
}

std::string allow_line(const std::string& methods) {
    return "Allow: " + (methods.empty() ? std::string("OPTIONS") : methods) + "\r\n";
}

}  // namespace

// A request that the pipeline answers itself.
struct Pipeline::Unrouted {
    const Request& request;
    Reply& reply;
    std::string request_id;
    std::uint64_t started_ns = core::mono_ns();
};

Pipeline::Pipeline(const Settings& settings, log::Logger logger, core::ThreadPool& blocking, Sides sides)
    : context_(settings, std::move(logger), blocking),
      blocking_(blocking),
      authenticator_(sides.authenticator),
      unrouted_(std::move(sides.unrouted)) {}

std::uint64_t Pipeline::body_bytes_max(const Request& head) {
    const std::shared_ptr<const RouteTable> table = table_.current();
    const Route* route = table != nullptr ? table->find(head.method, head.path) : nullptr;
    return route != nullptr && route->body_bytes_max > 0 ? route->body_bytes_max : context_.settings.body_bytes_max;
}

void Pipeline::dispatch(const Request& request, Reply reply) {
    try {
        pass(request, std::move(reply));
    } catch (const std::exception& error) {
        // Out of memory, at worst. The reply has gone down with it and answered 500.
        context_.logger.error("a request failed in the pipeline", {{"error", error.what()}});
    }
}

void Pipeline::pass(const Request& request, Reply reply) {
    std::string request_id = request_id_of(request);
    std::shared_ptr<const RouteTable> table = table_.current();
    if (table == nullptr) {
        Unrouted unrouted{request, reply, std::move(request_id)};
        return reject(unrouted, not_serving(), {});
    }
    const bool options = request.method == "OPTIONS";
    if (options && (request.path == "*" || context_.cors.is_preflight(request))) {
        const std::string methods = table->allow(request.path);
        Unrouted unrouted{request, reply, request_id};
        if (request.path == "*") return answer_options(unrouted, methods);
        if (!methods.empty()) return answer_preflight(unrouted, methods);
    }
    Lookup found = table->lookup(request.method, request.path);
    if (found.outcome != Lookup::Outcome::Found) {
        Unrouted unrouted{request, reply, std::move(request_id)};
        const bool wrong_method = found.outcome == Lookup::Outcome::MethodNotAllowed;
        if (options && wrong_method) return answer_options(unrouted, found.allow);
        return reject(unrouted, problem_of(found), wrong_method ? allow_line(found.allow) : std::string());
    }
    serve(std::make_shared<Exchange>(context_, request, std::move(reply), std::move(table), *found.route,
                                     std::move(found.params), std::move(request_id)));
}

void Pipeline::serve(const std::shared_ptr<Exchange>& exchange) {
    if (exchange->route().access == Access::Public) return limit(exchange);
    if (authenticator_ == nullptr) {
        (void)is_admitted(exchange, {});
        return;
    }
    const auto question = std::make_shared<Question<Verdict>>();
    authenticator_->ask(exchange, [question](Verdict verdict) { question->decide(std::move(verdict)); });
    // A late verdict comes on whatever thread decides, which has better things to do than to run a handler.
    const auto verdict = question->leave([&] { leave_connection(exchange); },
                                         [this, exchange](const Verdict& late) {
                                             if (!exchange->ended() && is_admitted(exchange, late)) limit_later(exchange);
                                         });
    if (verdict && is_admitted(exchange, *verdict)) limit(exchange);
}

bool Pipeline::is_admitted(const std::shared_ptr<Exchange>& exchange, const Verdict& verdict) const {
    if (const auto refused = refusal_of(verdict, exchange->route())) {
        exchange->fail(*refused);
        return false;
    }
    exchange->set_principal(verdict.principal);
    return true;
}

void Pipeline::limit(const std::shared_ptr<Exchange>& exchange) {
    RouteLimit* const limit = exchange->route().limit.get();
    if (limit == nullptr) return admit(exchange);
    const auto question = std::make_shared<Question<Allowance>>();
    limit->ask(exchange, [question](Allowance allowance) { question->decide(std::move(allowance)); });
    const auto allowance = question->leave([&] { leave_connection(exchange); },
                                           [this, exchange](const Allowance& late) {
                                               if (!exchange->ended() && is_within(exchange, late)) serve_later(exchange);
                                           });
    if (allowance && is_within(exchange, *allowance)) admit(exchange);
}

// For a request that has left its connection already.
void Pipeline::limit_later(const std::shared_ptr<Exchange>& exchange) {
    RouteLimit* const limit = exchange->route().limit.get();
    if (limit == nullptr) return serve_later(exchange);
    limit->ask(exchange, [this, exchange](const Allowance& allowance) {
        if (!exchange->ended() && is_within(exchange, allowance)) serve_later(exchange);
    });
}

bool Pipeline::is_within(const std::shared_ptr<Exchange>& exchange, const Allowance& allowance) {
    exchange->set_limit_lines(limit_lines_of(allowance));
    const auto refused = refusal_of(allowance);
    if (refused) exchange->fail(*refused);
    return !refused;
}

void Pipeline::leave_connection(const std::shared_ptr<Exchange>& exchange) {
    exchange->keep();
    exchange->detach();
}

void Pipeline::admit(const std::shared_ptr<Exchange>& exchange) {
    if (exchange->route().blocking) return serve_on_pool(exchange);
    run(exchange);
    exchange->detach();
}

// A handler runs on the kind of thread that its route was declared for, however long the question took.
void Pipeline::serve_later(const std::shared_ptr<Exchange>& exchange) {
    if (exchange->route().blocking) return serve_on_pool(exchange);
    // Not taken: the client is gone, and with it whoever wanted an answer.
    (void)exchange->post([this, exchange] {
        if (!exchange->ended()) run(exchange);
    });
}

void Pipeline::serve_on_pool(const std::shared_ptr<Exchange>& exchange) {
    leave_connection(exchange);
    const bool taken = blocking_.post([this, exchange] {
        // It may have waited too long, or for nobody.
        if (!exchange->ended()) run(exchange);
    });
    if (!taken) exchange->fail(no_thread_free());
}

void Pipeline::run(const std::shared_ptr<Exchange>& exchange) const {
    const Route& route = exchange->route();
    const auto report = [&](std::string_view what) {
        context_.logger.error(
            "a handler failed",
            {{"request_id", exchange->request_id()}, {"route", route.pattern}, {"plugin", route.owner}, {"error", what}});
    };
    try {
        route.handle(exchange);
    } catch (const core::Error& error) {
        // Neither tells the client what went wrong.
        if (core::is_of_database(error) || http::problem_of(error).status == 500) report(error.what());
        exchange->fail(error);
    } catch (const std::exception& error) {
        report(error.what());
        exchange->fail(defect());
    } catch (...) {
        report("an exception that is no std::exception");
        exchange->fail(defect());
    }
}

void Pipeline::answer_preflight(Unrouted& unrouted, const std::string& methods) const {
    finish(unrouted, Head(204), {}, context_.cors.preflight_lines_for(unrouted.request, methods));
}

void Pipeline::answer_options(Unrouted& unrouted, const std::string& methods) const {
    Head head(204);
    head.add_raw(allow_line(methods));
    finish(unrouted, std::move(head), {}, context_.cors.lines_for(unrouted.request));
}

void Pipeline::reject(Unrouted& unrouted, const Problem& problem, const std::string& extra_lines) const {
    Head head = head_of(problem);
    head.add_raw(extra_lines);
    finish(unrouted, std::move(head), to_json(problem, unrouted.request.path, unrouted.request_id),
           context_.cors.lines_for(unrouted.request));
}

void Pipeline::finish(Unrouted& unrouted, Head head, std::string body, const std::string& cors_lines) const {
    context_.dress(head, {unrouted.request_id, cors_lines, unrouted.request.tls});
    const std::uint16_t status = head.status();
    const std::size_t bytes = body.size();
    unrouted.reply.send(std::move(head), Bytes(std::move(body)));
    account(unrouted, status, bytes);
}

void Pipeline::account(const Unrouted& unrouted, std::uint16_t status, std::size_t bytes) const {
    const Request& request = unrouted.request;
    const std::chrono::nanoseconds duration(core::mono_ns() - unrouted.started_ns);
    if (request.method == "HEAD") bytes = 0;
    if (unrouted_ != nullptr) {
        unrouted_->finished({.method = request.method, .status = status, .bytes = bytes, .duration = duration});
    }
    if (!context_.logs_access()) return;
    write_access_line(context_.logger, {.request_id = unrouted.request_id,
                                        .peer = request.peer,
                                        .method = request.method,
                                        .path = request.path,
                                        .status = status,
                                        .bytes = bytes,
                                        .duration = duration});
}

std::pair<Head, std::string> Pipeline::refuse(const Refusal& refusal, const Request& partial) {
    Reply nobody;
    const Unrouted unrouted{partial, nobody, request_id_of(partial)};
    const Problem problem{
        .status = refusal.status, .code = std::string(refusal.code), .detail = std::string(refusal.detail)};
    Head head = head_of(problem);
    const std::string cors_lines = context_.cors.lines_for(partial);
    context_.dress(head, {unrouted.request_id, cors_lines, partial.tls});
    std::string body = to_json(problem, partial.path, unrouted.request_id);
    account(unrouted, problem.status, body.size());
    return {std::move(head), std::move(body)};
}

}  // namespace host::http
