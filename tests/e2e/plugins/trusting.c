/* Believes that nothing fails: neither a service, nor a route, nor an operation; and that no name is long. */
#include <stdlib.h>
#include "tests/fixtures/plugins/route.h"

static const gantry_kv* kv;

static void done(void* user, gantry_status status, const gantry_kv_result* result, const gantry_error* error) {
    (void)status;
    (void)result;
    (void)error;
    fixture_reply((gantry_id)(size_t)user, "done");
}
static gantry_status handle(void* user, gantry_id request, const gantry_request* view) {
    (void)user;
    if (view->path.size > 4096) abort();
    gantry_kv_result now;
    memset(&now, 0, sizeof now);
    now.struct_size = sizeof now;
    kv->get(fixture_host, fixture_str("name"), &now, done, (void*)(size_t)request);
    return GANTRY_PENDING;
}
static gantry_status start(gantry_plugin* plugin, gantry_error* error) {
    (void)plugin;
    const void* service = NULL;
    fixture_host->query(fixture_host, fixture_str(GANTRY_KV), &service);
    kv = (const gantry_kv*)service;
    if (kv->struct_size == 0) abort(); /* null without the service */
    fixture_add_route("/trusting/{name}", handle, error);
    return GANTRY_OK;
}
FIXTURE_OBJECT(.start = start, .stop = fixture_stop, .destroy = fixture_destroy)
FIXTURE_SECTIONS("trusting", "use=gantry.http.server/1:32\0use=gantry.kv/1:16",
                 "services: [gantry.http.server/1, gantry.kv/1]\n");
FIXTURE_ENTRY(FIXTURE_IDENTITY("trusting"), .create = fixture_create);
