#pragma once

#include <string>

#include <gantry/config/schema.hpp>

namespace hello {

struct Settings {
    std::string greeting = "Hello";

    static void schema(gantry::Schema<Settings>& s);
};

}  // namespace hello
