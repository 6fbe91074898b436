#include "host/bridge/metrics_service.hpp"

#include <utility>

#include "host/bridge/incoming.hpp"
#include "host/bridge/text.hpp"
#include "host/core/ids.hpp"

namespace host::bridge {

namespace {

using core::Code;
using core::Error;

metrics::Shape shape_from(const gantry_metric& metric) {
    if ((metric.labels_n > 0 && metric.labels == nullptr) || (metric.buckets_n > 0 && metric.buckets == nullptr)) {
        throw Error(Code::InvalidArgument, "labels or buckets are NULL");
    }
    if (metric.labels_n > metrics::labels_max || metric.buckets_n > metrics::buckets_max) {
        throw Error(Code::InvalidArgument, "more than 8 labels or 64 buckets");
    }
    metrics::Shape shape;
    shape.kind = static_cast<metrics::Kind>(metric.kind);
    shape.name = copy(metric.name);
    shape.help = copy(metric.help);
    for (std::uint32_t i = 0; i < metric.labels_n; ++i)
        shape.labels.push_back(copy(metric.labels[i]));
    shape.bounds.assign(metric.buckets, metric.buckets + metric.buckets_n);
    return shape;
}

// The values of a recording, on the stack.
class LabelValues {
  public:
    LabelValues(const gantry_str* values, std::uint32_t n) : n_(n) {
        if (n > metrics::labels_max || (n > 0 && values == nullptr)) {
            throw Error(Code::InvalidArgument, "label_values are NULL or more than 8");
        }
        for (std::uint32_t i = 0; i < n; ++i)
            views_[i] = view(values[i]);
    }
    metrics::Family::Values span() const { return {views_.data(), n_}; }

  private:
    std::array<std::string_view, metrics::labels_max> views_;
    const std::uint32_t n_;
};

}  // namespace

MetricsService::MetricsService(const std::string& plugin, metrics::Registry* registry, Record record)
    : own_registry_(registry == nullptr ? std::make_unique<metrics::Registry>(metrics::Settings()) : nullptr),
      metrics_(registry == nullptr ? *own_registry_ : *registry, plugin),
      record_(std::move(record)),
      first_id_(core::next_id() << 16 | 1) {}

gantry_id MetricsService::define(const gantry_metric& passed) {
    if (frozen_) throw Error(Code::Denied, "metrics are defined in start() only");
    std::shared_ptr<metrics::Family> family = metrics_.define(shape_from(incoming(&passed)));
    for (std::size_t i = 0; i < families_n_; ++i) {
        if (kept_[i] == family) return first_id_ + i;
    }
    const std::string name = family->shape().name;
    const std::size_t index = families_n_++;
    kept_[index] = std::move(family);
    families_[index].store(kept_[index].get(), std::memory_order_release);
    record_("metric", name, [this, name] { metrics_.revoke(name); });
    return first_id_ + index;
}

metrics::Family& MetricsService::family(gantry_id metric) const {
    const gantry_id index = metric - first_id_;
    metrics::Family* const family = index < families_.size() ? families_[index].load(std::memory_order_acquire) : nullptr;
    if (family == nullptr) throw Error(Code::Gone, "there is no such metric");
    return *family;
}

void MetricsService::record(gantry_id metric, double value, const gantry_str* label_values, std::uint32_t n) {
    family(metric).record(value, LabelValues(label_values, n).span());
}

void MetricsService::add(gantry_id metric, double by, const gantry_str* label_values, std::uint32_t n) {
    family(metric).add(by, LabelValues(label_values, n).span());
}

}  // namespace host::bridge
