#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <gantry/abi/base.h>

namespace gantry::testing {

// Counts the calls that a plugin makes, lets the n-th of them fail, and notes what breaks the contract.
class Watch {
  public:
    // The n-th call from now that can fail (1: the next one) answers `status` and does nothing.
    void fail_call(std::uint64_t n, gantry_status status) {
        const std::lock_guard lock(mutex_);
        fail_at_ = calls_ + n;
        fail_with_ = status;
    }
    std::uint64_t calls() const {
        const std::lock_guard lock(mutex_);
        return calls_;
    }
    // To be asked at the begin of every call: GANTRY_OK, or what it has to answer.
    gantry_status enter(const char* function) {
        const std::lock_guard lock(mutex_);
        if (stopped_) violations_.push_back(std::string(function) + "() was called after stop()");
        return ++calls_ == fail_at_ ? fail_with_ : GANTRY_OK;
    }

    void stopped() {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
    }
    void violation(std::string what) {
        const std::lock_guard lock(mutex_);
        violations_.push_back(std::move(what));
    }
    std::vector<std::string> take_violations() {
        const std::lock_guard lock(mutex_);
        return std::exchange(violations_, {});
    }

  private:
    mutable std::mutex mutex_;
    std::uint64_t calls_ = 0;
    std::uint64_t fail_at_ = 0;
    gantry_status fail_with_ = GANTRY_OK;
    bool stopped_ = false;
    std::vector<std::string> violations_;
};

}  // namespace gantry::testing
