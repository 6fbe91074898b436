/* GET /keeps/{key} counts in the key-value store, GET /limits/{key} lets three through in ten minutes. */
#include "tests/fixtures/plugins/route.h"

#include <stdio.h>

static const gantry_kv* kv;

static void answer(gantry_id request, gantry_status status, const gantry_kv_result* result) {
    char text[32];
    if (status == GANTRY_OK) {
        snprintf(text, sizeof text, "%lld", (long long)(result->sum != 0 ? result->sum : (int64_t)result->remaining));
        fixture_reply(request, text);
        return;
    }
    gantry_error error;
    memset(&error, 0, sizeof error);
    error.struct_size = sizeof error;
    error.status = status;
    error.retry_after_ms = (uint32_t)result->retry_after_ms;
    fixture_http->fail(fixture_host, request, &error, fixture_str(""));
}
static void done(void* user, gantry_status status, const gantry_kv_result* result, const gantry_error* error) {
    (void)error;
    answer((gantry_id)(uintptr_t)user, status, result);
}
static gantry_status begun(gantry_id request, gantry_status status, const gantry_kv_result* now) {
    if (status == GANTRY_PENDING) return GANTRY_PENDING;
    answer(request, status, now);
    return GANTRY_OK;
}
static gantry_status count(void* user, gantry_id request, const gantry_request* view) {
    (void)user;
    const gantry_request* kept = NULL;
    if (fixture_http->retain(fixture_host, request, &kept) < 0) return GANTRY_E_GONE;
    gantry_kv_result now;
    memset(&now, 0, sizeof now);
    now.struct_size = sizeof now;
    (void)view;
    return begun(request, kv->add(fixture_host, kept->params[0].value, 1, 0, &now, done, (void*)(uintptr_t)request), &now);
}
static gantry_status limit(void* user, gantry_id request, const gantry_request* view) {
    (void)user;
    (void)view;
    const gantry_request* kept = NULL;
    if (fixture_http->retain(fixture_host, request, &kept) < 0) return GANTRY_E_GONE;
    gantry_kv_result now;
    memset(&now, 0, sizeof now);
    now.struct_size = sizeof now;
    return begun(request, kv->limit(fixture_host, kept->params[0].value, 3, 600000, &now, done, (void*)(uintptr_t)request),
                 &now);
}
static gantry_status start(gantry_plugin* plugin, gantry_error* error) {
    (void)plugin;
    const void* service = NULL;
    const gantry_status found = fixture_host->query(fixture_host, fixture_str(GANTRY_KV), &service);
    if (found < 0) return found;
    kv = (const gantry_kv*)service;
    const gantry_status added = fixture_add_route("/keeps/{key}", count, error);
    return added < 0 ? added : fixture_add_route("/limits/{key}", limit, error);
}
FIXTURE_OBJECT(.start = start, .stop = fixture_stop, .destroy = fixture_destroy)
FIXTURE_SECTIONS("keeps", "use=gantry.http.server/1:48\0use=gantry.kv/1:48",
                 "services: [gantry.http.server/1, gantry.kv/1]\n");
FIXTURE_ENTRY(FIXTURE_IDENTITY("keeps"), .create = fixture_create);
