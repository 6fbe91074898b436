/* Wants a route of the hello plugin, under another name for its parameter: the same shape, so only one can have it. */
#include "tests/fixtures/plugins/route.h"

static gantry_status handle(void* user, gantry_id request, const gantry_request* view) {
    (void)user;
    (void)view;
    return fixture_reply(request, "from the other plugin");
}
static gantry_status start(gantry_plugin* plugin, gantry_error* error) {
    (void)plugin;
    return fixture_add_route("/hello/{who}", handle, error);
}
FIXTURE_OBJECT(.start = start, .stop = fixture_stop, .destroy = fixture_destroy)
FIXTURE_SECTIONS("same_route", "use=gantry.http.server/1:32", "services: [gantry.http.server/1]\n");
FIXTURE_ENTRY(FIXTURE_IDENTITY("same_route"), .create = fixture_create);
