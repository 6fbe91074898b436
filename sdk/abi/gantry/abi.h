/* gantry/abi.h - the whole stable contract between the host and a plugin. Begin with gantry/abi/base.h. */
#ifndef GANTRY_ABI_H
#define GANTRY_ABI_H

#include <gantry/abi/base.h>
#include <gantry/abi/config.h>
#include <gantry/abi/database.h>
#include <gantry/abi/http_client.h>
#include <gantry/abi/events.h>
#include <gantry/abi/http_server.h>
#include <gantry/abi/identity.h>
#include <gantry/abi/kv.h>
#include <gantry/abi/jobs.h>
#include <gantry/abi/log.h>
#include <gantry/abi/metrics.h>
#include <gantry/abi/plugin.h>
#include <gantry/abi/secrets.h>
#include <gantry/abi/services.h>
#include <gantry/abi/sys.h>
#include <gantry/abi/websocket.h>

#endif
