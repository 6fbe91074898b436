/* Loses memory and a descriptor with each life, and memory with each request. */
#include <fcntl.h>
#include <stdlib.h>
#include "tests/fixtures/plugins/route.h"

static void* volatile lost; /* so that the compiler does not leave the loss out */

static gantry_status handle(void* user, gantry_id request, const gantry_request* view) {
    (void)user;
    (void)view;
    lost = malloc(48);
    return fixture_reply(request, "lost");
}
static gantry_status start(gantry_plugin* plugin, gantry_error* error) {
    (void)plugin;
    lost = malloc(100);
    if (open("/dev/null", O_RDONLY) < 0) return GANTRY_E_UNAVAILABLE;
    return fixture_add_route("/leaks", handle, error);
}
FIXTURE_OBJECT(.start = start, .stop = fixture_stop, .destroy = fixture_destroy)
FIXTURE_SECTIONS("leaks", "use=gantry.http.server/1:32", "services: [gantry.http.server/1]\n");
FIXTURE_ENTRY(FIXTURE_IDENTITY("leaks"), .create = fixture_create);
