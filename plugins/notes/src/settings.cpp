#include "settings.hpp"

namespace notes {

void Settings::schema(gantry::Schema<Settings>& s) {
    s.field("page", &Settings::page, "Rows fetched per round trip").range(1, 1000);
    s.field("title_bytes_max", &Settings::title_bytes_max, "Longest title, in bytes of UTF-8").range(1, 1000);
    s.field("forget_after_days", &Settings::forget_after_days,
            "Notes that nobody has changed for so many days are removed at night; 0: none")
        .range(0, 36'500);
    s.field("webhook", &Settings::webhook, "URL that is told of every change with a POST; empty: none").length(0, 2000);
}

}  // namespace notes
