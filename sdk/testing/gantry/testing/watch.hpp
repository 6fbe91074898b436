#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gantry/abi/base.h>

namespace gantry::testing {

// Counts the calls that a plugin makes, lets the n-th of them fail, and notes what breaks the contract.
class Watch {
  public:
    // The n-th call from now that can fail (1: the next one) answers `status` and does nothing.
    void fail_call(std::uint64_t n, gantry_status status) {
        fail_call(n, [status](std::string_view) { return status; });
    }
    // The same; `choose` gets the name of the function that is to fail.
    void fail_call(std::uint64_t n, std::function<gantry_status(std::string_view)> choose) {
        const std::lock_guard lock(mutex_);
        fail_at_ = calls_ + n;
        fail_with_ = std::move(choose);
    }
    // The function that was made to fail; empty: none was reached.
    std::string failed() const {
        const std::lock_guard lock(mutex_);
        return failed_;
    }
    std::uint64_t calls() const {
        const std::lock_guard lock(mutex_);
        return calls_;
    }
    // To be asked at the begin of every call: GANTRY_OK, or what it has to answer.
    gantry_status enter(const char* function) {
        const std::lock_guard lock(mutex_);
        if (stopped_) violations_.push_back(std::string(function) + "() was called after stop()");
        if (++calls_ != fail_at_) return GANTRY_OK;
        failed_ = function;
        return fail_with_(function);
    }
    // The same for a call that is not counted.
    void look(const char* function) {
        const std::lock_guard lock(mutex_);
        if (stopped_) violations_.push_back(std::string(function) + "() was called after stop()");
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
    std::function<gantry_status(std::string_view)> fail_with_;
    std::string failed_;
    bool stopped_ = false;
    std::vector<std::string> violations_;
};

}  // namespace gantry::testing
