/* gantry/abi/config.h - gantry.config/1: the settings of one plugin, already validated by the host.
 *
 * The tree is what the administrator wrote below plugins.<id>, with ${...} resolved, checked against the schema that
 * describe() gave, and with the schema's defaults filled in. A place in it is a JSON pointer (RFC 6901): "/page",
 * "/providers/0/name"; "" is the whole. */
#ifndef GANTRY_ABI_CONFIG_H
#define GANTRY_ABI_CONFIG_H

#include <gantry/abi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GANTRY_CONFIG "gantry.config/1"

/* Passed to configure() and valid during that call only; texts it hands out likewise. Every getter answers
 * GANTRY_E_NOT_FOUND if nothing stands there and GANTRY_E_INVALID if it is of another type; *out is then untouched. */
typedef struct gantry_config gantry_config;
struct gantry_config {
    uint32_t struct_size;
    uint32_t reserved;
    void *impl; /* the host's own */
    gantry_status (*text)(const gantry_config *config, gantry_str pointer, gantry_str *out);     /* [control] */
    gantry_status (*integer)(const gantry_config *config, gantry_str pointer, int64_t *out);     /* [control] */
    gantry_status (*real)(const gantry_config *config, gantry_str pointer, double *out);         /* [control] */
    gantry_status (*boolean)(const gantry_config *config, gantry_str pointer, int32_t *out);     /* [control] */
    gantry_status (*count)(const gantry_config *config, gantry_str pointer, uint32_t *out);      /* items or members [control] */
    /* The subtree as JSON (RFC 8259). [control] */
    gantry_status (*json)(const gantry_config *config, gantry_str pointer, gantry_str *out);
    /* Where it was written: "gantry.yaml", 41, 13; GANTRY_E_NOT_FOUND for a default. For error messages. [control] */
    gantry_status (*origin)(const gantry_config *config, gantry_str pointer, gantry_str *file, uint32_t *line, uint32_t *column);
};

#ifdef __cplusplus
}
#endif
#endif
