#include "host/plugin/version_order.hpp"

#include <algorithm>
#include <compare>

namespace host::plugin {

namespace {

// Cuts the next part off at a dot.
std::string_view next_part(std::string_view& text) {
    const std::size_t dot = text.find('.');
    const std::string_view part = text.substr(0, dot);
    text = dot == text.npos ? std::string_view() : text.substr(dot + 1);
    return part;
}

bool is_number(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Numbers have no leading zeros here, so the longer one is the larger, whatever its size; numbers go before words.
std::strong_ordering order_of_parts(std::string_view one, std::string_view other) {
    if (is_number(one) != is_number(other))
        return is_number(one) ? std::strong_ordering::less : std::strong_ordering::greater;
    if (is_number(one) && one.size() != other.size()) return one.size() <=> other.size();
    return one <=> other;
}

std::strong_ordering order_of_lists(std::string_view one, std::string_view other) {
    while (!one.empty() && !other.empty()) {
        const auto order = order_of_parts(next_part(one), next_part(other));
        if (order != std::strong_ordering::equal) return order;
    }
    return !one.empty() <=> !other.empty();
}

struct Split {
    explicit Split(std::string_view version) {
        version = version.substr(0, version.find('+'));
        const std::size_t hyphen = version.find('-');
        numbers = version.substr(0, hyphen);
        if (hyphen != version.npos) pre_release = version.substr(hyphen + 1);
    }
    std::string_view numbers;
    std::string_view pre_release;
};

}  // namespace

bool is_older(std::string_view one, std::string_view other) {
    const Split a(one);
    const Split b(other);
    const auto order = order_of_lists(a.numbers, b.numbers);
    if (order != std::strong_ordering::equal) return order == std::strong_ordering::less;
    // A pre-release comes before the release that it leads to.
    if (a.pre_release.empty() || b.pre_release.empty()) return b.pre_release.empty() && !a.pre_release.empty();
    return order_of_lists(a.pre_release, b.pre_release) == std::strong_ordering::less;
}

}  // namespace host::plugin
