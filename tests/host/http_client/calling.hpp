#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "host/core/error.hpp"
#include "host/http_client/client.hpp"
#include "host/log/logger.hpp"
#include "tests/host/http_client/scripted_server.hpp"

namespace tests {

// A logger that keeps its lines to itself.
inline host::log::Logger silent_logger() {
    static std::string lines;
    static const auto sink = host::log::open_memory({}, lines);
    return {sink, "http_client"};
}

// How one call went.
struct Outcome {
    std::uint16_t status = 0;
    std::vector<host::http_client::Header> headers;
    std::string body;
    std::size_t heads = 0;
    std::size_t pieces = 0;
    std::size_t writable = 0;
    std::optional<host::core::Error> error;
    bool done = false;

    // "" or the error's name, "ADDRESS_DENIED".
    std::string failure() const {
        if (!error) return {};
        return error->name().empty() ? std::string(host::core::name_of(error->code())) : error->name();
    }
    std::string header(const std::string& name) const {
        for (const auto& header : headers) {
            if (header.name == name) return header.value;
        }
        return {};
    }
};

// A call under way, with what has come so far.
class Pending {
  public:
    using Flow = host::http_client::Flow;

    // Asked for each piece of the body, after it has been kept; default: more.
    std::function<Flow(const Outcome&)> flow = [](const Outcome&) { return Flow::More; };

    host::http_client::Events events() {
        host::http_client::Events made;
        made.head = [this](const host::http_client::AnswerHead& head) {
            change([&](Outcome& outcome) {
                outcome.status = head.status;
                outcome.headers = head.headers;
                ++outcome.heads;
            });
        };
        made.data = [this](std::string_view bytes) {
            Outcome copy;
            change([&](Outcome& outcome) {
                outcome.body.append(bytes);
                ++outcome.pieces;
                copy = outcome;
            });
            return flow(copy);
        };
        made.writable = [this] { change([](Outcome& outcome) { ++outcome.writable; }); };
        made.done = [this](const std::optional<host::core::Error>& error) {
            change([&](Outcome& outcome) {
                EXPECT_FALSE(outcome.done) << "a call ends once";
                outcome.error = error;
                outcome.done = true;
            });
        };
        return made;
    }
    Outcome wait() {
        return wait_until([](const Outcome& outcome) { return outcome.done; });
    }
    Outcome wait_until(const std::function<bool(const Outcome&)>& reached) {
        std::unique_lock lock(mutex_);
        EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(20), [&] { return reached(outcome_); }))
            << "waited too long";
        return outcome_;
    }
    Outcome so_far() {
        const std::lock_guard lock(mutex_);
        return outcome_;
    }

    std::uint64_t id = 0;

  private:
    template <typename Change>
    void change(Change&& change) {
        const std::lock_guard lock(mutex_);
        change(outcome_);
        changed_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    Outcome outcome_;
};

inline host::http_client::Call get(std::string url) {
    host::http_client::Call call;
    call.url = std::move(url);
    return call;
}

inline host::http_client::Call post(std::string url, std::string_view body) {
    host::http_client::Call call = get(std::move(url));
    call.method = "POST";
    call.body = host::http_client::Body::copy_of(body);
    return call;
}

// A call whose body follows piece by piece.
inline host::http_client::Call upload(std::string url, std::optional<std::uint64_t> length = std::nullopt) {
    host::http_client::Call call = get(std::move(url));
    call.method = "POST";
    call.body_stream = std::make_shared<host::http_client::BodyStream>(length);
    return call;
}

// A started client with one caller that may call everything private.
class Calling {
  public:
    explicit Calling(host::http_client::Settings settings = {}, std::vector<std::string> open = {},
                     std::vector<std::string> closed = {"127.0.0.1:*", "*.test:*"})
        : client(std::move(settings), silent_logger()) {
        client.start();
        caller = client.caller("notes", host::http_client::Egress("notes", open, closed));
    }

    Outcome run(host::http_client::Call call) {
        Pending pending;
        caller->send(std::move(call), pending.events(), &pending.id);
        return pending.wait();
    }
    // The name of what send() throws; "" if it throws nothing.
    std::string refusal(host::http_client::Call call) {
        Pending pending;
        try {
            caller->send(std::move(call), pending.events(), &pending.id);
        } catch (const host::core::Error& error) {
            return error.name().empty() ? std::string(host::core::name_of(error.code())) : error.name();
        }
        pending.wait();
        return {};
    }

    host::http_client::Client client;
    std::unique_ptr<host::http_client::Caller> caller;
};

}  // namespace tests
