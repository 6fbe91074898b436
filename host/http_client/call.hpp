#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/core/error.hpp"

namespace host::http_client {

class BodyStream;

struct Header {
    std::string name;
    std::string value;
};

// A request body in one piece. `owner` keeps the bytes alive; the body is sent from where it lies.
struct Body {
    std::string_view bytes;
    std::shared_ptr<const void> owner;

    static Body copy_of(std::string_view bytes) {
        auto own = std::make_shared<const std::string>(bytes);
        const std::string_view view = *own;
        return {view, std::move(own)};
    }
};

// What a plugin wants sent. Zero durations are the host's own.
struct Call {
    std::string method = "GET";
    std::string url;
    std::vector<Header> headers;
    Body body;
    // In place of `body`: it comes by Caller::write(). The deadline then begins with its end, and before only `idle`
    // bounds the call.
    std::shared_ptr<BodyStream> body_stream;
    std::chrono::milliseconds deadline{};  // of everything, retries and redirects included
    std::chrono::milliseconds idle{};      // the longest silence of the other side
    unsigned retries_max = 0;
    bool follow = false;      // redirects
    bool idempotent = false;  // may be sent twice although its method says otherwise
    bool stream = false;      // the deadline ends with the head; after it only `idle` bounds the call
    bool http1 = false;       // no HTTP/2: a long stream does not share its connection
};

struct AnswerHead {
    std::uint16_t status = 0;
    std::vector<Header> headers;  // as sent, duplicates kept
};

enum class Flow { More, Pause, Stop };

// How a call goes on. On the client's thread (ThreadKind::Worker), one after the other; must not block or throw.
struct Events {
    std::function<void(const AnswerHead&)> head;  // once, of the final answer
    // Takes the bytes. Pause: no more until resume(). Stop: gives the call up, it ends with Cancelled.
    std::function<Flow(std::string_view)> data;
    std::function<void()> writable;  // after a piece of the body was taken with Again; may be empty
    std::function<void(const std::optional<core::Error>&)> done;  // once, the last
};

}  // namespace host::http_client
