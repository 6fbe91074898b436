#pragma once

#include <string>

#include <gantry/config/schema.hpp>

namespace starter {

struct Settings {
    std::string answer = "is fine";

    static void schema(gantry::Schema<Settings>& s);
};

}  // namespace starter
