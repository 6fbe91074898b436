#include "host/jobs/cron_field.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "host/core/error.hpp"

namespace host::jobs {

namespace {

core::Error wrong(const CronField& field, std::string_view text) {
    return {core::Code::InvalidArgument, "cron: the " + std::string(field.name) + " is \"" + std::string(text) +
                                             "\" but must be of " + std::to_string(field.least) + "-" +
                                             std::to_string(field.most) + ", such as *, */2, 1-5 or 1,3"};
}

std::optional<int> number(std::string_view text) {
    int value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || text.front() == '-' || read.ec != std::errc() || read.ptr != text.data() + text.size()) return {};
    return value;
}

bool is_word(std::string_view text, std::string_view word) {
    return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

int value_of(const CronField& field, std::string_view text, std::string_view whole) {
    for (std::size_t i = 0; i < field.words.size(); ++i) {
        if (is_word(text, field.words[i])) return field.least + static_cast<int>(i);
    }
    const auto value = number(text);
    if (!value || *value < field.least || *value > field.most) throw wrong(field, whole);
    return *value;
}

// "*", "5", "1-5", each perhaps with "/2".
void read_part(const CronField& field, std::string_view part, std::vector<int>& values) {
    const std::size_t slash = part.find('/');
    const std::string_view range = part.substr(0, slash);
    int step = 1;
    if (slash != std::string_view::npos) {
        const auto given = number(part.substr(slash + 1));
        if (!given || *given < 1 || *given > field.most) throw wrong(field, part);
        step = *given;
    }
    int first = field.least;
    int last = field.most;
    if (range != "*") {
        const std::size_t dash = range.find('-');
        first = value_of(field, range.substr(0, dash), part);
        if (dash != std::string_view::npos) {
            last = value_of(field, range.substr(dash + 1), part);
        } else if (slash == std::string_view::npos) {
            last = first;
        }
    }
    if (first > last) throw wrong(field, part);
    for (int value = first; value <= last; value += step)
        values.push_back(value);
}

}  // namespace

std::vector<int> read_cron_field(const CronField& field, std::string_view text) {
    std::vector<int> values;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t comma = std::min(text.find(',', begin), text.size());
        read_part(field, text.substr(begin, comma - begin), values);
        begin = comma + 1;
    }
    return values;
}

}  // namespace host::jobs
