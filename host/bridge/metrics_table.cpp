#include "host/bridge/guard.hpp"
#include "host/bridge/host_table.hpp"
#include "host/bridge/metrics_service.hpp"

// The C functions of gantry.metrics/1.
namespace host::bridge {

namespace {

gantry_status define(const gantry_host* host, const gantry_metric* metric, gantry_id* id, gantry_error* error) {
    return guarded(error, [&] {
        if (metric == nullptr || id == nullptr) throw core::Error(core::Code::InvalidArgument, "metric or id is NULL");
        *id = HostTable::of(host).metrics().define(*metric);
        return GANTRY_OK;
    });
}

gantry_status record(const gantry_host* host, gantry_id metric, double value, const gantry_str* label_values,
                     std::uint32_t n) {
    return guarded(nullptr, [&] {
        HostTable::of(host).metrics().record(metric, value, label_values, n);
        return GANTRY_OK;
    });
}

gantry_status add(const gantry_host* host, gantry_id metric, double by, const gantry_str* label_values, std::uint32_t n) {
    return guarded(nullptr, [&] {
        HostTable::of(host).metrics().add(metric, by, label_values, n);
        return GANTRY_OK;
    });
}

constexpr gantry_metrics functions = {sizeof(gantry_metrics), 0, define, record, add};

}  // namespace

const gantry_metrics& MetricsService::table() {
    return functions;
}

}  // namespace host::bridge
