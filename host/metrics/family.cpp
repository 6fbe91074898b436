#include "host/metrics/family.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>

#include "host/core/error.hpp"
#include "host/metrics/exposition.hpp"

namespace host::metrics {

namespace {

using core::Code;
using core::Error;

constexpr std::string_view other = "other";
constexpr std::size_t chains_max = 4096;

std::size_t hash_of(Family::Values values) {
    std::size_t hash = values.size();
    for (std::string_view value : values)
        hash = std::rotl(hash, 7) * 0x9e3779b97f4a7c15u ^ std::hash<std::string_view>{}(value);
    return hash;
}

bool publishable(Family::Values values) {
    return std::all_of(values.begin(), values.end(),
                       [](std::string_view value) { return value.size() <= label_bytes_max && is_utf8(value); });
}

}  // namespace

Family::Family(Shape shape, std::size_t series_max)
    : shape_(checked(std::move(shape))),
      series_max_(shape_.labels.empty() ? 1 : series_max),
      mask_(std::bit_ceil(std::min(series_max_, chains_max)) - 1),
      chains_(std::make_unique<std::atomic<Series*>[]>(mask_ + 1)) {
    // What has no labels has one series, and it is there from the start: a counter that says 0 is better than none.
    if (shape_.labels.empty()) series({});
}

Family::~Family() {
    for (std::size_t i = 0; i <= mask_; ++i) {
        for (Series* each = chains_[i].load(); each != nullptr;)
            delete std::exchange(each, each->next);
    }
}

Family::Series& Family::series(Values values) {
    if (values.size() != shape_.labels.size()) {
        throw Error{Code::InvalidArgument, "metric " + shape_.name + " has " + std::to_string(shape_.labels.size()) +
                                               " labels but got " + std::to_string(values.size()) + " values"};
    }
    const std::size_t hash = hash_of(values);
    Series* const found = find(hash, values);
    return found != nullptr ? *found : make(hash, values);
}

Family::Series* Family::find(std::size_t hash, Values values) const {
    for (Series* each = chains_[hash & mask_].load(std::memory_order_acquire); each != nullptr; each = each->next) {
        if (each->hash == hash && std::equal(values.begin(), values.end(), each->values.begin(), each->values.end()))
            return each;
    }
    return nullptr;
}

Family::Series& Family::make(std::size_t hash, Values values) {
    // Once it is full, what is new takes no lock either.
    if (count_.load(std::memory_order_relaxed) >= series_max_ || !publishable(values)) return overflow();
    {
        std::lock_guard lock(making_);
        if (Series* const found = find(hash, values)) return *found;
        if (count_.load(std::memory_order_relaxed) < series_max_) {
            std::unique_ptr<Series> made = fresh(hash, values);
            std::atomic<Series*>& chain = chains_[hash & mask_];
            made->next = chain.load(std::memory_order_relaxed);
            chain.store(made.get(), std::memory_order_release);
            count_.fetch_add(1, std::memory_order_relaxed);
            return *made.release();
        }
    }
    return overflow();
}

Family::Series& Family::overflow() {
    dropped_.fetch_add(1, std::memory_order_relaxed);
    if (Series* const known = overflow_.load(std::memory_order_acquire)) return *known;
    const std::vector<std::string_view> values(shape_.labels.size(), other);
    const std::size_t hash = hash_of(values);
    std::lock_guard lock(making_);
    Series* series = find(hash, values);  // somebody may use the word as a value of his own
    if (series == nullptr) {
        series = fresh(hash, values).release();
        std::atomic<Series*>& chain = chains_[hash & mask_];
        series->next = chain.load(std::memory_order_relaxed);
        chain.store(series, std::memory_order_release);
    }
    overflow_.store(series, std::memory_order_release);
    return *series;
}

std::unique_ptr<Family::Series> Family::fresh(std::size_t hash, Values values) const {
    std::vector<std::string> own(values.begin(), values.end());
    switch (shape_.kind) {
        case Kind::Counter:
            return std::make_unique<Series>(hash, std::move(own), std::in_place_type<Counter>);
        case Kind::Gauge:
            return std::make_unique<Series>(hash, std::move(own), std::in_place_type<Gauge>);
        case Kind::Histogram:
            break;
    }
    return std::make_unique<Series>(hash, std::move(own), std::in_place_type<Histogram>, shape_.bounds);
}

void Family::record(double value, Values values) {
    if (shape_.kind == Kind::Gauge) return gauge(values).set(value);
    if (shape_.kind == Kind::Counter) return add(value, values);
    if (std::isnan(value)) throw Error{Code::InvalidArgument, "metric " + shape_.name + " does not observe NaN"};
    histogram(values).observe(value);
}

void Family::add(double by, Values values) {
    if (shape_.kind == Kind::Gauge) return gauge(values).add(by);
    if (shape_.kind == Kind::Histogram) {
        throw Error{Code::InvalidArgument, "metric " + shape_.name + " is a histogram: it observes and does not add"};
    }
    if (!std::isfinite(by) || by < 0) throw Error{Code::InvalidArgument, "counter " + shape_.name + " only grows"};
    counter(values).add(by);
}

std::vector<const Family::Series*> Family::sorted() const {
    std::vector<const Series*> all;
    for (std::size_t i = 0; i <= mask_; ++i) {
        for (const Series* each = chains_[i].load(std::memory_order_acquire); each != nullptr; each = each->next)
            all.push_back(each);
    }
    std::sort(all.begin(), all.end(), [](const Series* a, const Series* b) { return a->values < b->values; });
    return all;
}

void Family::write(std::string& out) const {
    write_head(out, shape_);
    for (const Series* each : sorted()) {
        if (const auto* histogram = std::get_if<Histogram>(&each->instrument)) {
            write_histogram(out, shape_, each->values, histogram->read());
        } else if (const auto* counter = std::get_if<Counter>(&each->instrument)) {
            write_sample(out, shape_, each->values, counter->value());
        } else {
            write_sample(out, shape_, each->values, std::get<Gauge>(each->instrument).value());
        }
    }
}

}  // namespace host::metrics
