#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace host::config {

// Where the text stops being UTF-8 without control characters (tab and line feed are allowed, a carriage return only
// before a line feed); text.size() if it is sound.
std::size_t first_unsound_byte(std::string_view text);
// Characters (code points) of UTF-8 text.
std::size_t characters(std::string_view text);
// Safe to put into a message: one line, at most 60 characters, control characters replaced.
std::string shown(std::string_view text);

}  // namespace host::config
