#pragma once

// What is done by the clock, once for all hosts: notes that nobody has changed for long are forgotten.

#include <gantry/jobs.hpp>
#include <gantry/task.hpp>

#include <cstdint>

#include "store.hpp"

namespace notes {

class Housekeeping {
  public:
    // 0 days: nothing is forgotten.
    Housekeeping(gantry::Host host, const Store& store, std::int64_t forget_after_days);

  private:
    gantry::Task<void> forget(const gantry::Job& job);

    const gantry::Host host_;
    const Store store_;
    const std::int64_t days_;
};

}  // namespace notes
