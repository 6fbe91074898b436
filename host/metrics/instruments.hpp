#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "host/metrics/stripe.hpp"

// What one series is made of. Recording takes no lock: some nanoseconds, from any thread.
namespace host::metrics {

// Only grows.
class Counter {
  public:
    void add(double by = 1) { stripes_[stripe_of_this_thread()].value.fetch_add(by, std::memory_order_relaxed); }
    double value() const;

  private:
    struct alignas(64) Stripe {
        std::atomic<double> value{0};
    };
    std::array<Stripe, stripes_count> stripes_;
};

class Gauge {
  public:
    void set(double value) { value_.store(value, std::memory_order_relaxed); }
    void add(double by) { value_.fetch_add(by, std::memory_order_relaxed); }
    double value() const { return value_.load(std::memory_order_relaxed); }

  private:
    alignas(64) std::atomic<double> value_{0};
};

// Counts how many observations were at most as large as each bound.
class Histogram {
  public:
    // `bounds` ascend; they outlive the histogram.
    explicit Histogram(const std::vector<double>& bounds);

    void observe(double value);

    struct Reading {
        std::vector<std::uint64_t> counts;  // by bucket, not cumulated; the last one is beyond every bound
        double sum = 0;
    };
    Reading read() const;

  private:
    struct alignas(64) Line {
        std::array<std::atomic<std::uint64_t>, 8> cells{};
    };
    // A stripe is the sum, as a double's bits, then the buckets.
    std::atomic<std::uint64_t>& cell(std::size_t stripe, std::size_t index) const {
        return lines_[stripe * lines_of_stripe_ + index / 8].cells[index % 8];
    }

    const std::vector<double>& bounds_;
    const std::size_t lines_of_stripe_;
    const std::unique_ptr<Line[]> lines_;
};

}  // namespace host::metrics
