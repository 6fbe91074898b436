/* Calls whatever URL the request names in X-Url, with the secret api_key as X-Key, and answers the status it got, or the
 * code of the failure and what it says: for tests of the egress rules, certificates and secrets on the real host. */
#include "tests/fixtures/plugins/route.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const gantry_http_client* client;
static char key[128];

typedef struct {
    gantry_id request;
    uint32_t status;
} call;

static void on_head(void* user, uint32_t status, const gantry_pair* headers, uint32_t headers_n) {
    (void)headers;
    (void)headers_n;
    ((call*)user)->status = status;
}

static gantry_status on_data(void* user, gantry_bytes data) {
    (void)user;
    (void)data;
    return GANTRY_OK;
}

static void failure_text(char* text, size_t size, const gantry_error* error) {
    snprintf(text, size, "%s\n%s", error->code, error->message);
}

static void on_done(void* user, gantry_status status, const gantry_error* error) {
    call* under_way = user;
    char text[512];
    if (status < 0)
        failure_text(text, sizeof text, error);
    else
        snprintf(text, sizeof text, "%u", under_way->status);
    fixture_reply(under_way->request, text);
    free(under_way);
}

static gantry_status handle(void* user, gantry_id id, const gantry_request* request) {
    (void)user;
    gantry_pair header = {fixture_str("x-key"), fixture_str(key)};
    gantry_http_call wanted = {
        .struct_size = sizeof wanted, .method = fixture_str("GET"), .headers = &header, .headers_n = 1};
    for (uint32_t i = 0; i < request->headers_n; ++i) {
        const gantry_str name = request->headers[i].name;
        if (name.size == 5 && strncasecmp(name.data, "x-url", 5) == 0) wanted.url = request->headers[i].value;
        if (name.size == 9 && strncasecmp(name.data, "x-retries", 9) == 0)
            wanted.retries_max = (uint32_t)(request->headers[i].value.data[0] - '0');
    }
    const gantry_http_sink sink = {.struct_size = sizeof sink, .head = on_head, .data = on_data, .done = on_done};
    gantry_error error = {.struct_size = sizeof error};
    call* under_way = malloc(sizeof *under_way);
    under_way->request = id;
    under_way->status = 0;
    const gantry_status status = client->send(fixture_host, &wanted, &sink, under_way, NULL, &error);
    if (status >= 0) return GANTRY_PENDING;
    free(under_way);
    char text[512];
    failure_text(text, sizeof text, &error);
    return fixture_reply(id, text);
}

static gantry_status start(gantry_plugin* plugin, gantry_error* error) {
    (void)plugin;
    const void* service = NULL;
    gantry_status status = fixture_host->query(fixture_host, fixture_str(GANTRY_HTTP_CLIENT), &service);
    if (status < 0) return status;
    client = (const gantry_http_client*)service;
    status = fixture_host->query(fixture_host, fixture_str(GANTRY_SECRETS), &service);
    if (status < 0) return status;
    gantry_slice secret;
    status = ((const gantry_secrets*)service)->get(fixture_host, fixture_str("api_key"), &secret, error);
    if (status < 0 && status != GANTRY_E_NOT_FOUND) return status;
    if (status >= 0) {
        memcpy(key, secret.data, secret.size < sizeof key ? secret.size : sizeof key - 1);
        secret.release(secret.context, secret.data, secret.size);
    }
    return fixture_add_route("/calls_out", handle, error);
}

FIXTURE_OBJECT(.start = start, .stop = fixture_stop, .destroy = fixture_destroy)
FIXTURE_SECTIONS("calls_out", "use=gantry.http.server/1:32\0use=gantry.http.client/1:16\0use=gantry.secrets/1:16",
                 "services: [gantry.http.server/1, gantry.http.client/1, gantry.secrets/1]\n");
FIXTURE_ENTRY(FIXTURE_IDENTITY("calls_out"), .create = fixture_create);
