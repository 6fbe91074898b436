/* Does not return from health() for as long as the file named by its setting "sign" exists. */
#include <poll.h>
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
    (void)health;
    while (access(sign, F_OK) == 0)
        poll(NULL, 0, 1);
    return GANTRY_OK;
}
static gantry_status describe(void (*sink)(void* user, gantry_str json), void* user) {
    sink(user, fixture_str("{\"config\":{\"type\":\"object\",\"properties\":{\"sign\":{\"type\":\"string\"}}}}"));
    return GANTRY_OK;
}
FIXTURE_OBJECT(.configure = configure, .start = fixture_start, .stop = fixture_stop, .destroy = fixture_destroy,
               .health = health)
FIXTURE_SECTIONS("falls_silent", "", "");
FIXTURE_ENTRY(FIXTURE_IDENTITY("falls_silent"), .create = fixture_create, .describe = describe);
