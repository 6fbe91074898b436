#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "host/http/worker.hpp"

namespace host::http {

// The worker threads of a server, on Pistache's reactor and transport. Pistache is known in event_loops.cpp and
// transport.* only. Control thread.
class EventLoops {
  public:
    // Starts `count` threads; when this returns, each of them runs.
    EventLoops(const WorkerParts& parts, std::size_t count);
    // Cuts every connection that is left and joins.
    ~EventLoops();
    EventLoops(const EventLoops&) = delete;
    EventLoops& operator=(const EventLoops&) = delete;

    // Accepts from then on; descriptors[i] is for worker i.
    void accept_from(const std::vector<int>& descriptors, Protection protection);
    // True once every worker has come round to its mailbox; false: `patience` was over before.
    bool turn_within(std::chrono::microseconds patience) const;
    // Accepts nothing more, closes what is idle, lets the rest come to its end.
    void drain();
    // Ends all connections as they are; returns how many answers were owed.
    std::size_t cut();

    Worker::Totals totals() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace host::http
