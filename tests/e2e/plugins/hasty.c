/* Forgets a request as soon as its client has gone, although the callback of its operation is still to come. */
#include <stdlib.h>
#include "tests/fixtures/plugins/route.h"

static const gantry_kv* kv;
static gantry_id open_request; /* one at a time is enough for the fault */

static void gone(void* user, gantry_id request, gantry_status reason) {
    (void)user;
    (void)request;
    (void)reason;
    open_request = 0;
}
static void done(void* user, gantry_status status, const gantry_kv_result* result, const gantry_error* error) {
    (void)user;
    (void)status;
    (void)result;
    (void)error;
    if (open_request == 0) abort(); /* what a freed object would come to */
    fixture_reply(open_request, "done");
}
static gantry_status handle(void* user, gantry_id request, const gantry_request* view) {
    (void)user;
    (void)view;
    open_request = request;
    gantry_status status = fixture_http->on_cancel(fixture_host, request, gone, NULL);
    if (status < 0) return status;
    gantry_kv_result now;
    memset(&now, 0, sizeof now);
    now.struct_size = sizeof now;
    status = kv->get(fixture_host, fixture_str("name"), &now, done, NULL);
    return status;
}
static gantry_status start(gantry_plugin* plugin, gantry_error* error) {
    (void)plugin;
    const void* service = NULL;
    const gantry_status status = fixture_host->query(fixture_host, fixture_str(GANTRY_KV), &service);
    if (status < 0) return status;
    kv = (const gantry_kv*)service;
    return fixture_add_route("/hasty", handle, error);
}
FIXTURE_OBJECT(.start = start, .stop = fixture_stop, .destroy = fixture_destroy)
FIXTURE_SECTIONS("hasty", "use=gantry.http.server/1:80\0use=gantry.kv/1:16",
                 "services: [gantry.http.server/1, gantry.kv/1]\n");
FIXTURE_ENTRY(FIXTURE_IDENTITY("hasty"), .create = fixture_create);
