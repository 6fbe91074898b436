#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "host/core/clock.hpp"
#include "host/http/answer_framing.hpp"
#include "host/http/out_queue.hpp"
#include "host/http/reply.hpp"
#include "host/http/upgrade.hpp"

namespace host::http {

// One request of a connection that has not got its whole answer yet. The bytes of an answer whose turn has not come
// wait in `held`.
struct OwedAnswer {
    enum class State { Owed, Streaming, Upgrading, Complete };

    explicit OwedAnswer(TextPool& pool) : held(pool) {}

    State state = State::Owed;
    bool head_request = false;
    bool keep_alive = true;
    int minor_version = 1;
    BodyFraming framing = BodyFraming::Sized;
    std::uint64_t left_bytes = 0;  // of a stream whose length was told
    bool at_line_begin = true;     // of a stream: where a heartbeat may stand
    core::Monotonic::time_point deadline = core::Monotonic::time_point::max();
    core::Monotonic::time_point written_at{};
    std::chrono::milliseconds heartbeat{0};
    std::weak_ptr<ReplyEvents> events;
    std::shared_ptr<Stream> stream;
    UpgradeTicket upgrade;  // once its turn has come, the connection goes with it
    OutQueue held;
};

}  // namespace host::http
