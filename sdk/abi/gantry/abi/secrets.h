/* gantry/abi/secrets.h - gantry.secrets/1: passwords and keys of this plugin.
 *
 * A name is [a-z][a-z0-9_.-]{0,63} and belongs to the plugin that asks: there is no way to name another's. A value is at
 * most 64 KiB of any bytes. The first of these that has it counts: a file, a variable of the environment, a credential of
 * systemd (all three given by the administrator), what put() or `gantry secret set` has stored, encrypted. */
#ifndef GANTRY_ABI_SECRETS_H
#define GANTRY_ABI_SECRETS_H

#include <gantry/abi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GANTRY_SECRETS "gantry.secrets/1"

/* After the value behind `name` has become another, or has come or gone. May call get(). Borrowed. [blocking] */
typedef void (*gantry_secret_changed)(void *user, gantry_str name);

/* Every function that fails returns one of
 *   GANTRY_E_INVALID       the name, or a thread that must not block
 *   GANTRY_E_NOT_FOUND     nobody has given it
 *   GANTRY_E_DENIED        the administrator's file can be read by others: it is not used
 *   GANTRY_E_UNAVAILABLE   the database cannot be reached, or the host lacks the master key (code MASTER_KEY_MISSING)
 *   GANTRY_E_INTERNAL      code SECRET_DAMAGED: what is stored was changed by another hand
 *   GANTRY_E_CANCELLED     stopping
 * and what stands beside it. `error` may be NULL; it never holds a secret. */
typedef struct gantry_secrets {
    uint32_t struct_size;
    uint32_t reserved;
    /* On success `out` is the caller's, who calls out->release, from any thread, when it is done with the bytes: they are
     * wiped. Until then they are in memory that is kept out of swap and core dumps; a copy is not. [blocking] [control] */
    gantry_status (*get)(const gantry_host *host, gantry_str name, gantry_slice *out, gantry_error *error);
    /* Stores it encrypted, in the place of what was stored. The bytes are borrowed. GANTRY_E_CONFLICT: the administrator
     * gives a secret of this name, which would hide it. GANTRY_E_LIMIT: above 64 KiB. [blocking] [control] */
    gantry_status (*put)(const gantry_host *host, gantry_str name, gantry_bytes value, gantry_error *error);
    /* Of what is stored. [blocking] [control] */
    gantry_status (*remove)(const gantry_host *host, gantry_str name, gantry_error *error);
    /* `changed` is called until unwatch() or the end of the instance, a few seconds after a change at the latest, once
     * for several changes in a row. The secret need not be there yet. [blocking] [control] */
    gantry_status (*watch)(const gantry_host *host, gantry_str name, gantry_secret_changed changed, void *user,
                           gantry_id *watch, gantry_error *error);
    /* When it returns, `changed` does not run and will not run any more, unless it is called from within it. The caller
     * must not hold a lock that `changed` takes. GANTRY_E_GONE: the watch is over. [blocking] [control] */
    gantry_status (*unwatch)(const gantry_host *host, gantry_id watch);
} gantry_secrets;

#ifdef __cplusplus
}
#endif
#endif
