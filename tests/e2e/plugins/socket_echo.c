/* WebSockets by the bare ABI: GET /socket sends back what comes. "close" is closed with 4000, "flood" is answered with as
 * many messages of 64 kB as the host takes, for a client that reads slowly or not at all. */
#define _GNU_SOURCE /* memmem */
#include <stdlib.h>
#include <strings.h>

#include "tests/fixtures/plugins/route.h"

static const gantry_websocket* sockets;

struct echo {
    int floods;
};

static void flood(gantry_id socket) {
    static const char zeros[64 * 1024];
    const gantry_slice piece = {zeros, sizeof zeros, NULL, NULL};
    /* AGAIN is not heeded on purpose. */
    while (sockets->send(fixture_host, socket, GANTRY_WEBSOCKET_BINARY, piece) >= 0) {
    }
}

static gantry_status message(void* user, gantry_id socket, int32_t opcode, gantry_bytes bytes) {
    struct echo* echo = user;
    const gantry_slice back = {bytes.data, bytes.size, NULL, NULL};
    if (bytes.size == 5 && memcmp(bytes.data, "close", 5) == 0)
        return sockets->close(fixture_host, socket, 4000, fixture_str("as you wish"));
    if (bytes.size == 5 && memcmp(bytes.data, "flood", 5) == 0) {
        echo->floods = 1;
        flood(socket);
        return GANTRY_OK;
    }
    /* AGAIN, back to the host: a client that does not read is not read from either. */
    return sockets->send(fixture_host, socket, opcode, back);
}

static void writable(void* user, gantry_id socket) {
    const struct echo* echo = user;
    if (echo->floods) flood(socket);
    sockets->resume(fixture_host, socket);
}

static void closed(void* user, gantry_id socket, uint16_t code, gantry_str reason) {
    (void)socket;
    (void)code;
    (void)reason;
    free(user);
}

static int offers_echo(const gantry_request* view) {
    for (uint32_t i = 0; i < view->headers_n; ++i) {
        const gantry_pair* header = &view->headers[i];
        if (header->name.size != 22 || strncasecmp(header->name.data, "Sec-WebSocket-Protocol", 22) != 0) continue;
        if (memmem(header->value.data, header->value.size, "echo.v1", 7) != NULL) return 1;
    }
    return 0;
}

static gantry_status handle(void* user, gantry_id request, const gantry_request* view) {
    (void)user;
    const gantry_websocket_events events = {sizeof events, 0, message, writable, closed};
    gantry_websocket_options options;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    if (offers_echo(view)) options.subprotocol = fixture_str("echo.v1");
    gantry_error error;
    memset(&error, 0, sizeof error);
    error.struct_size = sizeof error;
    gantry_id socket = 0;
    struct echo* echo = calloc(1, sizeof *echo);
    if (sockets->accept(fixture_host, request, &options, &events, echo, &socket, &error) >= 0) return GANTRY_OK;
    free(echo);
    return fixture_http->fail(fixture_host, request, &error, fixture_str(""));
}

static gantry_status start(gantry_plugin* plugin, gantry_error* error) {
    (void)plugin;
    const void* service = NULL;
    const gantry_status status = fixture_host->query(fixture_host, fixture_str(GANTRY_WEBSOCKET), &service);
    if (status < 0) return status;
    sockets = (const gantry_websocket*)service;
    return fixture_add_route("/socket", handle, error);
}
FIXTURE_OBJECT(.start = start, .stop = fixture_stop, .destroy = fixture_destroy)
FIXTURE_SECTIONS("socket_echo", "use=gantry.http.server/1:40\0use=gantry.websocket/1:40",
                 "services: [gantry.http.server/1, gantry.websocket/1]\n");
FIXTURE_ENTRY(FIXTURE_IDENTITY("socket_echo"), .create = fixture_create);
