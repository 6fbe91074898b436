#include <utility>

#include "host/core/thread_kind.hpp"
#include "host/http/answer_framing.hpp"
#include "host/http/compression.hpp"
#include "host/http/compressor.hpp"
#include "host/http/context.hpp"
#include "host/http/exchange.hpp"
#include "host/http/head_field.hpp"
#include "host/http/route_table.hpp"
#include "host/http/syntax.hpp"

namespace host::http {

namespace {

// Up to here an answer is compressed by the thread that has it, an event loop at most: 0.1 ms with zstd, 0.25 ms with gzip.
// 64 KiB would be 1 ms, 1 MiB 25 ms: the blocking pool takes those, at some 20 us for the way there.
constexpr std::size_t compressed_here_bytes_max = 16 * 1024;

}  // namespace

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
    answer(head_of(problem), Bytes(to_json(problem, request_.line().path, request_id_)));
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
        request_.keep_line();
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
    const std::string methods = table_->allow(request_.line().path);
    return !list_has(methods, "PUT") && !list_has(methods, "PATCH") && !list_has(methods, "DELETE");
}

void Exchange::compress_and_deliver(Head head, Bytes body) {
    std::optional<std::string> smaller = compress(coding_, body.view());
    if (!smaller) return deliver(std::move(head), std::move(body));
    deliver(compressed_head(head, coding_), Bytes(std::move(*smaller)));
}

void Exchange::deliver(Head head, Bytes body) {
    dress(head);
    bytes_ = body.size();
    {
        std::lock_guard pen(pen_);
        reply_.send(std::move(head), std::move(body));
    }
    account(Ending::Complete);
}

void Exchange::dress(Head& head) const {
    context_.dress(head, {request_id_, cors_lines_, tls_, limit_lines_});
}

bool Exchange::has_no_body(std::uint16_t status) const {
    return head_request_ || !may_have_body(status);
}

}  // namespace host::http
