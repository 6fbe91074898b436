#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <thread>

#include <gantry/testing/host.hpp>

#include "host/check/subject.hpp"
#include "host/check/trial.hpp"
#include "host/plugin/library.hpp"

namespace host::check {

using Otherwise = gantry::testing::FakeDatabase::Otherwise;

// One life of the plugin on a fake host, in this process: mapped, started, asked, ended, unmapped. What it does against the
// contract becomes a finding of the trial.
//
// Callbacks are made by hand, one after the other, so that the same seed gives the same run; only while the plugin may block
// (start, a blocking route) a thread makes them.
class Life {
  public:
    Life(const Subject& subject, Trial& trial);
    ~Life();
    Life(const Life&) = delete;
    Life& operator=(const Life&) = delete;

    gantry::testing::FakeHost& host() { return *host_; }
    // Of its settings, as it describes them.
    gantry::Json schema();
    void ask_health();
    // False: the plugin does not want to; then why() says so.
    bool start();
    const std::string& why() const { return why_; }
    // Sends a request and makes what is due until it has ended; an answer that does not come is a finding.
    gantry::testing::Answer ask(gantry::testing::ClientRequest request);
    // Sends it and makes nothing.
    gantry::testing::FakeHost::Pending begin(gantry::testing::ClientRequest request);
    // Makes the oldest callback that is due; false: none is within `patience`.
    bool complete_one(std::chrono::milliseconds patience);
    // Makes the newest one, so that what is due already comes late.
    void complete_newest();
    void finish(const gantry::testing::FakeHost::Pending& pending);
    // Stops, destroys and unmaps it, and looks at what is left.
    void end();

  private:
    bool blocks(const gantry::testing::ClientRequest& request);

    void settle();

    const Subject& subject_;
    Trial& trial_;
    const std::size_t threads_before_;
    std::optional<plugin::Library> library_;
    std::optional<gantry::testing::FakeHost> host_;
    std::string why_;
};

// Makes callbacks on a thread of its own for as long as it exists.
class Pump {
  public:
    explicit Pump(gantry::testing::FakeHost& host);
    ~Pump();
    Pump(const Pump&) = delete;
    Pump& operator=(const Pump&) = delete;

  private:
    std::atomic<bool> ending_ = false;
    std::thread thread_;
};

// Inside a catch block: an exception has crossed the border, so the plugin is in an unknown state and can neither be stopped
// nor unmapped.
[[noreturn]] void give_up_on_exception(Trial& trial);

// What this process holds, to be compared with later.
std::size_t heap_bytes();
std::size_t thread_count();
std::size_t descriptor_count();

}  // namespace host::check
