/* gantry/abi/draft/services.h - gantry.services/1: what one plugin offers to others, as messages; the same in and across processes.
 *
 * Draft: no host serves it yet (query() answers GANTRY_E_UNSUPPORTED); it may change until it moves to gantry/abi/. */
#ifndef GANTRY_ABI_DRAFT_SERVICES_H
#define GANTRY_ABI_DRAFT_SERVICES_H

#include <gantry/abi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GANTRY_SERVICES "gantry.services/1"

/* Answer with respond(), inside the call or later. [worker] */
typedef void (*gantry_service_handler)(void *user, gantry_id call, gantry_str method, gantry_bytes argument);
/* result is borrowed for the call. [worker] */
typedef void (*gantry_service_done)(void *user, gantry_status status, gantry_bytes result, const gantry_error *error);

typedef struct gantry_services {
    uint32_t struct_size;
    uint32_t reserved;
    /* name: "<plugin>.<service>/<revision>". [control] */
    gantry_status (*provide)(const gantry_host *host, gantry_str name, gantry_service_handler handler, void *user, gantry_error *error);
    gantry_status (*respond)(const gantry_host *host, gantry_id call, gantry_status status, gantry_slice result, const gantry_error *error); /* [any] */
    /* GANTRY_E_UNAVAILABLE: nobody provides it now. [any] */
    gantry_status (*call)(const gantry_host *host, gantry_str name, gantry_str method, gantry_bytes argument, uint32_t deadline_ms,
                          gantry_service_done done, void *user);
} gantry_services;

#ifdef __cplusplus
}
#endif
#endif
