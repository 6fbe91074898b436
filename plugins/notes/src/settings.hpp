#pragma once

#include <cstdint>

#include <gantry/config/schema.hpp>

namespace notes {

struct Settings {
    std::int64_t page = 100;
    std::int64_t title_bytes_max = 200;

    static void schema(gantry::Schema<Settings>& s);
};

}  // namespace notes
