#pragma once

// All that a plugin needs: `#include <gantry/plugin.hpp>`. See docs/PLUGIN_GUIDE.md.

#include <gantry/config/schema.hpp>
#include <gantry/database.hpp>
#include <gantry/entry.hpp>
#include <gantry/error.hpp>
#include <gantry/events.hpp>
#include <gantry/health.hpp>
#include <gantry/host.hpp>
#include <gantry/http_client.hpp>
#include <gantry/identity.hpp>
#include <gantry/jobs.hpp>
#include <gantry/json.hpp>
#include <gantry/kv.hpp>
#include <gantry/metrics.hpp>
#include <gantry/request.hpp>
#include <gantry/response.hpp>
#include <gantry/routes.hpp>
#include <gantry/secrets.hpp>
#include <gantry/services.hpp>
#include <gantry/stream.hpp>
#include <gantry/task.hpp>
#include <gantry/text.hpp>
#include <gantry/websocket.hpp>
