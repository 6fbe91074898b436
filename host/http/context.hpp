#pragma once

#include <string>
#include <string_view>

#include "host/core/thread_pool.hpp"
#include "host/http/access_log.hpp"
#include "host/http/cors.hpp"
#include "host/http/message.hpp"
#include "host/http/problem.hpp"
#include "host/http/settings.hpp"
#include "host/log/logger.hpp"

namespace host::http {

// What the pipeline and its exchanges share. Immutable; outlives every exchange.
struct Context {
    Context(const Settings& settings, log::Logger logger, core::ThreadPool& blocking);

    struct Dressing {
        std::string_view request_id;
        std::string_view cors_lines;  // CorsPolicy's
        bool tls = false;
        std::string_view limit_lines = {};  // of a route with limits
    };
    // Adds what every answer carries: X-Request-Id, the security headers, and what `dressing` holds; each only if the head
    // has no such field of its own.
    void dress(Head& head, const Dressing& dressing) const;
    bool logs_access() const { return settings.access_log && logger.enabled(log::Level::Info); }

    const Settings settings;
    const log::Logger logger;
    const CorsPolicy cors;
    core::ThreadPool& blocking;
    const std::string hsts_line;  // empty: off
};

// The head of a problem's answer; its body is to_json().
Head head_of(const Problem& problem);

}  // namespace host::http
