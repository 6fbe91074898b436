#include "host/database/session_url.hpp"

#include <algorithm>

#include "host/database/connection_url.hpp"

namespace host::database {

std::string session_url(const std::string& url, const SessionLimits& limits) {
    auto parameters = parse_url(url);
    const auto connect_seconds =
        std::max<long long>(2, std::chrono::ceil<std::chrono::seconds>(limits.connect_deadline).count());
    parameters.try_emplace("application_name", "gantry");
    parameters.try_emplace("connect_timeout", std::to_string(connect_seconds));
    parameters.try_emplace("keepalives_idle", "30");
    parameters.try_emplace("keepalives_interval", "10");
    parameters.try_emplace("keepalives_count", "3");
    parameters["client_encoding"] = "UTF8";
    std::string& options = parameters["options"];  // the last word counts, so ours follow the administrator's
    options += " -c TimeZone=UTC -c DateStyle=ISO -c IntervalStyle=postgres -c bytea_output=hex";
    options += " -c extra_float_digits=1 -c standard_conforming_strings=on";
    options += " -c statement_timeout=" + std::to_string(limits.statement_deadline.count());
    options += " -c idle_in_transaction_session_timeout=" + std::to_string(limits.transaction_idle_deadline.count());
    return make_url(parameters);
}

}  // namespace host::database
