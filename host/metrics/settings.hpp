#pragma once

#include <cstddef>
#include <string>

namespace host::metrics {

struct Settings {
    std::size_t series_max = 1'000;  // distinct sets of label values of one metric of a plugin
    std::string token;               // whoever reads /metrics must bear it; empty: anybody may; never logged
};

}  // namespace host::metrics
