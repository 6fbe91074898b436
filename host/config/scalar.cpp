#include "host/config/scalar.hpp"

#include <charconv>
#include <cmath>
#include <optional>

namespace host::config {

namespace {

constexpr std::string_view digits = "0123456789";

template <typename Number, typename... Base>
std::optional<Number> whole(std::string_view text, Base... base) {
    Number number{};
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number, base...);
    if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
    return number;
}

std::optional<std::int64_t> based_integer(std::string_view text) {
    // from_chars would take a second sign here.
    if (text.size() < 3 || text[2] == '-') return std::nullopt;
    if (text.starts_with("0x")) return whole<std::int64_t>(text.substr(2), 16);
    if (text.starts_with("0o")) return whole<std::int64_t>(text.substr(2), 8);
    return std::nullopt;
}

std::string_view without_sign(std::string_view text) {
    return text.starts_with('-') || text.starts_with('+') ? text.substr(1) : text;
}

// Keeps "inf", "nan" and lone signs or dots from from_chars: a number has a digit and nothing but a number's characters.
bool looks_like_number(std::string_view unsigned_text) {
    if (unsigned_text.empty() || (digits.find(unsigned_text[0]) == std::string_view::npos && unsigned_text[0] != '.'))
        return false;
    return unsigned_text.find_first_of(digits) != std::string_view::npos &&
           unsigned_text.find_first_not_of("0123456789.eE+-") == std::string_view::npos;
}

}  // namespace

bool has_leading_zero(std::string_view text) {
    const std::string_view number = without_sign(text);
    return number.size() > 1 && number[0] == '0' && digits.find(number[1]) != std::string_view::npos;
}

Node::Value typed_scalar(std::string_view text) {
    if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return nullptr;
    if (text == "true" || text == "True" || text == "TRUE") return true;
    if (text == "false" || text == "False" || text == "FALSE") return false;
    if (const auto integer = based_integer(text)) return *integer;

    const std::string_view unsigned_text = without_sign(text);
    if (!looks_like_number(unsigned_text) || has_leading_zero(text)) return std::string(text);
    const std::string_view number = text.starts_with('+') ? unsigned_text : text;
    if (const auto integer = whole<std::int64_t>(number)) return *integer;
    if (const auto real = whole<double>(number); real && std::isfinite(*real)) return *real;
    return std::string(text);
}

}  // namespace host::config
