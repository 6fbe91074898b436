#pragma once

#include <chrono>
#include <memory>

#include "host/core/locked.hpp"

namespace host::plugin {

class Generation;

// Tells when the last pin of a generation is gone. A pin is a shared_ptr that owns nothing but the fact that somebody is
// inside: to take one costs a copy, and whoever drops the last one never runs the end of a plugin on its own thread.
class Drain {
  public:
    explicit Drain(const Generation* generation);

    // Null once close() was called.
    std::shared_ptr<const Generation> pin() const;
    // No new pins from here on.
    void close();
    // True: no pin is left. After close().
    bool wait_until(std::chrono::steady_clock::time_point deadline);

  private:
    struct Signal;
    std::shared_ptr<Signal> signal_;
    core::Locked<std::shared_ptr<const Generation>> pin_;
};

}  // namespace host::plugin
