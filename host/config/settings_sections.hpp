#pragma once

#include "host/config/settings.hpp"

// The parts of settings(), one file each.
namespace host::config {

using Settings = std::vector<Setting<Config>>;

void add_general_settings(Settings& all);
void add_http_settings(Settings& all);
void add_database_settings(Settings& all);
void add_identity_settings(Settings& all);
void add_http_client_settings(Settings& all);
void add_secrets_settings(Settings& all);
void add_events_settings(Settings& all);
void add_services_settings(Settings& all);
void add_jobs_settings(Settings& all);
void add_log_settings(Settings& all);
void add_openapi_settings(Settings& all);
void add_kv_settings(Settings& all);
void add_rate_limits_settings(Settings& all);
void add_log_settings(Settings& all);
void add_metrics_settings(Settings& all);

}  // namespace host::config
