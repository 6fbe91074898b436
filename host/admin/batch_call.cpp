#include "host/admin/batch_call.hpp"

#include <utility>

namespace host::admin {

std::shared_ptr<http::ReplyEvents> BatchCall::events() {
    std::lock_guard lock(mutex_);
    return events_.lock();
}

void BatchCall::give_up(http::ReplyEvents::Reason reason) {
    if (const auto told = events()) told->gone(reason);
}

void BatchCall::watch(std::weak_ptr<http::ReplyEvents> events) {
    std::lock_guard lock(mutex_);
    events_ = std::move(events);
}

void BatchCall::set_deadline(std::chrono::steady_clock::time_point when) {
    // Weak: the alarm must not keep what holds the exchange that it belongs to.
    batch_->set_alarm(when, [weak = weak_from_this()] {
        const auto self = weak.lock();
        const auto told = self != nullptr ? self->events() : nullptr;
        if (told != nullptr) told->expired();
    });
}

void BatchCall::answer(http::Head head, http::Bytes body) {
    if (body.size() > body_bytes_max_) return refuse(BatchAnswer::Fault::TooLarge);
    question_.decide({BatchAnswer::Fault::None, head.status(), std::string(head.lines()), std::string(body.view())});
}

void BatchCall::open(http::Head head, const http::StreamKind& kind) {
    if (kind.heartbeat.count() > 0) return refuse(BatchAnswer::Fault::Endless);
    if (kind.length.value_or(0) > body_bytes_max_) return refuse(BatchAnswer::Fault::TooLarge);
    streamed_.status = head.status();
    streamed_.lines = std::string(head.lines());
}

http::Write BatchCall::write(http::Bytes piece) {
    if (refused_) return http::Write::Gone;
    if (streamed_.body.size() + piece.size() > body_bytes_max_) {
        refuse(BatchAnswer::Fault::TooLarge);
        return http::Write::Gone;
    }
    streamed_.body.append(piece.view());
    return http::Write::Ok;
}

void BatchCall::close(http::Outcome outcome) {
    if (outcome == http::Outcome::Cut) streamed_.fault = BatchAnswer::Fault::Cut;
    question_.decide(std::move(streamed_));
}

void BatchCall::refuse(BatchAnswer::Fault fault) {
    refused_ = true;
    // The handler writes on until it is told, which may not happen inside its own call.
    batch_->post([self = shared_from_this()] { self->give_up(http::ReplyEvents::Reason::ClientLeft); });
    BatchAnswer refused;
    refused.fault = fault;
    question_.decide(std::move(refused));
}

}  // namespace host::admin
