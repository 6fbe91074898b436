#include "host/app/http_metrics.hpp"

#include <array>
#include <atomic>
#include <iterator>
#include <string>
#include <string_view>

namespace host::app {

namespace {

using metrics::Kind;

// Methods are words of the client's: those that are not here are one.
constexpr std::string_view methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "other"};
constexpr std::string_view classes[] = {"other", "1xx", "2xx", "3xx", "4xx", "5xx"};
// More than anybody has routes; each route has a few.
constexpr std::size_t series_max = 100'000;

std::size_t method_index(std::string_view method) {
    std::size_t index = 0;
    while (index + 1 < std::size(methods) && methods[index] != method)
        ++index;
    return index;
}

std::size_t class_index(std::uint16_t status) {
    return status >= 100 && status < 600 ? status / 100 : 0;
}

}  // namespace

class HttpMetrics::Meter : public http::RouteMeter {
  public:
    Meter(const Families& families, std::string endpoint, std::string plugin)
        : families_(families), endpoint_(std::move(endpoint)), plugin_(std::move(plugin)) {}

    void finished(const http::Finished& request) noexcept override {
        try {
            requests(request).add();
            instrument(duration_, [&] {
                return &families_.duration.histogram(std::array{view(endpoint_), view(plugin_)});
            }).observe(std::chrono::duration<double>(request.duration).count());
            instrument(bytes_, [&] {
                return &families_.bytes.counter(std::array{view(endpoint_), view(plugin_)});
            }).add(static_cast<double>(request.bytes));
        } catch (const std::bad_alloc&) {
            // One request is not counted; that it is answered matters more.
        }
    }

  private:
    static std::string_view view(const std::string& text) { return text; }

    // A series is made when it is first needed and never goes: a route that nobody asks for shows nothing.
    template <typename Instrument, typename Find>
    static Instrument& instrument(std::atomic<Instrument*>& kept, Find&& find) {
        Instrument* known = kept.load(std::memory_order_acquire);
        if (known == nullptr) kept.store(known = find(), std::memory_order_release);
        return *known;
    }

    metrics::Counter& requests(const http::Finished& request) {
        const std::size_t method = method_index(request.method);
        const std::size_t status = class_index(request.status);
        return instrument(requests_[method * std::size(classes) + status], [&] {
            return &families_.requests.counter(std::array{methods[method], view(endpoint_), classes[status], view(plugin_)});
        });
    }

    const Families families_;
    const std::string endpoint_;
    const std::string plugin_;
    std::array<std::atomic<metrics::Counter*>, std::size(methods) * std::size(classes)> requests_{};
    std::atomic<metrics::Histogram*> duration_{nullptr};
    std::atomic<metrics::Counter*> bytes_{nullptr};
};

HttpMetrics::HttpMetrics(metrics::Registry& registry)
    : families_{
          registry.define({.kind = Kind::Counter,
                           .name = "gantry_http_requests_total",
                           .help = "Requests that have ended, by route template; endpoint \"\" is what no route serves",
                           .labels = {"method", "endpoint", "status", "plugin"}},
                          series_max),
          registry.define({.kind = Kind::Histogram,
                           .name = "gantry_http_request_duration_seconds",
                           .help = "From the head of a request to the end of its answer, streams included",
                           .labels = {"endpoint", "plugin"}},
                          series_max),
          registry.define({.kind = Kind::Counter,
                           .name = "gantry_http_response_bytes_total",
                           .help = "Bytes of answers' bodies",
                           .labels = {"endpoint", "plugin"}},
                          series_max)} {}

std::shared_ptr<http::RouteMeter> HttpMetrics::meter_for(const http::Route& route) const {
    return std::make_shared<Meter>(families_, route.pattern, route.owner);
}

std::shared_ptr<http::RouteMeter> HttpMetrics::unrouted() const {
    return std::make_shared<Meter>(families_, "", "");
}

}  // namespace host::app
