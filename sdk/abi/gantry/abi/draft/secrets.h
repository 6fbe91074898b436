/* gantry/abi/draft/secrets.h - gantry.secrets/1: passwords and keys the administrator gave to this plugin.
 *
 * Draft: no host serves it yet (query() answers GANTRY_E_UNSUPPORTED); it may change until it moves to gantry/abi/. */
#ifndef GANTRY_ABI_DRAFT_SECRETS_H
#define GANTRY_ABI_DRAFT_SECRETS_H

#include <gantry/abi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GANTRY_SECRETS "gantry.secrets/1"

typedef struct gantry_secrets {
    uint32_t struct_size;
    uint32_t reserved;
    /* GANTRY_E_DENIED: not this plugin's. On success `out` must be released; release wipes the bytes. [blocking] [control] */
    gantry_status (*get)(const gantry_host *host, gantry_str name, gantry_slice *out, gantry_error *error);
    /* Stores, encrypted, under the plugin's name. [blocking] [control] */
    gantry_status (*put)(const gantry_host *host, gantry_str name, gantry_bytes value, gantry_error *error);
    gantry_status (*remove)(const gantry_host *host, gantry_str name, gantry_error *error); /* [blocking] [control] */
    /* `changed` is called after the value changed, until unwatch(). [any]; the callback: [worker] */
    gantry_status (*watch)(const gantry_host *host, gantry_str name, void (*changed)(void *user, gantry_str name), void *user,
                           gantry_id *watch);
    gantry_status (*unwatch)(const gantry_host *host, gantry_id watch); /* [any] */
} gantry_secrets;

#ifdef __cplusplus
}
#endif
#endif
