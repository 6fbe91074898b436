/* Says that it has failed as soon as the file named by its setting "sign" exists. */
#include <stdio.h>
#include <unistd.h>

#include "tests/fixtures/plugins/fixture.h"

static char sign[4096];

static gantry_status configure(gantry_plugin* plugin, const gantry_config* config, gantry_error* error) {
    (void)plugin;
    (void)error;
    gantry_str path = {"", 0};
    if (config->text(config, fixture_str("/sign"), &path) == GANTRY_OK)
        snprintf(sign, sizeof sign, "%.*s", (int)path.size, path.data);
    return GANTRY_OK;
}
static gantry_status health(gantry_plugin* plugin, gantry_health* health) {
    (void)plugin;
    if (access(sign, F_OK) != 0) return GANTRY_OK;
    health->level = GANTRY_HEALTH_FAILED;
    strncpy(health->detail, "the sign is there", sizeof(health->detail) - 1);
    return GANTRY_OK;
}
static gantry_status describe(void (*sink)(void* user, gantry_str json), void* user) {
    sink(user, fixture_str("{\"config\":{\"type\":\"object\",\"properties\":{\"sign\":{\"type\":\"string\"}}}}"));
    return GANTRY_OK;
}
FIXTURE_OBJECT(.configure = configure, .start = fixture_start, .stop = fixture_stop, .destroy = fixture_destroy,
               .health = health)
FIXTURE_SECTIONS("turns_ill", "", "");
FIXTURE_ENTRY(FIXTURE_IDENTITY("turns_ill"), .create = fixture_create, .describe = describe);
