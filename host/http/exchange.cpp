#include "host/http/exchange.hpp"

#include <utility>

#include "host/core/clock.hpp"
#include "host/http/compression.hpp"
#include "host/http/context.hpp"
#include "host/http/route_meter.hpp"
#include "host/http/route_table.hpp"
#include "host/http/trace.hpp"

namespace host::http {

namespace {

std::uint64_t deadline_after(std::uint64_t now_ns, const Route& route, const Settings& settings) {
    const std::chrono::nanoseconds allowed = route.deadline.count() > 0 ? route.deadline : settings.request_deadline;
    return now_ns + static_cast<std::uint64_t>(allowed.count());
}

}  // namespace

Exchange::Exchange(const Context& context, const Request& request, Reply reply, std::shared_ptr<const RouteTable> table,
                   const Route& route, std::vector<Param> params, std::string request_id)
    : context_(context),
      table_(std::move(table)),
      route_(route),
      params_(std::move(params)),
      request_id_(std::move(request_id)),
      cors_lines_(context.cors.lines_for(request)),
      started_ns_(core::mono_ns()),
      deadline_ns_(deadline_after(started_ns_, route, context.settings)),
      head_request_(request.method == "HEAD"),
      coding_(coding_for(request, route, context.settings.compression)),
      tls_(request.tls),
      request_(request),
      reply_(std::move(reply)) {}

Exchange::~Exchange() {
    if (state_ == State::Ended) return;
    context_.logger.error("a handler gave up a request without ending its answer",
                          {{"request_id", request_id_}, {"route", route_.pattern}, {"plugin", route_.owner}});
    if (state_ == State::Streaming) {
        close(Outcome::Cut);
        return;
    }
    fail(Problem{.status = 500, .code = "NO_ANSWER", .detail = "the handler of this route gave no answer"});
}

void Exchange::keep() {
    std::lock_guard lock(mutex_);
    request_.keep();
}

void Exchange::set_limit_lines(std::string lines) {
    std::lock_guard lock(mutex_);
    if (state_ == State::Open) limit_lines_ = std::move(lines);
}

std::string_view Exchange::traceparent() const {
    return traceparent_of(request_.view());
}

void Exchange::detach() {
    if (ended()) return;
    std::lock_guard pen(pen_);
    {
        std::lock_guard lock(mutex_);
        if (state_ == State::Ended) return;
        request_.detach();
    }
    reply_.watch(weak_from_this());
    // The server minds it only while the answer has not begun.
    reply_.set_deadline(core::Monotonic::time_point(std::chrono::nanoseconds(deadline_ns_)));
}

std::optional<Exchange::CancelCallback> Exchange::claim(Step step) {
    std::lock_guard lock(mutex_);
    if (state_ != State::Open) return std::nullopt;
    request_.secure_line();
    state_ = step.next;
    status_ = step.status;
    events_ = std::move(step.events);
    return std::exchange(cancelled_, nullptr);
}

bool Exchange::post(std::function<void()> work) {
    std::lock_guard pen(pen_);
    return reply_.post(std::move(work));
}

void Exchange::account(Ending ending) const {
    const bool logs = context_.logs_access();
    if (!logs && route_.meter == nullptr) return;
    const std::chrono::nanoseconds duration(core::mono_ns() - started_ns_);
    const Request& line = request_.line();
    const std::uint64_t bytes = has_no_body(status_) ? 0 : bytes_.load();
    if (route_.meter != nullptr) {
        route_.meter->finished({.method = line.method, .status = status_, .bytes = bytes, .duration = duration});
    }
    if (!logs) return;
    write_access_line(context_.logger, {.request_id = request_id_,
                                        .peer = line.peer,
                                        .method = line.method,
                                        .path = line.path,
                                        .route = route_.pattern,
                                        .plugin = route_.owner,
                                        .status = status_,
                                        .bytes = bytes,
                                        .duration = duration,
                                        .ending = ending});
}

}  // namespace host::http
