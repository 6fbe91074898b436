/* gantry/abi/draft/kv.h - gantry.kv/1: small values with a time to live, counters, compare-and-set; shared by the hosts of a cluster.
 *
 * Draft: no host serves it yet (query() answers GANTRY_E_UNSUPPORTED); it may change until it moves to gantry/abi/. */
#ifndef GANTRY_ABI_DRAFT_KV_H
#define GANTRY_ABI_DRAFT_KV_H

#include <gantry/abi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GANTRY_KV "gantry.kv/1"

/* GANTRY_E_NOT_FOUND: no such key. version is for put()'s if_version. value is borrowed for the call. [worker] */
typedef void (*gantry_kv_done)(void *user, gantry_status status, gantry_bytes value, uint64_t version, const gantry_error *error);

/* Keys belong to the plugin: two plugins never see each other's. At most 512 bytes; values at most 1 MiB. */
typedef struct gantry_kv {
    uint32_t struct_size;
    uint32_t reserved;
    gantry_status (*get)(const gantry_host *host, gantry_str key, gantry_kv_done done, void *user); /* [any] */
    /* ttl_ms 0: for ever. if_version 0: whatever is there; UINT64_MAX: only if absent; else only if it is at that version,
     * GANTRY_E_CONFLICT otherwise. [any] */
    gantry_status (*put)(const gantry_host *host, gantry_str key, gantry_bytes value, uint64_t ttl_ms, uint64_t if_version,
                         gantry_kv_done done, void *user);
    gantry_status (*remove)(const gantry_host *host, gantry_str key, gantry_done done, void *user); /* [any] */
    /* Adds and hands out the sum as 8 bytes, little-endian; a new counter starts at 0 and lives ttl_ms. [any] */
    gantry_status (*add)(const gantry_host *host, gantry_str key, int64_t by, uint64_t ttl_ms, gantry_kv_done done, void *user);
    /* Sliding window: GANTRY_OK if fewer than `limit` calls were let through in the last window_ms, else GANTRY_E_LIMIT
     * with error->retry_after_ms. [any] */
    gantry_status (*limit)(const gantry_host *host, gantry_str key, uint64_t limit, uint64_t window_ms, gantry_done done, void *user);
} gantry_kv;

#ifdef __cplusplus
}
#endif
#endif
