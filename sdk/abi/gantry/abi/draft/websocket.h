/* gantry/abi/draft/websocket.h - gantry.websocket/1: RFC 6455 on the routes of gantry.http.server/1.
 *
 * Draft: no host serves it yet (query() answers GANTRY_E_UNSUPPORTED); it may change until it moves to gantry/abi/. */
#ifndef GANTRY_ABI_DRAFT_WEBSOCKET_H
#define GANTRY_ABI_DRAFT_WEBSOCKET_H

#include <gantry/abi/http_server.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GANTRY_WEBSOCKET "gantry.websocket/1"

enum { GANTRY_WEBSOCKET_TEXT = 1, GANTRY_WEBSOCKET_BINARY = 2 };

/* Serialised for one socket. [worker] */
typedef struct gantry_websocket_events {
    uint32_t struct_size;
    uint32_t reserved;
    void (*message)(void *user, gantry_id socket, int32_t opcode, gantry_bytes message); /* whole, borrowed for the call */
    void (*writable)(void *user, gantry_id socket);
    void (*closed)(void *user, gantry_id socket, uint16_t code, gantry_str reason); /* once */
} gantry_websocket_events;

typedef struct gantry_websocket {
    uint32_t struct_size;
    uint32_t reserved;
    /* Upgrades a request instead of answering it. [worker] [blocking] */
    gantry_status (*accept)(const gantry_host *host, gantry_id request, gantry_str subprotocol,
                            const gantry_websocket_events *events, void *user, gantry_id *socket, gantry_error *error);
    gantry_status (*send)(const gantry_host *host, gantry_id socket, int32_t opcode, gantry_slice message); /* OK | AGAIN | E_GONE [any] */
    gantry_status (*close)(const gantry_host *host, gantry_id socket, uint16_t code, gantry_str reason);    /* [any] */
} gantry_websocket;

#ifdef __cplusplus
}
#endif
#endif
