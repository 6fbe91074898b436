#include "host/http/byte_ranges.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "host/http/message.hpp"
#include "host/http/syntax.hpp"

namespace host::http {

namespace {

constexpr std::size_t ranges_max = 16;

// "12", or nothing for an empty text; false for what is no number, or one too large for any file.
bool read_number(std::string_view text, std::optional<std::uint64_t>& out) {
    if (text.empty()) return true;
    std::uint64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (end != text.data() + text.size() || failure != std::errc()) return false;
    out = number;
    return true;
}

struct Spec {
    std::optional<std::uint64_t> first;  // none: the last `last` bytes
    std::optional<std::uint64_t> last;
};

std::optional<Spec> parse_spec(std::string_view text) {
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    Spec spec;
    if (!read_number(text.substr(0, dash), spec.first) || !read_number(text.substr(dash + 1), spec.last))
        return std::nullopt;
    if (!spec.first && !spec.last) return std::nullopt;
    if (spec.first && spec.last && *spec.last < *spec.first) return std::nullopt;
    return spec;
}

std::optional<ByteRange> resolve(const Spec& spec, std::uint64_t size) {
    if (!spec.first) {
        if (*spec.last == 0 || size == 0) return std::nullopt;
        return ByteRange{size - std::min(*spec.last, size), size - 1};
    }
    if (*spec.first >= size) return std::nullopt;
    return ByteRange{*spec.first, std::min(spec.last.value_or(size - 1), size - 1)};
}

bool overlap(std::vector<ByteRange> parts) {
    std::sort(parts.begin(), parts.end(), [](const ByteRange& a, const ByteRange& b) { return a.first < b.first; });
    return std::adjacent_find(parts.begin(), parts.end(),
                              [](const ByteRange& a, const ByteRange& b) { return b.first <= a.last; }) != parts.end();
}

}  // namespace

RangeWish parse_range(std::string_view field, std::uint64_t size) {
    const std::size_t equals = field.find('=');
    if (equals == std::string_view::npos || !equal_names(trim(field.substr(0, equals)), "bytes")) return {};
    std::string_view list = field.substr(equals + 1);
    RangeWish wish{RangeWish::Kind::Parts};
    std::size_t specs = 0;
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(','), list.size());
        const std::string_view text = trim(list.substr(0, end));
        list.remove_prefix(std::min(end + 1, list.size()));
        if (text.empty()) continue;
        const std::optional<Spec> spec = parse_spec(text);
        if (!spec || ++specs > ranges_max) return {};
        if (const auto part = resolve(*spec, size)) wish.parts.push_back(*part);
    }
    if (specs == 0) return {};
    if (wish.parts.empty()) return {RangeWish::Kind::Unsatisfiable};
    if (overlap(wish.parts)) return {};
    return wish;
}

}  // namespace host::http
