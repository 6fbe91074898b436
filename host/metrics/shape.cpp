#include "host/metrics/shape.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>

#include "host/core/error.hpp"

namespace host::metrics {

namespace {

core::Error wrong(const Shape& shape, const std::string& what) {
    return {core::Code::InvalidArgument, "metric " + shape.name.substr(0, name_bytes_max) + ": " + what, "metric"};
}

bool is_name(std::string_view name, std::size_t bytes_max) {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    const auto is_allowed = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
    return !name.empty() && name.size() <= bytes_max && is_letter(name.front()) &&
           std::all_of(name.begin(), name.end(), is_allowed);
}

void check_labels(const Shape& shape) {
    if (shape.labels.size() > labels_max) {
        throw wrong(shape, std::to_string(shape.labels.size()) + " labels but at most " + std::to_string(labels_max));
    }
    std::set<std::string_view> seen;
    for (const std::string& label : shape.labels) {
        if (!is_name(label, label_bytes_max)) throw wrong(shape, "a label is not [a-zA-Z_][a-zA-Z0-9_]*");
        if (label.starts_with("__") || (label == "le" && shape.kind == Kind::Histogram)) {
            throw wrong(shape, "the label " + label + " is Prometheus's own");
        }
        if (!seen.insert(label).second) throw wrong(shape, "the label " + label + " is there twice");
    }
}

void check_bounds(const Shape& shape) {
    if (shape.kind != Kind::Histogram && !shape.bounds.empty()) throw wrong(shape, "only a histogram has buckets");
    if (shape.bounds.size() > buckets_max) {
        throw wrong(shape, std::to_string(shape.bounds.size()) + " buckets but at most " + std::to_string(buckets_max));
    }
    for (std::size_t i = 0; i < shape.bounds.size(); ++i) {
        if (!std::isfinite(shape.bounds[i])) throw wrong(shape, "a bucket's bound is not finite; +Inf is added by itself");
        if (i > 0 && shape.bounds[i] <= shape.bounds[i - 1]) throw wrong(shape, "the buckets' bounds do not ascend");
    }
}

std::vector<std::string> sample_names(const Shape& shape) {
    if (shape.kind != Kind::Histogram) return {shape.name};
    return {shape.name, shape.name + "_bucket", shape.name + "_sum", shape.name + "_count"};
}

}  // namespace

const std::vector<double>& default_bounds() {
    static const std::vector<double> bounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
    return bounds;
}

Shape checked(Shape shape) {
    if (shape.kind < Kind::Counter || shape.kind > Kind::Histogram) throw wrong(shape, "its kind is unknown");
    if (!is_name(shape.name, name_bytes_max)) {
        throw wrong(shape, "a name is [a-zA-Z_][a-zA-Z0-9_]* of at most " + std::to_string(name_bytes_max) + " bytes");
    }
    if (shape.help.size() > help_bytes_max) throw wrong(shape, "its help is longer than 1 KiB");
    check_labels(shape);
    check_bounds(shape);
    if (shape.kind == Kind::Histogram && shape.bounds.empty()) shape.bounds = default_bounds();
    return shape;
}

bool same_series(const Shape& a, const Shape& b) {
    return a.kind == b.kind && a.name == b.name && a.labels == b.labels && a.bounds == b.bounds;
}

bool clash(const Shape& a, const Shape& b) {
    const std::vector<std::string> names = sample_names(a);
    const std::vector<std::string> others = sample_names(b);
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        return std::find(others.begin(), others.end(), name) != others.end();
    });
}

}  // namespace host::metrics
