#pragma once

#include <cstdint>
#include <string>

#include <gantry/config/schema.hpp>

namespace notes {

struct Settings {
    std::int64_t page = 100;
    std::int64_t title_bytes_max = 200;
    std::int64_t forget_after_days = 0;
    std::string webhook;

    static void schema(gantry::Schema<Settings>& s);
};

}  // namespace notes
