#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "host/core/error.hpp"

namespace host::http {

// An error as clients see it: application/problem+json (RFC 9457), one shape everywhere.
struct Problem {
    std::uint16_t status = 500;
    std::string code = {};          // "NOTE_NOT_FOUND"
    std::string detail = {};        // for people; empty: the status' phrase
    std::string details_json = {};  // an object for "details"; empty: {}
    std::uint32_t retry_after_ms = 0;
    std::string challenge = {};  // the value of WWW-Authenticate (RFC 6750 section 3); empty: "Bearer" for 401
};

Problem problem_of(const core::Error& error);
// {"type","title","status","detail","instance","error":true,"code","message","details":{},"timestamp","request_id"}
std::string to_json(const Problem& problem, std::string_view path, std::string_view request_id);

}  // namespace host::http
