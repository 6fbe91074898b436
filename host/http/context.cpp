#include "host/http/context.hpp"

#include <utility>

#include "host/http/security_headers.hpp"

namespace host::http {

namespace {

// RFC 6797: a browser that has read it comes back by TLS only. On a plain connection it says nothing.
std::string hsts_line_of(const Settings& settings) {
    if (!settings.security_headers || settings.tls.hsts.count() == 0) return {};
    return "Strict-Transport-Security: max-age=" + std::to_string(settings.tls.hsts.count()) + "\r\n";
}

}  // namespace

Context::Context(const Settings& settings, log::Logger logger, core::ThreadPool& blocking)
    : settings(settings),
      logger(std::move(logger)),
      cors(settings.cors),
      blocking(blocking),
      hsts_line(hsts_line_of(settings)) {}

void Context::dress(Head& head, const Dressing& dressing) const {
    // Gathered first, so that the head grows once; the buffer stays with its thread, so that it seldom grows at all.
    thread_local std::string lines;
    lines.clear();
    if (!head.has("X-Request-Id")) lines.append("X-Request-Id: ").append(dressing.request_id).append("\r\n");
    if (settings.security_headers) append_security_headers(lines, head);
    if (dressing.tls && !hsts_line.empty() && !head.has("Strict-Transport-Security")) lines.append(hsts_line);
    if (!dressing.cors_lines.empty() && !head.has("Access-Control-Allow-Origin")) lines.append(dressing.cors_lines);
    lines.append(dressing.limit_lines);
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
    // RFC 9110 section 15.5.22, RFC 6455 section 4.4.
    if (problem.status == 426) head.add_raw("Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
    if (problem.retry_after_ms > 0) {
        const std::uint32_t seconds = problem.retry_after_ms / 1000 + (problem.retry_after_ms % 1000 != 0 ? 1 : 0);
        head.add_raw("Retry-After: " + std::to_string(seconds) + "\r\n");
    }
    return head;
}

}  // namespace host::http
