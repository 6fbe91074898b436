#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "host/metrics/instruments.hpp"
#include "host/metrics/shape.hpp"

namespace host::metrics {

// One metric with all its series. A series is made when its label values are first seen and stays as long as the family,
// so a reference to its instrument may be kept.
//
// The number of series is bounded, because label values are apt to come from outside: beyond the limit everything is
// counted in one more series whose label values are all "other". The same happens to values that cannot be published
// (longer than label_bytes_max, or no UTF-8).
class Family {
  public:
    Family(Shape shape, std::size_t series_max);
    ~Family();
    Family(const Family&) = delete;
    Family& operator=(const Family&) = delete;

    const Shape& shape() const { return shape_; }

    using Values = std::span<const std::string_view>;
    // Of the right kind and with as many values as the shape has labels, else std::bad_variant_access, InvalidArgument.
    // Finding one takes no lock.
    Counter& counter(Values values) { return std::get<Counter>(series(values).instrument); }
    Gauge& gauge(Values values) { return std::get<Gauge>(series(values).instrument); }
    Histogram& histogram(Values values) { return std::get<Histogram>(series(values).instrument); }

    // Counter: adds; gauge: sets; histogram: observes. Throws InvalidArgument for what the kind does not take.
    void record(double value, Values values);
    // Counter, gauge: adds.
    void add(double by, Values values);

    std::size_t series_count() const { return count_.load(std::memory_order_relaxed); }
    // Recordings that went to the series "other".
    std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }
    // In the text format, HELP and TYPE first; the series in the order of their values.
    void write(std::string& out) const;

  private:
    using Instrument = std::variant<Counter, Gauge, Histogram>;
    struct Series {
        template <typename... Arguments>
        Series(std::size_t hash, std::vector<std::string> values, Arguments&&... instrument)
            : hash(hash), values(std::move(values)), instrument(std::forward<Arguments>(instrument)...) {}

        const std::size_t hash;
        const std::vector<std::string> values;
        Instrument instrument;
        Series* next = nullptr;
    };

    Series& series(Values values);
    Series* find(std::size_t hash, Values values) const;
    Series& make(std::size_t hash, Values values);
    Series& overflow();
    std::unique_ptr<Series> fresh(std::size_t hash, Values values) const;
    std::vector<const Series*> sorted() const;

    const Shape shape_;
    const std::size_t series_max_;
    const std::size_t mask_;
    // Chains that are only ever prepended to: readers follow them without a lock.
    const std::unique_ptr<std::atomic<Series*>[]> chains_;
    std::mutex making_;
    std::atomic<std::size_t> count_{0};
    std::atomic<Series*> overflow_{nullptr};  // stands in a chain too
    std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace host::metrics
