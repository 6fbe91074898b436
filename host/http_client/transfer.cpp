#include "host/http_client/transfer.hpp"

#include <algorithm>
#include <utility>

#include "host/http_client/body_stream.hpp"
#include "host/http_client/failure.hpp"
#include "host/http_client/request_check.hpp"
#include "host/http_client/retry.hpp"

namespace host::http_client {

using core::Code;
using core::Error;
using std::chrono::milliseconds;

namespace {

constexpr unsigned redirects_max = 10;
constexpr std::size_t discarded_bytes_max = 64 * 1024;  // read to keep a connection; more is not worth it

bool is_redirect(std::uint16_t status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool becomes_get(std::uint16_t status, std::string_view method) {
    return (status == 303 && method != "HEAD") || (status <= 302 && method == "POST");
}

}  // namespace

Transfer::Transfer(std::uint64_t id, Loop& loop, std::shared_ptr<User> user, Call call, Url url, Reach reach, Events events)
    : id_(id),
      loop_(loop),
      user_(std::move(user)),
      call_(std::move(call)),
      url_(std::move(url)),
      reach_(reach),
      events_(std::move(events)),
      head_(loop.settings().head_bytes_max),
      last_activity_(Clock::now()) {
    const Settings& settings = loop_.settings();
    if (call_.deadline.count() == 0) call_.deadline = settings.call_deadline;
    if (call_.idle.count() == 0) call_.idle = settings.idle_deadline;
    deadline_ = call_.body_stream ? Clock::time_point::max() : last_activity_ + call_.deadline;
}

Transfer::~Transfer() {
    end_attempt();
}

void Transfer::begin() {
    start_attempt();
    arm_timer();
}

void Transfer::start_attempt() {
    head_.reset();
    next_ = Next::Nothing;
    reason_.reset();
    sending_ = false;
    starved_ = false;
    discarded_bytes_ = 0;
    retry_at_ = Clock::time_point::max();
    last_activity_ = Clock::now();
    // A body that comes at its writer's pace shares no connection either.
    const bool http1 = call_.http1 || call_.stream || call_.body_stream != nullptr;
    const Wanted wanted{url_, call_.method, call_.headers, call_.body.bytes, call_.body_stream.get(), http1};
    attempt_ = std::make_unique<Attempt>(wanted, loop_.settings(), static_cast<AttemptEvents&>(*this), loop_.poller(), this);
    loop_.add(attempt_->easy());
}

void Transfer::end_attempt() {
    if (!attempt_) return;
    loop_.remove(attempt_->easy());
    attempt_.reset();
}

void Transfer::cancel() {
    finish(failure(url_, Code::Cancelled, "the call was cancelled", ""));
}

void Transfer::resume() {
    paused_ = false;
    if (!std::exchange(held_, false) || !attempt_) return;
    last_activity_ = Clock::now();
    // May deliver what was held back before it returns. If that is not wanted, libcurl leaves it to us to end the attempt.
    const CURLcode code = curl_easy_pause(attempt_->easy(), CURLPAUSE_CONT);
    if (code != CURLE_OK) attempt_ended(code);
}

void Transfer::body_came() {
    if (call_.body_stream && call_.body_stream->is_complete()) begin_deadline();
    go_on_sending();
}

void Transfer::go_on_sending() {
    if (!attempt_ || !std::exchange(starved_, false)) return;
    last_activity_ = Clock::now();
    // The answer stays held back as long as the plugin wants.
    const CURLcode code = curl_easy_pause(attempt_->easy(), held_ ? CURLPAUSE_RECV : CURLPAUSE_CONT);
    if (code != CURLE_OK) attempt_ended(code);
}

std::size_t Transfer::on_body_wanted(char* into, std::size_t bytes_max) {
    const std::optional<std::size_t> read = call_.body_stream->read(into, bytes_max);
    if (call_.body_stream->has_room_again() && events_.writable) events_.writable();
    starved_ = !read;
    return read ? *read : CURL_READFUNC_PAUSE;
}

bool Transfer::may_connect(AddressKind kind) {
    // Through a proxy it is the proxy that is connected to: the administrator named it.
    if (!loop_.settings().proxy.empty() || http_client::may_connect(reach_, kind)) return true;
    if (!reason_) {
        reason_ = Error(Code::Denied, user_->egress.address_denied(url_.host(), url_.port()),
                        authority(url_.host(), url_.port()), "ADDRESS_DENIED");
    }
    return false;
}

// Asked before every request, also on a connection that another plugin has opened and was permitted to.
bool Transfer::may_send(const char* address) {
    if (loop_.settings().proxy.empty() && !may_connect(kind_of_literal(address != nullptr ? address : ""))) return false;
    // libcurl sends a request again by itself when a kept connection broke. That is not safe for every request.
    if (std::exchange(sending_, true) && !may_repeat()) {
        reason_ = failure(url_, Code::Unavailable, "the connection broke before an answer came", "CONNECTION_LOST");
        return false;
    }
    // Another address of the name was refused, this one is good.
    reason_.reset();
    return true;
}

bool Transfer::on_head_line(std::string_view line) {
    last_activity_ = loop_.turn();
    switch (head_.add(line)) {
        case HeadReader::Progress::More:
            return true;
        case HeadReader::Progress::Complete:
            return head_arrived();
        case HeadReader::Progress::TooLarge:
            reason_ = failure(url_, Code::Unavailable, "the head of the answer is larger than http_client.head_bytes_max",
                              "ANSWER_HEAD_TOO_LARGE");
            return false;
        case HeadReader::Progress::Malformed:
            break;
    }
    reason_ = failure(url_, Code::Unavailable, "the answer is no HTTP", "ANSWER_MALFORMED");
    return false;
}

// Is this the answer, or does it lead to another attempt?
bool Transfer::head_arrived() {
    // libcurl sends no more of the body after a refusal, but as long as it waits for more it does not end the attempt.
    if (starved_) {
        loop_.post([&loop = loop_, id = id_] {
            Transfer* transfer = loop.find(id);
            if (transfer == nullptr) return;
            transfer->go_on_sending();
            loop.end_if_over(*transfer);
        });
    }
    const std::uint16_t status = head_.head().status;
    if (asks_for_retry(status) && may_retry() && may_repeat()) {
        retry_wait_ = std::max(retry_delay(retries_), milliseconds(1000 * attempt_->retry_after_seconds()));
        if (Clock::now() + retry_wait_ < deadline_) {
            next_ = Next::Retry;
            return true;
        }
    }
    if (redirects_here(status)) {
        next_ = Next::Redirect;
        return true;
    }
    delivered_ = true;
    if (call_.stream) deadline_ = Clock::time_point::max();
    events_.head(head_.head());
    return true;
}

std::size_t Transfer::on_body(std::string_view bytes) {
    last_activity_ = loop_.turn();
    if (next_ != Next::Nothing) {
        discarded_bytes_ += bytes.size();
        return discarded_bytes_ <= discarded_bytes_max ? bytes.size() : 0;
    }
    if (paused_) {
        held_ = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    loop_.tally.received_bytes += bytes.size();
    switch (events_.data(bytes)) {
        case Flow::More:
            return bytes.size();
        case Flow::Pause:
            paused_ = true;
            return bytes.size();
        case Flow::Stop:
            break;
    }
    reason_ = failure(url_, Code::Cancelled, "the receiver wanted no more", "");
    return 0;
}

void Transfer::attempt_ended(CURLcode code) {
    if (next_ != Next::Nothing) return after_answer();
    if (reason_) {
        if (reason_->code() == Code::Denied) ++loop_.tally.refused;
        return finish(std::move(reason_));
    }
    if (code == CURLE_OK && delivered_) return finish(std::nullopt);
    if (code == CURLE_OK) return finish(failure(url_, Code::Unavailable, "the answer is no HTTP", "ANSWER_MALFORMED"));
    const bool safe = may_repeat() || !attempt_->sent_anything();
    if (!delivered_ && is_transient(code) && may_retry() && safe && retry_in(retry_delay(retries_))) return;
    finish(failure_of(url_, code, attempt_->error_text()));
}

void Transfer::after_answer() {
    if (next_ == Next::Redirect) return follow_redirect();
    // The deadline was looked at when the head came, the rest of the answer may have taken its time.
    if (!retry_in(retry_wait_)) finish(failure(url_, Code::Timeout, "the deadline passed between two attempts", "DEADLINE"));
}

bool Transfer::may_retry() const {
    return retries_ < call_.retries_max;
}

bool Transfer::may_repeat() const {
    return !is_body_spent() && (call_.idempotent || is_idempotent(call_.method));
}

// What has come piece by piece and gone out is not there any more.
bool Transfer::is_body_spent() const {
    return call_.body_stream != nullptr && call_.body_stream->is_begun();
}

bool Transfer::redirects_here(std::uint16_t status) const {
    if (!call_.follow || !is_redirect(status) || head_.find("location").empty()) return false;
    return becomes_get(status, call_.method) || !is_body_spent();
}

bool Transfer::retry_in(milliseconds delay) {
    const Clock::time_point at = Clock::now() + delay;
    if (at >= deadline_) return false;
    end_attempt();
    ++retries_;
    ++loop_.tally.retries;
    retry_at_ = at;
    arm_timer();
    return true;
}

void Transfer::follow_redirect() {
    const std::uint16_t status = head_.head().status;
    const std::string location(head_.find("location"));
    end_attempt();
    if (++redirects_ > redirects_max) {
        return finish(failure(url_, Code::Unavailable, "more than 10 redirects in a row", "TOO_MANY_REDIRECTS"));
    }
    ++loop_.tally.redirects;
    try {
        Url target = url_.resolve(location);
        if (url_.is_tls() && !target.is_tls()) {
            return finish(failure(url_, Code::Denied, "a redirect leads from https to http", "REDIRECT_DENIED"));
        }
        reach_ = user_->egress.admit(target.host(), target.port());
        if (!url_.same_origin(target)) {
            std::erase_if(call_.headers, [](const Header& header) { return !crosses_origins(header.name); });
        }
        url_ = std::move(target);
    } catch (const Error& refused) {
        if (refused.code() == Code::Denied) ++loop_.tally.refused;
        return finish(refused);
    }
    if (becomes_get(status, call_.method)) {
        call_.method = "GET";
        drop_body();
        std::erase_if(call_.headers, [](const Header& h) { return curl_strnequal(h.name.c_str(), "content-", 8) != 0; });
    }
    start_attempt();
    if (!call_.body_stream) begin_deadline();
}

void Transfer::drop_body() {
    call_.body = {};
    if (call_.body_stream) call_.body_stream->close();
    call_.body_stream.reset();
    starved_ = false;
}

// That of a call whose body has come to its end.
void Transfer::begin_deadline() {
    if (deadline_ != Clock::time_point::max() || (call_.stream && delivered_)) return;
    deadline_ = Clock::now() + call_.deadline;
    arm_timer();
}

void Transfer::arm_timer() {
    loop_.wake_at(*this, std::min(deadline_, attempt_ ? last_activity_ + call_.idle : retry_at_));
}

void Transfer::on_time(Clock::time_point now) {
    if (ended_) return;
    if (now >= deadline_) {
        return finish(
            failure(url_, Code::Timeout, "no answer within " + std::to_string(call_.deadline.count()) + " ms", "DEADLINE"));
    }
    if (!attempt_) {
        if (now >= retry_at_) start_attempt();
        return arm_timer();
    }
    // A pause is the plugin's silence, not the other side's.
    if (paused_ || starved_) last_activity_ = now;
    if (now >= last_activity_ + call_.idle) {
        return finish(failure(url_, Code::Timeout, "not a byte for " + std::to_string(call_.idle.count()) + " ms", "IDLE"));
    }
    arm_timer();
}

void Transfer::finish(std::optional<Error> error) {
    if (std::exchange(ended_, true)) return;
    end_attempt();
    outcome_ = std::move(error);
}

void Transfer::report() {
    if (outcome_) ++loop_.tally.failed;
    --loop_.tally.active;
    if (call_.body_stream) call_.body_stream->close();  // who has heard of the end is not told that more is taken
    events_.done(outcome_);
    // Before the count: whoever waits for it may unload the code behind the events.
    events_ = {};
    drop_body();
    const std::lock_guard lock(user_->mutex);
    user_->bodies.erase(id_);
    if (--user_->calls == 0) user_->settled.notify_all();
}

}  // namespace host::http_client
