#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host/metrics/instruments.hpp"
#include "host/metrics/shape.hpp"

// The Prometheus text format 0.0.4, one part at a time.
namespace host::metrics {

inline constexpr std::string_view text_format = "text/plain; version=0.0.4; charset=utf-8";

// # HELP and # TYPE.
void write_head(std::string& out, const Shape& shape);
// `values` are as many as the shape has labels.
void write_sample(std::string& out, const Shape& shape, const std::vector<std::string>& values, double value);
void write_histogram(std::string& out, const Shape& shape, const std::vector<std::string>& values,
                     const Histogram::Reading& reading);

// Whoever reads the page refuses all of it for one byte that is none.
bool is_utf8(std::string_view text);

}  // namespace host::metrics
