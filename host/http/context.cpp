#include "host/http/context.hpp"

#include <utility>

#include "host/http/security_headers.hpp"

namespace host::http {

Context::Context(const Settings& settings, log::Logger logger, core::ThreadPool& blocking)
    : settings(settings), logger(std::move(logger)), cors(settings.cors), blocking(blocking) {}

void Context::dress(Head& head, std::string_view request_id, std::string_view cors_lines) const {
    // Gathered first, so that the head grows once; the buffer stays with its thread, so that it seldom grows at all.
    thread_local std::string lines;
    lines.clear();
    if (!head.has("X-Request-Id")) lines.append("X-Request-Id: ").append(request_id).append("\r\n");
    if (settings.security_headers) append_security_headers(lines, head);
    if (!cors_lines.empty() && !head.has("Access-Control-Allow-Origin")) lines.append(cors_lines);
    head.add_raw(lines);
}

Head head_of(const Problem& problem) {
    Head head(problem.status);
    head.add_raw("Content-Type: application/problem+json\r\nCache-Control: no-store\r\n");
    // RFC 9110 section 15.5.2: a 401 says how to do better.
    if (!problem.challenge.empty())
        head.add("WWW-Authenticate", problem.challenge);
    else if (problem.status == 401)
        head.add_raw("WWW-Authenticate: Bearer\r\n");
    if (problem.retry_after_ms > 0) {
        const std::uint32_t seconds = problem.retry_after_ms / 1000 + (problem.retry_after_ms % 1000 != 0 ? 1 : 0);
        head.add_raw("Retry-After: " + std::to_string(seconds) + "\r\n");
    }
    return head;
}

}  // namespace host::http
