#pragma once

#include "host/metrics/registry.hpp"

namespace host::metrics {

// Defines process_* as every Prometheus client library does (cpu, memory, descriptors, start) and gantry_build_info.
void define_process_metrics(Registry& registry);

}  // namespace host::metrics
