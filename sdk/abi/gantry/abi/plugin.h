/* gantry/abi/plugin.h - the two sides of the border: what the host gives (gantry_host), what a plugin is
 * (gantry_plugin) and the one symbol that a plugin exports (gantry_plugin_entry).
 *
 * Life of an instance: create -> configure -> start -> (serving) -> quiesce -> stop -> destroy. configure may be
 * repeated before start. A step that fails is followed by stop (if start was called) and destroy. */
#ifndef GANTRY_ABI_PLUGIN_H
#define GANTRY_ABI_PLUGIN_H

#include <gantry/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct gantry_config; /* gantry/abi/config.h */

/* The host as one plugin instance sees it. Valid from create() until destroy() returns. */
typedef struct gantry_host gantry_host;
struct gantry_host {
    uint32_t struct_size;
    uint16_t abi_major, abi_minor;
    void *impl; /* the host's own */
    gantry_str host_version;   /* "1.0.0" */
    gantry_str plugin_id;      /* "notes" */
    gantry_str data_directory; /* a directory of this plugin's own, made before create(); absolute path */
    /* Asks for a service by id, "gantry.database/1". On GANTRY_OK *service points to its table of functions, which
     * begins with struct_size and stays valid until destroy() returns. GANTRY_E_UNSUPPORTED: this host does not have
     * it. GANTRY_E_DENIED: the manifest does not ask for it. [any] */
    gantry_status (*query)(const gantry_host *host, gantry_str service_id, const void **service);
};

typedef struct gantry_health {
    uint32_t struct_size;
    int32_t level; /* GANTRY_HEALTH_* */
    char detail[256]; /* for the administrator; NUL-terminated */
} gantry_health;
enum { GANTRY_HEALTH_OK = 0, GANTRY_HEALTH_DEGRADED = 1, GANTRY_HEALTH_FAILED = 2 };

/* An instance, allocated by the plugin in create(), freed by it in destroy(). Optional members may be NULL. */
typedef struct gantry_plugin gantry_plugin;
struct gantry_plugin {
    uint32_t struct_size;
    uint32_t reserved;
    void *impl; /* the plugin's own */
    /* Takes its settings, already validated against the schema of describe(). No side effect; `config` is valid
     * for the call only. Optional. [control] */
    gantry_status (*configure)(gantry_plugin *plugin, const struct gantry_config *config, gantry_error *error);
    /* Registers routes, jobs, subscriptions. Requests may arrive before it returns. [control] */
    gantry_status (*start)(gantry_plugin *plugin, gantry_error *error);
    /* No new work comes from now on; finish what is open. Waits until deadline_ns (gantry.sys/1 mono_ns clock) at
     * the longest. GANTRY_OK: all done. GANTRY_E_TIMEOUT: some is left, the host cancels it. Optional. [control] */
    gantry_status (*quiesce)(gantry_plugin *plugin, uint64_t deadline_ns);
    /* Ends everything, joins every thread of its own. Rule 7 holds from its return. [control] */
    void (*stop)(gantry_plugin *plugin);
    /* Frees the instance. [control] */
    void (*destroy)(gantry_plugin *plugin);
    /* Fills `health`; answers within 100 ms. Optional. [blocking] */
    gantry_status (*health)(gantry_plugin *plugin, gantry_health *health);
    /* What the plugin offers to the host beyond this struct, by id. Optional. [any] */
    gantry_status (*query)(gantry_plugin *plugin, gantry_str service_id, const void **service);
};

/* A service the plugin cannot do without, or would use if it is there. */
typedef struct gantry_need {
    const char *service_id; /* "gantry.database/1" */
    uint32_t size_min;      /* struct_size of that service that holds the last member used */
    uint32_t flags;         /* GANTRY_NEED_* */
} gantry_need;
enum { GANTRY_NEED_OPTIONAL = 1 };

#define GANTRY_ENTRY_MAGIC 0x59544e47u /* "GNTY" in memory: a foreign or wrong-endian library is refused by name */

/* Const data, readable before any call. The same facts stand as text in the section ".gantry.info" (see below), from
 * which the host decides before it maps the library; the two must agree. */
typedef struct gantry_entry {
    uint32_t magic; /* GANTRY_ENTRY_MAGIC: the one struct with magic first */
    uint32_t struct_size;
    uint16_t abi_major, abi_minor;
    uint32_t flags; /* 0 */
    const char *id;      /* [a-z][a-z0-9_]{0,30}: also the file name, schema, logger */
    const char *version; /* semantic version, "1.4.2" */
    const char *sdk;     /* "gantry-sdk-cpp 1.0.0" */
    const gantry_need *needs;
    uint32_t needs_n;
    uint32_t reserved;
    /* Makes an instance in *plugin. On failure *plugin stays NULL. No thread, socket or file before start(). [control] */
    gantry_status (*create)(const gantry_host *host, gantry_plugin **plugin, gantry_error *error);
    /* Hands a JSON document to `sink`, once: {"config": <JSON Schema of its settings>}. Without an instance, without
     * side effect. Optional: a plugin without it takes no settings. [control] */
    gantry_status (*describe)(void (*sink)(void *user, gantry_str json), void *user);
} gantry_entry;

#define GANTRY_EXPORT __attribute__((visibility("default")))

/* THE exported symbol. Everything else of a plugin is hidden (gantry_add_plugin() sees to it). */
extern GANTRY_EXPORT const gantry_entry gantry_plugin_entry;

/* Sections of a plugin file, read as bytes before any of its code runs:
 *   .gantry.info      NUL-separated "key=value" texts, in any order, runs of NUL allowed between them:
 *                     abi=1.0  id=notes  version=1.0.0  sdk=...  and any number of
 *                     use=gantry.database/1:64 (a service that its code calls, and the size_min of it)
 *   .gantry.manifest  manifest.yaml of the plugin, as it is */
#define GANTRY_INFO_SECTION ".gantry.info"
#define GANTRY_MANIFEST_SECTION ".gantry.manifest"

#ifdef __cplusplus
}
#endif
#endif
