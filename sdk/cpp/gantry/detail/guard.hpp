#pragma once

// Nothing is thrown across the border: whatever leaves a plugin's code is turned into a gantry_error here.

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <string_view>

#include <gantry/detail/context.hpp>
#include <gantry/error.hpp>

namespace gantry::detail {

inline void log_error(const Context& context, std::string_view message, std::string_view reason) noexcept {
    const gantry_pair field = {str("reason"), str(reason)};
    context.log->write(context.host, GANTRY_LOG_ERROR, str(message), &field, 1);
}

// Cut to fit, never in the middle of a UTF-8 character.
template <std::size_t N>
void copy_text(char (&target)[N], std::string_view text) noexcept {
    std::size_t size = std::min(text.size(), N - 1);
    if (size < text.size()) {
        while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U)
            --size;
    }
    if (size > 0) std::memcpy(target, text.data(), size);
    target[size] = '\0';
}

inline void fill(gantry_error* error, gantry_status status, std::string_view code, std::string_view message) noexcept {
    if (error == nullptr || error->struct_size < sizeof(gantry_error)) return;
    error->status = status;
    copy_text(error->code, code);
    copy_text(error->message, message);
}

inline gantry_status fill(gantry_error* error, const Error& failure) noexcept {
    const auto status = static_cast<gantry_status>(failure.status());
    fill(error, status, failure.code(), failure.what());
    if (error != nullptr && error->struct_size >= sizeof(gantry_error)) {
        error->http_status = failure.http();
        error->flags = failure.retryable() ? GANTRY_ERROR_RETRYABLE : 0;
        copy_text(error->where, failure.where());
    }
    return status;
}

inline gantry_error empty_error() noexcept {
    gantry_error error{};
    error.struct_size = sizeof error;
    return error;
}

// For the steps of life: the administrator reads the message, so it is passed on as it is. Must be called inside a
// catch block.
inline gantry_status describe_exception(gantry_error* error) noexcept {
    try {
        throw;
    } catch (const Error& failure) {
        return fill(error, failure);
    } catch (const std::bad_alloc&) {
        fill(error, GANTRY_E_LIMIT, "OUT_OF_MEMORY", "out of memory");
        return GANTRY_E_LIMIT;
    } catch (const std::exception& failure) {
        fill(error, GANTRY_E_INTERNAL, "", failure.what());
    } catch (abi::__forced_unwind&) {
        std::abort();  // a cancelled thread cannot be unwound through C frames
    } catch (...) {
        fill(error, GANTRY_E_INTERNAL, "", "an exception that is no std::exception was thrown");
    }
    return GANTRY_E_INTERNAL;
}

// Runs `step`, which returns a gantry_status.
template <typename Step>
gantry_status guarded(gantry_error* error, Step&& step) noexcept {
    try {
        return step();
    } catch (...) {
        return describe_exception(error);
    }
}

}  // namespace gantry::detail
