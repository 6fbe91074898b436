/* gantry/abi/sys.h - gantry.sys/1: time, randomness and the thread one stands on.
 *
 * A plugin that takes time and randomness from here can later be recorded and replayed. */
#ifndef GANTRY_ABI_SYS_H
#define GANTRY_ABI_SYS_H

#include <gantry/abi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GANTRY_SYS "gantry.sys/1"

enum {
    GANTRY_THREAD_OTHER = 0, /* the plugin's own */
    GANTRY_THREAD_CONTROL = 1,
    GANTRY_THREAD_WORKER = 2,
    GANTRY_THREAD_BLOCKING = 3
};

typedef struct gantry_sys {
    uint32_t struct_size;
    uint32_t reserved;
    uint64_t (*mono_ns)(const gantry_host *host); /* monotonic, never steps; the clock of every deadline_ns [any] */
    int64_t (*wall_us)(const gantry_host *host);  /* microseconds since 1970-01-01T00:00:00Z; may step [any] */
    /* Fills `size` bytes from the operating system's cryptographic generator. Never fails. [any] */
    void (*random)(const gantry_host *host, void *data, size_t size);
    /* GANTRY_THREAD_*: what the calling thread may do. [any] */
    int32_t (*thread_kind)(const gantry_host *host);
} gantry_sys;

#ifdef __cplusplus
}
#endif
#endif
