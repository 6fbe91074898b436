#include "settings.hpp"

namespace starter {

void Settings::schema(gantry::Schema<Settings>& s) {
    s.field("answer", &Settings::answer, "What is said of every name").length(1, 100);
}

}  // namespace starter
