/* One of two files of the plugin "swapped": what GET /swapped answers tells which one serves. */
#include "tests/fixtures/plugins/route.h"

static gantry_status handle(void* user, gantry_id request, const gantry_request* view) {
    (void)user;
    (void)view;
    return fixture_reply(request, "file 1");
}
FIXTURE_ROUTE_PLUGIN("swapped", fixture_stop, fixture_destroy);
