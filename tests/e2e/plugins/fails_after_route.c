/* Declares GET /fails_after_route, then cannot start. */
#include "tests/fixtures/plugins/route.h"

static gantry_status handle(void* user, gantry_id request, const gantry_request* view) {
    (void)user;
    (void)view;
    return fixture_reply(request, "served although it failed");
}
static gantry_status start(gantry_plugin* plugin, gantry_error* error) {
    (void)plugin;
    const gantry_status added = fixture_add_route("/fails_after_route", handle, error);
    if (added < 0) return added;
    fixture_explain(error, "the upstream is not reachable");
    return GANTRY_E_UNAVAILABLE;
}
FIXTURE_OBJECT(.start = start, .stop = fixture_stop, .destroy = fixture_destroy)
FIXTURE_SECTIONS("fails_after_route", "use=gantry.http.server/1:32", "services: [gantry.http.server/1]\n");
FIXTURE_ENTRY(FIXTURE_IDENTITY("fails_after_route"), .create = fixture_create);
