#pragma once

#include <string>
#include <string_view>

#include <gantry/abi/base.h>

// The ABI's views and ours are the same thing with another spelling.
namespace host::bridge {

inline std::string_view view(gantry_str text) {
    return {text.data == nullptr ? "" : text.data, text.data == nullptr ? 0 : text.size};
}
inline std::string copy(gantry_str text) {
    return std::string(view(text));
}
inline gantry_str str(std::string_view text) {
    return {text.data(), text.size()};
}

}  // namespace host::bridge
