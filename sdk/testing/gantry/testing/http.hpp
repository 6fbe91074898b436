#pragma once

#include <chrono>
#include <condition_variable>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gantry/abi/http_server.h>
#include <gantry/testing/calls.hpp>
#include <gantry/testing/exchange.hpp>
#include <gantry/testing/route_match.hpp>
#include <gantry/testing/watch.hpp>

namespace gantry::testing {

// A route as the plugin declared it; the texts are copies.
struct DeclaredRoute {
    std::string method;
    std::string pattern;
    std::string operation_id;
    std::string summary;
    std::string request_schema;
    std::string response_schema;
    std::string parameters_schema;
    std::string response_type;
    std::vector<std::string> scopes;
    gantry_route route{};  // its texts are gone; handle, user, flags, access and limits are good
};

// gantry.http.server/1 without a network.
class FakeHttp {
  public:
    using ExchangePtr = std::shared_ptr<Exchange>;

    FakeHttp(Watch& watch, Calls& calls) : watch_(watch), calls_(calls) {}

    // For the test.
    void stream_high_water(std::size_t bytes) { high_water_ = bytes; }
    // The client of a stream reads nothing until it is told to; else it reads at once.
    void client_reads_by_hand() { reads_at_once_ = false; }
    // A second answer to a request, which the host refuses, breaks the contract too.
    void watch_second_answers() { second_answers_ = true; }
    const std::vector<DeclaredRoute>& routes() const { return routes_; }
    ExchangePtr open(ClientRequest request);
    void wait(const ExchangePtr& exchange);
    bool ended(const ExchangePtr& exchange) const;
    Answer answer_of(const ExchangePtr& exchange) const;
    std::size_t waits_of(const ExchangePtr& exchange) const;
    void read(const ExchangePtr& exchange);
    void leave(const ExchangePtr& exchange, gantry_status reason = GANTRY_E_CANCELLED);
    // The host stops: what is open is cut.
    void cancel_all();
    void check_end() const;

    // For the plugin.
    gantry_status add_route(const gantry_route& route, gantry_id* route_id);
    gantry_status retain(gantry_id request, const gantry_request** view);
    gantry_status reply(gantry_id request, const gantry_response& response);
    gantry_status fail(gantry_id request, const gantry_error& error, std::string_view details);
    gantry_status stream_open(gantry_id request, const gantry_response& head, const gantry_stream_events* events,
                              void* user);
    gantry_status stream_write(gantry_id request, const gantry_slice& chunk);
    gantry_status stream_close(gantry_id request, gantry_status outcome);
    gantry_status body_next(gantry_id request, gantry_body_chunk chunk, void* user);
    gantry_status on_cancel(gantry_id request, void (*cancelled)(void*, gantry_id, gantry_status), void* user);
    // The request becomes a socket. False: it has ended.
    bool upgrade(gantry_id request) {
        const std::lock_guard lock(mutex_);
        const ExchangePtr exchange = find(request);
        if (!exchange || exchange->state != Exchange::State::Open) return false;
        exchange->answer.status = 101;
        end(exchange);
        return true;
    }
    // Does the request ask for a WebSocket?
    bool asks_for_socket(gantry_id request) const {
        const std::lock_guard lock(mutex_);
        const ExchangePtr exchange = find(request);
        if (!exchange) return false;
        for (const auto& [name, value] : exchange->request.headers) {
            if (equal_ignoring_case(name, "upgrade") && equal_ignoring_case(value, "websocket")) return true;
        }
        return false;
    }
    // The plugin could not answer because a call was made to fail: the host does it.
    void give_up(gantry_id request);

  private:
    struct Cancel {
        void (*cancelled)(void*, gantry_id, gantry_status);
        void* user;
    };

    // Null if it cannot be answered.
    ExchangePtr find_unanswered(gantry_id request, const char* function) const;
    // Not for a request that has ended.
    ExchangePtr find(gantry_id request) const;
    void end(const ExchangePtr& exchange);
    static std::vector<std::pair<std::string, std::string>> headers_of(const gantry_response& response);
    static std::string take(const gantry_slice& slice);
    void schedule_writable(const ExchangePtr& exchange);

    Watch& watch_;
    Calls& calls_;
    std::vector<DeclaredRoute> routes_;
    std::size_t high_water_ = 65'536;
    bool reads_at_once_ = true;
    mutable std::mutex mutex_;
    std::condition_variable ended_;
    std::map<gantry_id, ExchangePtr> exchanges_;  // not yet ended
    std::map<gantry_id, Cancel> cancels_;
    std::set<gantry_id> answered_;  // by the plugin itself
    bool second_answers_ = false;
    gantry_id next_id_ = 1;
};

inline FakeHttp::ExchangePtr FakeHttp::open(ClientRequest request) {
    const std::string path = request.target.substr(0, request.target.find('?'));
    const DeclaredRoute* best = nullptr;
    RouteMatch best_match;
    for (const DeclaredRoute& route : routes_) {
        if (route.method != request.method && !(request.method == "HEAD" && route.method == "GET")) continue;
        std::optional<RouteMatch> match = match_route(route.pattern, path);
        if (!match || (best != nullptr && match->rank <= best_match.rank)) continue;
        best = &route;
        best_match = std::move(*match);
    }
    ExchangePtr exchange;
    {
        const std::lock_guard lock(mutex_);
        exchange = std::make_shared<Exchange>(next_id_++, std::move(request), std::move(best_match.params));
        const auto in_half_a_minute = std::chrono::steady_clock::now().time_since_epoch() + std::chrono::seconds(30);
        exchange->view.deadline_ns = static_cast<std::uint64_t>(std::chrono::nanoseconds(in_half_a_minute).count());
        exchanges_[exchange->id] = exchange;
    }
    gantry_status status = GANTRY_E_NOT_FOUND;
    if (best != nullptr) {
        const bool blocking = (best->route.flags & GANTRY_ROUTE_BLOCKING) != 0;
        const ThreadKindScope kind(blocking ? GANTRY_THREAD_BLOCKING : GANTRY_THREAD_WORKER);
        status = best->route.handle(best->route.user, exchange->id, &exchange->view);
    }
    const std::lock_guard lock(mutex_);
    if (exchange->state != Exchange::State::Open || status == GANTRY_PENDING) return exchange;
    if (status >= 0) watch_.violation(exchange->request.method + " " + exchange->request.target + " was not answered");
    gantry_error error = gantry::detail::empty_error();
    error.status = status < 0 ? status : GANTRY_E_INTERNAL;
    exchange->answer = problem_answer(error, {});
    end(exchange);
    return exchange;
}

// Answers that never come are a failure of the test, not a test that hangs.
inline void FakeHttp::wait(const ExchangePtr& exchange) {
    while (!calls_.has_worker() && !ended(exchange)) {
        if (!calls_.run_one()) break;
    }
    std::unique_lock lock(mutex_);
    const auto is_ended = [&] { return exchange->state == Exchange::State::Ended; };
    if (!ended_.wait_for(lock, std::chrono::seconds(calls_.has_worker() ? 20 : 0), is_ended)) {
        watch_.violation(exchange->request.method + " " + exchange->request.target + " is not answered");
    }
}

inline bool FakeHttp::ended(const ExchangePtr& exchange) const {
    const std::lock_guard lock(mutex_);
    return exchange->state == Exchange::State::Ended;
}

inline Answer FakeHttp::answer_of(const ExchangePtr& exchange) const {
    const std::lock_guard lock(mutex_);
    return exchange->answer;
}

inline std::size_t FakeHttp::waits_of(const ExchangePtr& exchange) const {
    const std::lock_guard lock(mutex_);
    return exchange->waits;
}

inline void FakeHttp::read(const ExchangePtr& exchange) {
    const std::lock_guard lock(mutex_);
    exchange->unread_bytes = 0;
    if (exchange->awaits_writable && exchange->state == Exchange::State::Streaming) schedule_writable(exchange);
}

inline void FakeHttp::leave(const ExchangePtr& exchange, gantry_status reason) {
    const std::lock_guard lock(mutex_);
    if (exchange->state == Exchange::State::Ended) return;
    exchange->client_left = true;
    if (exchange->state == Exchange::State::Streaming) {
        exchange->answer.complete = false;
        const auto closed = exchange->events.closed;
        calls_.add([closed, exchange, reason] { closed(exchange->events_user, exchange->id, reason); });
    } else if (const auto cancel = cancels_.find(exchange->id); cancel != cancels_.end()) {
        calls_.add([cancel = cancel->second, exchange, reason] { cancel.cancelled(cancel.user, exchange->id, reason); });
    }
    end(exchange);
}

inline void FakeHttp::cancel_all() {
    std::map<gantry_id, ExchangePtr> open;
    {
        const std::lock_guard lock(mutex_);
        open = exchanges_;
    }
    for (const auto& [id, exchange] : open)
        leave(exchange);
}

inline void FakeHttp::check_end() const {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, exchange] : exchanges_)
        watch_.violation(exchange->request.target + " was never answered");
}

inline gantry_status FakeHttp::add_route(const gantry_route& route, gantry_id* route_id) {
    DeclaredRoute declared{std::string(view(route.method)),
                           std::string(view(route.pattern)),
                           std::string(view(route.operation_id)),
                           std::string(view(route.summary)),
                           std::string(view(route.request_schema)),
                           std::string(view(route.response_schema)),
                           std::string(view(route.parameters_schema)),
                           std::string(view(route.response_type)),
                           {},
                           route};
    for (std::uint32_t i = 0; i < route.scopes_n; ++i)
        declared.scopes.emplace_back(view(route.scopes[i]));
    for (const DeclaredRoute& other : routes_) {
        if (other.method == declared.method && other.pattern == declared.pattern) return GANTRY_E_CONFLICT;
    }
    routes_.push_back(std::move(declared));
    *route_id = routes_.size();
    return GANTRY_OK;
}

inline gantry_status FakeHttp::retain(gantry_id request, const gantry_request** view) {
    const std::lock_guard lock(mutex_);
    const ExchangePtr exchange = find(request);
    if (exchange == nullptr) return GANTRY_E_GONE;
    *view = &exchange->view;
    return GANTRY_OK;
}

inline gantry_status FakeHttp::reply(gantry_id request, const gantry_response& response) {
    const std::lock_guard lock(mutex_);
    const ExchangePtr exchange = find_unanswered(request, "reply()");
    if (exchange == nullptr) return GANTRY_E_GONE;
    for (const auto& [name, value] : headers_of(response)) {
        if ((name + value).find_first_of("\r\n") != std::string::npos) return GANTRY_E_INVALID;
    }
    exchange->answer = {response.status, headers_of(response), take(response.body), true};
    answered_.insert(request);
    end(exchange);
    return GANTRY_OK;
}

inline gantry_status FakeHttp::fail(gantry_id request, const gantry_error& error, std::string_view details) {
    const std::lock_guard lock(mutex_);
    const ExchangePtr exchange = find_unanswered(request, "fail()");
    if (exchange == nullptr) return GANTRY_E_GONE;
    exchange->answer = problem_answer(error, details);
    answered_.insert(request);
    end(exchange);
    return GANTRY_OK;
}

inline gantry_status FakeHttp::stream_open(gantry_id request, const gantry_response& head,
                                           const gantry_stream_events* events, void* user) {
    const std::lock_guard lock(mutex_);
    const ExchangePtr exchange = find_unanswered(request, "stream_open()");
    if (exchange == nullptr) return GANTRY_E_GONE;
    exchange->state = Exchange::State::Streaming;
    exchange->answer = {head.status, headers_of(head), {}, false};
    exchange->events = *events;
    exchange->events_user = user;
    return GANTRY_OK;
}

inline gantry_status FakeHttp::stream_write(gantry_id request, const gantry_slice& chunk) {
    const std::lock_guard lock(mutex_);
    const ExchangePtr exchange = find(request);
    if (exchange == nullptr || exchange->state != Exchange::State::Streaming) return GANTRY_E_GONE;
    if (exchange->awaits_writable) watch_.violation("stream_write() before writable()");
    exchange->unread_bytes += chunk.size;
    exchange->answer.body += take(chunk);
    if (exchange->unread_bytes <= high_water_) return GANTRY_OK;
    exchange->awaits_writable = true;
    ++exchange->waits;
    if (reads_at_once_) schedule_writable(exchange);
    return GANTRY_AGAIN;
}

inline gantry_status FakeHttp::stream_close(gantry_id request, gantry_status outcome) {
    const std::lock_guard lock(mutex_);
    const ExchangePtr exchange = find(request);
    if (exchange == nullptr || exchange->state != Exchange::State::Streaming) return GANTRY_E_GONE;
    exchange->answer.complete = outcome >= 0;
    answered_.insert(request);
    end(exchange);
    return GANTRY_OK;
}

inline gantry_status FakeHttp::body_next(gantry_id request, gantry_body_chunk chunk, void* user) {
    const std::lock_guard lock(mutex_);
    const ExchangePtr exchange = find(request);
    if (exchange == nullptr) return GANTRY_E_GONE;
    calls_.add([exchange, chunk, user] { chunk(user, GANTRY_OK, exchange->view.body, 1); });
    return GANTRY_PENDING;
}

inline gantry_status FakeHttp::on_cancel(gantry_id request, void (*cancelled)(void*, gantry_id, gantry_status), void* user) {
    const std::lock_guard lock(mutex_);
    if (find(request) == nullptr) return GANTRY_E_GONE;
    cancels_[request] = {cancelled, user};
    return GANTRY_OK;
}

inline void FakeHttp::give_up(gantry_id request) {
    const std::lock_guard lock(mutex_);
    const ExchangePtr exchange = find(request);
    if (exchange == nullptr) return;
    if (exchange->state == Exchange::State::Open) {
        gantry_error error = gantry::detail::empty_error();
        error.status = GANTRY_E_INTERNAL;
        exchange->answer = problem_answer(error, {});
    } else {
        const auto closed = exchange->events.closed;
        calls_.add([closed, exchange] { closed(exchange->events_user, exchange->id, GANTRY_E_CANCELLED); });
    }
    end(exchange);
}

inline FakeHttp::ExchangePtr FakeHttp::find(gantry_id request) const {
    const auto found = exchanges_.find(request);
    return found == exchanges_.end() ? nullptr : found->second;
}

inline FakeHttp::ExchangePtr FakeHttp::find_unanswered(gantry_id request, const char* function) const {
    if (second_answers_ && answered_.count(request) != 0)
        watch_.violation(std::string(function) + " was called for a request that was answered already");
    ExchangePtr exchange = find(request);
    return exchange != nullptr && exchange->state == Exchange::State::Open ? exchange : nullptr;
}

inline void FakeHttp::end(const ExchangePtr& exchange) {
    exchange->state = Exchange::State::Ended;
    exchanges_.erase(exchange->id);
    cancels_.erase(exchange->id);
    ended_.notify_all();
}

inline std::vector<std::pair<std::string, std::string>> FakeHttp::headers_of(const gantry_response& response) {
    std::vector<std::pair<std::string, std::string>> headers;
    for (std::uint32_t i = 0; i < response.headers_n; ++i) {
        headers.emplace_back(view(response.headers[i].name), view(response.headers[i].value));
    }
    return headers;
}

inline std::string FakeHttp::take(const gantry_slice& slice) {
    std::string bytes(view(gantry_bytes{slice.data, slice.size}));
    if (slice.release != nullptr) slice.release(slice.context, slice.data, slice.size);
    return bytes;
}

inline void FakeHttp::schedule_writable(const ExchangePtr& exchange) {
    calls_.add([this, exchange] {
        {
            const std::lock_guard lock(mutex_);
            if (exchange->state != Exchange::State::Streaming) return;
            exchange->awaits_writable = false;
            exchange->unread_bytes = 0;
        }
        exchange->events.writable(exchange->events_user, exchange->id);
    });
}

}  // namespace gantry::testing
