#pragma once

#include <cxxabi.h>

#include <exception>
#include <utility>

#include "host/core/error.hpp"

namespace host::bridge {

// The host's side of the border: whatever `body` throws becomes a status and, if the caller gave room, an error. A thread
// that is being cancelled must unwind through; anything else stays here.
template <typename Body>
gantry_status guarded(gantry_error* error, Body&& body) noexcept {
    try {
        return std::forward<Body>(body)();
    } catch (const core::Error& failure) {
        core::fill(error, failure);
        return static_cast<gantry_status>(failure.code());
    } catch (const abi::__forced_unwind&) {
        std::terminate();
    } catch (const std::exception& failure) {
        core::fill(error, core::Error(core::Code::Internal, failure.what()));
        return GANTRY_E_INTERNAL;
    } catch (...) {
        core::fill(error, core::Error(core::Code::Internal, "unknown exception in the host"));
        return GANTRY_E_INTERNAL;
    }
}

}  // namespace host::bridge
