#pragma once

#include <cstddef>
#include <string_view>

namespace host::core {

inline constexpr std::size_t limit_name_bytes_max = 64;

// The name of a limit becomes a key of the configuration, a label of metrics and part of keys in the kv store.
inline bool is_limit_name(std::string_view text) {
    return !text.empty() && text.size() <= limit_name_bytes_max &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == std::string_view::npos;
}

}  // namespace host::core
