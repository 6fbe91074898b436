#pragma once

#include <algorithm>
#include <cstring>
#include <string>

#include <gantry/text.hpp>

#include "host/bridge/text.hpp"
#include "host/core/error.hpp"

namespace host::bridge {

// A struct that a plugin passed, whatever minor version it was built with: members it does not know are zero, members we
// do not know are left out (rule 1 of the ABI).
template <typename T>
T incoming(const T* passed) {
    if (passed == nullptr) throw core::Error(core::Code::InvalidArgument, "a required struct is NULL");
    if (passed->struct_size < sizeof(passed->struct_size)) {
        throw core::Error(core::Code::InvalidArgument, "struct_size is not set");
    }
    T own{};
    std::memcpy(&own, passed, std::min<std::size_t>(passed->struct_size, sizeof(T)));
    own.struct_size = sizeof(T);
    return own;
}

// A function that must be there.
template <typename Function>
void require(Function function, const char* name) {
    if (function == nullptr) throw core::Error(core::Code::InvalidArgument, std::string(name) + " is NULL");
}

// A text that is written into the database: PostgreSQL would refuse another, and with it those of others that are written
// in the same statement.
inline std::string storable(gantry_str text, const char* what) {
    const std::string_view given = view(text);
    if (gantry::is_utf8(given) && given.find('\0') == std::string_view::npos) return std::string(given);
    throw core::Error(core::Code::InvalidArgument, std::string(what) + " must be UTF-8 without NUL");
}

}  // namespace host::bridge
