#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gantry/abi/metrics.h>
#include <gantry/testing/watch.hpp>
#include <gantry/text.hpp>

namespace gantry::testing {

// gantry.metrics/1 that remembers what was recorded. A recording that the host would leave out breaks the test.
class FakeMetrics {
  public:
    explicit FakeMetrics(Watch& watch) : watch_(watch) {}

    using Values = std::vector<std::string>;

    // Of a counter or gauge; 0 if nothing was recorded. Of a histogram, the sum of what was observed.
    double value(const std::string& name, const Values& labels = {}) const {
        const std::lock_guard lock(mutex_);
        const auto found = series_.find({name, labels});
        return found != series_.end() ? found->second.value : 0;
    }
    // How often something was recorded.
    std::size_t count(const std::string& name, const Values& labels = {}) const {
        const std::lock_guard lock(mutex_);
        const auto found = series_.find({name, labels});
        return found != series_.end() ? found->second.count : 0;
    }

    gantry_status define(const gantry_metric& metric, gantry_id* id) {
        const std::lock_guard lock(mutex_);
        const std::string name(view(metric.name));
        for (std::size_t i = 0; i < metrics_.size(); ++i) {
            if (metrics_[i].name == name) return *id = i + 1, GANTRY_OK;
        }
        metrics_.push_back({name, metric.kind, metric.labels_n});
        *id = metrics_.size();
        return GANTRY_OK;
    }
    gantry_status record(gantry_id id, double value, const gantry_str* labels, std::uint32_t n) {
        const std::lock_guard lock(mutex_);
        Series* const series = find(id, labels, n);
        if (series == nullptr) return GANTRY_E_INVALID;
        if (metrics_[id - 1].kind == GANTRY_METRIC_COUNTER && value < 0) {
            watch_.violation("counter " + metrics_[id - 1].name + " was made smaller");
            return GANTRY_E_INVALID;
        }
        series->value = metrics_[id - 1].kind == GANTRY_METRIC_GAUGE ? value : series->value + value;
        ++series->count;
        return GANTRY_OK;
    }
    gantry_status add(gantry_id id, double by, const gantry_str* labels, std::uint32_t n) {
        const std::lock_guard lock(mutex_);
        Series* const series = find(id, labels, n);
        if (series == nullptr) return GANTRY_E_INVALID;
        series->value += by;
        ++series->count;
        return GANTRY_OK;
    }

  private:
    struct Metric {
        std::string name;
        std::uint32_t kind;
        std::uint32_t labels_n;
    };
    struct Series {
        double value = 0;
        std::size_t count = 0;
    };

    Series* find(gantry_id id, const gantry_str* labels, std::uint32_t n) {
        if (id == 0 || id > metrics_.size()) {
            watch_.violation("something was recorded for a metric that is not defined");
            return nullptr;
        }
        const Metric& metric = metrics_[id - 1];
        if (n != metric.labels_n) {
            watch_.violation("metric " + metric.name + " has " + std::to_string(metric.labels_n) + " labels but got " +
                             std::to_string(n) + " values");
            return nullptr;
        }
        Values values;
        for (std::uint32_t i = 0; i < n; ++i)
            values.emplace_back(view(labels[i]));
        return &series_[{metric.name, std::move(values)}];
    }

    Watch& watch_;
    mutable std::mutex mutex_;
    std::vector<Metric> metrics_;
    std::map<std::pair<std::string, Values>, Series> series_;
};

}  // namespace gantry::testing
