#pragma once

#include "host/database/database.hpp"
#include "host/events/events.hpp"
#include "host/http/websocket_hub.hpp"
#include "host/http_client/client.hpp"
#include "host/jobs/jobs.hpp"
#include "host/kv/kv.hpp"
#include "host/limits/limits.hpp"
#include "host/metrics/registry.hpp"
#include "host/secrets/secrets.hpp"
#include "host/services/services.hpp"

namespace host::app {

// What the rooms count themselves, asked for when somebody reads: gantry_database_*, gantry_jobs_* and so on. All of them
// outlive the registry's last reader.
void define_database_metrics(metrics::Registry& registry, const database::Database& database);
void define_kv_metrics(metrics::Registry& registry, const kv::Kv& kv);
void define_job_metrics(metrics::Registry& registry, const jobs::Jobs& jobs);
void define_event_metrics(metrics::Registry& registry, const events::Events& events);
void define_http_client_metrics(metrics::Registry& registry, const http_client::Client& client);
void define_secret_metrics(metrics::Registry& registry, const secrets::Secrets& secrets);
void define_limit_metrics(metrics::Registry& registry, const limits::Limits& limits);
void define_services_metrics(metrics::Registry& registry, const services::Services& services);
void define_websocket_metrics(metrics::Registry& registry, const http::WebSocketHub& websockets);

}  // namespace host::app
