#include "host/core/error.hpp"

#include <algorithm>
#include <cstring>

namespace host::core {

namespace {

struct Entry {
    Code code;
    std::string_view name;
    std::uint16_t http_status;
};

constexpr Entry entries[] = {
    {Code::InvalidArgument, "INVALID_ARGUMENT", 400},
    {Code::Unauthenticated, "UNAUTHENTICATED", 401},
    {Code::Denied, "PERMISSION_DENIED", 403},
    {Code::NotFound, "NOT_FOUND", 404},
    {Code::Conflict, "CONFLICT", 409},
    {Code::Gone, "GONE", 410},
    {Code::Limit, "RATE_LIMITED", 429},
    {Code::Internal, "INTERNAL_ERROR", 500},
    {Code::Abi, "INTERNAL_ERROR", 500},
    {Code::Unsupported, "NOT_IMPLEMENTED", 501},
    {Code::Cancelled, "CANCELLED", 503},
    {Code::Busy, "BUSY", 503},
    {Code::Unavailable, "DEPENDENCY_UNAVAILABLE", 503},
    {Code::Timeout, "DEADLINE_EXCEEDED", 504},
};

const Entry& entry_of(Code code) {
    const auto* found = std::find_if(std::begin(entries), std::end(entries), [&](const Entry& e) { return e.code == code; });
    return found != std::end(entries) ? *found : entry_of(Code::Internal);
}

template <std::size_t N>
void copy_text(char (&out)[N], std::string_view text) {
    // Cut before a UTF-8 sequence, never inside one.
    std::size_t size = std::min(text.size(), N - 1);
    while (size > 0 && size < text.size() && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80)
        --size;
    std::memcpy(out, text.data(), size);
    out[size] = '\0';
}

}  // namespace

std::string_view name_of(Code code) {
    return entry_of(code).name;
}

std::uint16_t http_status_of(Code code) {
    return entry_of(code).http_status;
}

Code code_of(gantry_status status) {
    for (const Entry& entry : entries) {
        if (static_cast<gantry_status>(entry.code) == status) return entry.code;
    }
    return Code::Internal;
}

void fill(gantry_error* out, const Error& error) {
    if (out == nullptr || out->struct_size < sizeof(gantry_error)) return;
    out->status = static_cast<gantry_status>(error.code());
    out->http_status = 0;
    out->retry_after_ms = 0;
    out->flags = error.retryable() ? GANTRY_ERROR_RETRYABLE : 0;
    out->reserved = 0;
    copy_text(out->code, error.name());
    copy_text(out->where, error.where());
    copy_text(out->message, error.what());
}

}  // namespace host::core
