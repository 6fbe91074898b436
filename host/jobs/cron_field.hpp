#pragma once

#include <string_view>
#include <vector>

namespace host::jobs {

// One field of a cron expression: what it may hold.
struct CronField {
    std::string_view name;
    int least;
    int most;
    std::vector<std::string_view> words;  // "jan", "feb", ...: the first stands for `least`
};

// The values it names, in any order. Throws InvalidArgument naming the field.
std::vector<int> read_cron_field(const CronField& field, std::string_view text);

}  // namespace host::jobs
