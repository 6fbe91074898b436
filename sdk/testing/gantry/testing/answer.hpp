#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gantry/json.hpp>
#include <gantry/text.hpp>

namespace gantry::testing {

// What a client gets.
struct Answer {
    std::uint32_t status = 0;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    bool complete = true;  // false: a stream that was cut

    // The first header of that name, whatever its case; empty: there is none.
    std::string header(std::string_view name) const {
        for (const auto& [key, value] : headers) {
            if (equal_ignoring_case(key, name)) return value;
        }
        return {};
    }
    Json json() const { return Json::parse(body); }
    // The body of a failure; throws std::runtime_error for an answer that is none.
    Json problem() const {
        if (header("content-type") != "application/problem+json") throw std::runtime_error("no problem: " + body);
        return json();
    }
};

// What stands for a failure status: the table of the host.
struct ProblemKind {
    gantry_status status;
    std::uint32_t http;
    const char* code;
};

inline const ProblemKind& problem_kind(gantry_status status) {
    static constexpr ProblemKind kinds[] = {
        {GANTRY_E_INTERNAL, 500, "INTERNAL_ERROR"},
        {GANTRY_E_INVALID, 400, "INVALID_ARGUMENT"},
        {GANTRY_E_UNSUPPORTED, 501, "NOT_IMPLEMENTED"},
        {GANTRY_E_DENIED, 403, "PERMISSION_DENIED"},
        {GANTRY_E_NOT_FOUND, 404, "NOT_FOUND"},
        {GANTRY_E_CONFLICT, 409, "CONFLICT"},
        {GANTRY_E_GONE, 410, "GONE"},
        {GANTRY_E_CANCELLED, 503, "CANCELLED"},
        {GANTRY_E_TIMEOUT, 504, "DEADLINE_EXCEEDED"},
        {GANTRY_E_BUSY, 503, "BUSY"},
        {GANTRY_E_LIMIT, 429, "RATE_LIMITED"},
        {GANTRY_E_UNAVAILABLE, 503, "DEPENDENCY_UNAVAILABLE"},
        {GANTRY_E_UNAUTHENTICATED, 401, "UNAUTHENTICATED"},
    };
    for (const ProblemKind& kind : kinds) {
        if (kind.status == status) return kind;
    }
    return kinds[0];
}

// The answer that fail() makes. Without the members that differ from one request to the next.
inline Answer problem_answer(const gantry_error& error, std::string_view details) {
    const ProblemKind& kind = problem_kind(error.status);
    const std::uint32_t http = error.http_status != 0 ? error.http_status : kind.http;
    Json problem = Json::object({{"type", "about:blank"},
                                 {"status", http},
                                 {"detail", error.message},
                                 {"error", true},
                                 {"code", error.code[0] != '\0' ? error.code : kind.code},
                                 {"message", error.message},
                                 {"details", details.empty() ? Json::object() : Json::parse(details)}});
    return {http, {{"content-type", "application/problem+json"}}, problem.dump()};
}

}  // namespace gantry::testing
