/* gantry/abi/log.h - gantry.log/1: lines in the host's log, under the plugin's own logger. */
#ifndef GANTRY_ABI_LOG_H
#define GANTRY_ABI_LOG_H

#include <gantry/abi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GANTRY_LOG "gantry.log/1"

enum { GANTRY_LOG_TRACE = 0, GANTRY_LOG_DEBUG = 1, GANTRY_LOG_INFO = 2, GANTRY_LOG_WARN = 3, GANTRY_LOG_ERROR = 4 };

typedef struct gantry_log {
    uint32_t struct_size;
    uint32_t reserved;
    /* Writes one line with its fields. The host copies what it keeps, redacts secrets, adds timestamp, plugin and, inside a
     * request's handler and whatever the host calls back for what was begun in it, request_id. A level out of range counts as the nearest one. Never fails. [any] */
    void (*write)(const gantry_host *host, int32_t level, gantry_str message, const gantry_pair *fields, uint32_t fields_n);
    /* 1 if a line of this level would be written: ask before building a costly one. [any] */
    int32_t (*enabled)(const gantry_host *host, int32_t level);
} gantry_log;

#ifdef __cplusplus
}
#endif
#endif
