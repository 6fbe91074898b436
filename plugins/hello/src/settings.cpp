#include "settings.hpp"

namespace hello {

void Settings::schema(gantry::Schema<Settings>& s) {
    s.field("greeting", &Settings::greeting, "Word used to greet").length(1, 40);
}

}  // namespace hello
