#include "host/bridge/http_client_service.hpp"

#include <utility>
#include <vector>

#include "host/bridge/entrance.hpp"
#include "host/bridge/incoming.hpp"
#include "host/bridge/text.hpp"

namespace host::bridge {

namespace {

using core::Code;
using core::Error;

// Bytes that the plugin handed over, given back when the last user of them is gone.
class Handed {
  public:
    explicit Handed(const gantry_slice& slice) : slice_(slice) {}
    ~Handed() {
        if (owned_) slice_.release(slice_.context, slice_.data, slice_.size);
    }
    Handed(const Handed&) = delete;
    Handed& operator=(const Handed&) = delete;
    // The call was accepted: from now on they are ours.
    void take() { owned_ = slice_.release != nullptr; }

  private:
    const gantry_slice slice_;
    bool owned_ = false;
};

std::string_view bytes_of(const gantry_slice& slice) {
    if (slice.size == 0) return {};
    if (slice.data == nullptr) throw Error(Code::InvalidArgument, "the body has a size but no data", "body");
    return {static_cast<const char*>(slice.data), slice.size};
}

http_client::Call call_from(const gantry_http_call& passed) {
    http_client::Call call;
    call.method = copy(passed.method);
    call.url = copy(passed.url);
    if (passed.headers_n != 0 && passed.headers == nullptr) throw Error(Code::InvalidArgument, "headers is NULL", "headers");
    for (std::uint32_t i = 0; i < passed.headers_n; ++i)
        call.headers.push_back({copy(passed.headers[i].name), copy(passed.headers[i].value)});
    call.deadline = std::chrono::milliseconds(passed.deadline_ms);
    call.idle = std::chrono::milliseconds(passed.idle_ms);
    call.retries_max = passed.retries_max;
    call.follow = (passed.flags & GANTRY_HTTP_CALL_FOLLOW) != 0;
    call.idempotent = (passed.flags & GANTRY_HTTP_CALL_IDEMPOTENT) != 0;
    call.stream = (passed.flags & GANTRY_HTTP_CALL_STREAM) != 0;
    call.http1 = (passed.flags & GANTRY_HTTP_CALL_HTTP1) != 0;
    if ((passed.flags & GANTRY_HTTP_CALL_STREAM_BODY) != 0) {
        const bool is_known = passed.stream_bytes != 0;
        call.body_stream =
            std::make_shared<http_client::BodyStream>(is_known ? std::optional(passed.stream_bytes) : std::nullopt);
    }
    return call;
}

// `handed` gets who gives the bytes back, unless they are copied.
http_client::Body body_from(const gantry_slice& slice, std::shared_ptr<Handed>& handed) {
    if (slice.release == nullptr) return http_client::Body::copy_of(bytes_of(slice));
    handed = std::make_shared<Handed>(slice);
    return {bytes_of(slice), handed};
}

gantry_status status_of(http_client::Caller::Outcome outcome) {
    switch (outcome) {
        case http_client::Caller::Outcome::Ok:
            return GANTRY_OK;
        case http_client::Caller::Outcome::Again:
            return GANTRY_AGAIN;
        case http_client::Caller::Outcome::Gone:
            break;
    }
    return GANTRY_E_GONE;
}

http_client::Flow flow_of(gantry_status status) {
    if (status < 0) return http_client::Flow::Stop;
    return status == GANTRY_AGAIN ? http_client::Flow::Pause : http_client::Flow::More;
}

// The events of a call on their way to the plugin: each through the gate.
http_client::Events through(const Entrance& entrance, const gantry_http_sink& sink, void* user) {
    http_client::Events events;
    events.head = [entrance, sink, user](const http_client::AnswerHead& head) {
        const Entrance::Pass pass(entrance);
        if (!pass) return;
        std::vector<gantry_pair> headers;
        headers.reserve(head.headers.size());
        for (const http_client::Header& header : head.headers)
            headers.push_back({str(header.name), str(header.value)});
        sink.head(user, head.status, headers.data(), static_cast<std::uint32_t>(headers.size()));
    };
    events.data = [entrance, sink, user](std::string_view bytes) {
        const Entrance::Pass pass(entrance);
        return pass ? flow_of(sink.data(user, {bytes.data(), bytes.size()})) : http_client::Flow::Stop;
    };
    if (sink.writable != nullptr) {
        events.writable = [entrance, sink, user] {
            if (const Entrance::Pass pass(entrance); pass) sink.writable(user);
        };
    }
    events.done = [entrance, sink, user](const std::optional<Error>& failure) {
        const Entrance::Pass pass(entrance);
        if (!pass) return;
        if (!failure) return sink.done(user, GANTRY_OK, nullptr);
        const gantry_error error = to_abi(*failure);
        sink.done(user, error.status, &error);
    };
    return events;
}

}  // namespace

HttpClientService::HttpClientService(const std::string& owner, http_client::Egress egress, http_client::Client* client,
                                     std::shared_ptr<core::Gate> gate)
    : gate_(std::move(gate)), caller_(client != nullptr ? client->caller(owner, std::move(egress)) : nullptr) {}

http_client::Caller& HttpClientService::caller() const {
    if (!caller_) throw Error(Code::Unavailable, "outbound HTTP is not there: the host runs offline");
    return *caller_;
}

void HttpClientService::send(const gantry_http_call& passed_call, const gantry_http_sink& passed_sink, void* user,
                             gantry_id* operation) {
    const gantry_http_call passed = incoming(&passed_call);
    const gantry_http_sink sink = incoming(&passed_sink);
    if (sink.head == nullptr || sink.data == nullptr || sink.done == nullptr) {
        throw Error(Code::InvalidArgument, "a function of the sink is NULL");
    }
    http_client::Call call = call_from(passed);
    std::shared_ptr<Handed> handed;
    call.body = body_from(passed.body, handed);
    // Taken before the call can end, and given back to the plugin if it is refused.
    caller().send(std::move(call), through(Entrance(gate_), sink, user), operation, [&handed] {
        if (handed) handed->take();
    });
}

gantry_status HttpClientService::write(gantry_id operation, const gantry_slice& piece) {
    std::shared_ptr<Handed> handed;
    http_client::Body body = body_from(piece, handed);
    const auto taken = [&handed] {
        if (handed) handed->take();
    };
    return status_of(caller().write(operation, std::move(body), taken));
}

gantry_status HttpClientService::end_body(gantry_id operation) {
    return status_of(caller().end_body(operation));
}

void HttpClientService::resume(gantry_id operation) {
    caller().resume(operation);
}

void HttpClientService::cancel(gantry_id operation) {
    caller().cancel(operation);
}

void HttpClientService::silence() {
    if (caller_) caller_->abandon();
}

}  // namespace host::bridge
