#pragma once

#include <string>
#include <string_view>

#include <gantry/abi/base.h>

#include "host/core/error.hpp"

// The ABI's views and ours are the same thing with another spelling.
namespace host::bridge {

inline std::string_view view(gantry_str text) {
    return {text.data == nullptr ? "" : text.data, text.data == nullptr ? 0 : text.size};
}
inline std::string copy(gantry_str text) {
    return std::string(view(text));
}
inline std::string copy(gantry_bytes bytes) {
    return bytes.size == 0 ? std::string() : std::string(static_cast<const char*>(bytes.data), bytes.size);
}
inline gantry_error to_abi(const core::Error& error) {
    gantry_error out{};
    out.struct_size = sizeof out;
    core::fill(&out, error);
    return out;
}
inline gantry_str str(std::string_view text) {
    return {text.data(), text.size()};
}

}  // namespace host::bridge
