#pragma once

#include <algorithm>
#include <cstring>

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

}  // namespace host::bridge
