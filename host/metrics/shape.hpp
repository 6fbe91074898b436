#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace host::metrics {

enum class Kind { Counter = 1, Gauge = 2, Histogram = 3 };

inline constexpr std::size_t labels_max = 8;
inline constexpr std::size_t label_bytes_max = 128;  // of a name, and of a value
inline constexpr std::size_t name_bytes_max = 128;
inline constexpr std::size_t help_bytes_max = 1024;
inline constexpr std::size_t buckets_max = 64;

// What a metric is, whatever it counts.
struct Shape {
    Kind kind = Kind::Counter;
    std::string name = {};  // as it is published: "gantry_notes_exported_total"
    std::string help = {};
    std::vector<std::string> labels = {};
    std::vector<double> bounds = {};  // of a histogram, ascending, without +Inf; empty: default_bounds()
};

// 1 ms to 10 s: how long requests take.
const std::vector<double>& default_bounds();

// The shape, completed. Throws InvalidArgument that names what Prometheus, or a limit above, does not permit.
Shape checked(Shape shape);

// May series of the one go on under the other? The help may differ.
bool same_series(const Shape& a, const Shape& b);
// Would both publish a sample of the same name?
bool clash(const Shape& a, const Shape& b);

}  // namespace host::metrics
