#include "settings.hpp"

namespace notes {

void Settings::schema(gantry::Schema<Settings>& s) {
    s.field("page", &Settings::page, "Rows fetched per round trip").range(1, 1000);
    s.field("title_bytes_max", &Settings::title_bytes_max, "Longest title, in bytes of UTF-8").range(1, 1000);
}

}  // namespace notes
