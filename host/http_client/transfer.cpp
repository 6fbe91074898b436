#include "host/http_client/transfer.hpp"

#include <algorithm>
#include <utility>

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
    deadline_ = last_activity_ + call_.deadline;
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
    discarded_bytes_ = 0;
    retry_at_ = Clock::time_point::max();
    last_activity_ = Clock::now();
    const Wanted wanted{url_, call_.method, call_.headers, call_.body.bytes, call_.http1 || call_.stream};
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
    const std::uint16_t status = head_.head().status;
    if (asks_for_retry(status) && may_retry() && may_repeat()) {
        retry_wait_ = std::max(retry_delay(retries_), milliseconds(1000 * attempt_->retry_after_seconds()));
        if (Clock::now() + retry_wait_ < deadline_) {
            next_ = Next::Retry;
            return true;
        }
    }
    if (call_.follow && is_redirect(status) && !head_.find("location").empty()) {
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
    return call_.idempotent || is_idempotent(call_.method);
}

bool Transfer::retry_in(milliseconds delay) {
    const Clock::time_point at = Clock::now() + delay;
    if (at >= deadline_) return false;
    end_attempt();
    ++retries_;
    ++loop_.tally.retries;
    retry_at_ = at;
    loop_.wake_at(*this, at);
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
    const bool becomes_get = (status == 303 && call_.method != "HEAD") || (status <= 302 && call_.method == "POST");
    if (becomes_get) {
        call_.method = "GET";
        call_.body = {};
        std::erase_if(call_.headers, [](const Header& h) { return curl_strnequal(h.name.c_str(), "content-", 8) != 0; });
    }
    start_attempt();
}

void Transfer::arm_timer() {
    loop_.wake_at(*this, std::min(deadline_, last_activity_ + call_.idle));
}

void Transfer::on_time(Clock::time_point now) {
    if (ended_) return;
    if (now >= deadline_) {
        return finish(
            failure(url_, Code::Timeout, "no answer within " + std::to_string(call_.deadline.count()) + " ms", "DEADLINE"));
    }
    if (!attempt_) {
        if (now < retry_at_) return;
        start_attempt();
        return arm_timer();
    }
    // A pause is the plugin's silence, not the other side's.
    if (paused_) last_activity_ = now;
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
    events_.done(outcome_);
    // Before the count: whoever waits for it may unload the code behind the events.
    events_ = {};
    call_.body = {};
    const std::lock_guard lock(user_->mutex);
    if (--user_->calls == 0) user_->settled.notify_all();
}

}  // namespace host::http_client
