#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <string>

#include <gantry/abi/metrics.h>

#include "host/bridge/service_side.hpp"
#include "host/metrics/plugin_metrics.hpp"

namespace host::bridge {

// gantry.metrics/1 for one plugin instance.
class MetricsService : public ServiceSide {
  public:
    // Without a `registry`, offline, what is recorded is seen by nobody: a plugin's start() must not fail for that.
    MetricsService(const std::string& plugin, metrics::Registry* registry, Record record);

    static const gantry_metrics& table();

    gantry_id define(const gantry_metric& metric);
    void record(gantry_id metric, double value, const gantry_str* label_values, std::uint32_t n);
    void add(gantry_id metric, double by, const gantry_str* label_values, std::uint32_t n);

    void freeze() override { frozen_ = true; }
    void activate() override { metrics_.activate(); }

  private:
    metrics::Family& family(gantry_id metric) const;

    const std::unique_ptr<metrics::Registry> own_registry_;
    metrics::PluginMetrics metrics_;
    const Record record_;
    // An id is this plus an index: the ids of another instance are not ours.
    const gantry_id first_id_;
    // Written by define() alone, read by every recording: a pointer that is there stays.
    std::array<std::atomic<metrics::Family*>, metrics::PluginMetrics::metrics_max> families_{};
    std::array<std::shared_ptr<metrics::Family>, metrics::PluginMetrics::metrics_max> kept_{};
    std::size_t families_n_ = 0;
    bool frozen_ = false;
};

}  // namespace host::bridge
