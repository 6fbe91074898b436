#include "host/http/exchange.hpp"

#include <algorithm>
#include <utility>

#include "host/core/clock.hpp"
#include "host/core/thread_kind.hpp"
#include "host/http/answer_framing.hpp"
#include "host/http/compression.hpp"
#include "host/http/compressor.hpp"
#include "host/http/context.hpp"
#include "host/http/head_field.hpp"
#include "host/http/route_meter.hpp"
#include "host/http/route_table.hpp"
#include "host/http/single_field.hpp"
#include "host/http/syntax.hpp"
#include "host/http/trace.hpp"

namespace host::http {

namespace {

// What nginx calls it: nothing was sent, for nobody was there to read. Only ever seen in the log.
constexpr std::uint16_t status_client_gone = 499;

// Up to here an answer is compressed by the thread that has it, an event loop at most: 0.1 ms with zstd, 0.25 ms with gzip.
// 64 KiB would be 1 ms, 1 MiB 25 ms: the blocking pool takes those, at some 20 us for the way there.
constexpr std::size_t compressed_here_bytes_max = 16 * 1024;

std::uint64_t deadline_after(std::uint64_t now_ns, const Route& route, const Settings& settings) {
    const std::chrono::nanoseconds allowed = route.deadline.count() > 0 ? route.deadline : settings.request_deadline;
    return now_ns + static_cast<std::uint64_t>(allowed.count());
}

// What the host itself still needs of a request whose handler did not keep it.
void emplace_line(std::optional<KeptRequest>& line, const Request& request) {
    Request wanted;
    wanted.method = request.method;
    wanted.target = request.path;
    wanted.path = request.path;
    wanted.peer = request.peer;
    wanted.minor_version = request.minor_version;
    line.emplace(wanted);
}

bool is_event_stream(const Head& head) {
    const std::string_view type = field_in(head, "Content-Type");
    return equal_names(type.substr(0, type.find_first_of("; \t")), "text/event-stream");
}

Ending ending_of(ReplyEvents::Reason reason) {
    switch (reason) {
        case ReplyEvents::Reason::ClientLeft:
            return Ending::ClientLeft;
        case ReplyEvents::Reason::WriteStalled:
            return Ending::WriteStalled;
        case ReplyEvents::Reason::Stopping:
            return Ending::Stopping;
    }
    return Ending::Cut;
}

core::Code code_of(ReplyEvents::Reason reason) {
    return reason == ReplyEvents::Reason::WriteStalled ? core::Code::Timeout : core::Code::Cancelled;
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
      request_(&request),
      home_(std::this_thread::get_id()),
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

bool Exchange::has_no_body(std::uint16_t status) const {
    return head_request_ || !may_have_body(status);
}

const Request& Exchange::request() const {
    return *request_;
}

void Exchange::keep() {
    std::lock_guard lock(mutex_);
    if (kept_) return;
    request_ = &kept_.emplace(*request_).view();
}

void Exchange::set_limit_lines(std::string lines) {
    std::lock_guard lock(mutex_);
    if (state_ == State::Open) limit_lines_ = std::move(lines);
}

std::string_view Exchange::traceparent() const {
    return traceparent_of(*request_);
}

std::optional<Exchange::CancelCallback> Exchange::claim(Step step) {
    std::lock_guard lock(mutex_);
    if (state_ != State::Open) return std::nullopt;
    secure_line();
    state_ = step.next;
    status_ = step.status;
    cancel_reason_ = step.cancel_reason;
    events_ = std::move(step.events);
    return std::exchange(cancelled_, nullptr);
}

void Exchange::secure_line() {
    // On the dispatching thread the connection's bytes are there: it is still inside dispatch().
    if (!kept_ && !line_ && std::this_thread::get_id() != home_) emplace_line(line_, *request_);
}

void Exchange::detach() {
    if (ended()) return;
    std::lock_guard pen(pen_);
    {
        std::lock_guard lock(mutex_);
        if (state_ == State::Ended) return;
        home_ = {};
        secure_line();
        if (!kept_) request_ = &line_->view();
    }
    reply_.watch(weak_from_this());
    // The server minds it only while the answer has not begun.
    reply_.set_deadline(core::Monotonic::time_point(std::chrono::nanoseconds(deadline_ns_)));
}

bool Exchange::send(Head head, Bytes body) {
    if (!claim({.next = State::Ended, .status = head.status()})) {
        body.disown();
        return false;
    }
    answer(std::move(head), std::move(body));
    return true;
}

bool Exchange::fail(const Problem& problem) {
    if (!claim({.next = State::Ended, .status = problem.status})) return false;
    answer(problem);
    return true;
}

void Exchange::answer(const Problem& problem) {
    answer(head_of(problem), Bytes(to_json(problem, request_line().path, request_id_)));
}

void Exchange::answer(Head head, Bytes body) {
    if (!may_be_compressed(head, body.size())) return deliver(std::move(head), std::move(body));
    add_vary(head);
    if (coding_ == Coding::Identity) return deliver(std::move(head), std::move(body));
    const bool here = body.size() <= compressed_here_bytes_max || core::thread_kind() == core::ThreadKind::Blocking;
    const auto self = here ? nullptr : weak_from_this().lock();
    if (self == nullptr) return compress_and_deliver(std::move(head), std::move(body));
    {
        // The connection's bytes do not wait for the pool; the log line does.
        std::lock_guard lock(mutex_);
        if (!kept_ && !line_) emplace_line(line_, *request_);
    }
    // std::function wants what can be copied.
    const auto parts = std::make_shared<std::pair<Head, Bytes>>(std::move(head), std::move(body));
    const bool taken = context_.blocking.post(
        [self, parts] { self->compress_and_deliver(std::move(parts->first), std::move(parts->second)); });
    // With no thread free, sending more is better than sending later.
    if (!taken) deliver(std::move(parts->first), std::move(parts->second));
}

bool Exchange::may_be_compressed(const Head& head, std::size_t body_bytes) const {
    const Compression& settings = context_.settings.compression;
    if (!may_have_body(head.status()) || !compresses(route_, settings)) return false;
    if (!is_worth_compressing(head, body_bytes, settings)) return false;
    if (!has_strong_etag(head)) return true;
    // The tag would become weak, and If-Match does not take weak tags: whoever writes here must get the strong one.
    const std::string methods = table_->allow(request_line().path);
    return !list_has(methods, "PUT") && !list_has(methods, "PATCH") && !list_has(methods, "DELETE");
}

void Exchange::compress_and_deliver(Head head, Bytes body) {
    std::optional<std::string> smaller = compress(coding_, body.view());
    if (!smaller) return deliver(std::move(head), std::move(body));
    deliver(compressed_head(head, coding_), Bytes(std::move(*smaller)));
}

void Exchange::deliver(Head head, Bytes body) {
    context_.dress(head, {request_id_, cors_lines_, tls_, limit_lines_});
    bytes_ = body.size();
    {
        std::lock_guard pen(pen_);
        reply_.send(std::move(head), std::move(body));
    }
    account(Ending::Complete);
}

bool Exchange::open(Head head, StreamEvents events, std::optional<std::uint64_t> length) {
    if (has_no_body(head.status())) return open_and_end(std::move(head), length);
    const auto heartbeat = is_event_stream(head) ? context_.settings.sse_heartbeat : std::chrono::milliseconds(0);
    auto shared = std::make_shared<const StreamEvents>(std::move(events));
    std::optional<CancelCallback> dropped;  // outlives the pen: it may be a plugin's code that runs when it dies

    // The pen first: nobody may write a piece before the head.
    std::lock_guard pen(pen_);
    dropped = claim({.next = State::Streaming, .status = head.status(), .events = std::move(shared)});
    if (!dropped) return false;
    context_.dress(head, {request_id_, cors_lines_, tls_, limit_lines_});
    reply_.open(std::move(head), {heartbeat, length});
    return true;
}

// The head is all that is wanted. Who would write on for ever, as event streams do, must learn that it is over.
bool Exchange::open_and_end(Head head, std::optional<std::uint64_t> length) {
    if (!claim({.next = State::Ended, .status = head.status()})) return false;
    context_.dress(head, {request_id_, cors_lines_, tls_, limit_lines_});
    {
        std::lock_guard pen(pen_);
        reply_.open(std::move(head), {.length = length});
        reply_.close(Outcome::Complete);
    }
    account(Ending::Complete);
    return false;
}

Write Exchange::write(Bytes piece) {
    // Looked at before the pen as well: a stream's own callback may come while a write of its thread is under way.
    if (state_ == State::Streaming) {
        std::lock_guard pen(pen_);
        if (state_ == State::Streaming) {
            bytes_ += piece.size();
            // Taken either way: that the client is gone will be told by gone(), and by every write after that.
            return reply_.write(std::move(piece)) == Write::Again ? Write::Again : Write::Ok;
        }
    }
    piece.disown();
    return Write::Gone;
}

std::shared_ptr<const Exchange::StreamEvents> Exchange::end_stream() {
    std::lock_guard lock(mutex_);
    if (state_ != State::Streaming) return nullptr;
    secure_line();
    state_ = State::Ended;
    return std::move(events_);
}

bool Exchange::close(Outcome outcome) {
    if (end_stream() == nullptr) return false;
    {
        std::lock_guard pen(pen_);
        reply_.close(outcome);
    }
    account(outcome == Outcome::Complete ? Ending::Complete : Ending::Cut);
    return true;
}

std::shared_ptr<WebSocket> Exchange::accept(WebSocketHub& hub, WebSocketOffer offer, WebSocketEvents events) {
    constexpr std::uint16_t switching_protocols = 101;
    if (ended()) return nullptr;
    const Request& request = *request_;
    require_websocket_handshake(request);
    if (!offer.any_origin) require_known_origin(request, context_.cors);
    require_offered(request, offer.subprotocol);
    WebSocketHub::Terms terms{
        {std::string(request.target), std::string(single_field(request, "Host")),
         std::string(single_field(request, "Sec-WebSocket-Key")), std::move(offer.subprotocol), request_id_},
        route_.owner,
        offer.instance,
        offer.message_bytes_max,
        offer.messages_per_second_max};
    hub.reserve();
    if (!claim({.next = State::Ended, .status = switching_protocols})) {
        hub.give_back();
        return nullptr;
    }
    WebSocketHub::Opened opened = hub.open(std::move(terms), std::move(events));
    {
        std::lock_guard pen(pen_);
        reply_.upgrade(std::move(opened.ticket));
    }
    account(Ending::Complete);
    return opened.socket;
}

void Exchange::on_cancel(CancelCallback cancelled) {
    std::optional<core::Code> reason;
    {
        std::lock_guard lock(mutex_);
        if (state_ == State::Open) std::swap(cancelled_, cancelled);
        reason = cancel_reason_;
    }
    if (reason && cancelled) cancelled(*reason);
}

bool Exchange::post(std::function<void()> work) {
    std::lock_guard pen(pen_);
    return reply_.post(std::move(work));
}

void Exchange::gone(Reason reason) {
    const core::Code code = code_of(reason);
    if (const auto cancelled = claim({.next = State::Ended, .status = status_client_gone, .cancel_reason = code})) {
        account(ending_of(reason));
        if (*cancelled) (*cancelled)(code);
        return;
    }
    if (const auto events = end_stream()) {
        account(ending_of(reason));
        if (events->closed) events->closed(code);
    }
}

void Exchange::abort(const core::Error& error) {
    const Problem problem = problem_of(error);
    constexpr core::Code reason = core::Code::Cancelled;
    if (const auto cancelled = claim({.next = State::Ended, .status = problem.status, .cancel_reason = reason})) {
        answer(problem);
        if (*cancelled) (*cancelled)(reason);
        return;
    }
    if (const auto events = end_stream()) {
        {
            std::lock_guard pen(pen_);
            reply_.close(Outcome::Cut);
        }
        account(Ending::Stopping);
        if (events->closed) events->closed(reason);
    }
}

void Exchange::writable() {
    std::shared_ptr<const StreamEvents> events;
    {
        std::lock_guard lock(mutex_);
        events = events_;
    }
    if (events != nullptr && events->writable) events->writable();
}

void Exchange::set_alarm(std::chrono::steady_clock::time_point when, std::function<void()> alarm) {
    {
        std::lock_guard lock(mutex_);
        if (state_ != State::Open) return;
        alarm_ = std::move(alarm);
    }
    const core::Monotonic::time_point deadline{std::chrono::nanoseconds(deadline_ns_)};
    std::lock_guard pen(pen_);
    reply_.set_deadline(std::min(when, deadline));
}

// The alarm of a handler rather than the deadline: true if there was one and it has been called.
bool Exchange::ring() {
    std::function<void()> alarm;
    {
        std::lock_guard lock(mutex_);
        if (state_ != State::Open || !alarm_ || core::mono_ns() >= deadline_ns_) return false;
        std::swap(alarm, alarm_);
    }
    {
        std::lock_guard pen(pen_);
        reply_.set_deadline(core::Monotonic::time_point(std::chrono::nanoseconds(deadline_ns_)));
    }
    alarm();
    return true;
}

void Exchange::expired() {
    if (ring()) return;
    const Problem problem{.status = 504, .code = "DEADLINE_EXCEEDED", .detail = "the answer was not ready in time"};
    const auto cancelled = claim({.next = State::Ended, .status = problem.status, .cancel_reason = core::Code::Timeout});
    if (!cancelled) return;
    answer(problem);
    if (*cancelled) (*cancelled)(core::Code::Timeout);
}

void Exchange::account(Ending ending) const {
    const bool logs = context_.logs_access();
    if (!logs && route_.meter == nullptr) return;
    const std::chrono::nanoseconds duration(core::mono_ns() - started_ns_);
    const Request& line = request_line();
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
