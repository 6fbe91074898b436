/* gantry/abi/kv.h - gantry.kv/1: small values with a time to live, counters, compare-and-set and limits of calls.
 *
 * The administrator decides where they are kept (kv.store): in the memory of this host, in PostgreSQL, or in a Redis, the
 * latter two shared by the hosts of a cluster. In memory and in Redis it is a cache: what was put may be gone before its
 * time, when room is short or the store starts anew. What must last belongs into gantry.database.
 *
 * Every function answers in one of two ways:
 *   GANTRY_PENDING       `done` is called once, later, on a [worker] thread; `now` is left alone.
 *   any other status     the operation is over, *now has its result, and `done` is not called. A host whose store is in
 *                        memory always does so: nobody has to wait for a thread.
 * GANTRY_E_UNAVAILABLE comes at once while the store is away; when it comes later, whether it happened is unknown. Further
 * failures of each: GANTRY_E_INVALID, GANTRY_E_BUSY (too much is waiting), GANTRY_E_CANCELLED (the plugin is stopping). */
#ifndef GANTRY_ABI_KV_H
#define GANTRY_ABI_KV_H

#include <gantry/abi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GANTRY_KV "gantry.kv/1"

/* What became of an operation; members that are not of it are 0. In *now, `value` belongs to the caller if its release is
 * set; in a callback it is borrowed for the call. */
typedef struct gantry_kv_result {
    uint32_t struct_size; /* of *now: set by the caller */
    uint32_t reserved;
    gantry_slice value;      /* get */
    uint64_t version;        /* get, put, add: for if_version; another one after every change, never the same again */
    int64_t sum;             /* add */
    uint64_t remaining;      /* limit, when let through: as many more would be let through now */
    uint64_t retry_after_ms; /* limit, when not: when the next one will be */
} gantry_kv_result;

/* error is NULL unless status is a failure. Both are borrowed for the call. [worker] */
typedef void (*gantry_kv_done)(void *user, gantry_status status, const gantry_kv_result *result, const gantry_error *error);

/* For if_version: no such key may be there. */
#define GANTRY_KV_ABSENT UINT64_MAX

/* Keys belong to the plugin: two plugins never see each other's. A key is 1 to 512 bytes of any kind, a value at most 1 MiB.
 * ttl_ms is counted from the call, at most ten years; 0: for ever. What is passed is copied. `now` must not be NULL. */
typedef struct gantry_kv {
    uint32_t struct_size;
    uint32_t reserved;
    /* GANTRY_E_NOT_FOUND: no such key. [any] */
    gantry_status (*get)(const gantry_host *host, gantry_str key, gantry_kv_result *now, gantry_kv_done done, void *user);
    /* if_version 0: whatever is there; GANTRY_KV_ABSENT: only if nothing is; else only if it is at that version.
     * GANTRY_E_CONFLICT otherwise. [any] */
    gantry_status (*put)(const gantry_host *host, gantry_str key, gantry_bytes value, uint64_t ttl_ms, uint64_t if_version,
                         gantry_kv_result *now, gantry_kv_done done, void *user);
    /* if_version 0: whatever is there; else GANTRY_E_CONFLICT if it is at another version. GANTRY_E_NOT_FOUND. [any] */
    gantry_status (*remove)(const gantry_host *host, gantry_str key, uint64_t if_version, gantry_kv_result *now,
                            gantry_kv_done done, void *user);
    /* Adds `by`, which may be negative. A counter that is not there begins at 0 and lives ttl_ms; one that is keeps its
     * time. get() reads it as a decimal number. GANTRY_E_CONFLICT: the value is no number; GANTRY_E_INVALID: the sum would
     * leave 64 bits. [any] */
    gantry_status (*add)(const gantry_host *host, gantry_str key, int64_t by, uint64_t ttl_ms, gantry_kv_result *now,
                         gantry_kv_done done, void *user);
    /* Sliding window: GANTRY_OK if fewer than `limit` calls with this key and window were let through in the last
     * window_ms, else GANTRY_E_LIMIT. Never lets more through; frees a place a sixteenth of the window late at most. Calls
     * that are not let through do not count. limit is 1 to 10^9, window_ms at most 31 days. These keys are apart from those
     * of values. [any] */
    gantry_status (*limit)(const gantry_host *host, gantry_str key, uint64_t limit, uint64_t window_ms, gantry_kv_result *now,
                           gantry_kv_done done, void *user);
} gantry_kv;

#ifdef __cplusplus
}
#endif
#endif
