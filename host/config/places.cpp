#include "host/config/places.hpp"

#include <algorithm>

#include "host/config/text.hpp"

namespace host::config {

Places::Places(std::string_view text, const std::string& file)
    : text_(text), file_(std::make_shared<const std::string>(file)) {
    for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
        lines_.push_back(at + 1);
}

Mark Places::at(std::size_t line, std::size_t bytes) const {
    if (line >= lines_.size()) return at(0, 0);
    const std::size_t column = characters(text_.substr(lines_[line], bytes));
    return {file_, static_cast<std::uint32_t>(line + 1), static_cast<std::uint32_t>(column + 1)};
}

Mark Places::at_offset(std::size_t offset) const {
    const auto next = std::upper_bound(lines_.begin(), lines_.end(), offset);
    const auto line = static_cast<std::size_t>(next - lines_.begin()) - 1;
    return at(line, offset - lines_[line]);
}

std::string_view Places::line_of(const Mark& mark) const {
    const std::string_view rest = text_.substr(lines_[mark.line - 1]);
    return rest.substr(0, rest.find('\n'));
}

}  // namespace host::config
