#include "host/metrics/instruments.hpp"

#include <algorithm>
#include <bit>

namespace host::metrics {

namespace {

constexpr std::size_t cells_of_line = 8;

std::size_t lines_for(std::size_t bounds) {
    const std::size_t cells = 1 + bounds + 1;  // the sum, the buckets, the one beyond
    return (cells + cells_of_line - 1) / cells_of_line;
}

}  // namespace

double Counter::value() const {
    double sum = 0;
    for (const Stripe& stripe : stripes_)
        sum += stripe.value.load(std::memory_order_relaxed);
    return sum;
}

Histogram::Histogram(const std::vector<double>& bounds)
    : bounds_(bounds),
      lines_of_stripe_(lines_for(bounds.size())),
      lines_(std::make_unique<Line[]>(stripes_count * lines_of_stripe_)) {}

void Histogram::observe(double value) {
    // "le" includes the bound itself.
    const auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
    const std::size_t stripe = stripe_of_this_thread();
    cell(stripe, 1 + static_cast<std::size_t>(bucket)).fetch_add(1, std::memory_order_relaxed);
    std::atomic<std::uint64_t>& sum = cell(stripe, 0);
    std::uint64_t before = sum.load(std::memory_order_relaxed);
    while (!sum.compare_exchange_weak(before, std::bit_cast<std::uint64_t>(std::bit_cast<double>(before) + value),
                                      std::memory_order_relaxed)) {
    }
}

Histogram::Reading Histogram::read() const {
    Reading reading;
    reading.counts.resize(bounds_.size() + 1);
    for (std::size_t stripe = 0; stripe < stripes_count; ++stripe) {
        reading.sum += std::bit_cast<double>(cell(stripe, 0).load(std::memory_order_relaxed));
        for (std::size_t bucket = 0; bucket < reading.counts.size(); ++bucket)
            reading.counts[bucket] += cell(stripe, 1 + bucket).load(std::memory_order_relaxed);
    }
    return reading;
}

}  // namespace host::metrics
