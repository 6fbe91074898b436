/* Provides mute.nothing/1 and never answers. Bare ABI: a plugin in C provides as well. */
#include "tests/fixtures/plugins/fixture.h"

static void hear(void* user, gantry_id call, const gantry_service_call* view) {
    (void)user;
    (void)call;
    (void)view;
}
static gantry_status start(gantry_plugin* plugin, gantry_error* error) {
    (void)plugin;
    const void* service = NULL;
    const gantry_str id = {GANTRY_SERVICES, sizeof(GANTRY_SERVICES) - 1};
    const gantry_status found = fixture_host->query(fixture_host, id, &service);
    if (found < 0) return found;
    const gantry_str method = {"ask", 3};
    gantry_service provided;
    memset(&provided, 0, sizeof provided);
    provided.struct_size = sizeof provided;
    provided.name.data = "mute.nothing/1";
    provided.name.size = 14;
    provided.methods = &method;
    provided.methods_n = 1;
    provided.handler = hear;
    return ((const gantry_services*)service)->provide(fixture_host, &provided, error);
}
FIXTURE_OBJECT(.start = start, .stop = fixture_stop, .destroy = fixture_destroy)
FIXTURE_SECTIONS("mute", "use=gantry.services/1:16", "services: [gantry.services/1]\n");
FIXTURE_ENTRY(FIXTURE_IDENTITY("mute"), .create = fixture_create);
