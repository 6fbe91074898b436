#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <gantry/abi/http_client.h>
#include <gantry/detail/guard.hpp>
#include <gantry/testing/calls.hpp>
#include <gantry/testing/exchange.hpp>
#include <gantry/testing/watch.hpp>

namespace gantry::testing {

// A call to another server as it arrived.
struct UpstreamCall {
    std::string method;
    std::string url;
    HeaderList headers;
    std::string body;  // also one that came piece by piece
    std::uint32_t flags = 0;
    std::uint32_t deadline_ms = 0;
    std::uint32_t retries_max = 0;

    // The first of that name, in any case; empty if there is none.
    std::string header(std::string_view name) const {
        for (const auto& [key, value] : headers) {
            if (equal_ignoring_case(key, name)) return value;
        }
        return {};
    }
};

// What the fake answers: status and a body in pieces, as it might come over the wire.
struct UpstreamAnswer {
    std::uint32_t status = 200;
    std::vector<std::string> pieces = {};
    HeaderList headers = {};
};

// gantry.http.client/1 that answers from a script. A call is answered by the oldest expectation left with its method and
// URL; one that nobody expects, and an expectation that nothing met, break the test.
class FakeHttpClient {
  public:
    FakeHttpClient(Watch& watch, Calls& calls) : watch_(watch), calls_(calls) {}

    void expect(std::string method, std::string url, UpstreamAnswer answer) {
        add({std::move(method), std::move(url), std::move(answer), GANTRY_OK, {}});
    }
    // After the pieces of `answer`, if it has any, the call fails: GANTRY_E_UNAVAILABLE, "CONNECTION_LOST".
    void expect_failure(std::string method, std::string url, gantry_status status, std::string code,
                        UpstreamAnswer answer = {0, {}, {}}) {
        add({std::move(method), std::move(url), std::move(answer), status, std::move(code)});
    }
    // As if the administrator had not listed the host.
    void deny(std::string method, std::string url) {
        add({std::move(method), std::move(url), {}, GANTRY_E_DENIED, "EGRESS_DENIED"});
    }
    // From now on a call that nobody expects finds nobody there, and breaks no test.
    void nobody_is_there() {
        const std::lock_guard lock(mutex_);
        nobody_is_there_ = true;
    }
    std::vector<UpstreamCall> calls() const {
        const std::lock_guard lock(mutex_);
        return seen_;
    }
    // How often a receiver wanted no more for a while, and how often a call was given up.
    std::size_t pauses() const {
        const std::lock_guard lock(mutex_);
        return pauses_;
    }
    std::size_t cancelled() const {
        const std::lock_guard lock(mutex_);
        return cancelled_;
    }

    // What is wrong once the plugin has stopped.
    void check_end() {
        const std::lock_guard lock(mutex_);
        for (const Expectation& left : expectations_)
            watch_.violation("no call met the expectation: " + left.method + " " + left.url);
    }

    gantry_status send(const gantry_http_call& call, const gantry_http_sink& sink, void* user, gantry_id* operation,
                       gantry_error* error);
    // Every second piece of a body is told to wait.
    gantry_status write(gantry_id operation, const gantry_slice& piece);
    gantry_status end_body(gantry_id operation);
    gantry_status resume(gantry_id operation);
    gantry_status cancel(gantry_id operation);
    // What the real host does before stop(): every call ends.
    void cancel_all();

  private:
    struct Expectation {
        std::string method;
        std::string url;
        UpstreamAnswer answer;
        gantry_status status;
        std::string code;
    };
    struct Open {
        gantry_id id;
        gantry_http_sink sink;
        void* user;
        Expectation expectation;
        bool head_told = false;
        bool paused = false;
        bool cancelled = false;
        std::size_t next_piece = 0;
        std::size_t call = 0;       // which of those seen
        bool body_to_come = false;  // it is answered after that
        std::size_t body_pieces = 0;
    };

    void add(Expectation expectation) {
        const std::lock_guard lock(mutex_);
        expectations_.push_back(std::move(expectation));
    }
    bool take(const UpstreamCall& call, Expectation& out);
    // One step of a call, on the thread of the callbacks; steps follow each other until it is over or paused.
    void step(const std::shared_ptr<Open>& open);
    void end(const std::shared_ptr<Open>& open);

    Watch& watch_;
    Calls& calls_;
    mutable std::mutex mutex_;
    std::deque<Expectation> expectations_;
    std::vector<UpstreamCall> seen_;
    std::map<gantry_id, std::shared_ptr<Open>> open_;
    gantry_id last_id_ = 1'000'000;
    bool nobody_is_there_ = false;
    std::size_t pauses_ = 0;
    std::size_t cancelled_ = 0;
};

inline bool FakeHttpClient::take(const UpstreamCall& call, Expectation& out) {
    for (auto at = expectations_.begin(); at != expectations_.end(); ++at) {
        if (at->method != call.method || at->url != call.url) continue;
        out = std::move(*at);
        expectations_.erase(at);
        return true;
    }
    return false;
}

inline gantry_status FakeHttpClient::send(const gantry_http_call& passed, const gantry_http_sink& sink, void* user,
                                          gantry_id* operation, gantry_error* error) {
    UpstreamCall call{std::string(view(passed.method)),
                      std::string(view(passed.url)),
                      {},
                      {},
                      passed.flags,
                      passed.deadline_ms,
                      passed.retries_max};
    for (std::uint32_t i = 0; i < passed.headers_n; ++i)
        call.headers.emplace_back(view(passed.headers[i].name), view(passed.headers[i].value));
    call.body = view(gantry_bytes{passed.body.data, passed.body.size});
    auto open = std::make_shared<Open>(Open{0, sink, user, {}});
    {
        const std::lock_guard lock(mutex_);
        open->call = seen_.size();
        open->body_to_come = (passed.flags & GANTRY_HTTP_CALL_STREAM_BODY) != 0;
        seen_.push_back(call);
        if (!take(call, open->expectation)) {
            if (!nobody_is_there_) watch_.violation("nobody expects the call: " + call.method + " " + call.url);
            open->expectation = {call.method, call.url, {0, {}, {}}, GANTRY_E_UNAVAILABLE, "CONNECTION_FAILED"};
        }
        if (open->expectation.status == GANTRY_E_DENIED) {
            gantry::detail::fill(error, GANTRY_E_DENIED, open->expectation.code, "the administrator does not permit it");
            return GANTRY_E_DENIED;
        }
        open->id = ++last_id_;
        open_.emplace(open->id, open);
    }
    if (passed.body.release != nullptr) passed.body.release(passed.body.context, passed.body.data, passed.body.size);
    if (operation != nullptr) *operation = open->id;
    if (!open->body_to_come) calls_.add([this, open] { step(open); });
    return GANTRY_PENDING;
}

inline void FakeHttpClient::step(const std::shared_ptr<Open>& open) {
    const UpstreamAnswer& answer = open->expectation.answer;
    bool cancelled = false;
    {
        const std::lock_guard lock(mutex_);
        cancelled = open->cancelled;
        if (open_.count(open->id) == 0 || (open->paused && !cancelled)) return;
    }
    if (cancelled || (!open->head_told && answer.status == 0)) return end(open);
    if (!open->head_told) {
        open->head_told = true;
        const std::vector<gantry_pair> pairs = pairs_of(answer.headers);
        open->sink.head(open->user, answer.status, pairs.data(), static_cast<std::uint32_t>(pairs.size()));
    } else if (open->next_piece < answer.pieces.size()) {
        const std::string& piece = answer.pieces[open->next_piece++];
        const gantry_status status = open->sink.data(open->user, {piece.data(), piece.size()});
        const std::lock_guard lock(mutex_);
        if (status < 0) open->cancelled = true;
        // Cancelled meanwhile, it has nobody left who would resume it: its last step must come by itself.
        if (status == GANTRY_AGAIN && !open->cancelled) {
            ++pauses_;
            open->paused = true;
            return;
        }
    } else {
        return end(open);
    }
    calls_.add([this, open] { step(open); });
}

inline void FakeHttpClient::end(const std::shared_ptr<Open>& open) {
    {
        const std::lock_guard lock(mutex_);
        open_.erase(open->id);
        cancelled_ += open->cancelled ? 1 : 0;
    }
    const gantry_status status = open->cancelled ? GANTRY_E_CANCELLED + 0 : open->expectation.status;
    if (status >= 0) return open->sink.done(open->user, GANTRY_OK, nullptr);
    gantry_error error = gantry::detail::empty_error();
    gantry::detail::fill(&error, status, open->cancelled ? "" : open->expectation.code,
                         "the call failed, as the test wants it");
    open->sink.done(open->user, status, &error);
}

inline gantry_status FakeHttpClient::write(gantry_id operation, const gantry_slice& piece) {
    gantry_status status = GANTRY_E_GONE;
    {
        const std::lock_guard lock(mutex_);
        const auto found = open_.find(operation);
        if (found == open_.end() || found->second->cancelled) return status;
        const std::shared_ptr<Open> open = found->second;
        if (!open->body_to_come) return GANTRY_E_INVALID;
        seen_[open->call].body += view(gantry_bytes{piece.data, piece.size});
        status = ++open->body_pieces % 2 == 0 ? GANTRY_AGAIN : GANTRY_OK;
        if (status == GANTRY_AGAIN && open->sink.writable != nullptr)
            calls_.add([open] { open->sink.writable(open->user); });
    }
    if (piece.release != nullptr) piece.release(piece.context, piece.data, piece.size);
    return status;
}

inline gantry_status FakeHttpClient::end_body(gantry_id operation) {
    std::shared_ptr<Open> open;
    {
        const std::lock_guard lock(mutex_);
        const auto found = open_.find(operation);
        if (found == open_.end() || found->second->cancelled) return GANTRY_E_GONE;
        open = found->second;
        if (!std::exchange(open->body_to_come, false)) return GANTRY_E_INVALID;
    }
    calls_.add([this, open] { step(open); });
    return GANTRY_OK;
}

inline gantry_status FakeHttpClient::resume(gantry_id operation) {
    std::shared_ptr<Open> open;
    {
        const std::lock_guard lock(mutex_);
        const auto found = open_.find(operation);
        if (found == open_.end()) return GANTRY_OK;
        open = found->second;
        if (!open->paused) return GANTRY_OK;
        open->paused = false;
    }
    calls_.add([this, open] { step(open); });
    return GANTRY_OK;
}

inline gantry_status FakeHttpClient::cancel(gantry_id operation) {
    std::shared_ptr<Open> open;
    {
        const std::lock_guard lock(mutex_);
        const auto found = open_.find(operation);
        if (found == open_.end()) return GANTRY_OK;
        open = found->second;
        open->cancelled = true;
        const bool waits = std::exchange(open->paused, false) || std::exchange(open->body_to_come, false);
        if (!waits) return GANTRY_OK;
    }
    // A call that waits has no step on its way.
    calls_.add([this, open] { step(open); });
    return GANTRY_OK;
}

inline void FakeHttpClient::cancel_all() {
    std::vector<gantry_id> ids;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& entry : open_)
            ids.push_back(entry.first);
    }
    for (const gantry_id id : ids)
        cancel(id);
}

}  // namespace gantry::testing
