#pragma once

// Counters, gauges and histograms, shown by the host as gantry_<plugin>_<name>. Made in the plugin's constructor, used
// anywhere:
//
//     gantry::Counter exported_{host, "exported_total", "Notes that were exported", {"format"}};
//     gantry::Histogram search_seconds_{host, "search_seconds", "How long a search takes"};
//     ...
//     exported_.add(1, "csv");
//     search_seconds_.observe(0.003);
//
// A label's values must be few and known beforehand: no ids, no paths. Handles, cheap to copy, for any thread.

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include <gantry/abi/metrics.h>
#include <gantry/detail/guard.hpp>
#include <gantry/host.hpp>

namespace gantry {

using LabelNames = std::initializer_list<std::string_view>;

namespace detail {

// One metric. What cannot be recorded (another number of label values than of labels) is left out: no request fails because
// something could not be counted. The fake host complains.
class Metric {
  protected:
    // Throws Error if the host refuses the definition, or has no metrics.
    Metric(const Host& host, gantry_metric metric, LabelNames labels)
        : host_(host.context().host), service_(service<gantry_metrics>(host_, GANTRY_METRICS)) {
        GANTRY_DETAIL_USE(GANTRY_METRICS, gantry_metrics, define);
        std::vector<gantry_str> names;
        for (std::string_view label : labels)
            names.push_back(str(label));
        metric.struct_size = sizeof metric;
        metric.labels = names.data();
        metric.labels_n = static_cast<std::uint32_t>(names.size());
        gantry_error error = empty_error();
        const gantry_status status = service_->define(host_, &metric, &id_, &error);
        if (status < 0) throw Error(static_cast<Status>(status), error.message);
    }

    static gantry_metric describe(std::uint32_t kind, std::string_view name, std::string_view help) {
        gantry_metric metric{};
        metric.kind = kind;
        metric.name = str(name);
        metric.help = str(help);
        return metric;
    }

    template <typename... Values>
    void record(double value, const Values&... labels) const noexcept {
        GANTRY_DETAIL_USE(GANTRY_METRICS, gantry_metrics, record);
        const std::array<gantry_str, sizeof...(Values)> values{str(std::string_view(labels))...};
        service_->record(host_, id_, value, values.data(), sizeof...(Values));
    }
    template <typename... Values>
    void increase(double by, const Values&... labels) const noexcept {
        GANTRY_DETAIL_USE(GANTRY_METRICS, gantry_metrics, add);
        const std::array<gantry_str, sizeof...(Values)> values{str(std::string_view(labels))...};
        service_->add(host_, id_, by, values.data(), sizeof...(Values));
    }

  private:
    const gantry_host* host_;
    const gantry_metrics* service_;
    gantry_id id_ = 0;
};

}  // namespace detail

// Only grows; its name ends in _total.
class Counter : private detail::Metric {
  public:
    Counter(const Host& host, std::string_view name, std::string_view help, LabelNames labels = {})
        : Metric(host, describe(GANTRY_METRIC_COUNTER, name, help), labels) {}

    // `by` is not negative; as many values as labels, in their order.
    template <typename... Values>
    void add(double by, const Values&... label_values) const noexcept {
        record(by, label_values...);
    }
};

class Gauge : private detail::Metric {
  public:
    Gauge(const Host& host, std::string_view name, std::string_view help, LabelNames labels = {})
        : Metric(host, describe(GANTRY_METRIC_GAUGE, name, help), labels) {}

    template <typename... Values>
    void set(double value, const Values&... label_values) const noexcept {
        record(value, label_values...);
    }
    // Negative: less.
    template <typename... Values>
    void add(double by, const Values&... label_values) const noexcept {
        increase(by, label_values...);
    }
};

// Counts observations by size. Its buckets are upper bounds, ascending; without any, 1 ms to 10 s in seconds.
class Histogram : private detail::Metric {
  public:
    Histogram(const Host& host, std::string_view name, std::string_view help, LabelNames labels = {},
              std::initializer_list<double> buckets = {})
        : Metric(host, with_buckets(describe(GANTRY_METRIC_HISTOGRAM, name, help), buckets), labels) {}

    template <typename... Values>
    void observe(double value, const Values&... label_values) const noexcept {
        record(value, label_values...);
    }

  private:
    static gantry_metric with_buckets(gantry_metric metric, std::initializer_list<double> buckets) {
        metric.buckets = buckets.begin();
        metric.buckets_n = static_cast<std::uint32_t>(buckets.size());
        return metric;
    }
};

}  // namespace gantry
