#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "host/http_client/body_stream.hpp"
#include "host/http_client/call.hpp"
#include "host/http_client/egress.hpp"
#include "host/http_client/settings.hpp"
#include "host/log/logger.hpp"

namespace host::http_client {

class Loop;
struct User;

// What has happened since the start.
struct Counts {
    std::uint64_t accepted = 0;  // calls
    std::uint64_t refused = 0;   // by the egress rules, at the call, at a redirect or at an address
    std::uint64_t failed = 0;    // accepted, but without an answer in the end
    std::uint64_t retries = 0;
    std::uint64_t redirects = 0;
    std::uint64_t connections = 0;  // opened
    std::uint64_t received_bytes = 0;
    std::uint64_t active = 0;  // calls under way now
};

// The client as one user (a plugin's instance) sees it; the ids of others mean nothing here. Must end before the Client.
// Any thread.
class Caller {
  public:
    // Made by Client::caller().
    Caller(Loop& loop, std::shared_ptr<User> user);
    // As abandon().
    ~Caller();
    Caller(const Caller&) = delete;
    Caller& operator=(const Caller&) = delete;

    // Throws InvalidArgument, Denied (egress), Busy (too many under way), Cancelled (abandoned or stopping): then nothing
    // of `events` is called. Otherwise events.done is, exactly once. *id is set before the first of them.
    // `accepted` is called once all that can refuse it lies behind, before any event.
    void send(Call call, Events events, std::uint64_t* id, const std::function<void()>& accepted = {});
    // The next piece of the body of a call with body_stream. Throws InvalidArgument as BodyStream does. Gone: the call is
    // over, or its server wants no more, and nothing was taken.
    using Outcome = BodyStream::Written::Outcome;
    Outcome write(std::uint64_t id, Body piece, const std::function<void()>& taken = {});
    // The body is complete.
    Outcome end_body(std::uint64_t id);
    // After Flow::Pause.
    void resume(std::uint64_t id);
    // The call ends with Cancelled, or as it would have.
    void cancel(std::uint64_t id);
    // Cancels everything and returns when the last `done` has returned; from then on send() throws Cancelled. Not from an
    // event.
    void abandon();

  private:
    std::shared_ptr<BodyStream> body_of(std::uint64_t id) const;
    Outcome told(std::uint64_t id, BodyStream::Written written);

    Loop& loop_;
    const std::shared_ptr<User> user_;
};

// Outbound HTTP: one thread with an event loop, one pool of connections for all plugins.
class Client {
  public:
    // Does nothing yet.
    Client(Settings settings, log::Logger logger);
    // As stop(). Every caller must have ended.
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    // Throws InvalidArgument for a proxy or a CA file that cannot be used. [control]
    void start();
    // Cancels what is left and ends the thread. [control]
    void stop();

    // One for each plugin instance.
    std::unique_ptr<Caller> caller(const std::string& owner, Egress egress);
    Counts counts() const;

  private:
    const Settings settings_;
    const log::Logger logger_;
    const std::unique_ptr<Loop> loop_;
};

}  // namespace host::http_client
