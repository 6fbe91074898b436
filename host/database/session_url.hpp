#pragma once

#include <chrono>
#include <string>

namespace host::database {

// What the host asks of every session it opens.
struct SessionLimits {
    std::chrono::milliseconds connect_deadline;
    std::chrono::milliseconds statement_deadline;         // 0: none
    std::chrono::milliseconds transaction_idle_deadline;  // 0: none
};

// The parameters of a connection of the host's: what the administrator gave and what the host relies on (UTC, ISO dates,
// UTF-8, limits), as a URL.
std::string session_url(const std::string& url, const SessionLimits& limits);

}  // namespace host::database
