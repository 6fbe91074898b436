#pragma once

#include <memory>

#include "host/http/route.hpp"
#include "host/http/route_meter.hpp"
#include "host/metrics/registry.hpp"

namespace host::app {

// gantry_http_*: what is counted of every request. Labels are the route's template, never a path: their number is that of
// the routes.
class HttpMetrics {
  public:
    // `registry` outlives it and its meters.
    explicit HttpMetrics(metrics::Registry& registry);

    // Knows its series beforehand: counting a request costs some tens of nanoseconds.
    std::shared_ptr<http::RouteMeter> meter_for(const http::Route& route) const;
    // For what no route serves: unknown paths, wrong methods, bytes that are no request.
    std::shared_ptr<http::RouteMeter> unrouted() const;

  private:
    class Meter;
    struct Families {
        metrics::Family& requests;
        metrics::Family& duration;
        metrics::Family& bytes;
    };
    const Families families_;
};

}  // namespace host::app
