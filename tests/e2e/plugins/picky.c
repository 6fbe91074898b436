/* Its schema permits what it then refuses, and forbids nothing that it cannot bear: 0 divides, and "quit" ends the process.
 */
#include <stdlib.h>
#include "tests/fixtures/plugins/fixture.h"

static gantry_status configure(gantry_plugin* plugin, const gantry_config* config, gantry_error* error) {
    (void)plugin;
    int64_t parts = 0;
    if (config->integer(config, fixture_str("/parts"), &parts) != GANTRY_OK || parts == 0) {
        fixture_explain(error, "parts must not be 0");
        return GANTRY_E_INVALID;
    }
    int32_t quit = 0;
    if (config->boolean(config, fixture_str("/quit"), &quit) == GANTRY_OK && quit != 0) exit(3);
    return GANTRY_OK;
}
static gantry_status describe(void (*sink)(void* user, gantry_str json), void* user) {
    sink(user, fixture_str("{\"config\":{\"type\":\"object\",\"properties\":{"
                           "\"parts\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":9,\"default\":3},"
                           "\"quit\":{\"type\":\"boolean\",\"default\":false}}}}"));
    return GANTRY_OK;
}
FIXTURE_OBJECT(.configure = configure, .start = fixture_start, .stop = fixture_stop, .destroy = fixture_destroy)
FIXTURE_SECTIONS("picky", "", "");
FIXTURE_ENTRY(FIXTURE_IDENTITY("picky"), .create = fixture_create, .describe = describe);
