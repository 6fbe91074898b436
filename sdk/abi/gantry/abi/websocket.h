/* gantry/abi/websocket.h - gantry.websocket/1: RFC 6455 on the routes of gantry.http.server/1.
 *
 * A handler of a GET route accepts the request instead of answering it; who may is decided before, as for every route. The
 * host does the handshake, pings (http.websocket.ping_interval), closes after protocol errors (1002, 1007, 1009) and
 * limits the size and the rate of messages. From then on the request id is over and the socket id names the connection.
 *
 * When the host stops, sockets are closed with 1001; when a newer instance of the plugin takes over, or the plugin ends,
 * with 1012: clients come again. Each accepted socket hears closed() exactly once, whoever closed it. */
#ifndef GANTRY_ABI_WEBSOCKET_H
#define GANTRY_ABI_WEBSOCKET_H

#include <gantry/abi/http_server.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GANTRY_WEBSOCKET "gantry.websocket/1"

enum { GANTRY_WEBSOCKET_TEXT = 1, GANTRY_WEBSOCKET_BINARY = 2 };

/* What happens on a socket; serialised for one socket. May begin before accept() has returned, on another thread. [worker] */
typedef struct gantry_websocket_events {
    uint32_t struct_size;
    uint32_t reserved;
    /* A whole message, borrowed for the call; text is UTF-8. GANTRY_OK: go on. GANTRY_AGAIN: taken, but read nothing more
     * from this client until resume(). A failure closes the socket with 1011. */
    gantry_status (*message)(void *user, gantry_id socket, int32_t opcode, gantry_bytes message);
    /* After a send() gave GANTRY_AGAIN: the client has read enough, go on. May be NULL. */
    void (*writable)(void *user, gantry_id socket);
    /* The last event. `code`: of RFC 6455 section 7.4.1; 1006: the connection broke or the client was cut off because it
     * did not read or did not answer a ping. */
    void (*closed)(void *user, gantry_id socket, uint16_t code, gantry_str reason);
} gantry_websocket_events;

enum {
    GANTRY_WEBSOCKET_ANY_ORIGIN = 1 /* pages of every origin may open it; else those of http.cors.origins and our own */
};

typedef struct gantry_websocket_options {
    uint32_t struct_size;
    uint32_t flags;                   /* GANTRY_WEBSOCKET_* */
    gantry_str subprotocol;           /* one of those in Sec-WebSocket-Protocol; empty: none */
    uint64_t message_bytes_max;       /* of the client, 0: http.websocket.message_bytes_max; above it 1009 */
    uint32_t messages_per_second_max; /* of the client, 0: the host's; above it they are read later */
    uint32_t reserved;
} gantry_websocket_options;

typedef struct gantry_websocket {
    uint32_t struct_size;
    uint32_t reserved;
    /* Makes a socket of a request that waits for its answer. `events` is copied. On failure the request is still to be
     * answered, and no event comes: GANTRY_E_INVALID, code UPGRADE_REQUIRED (no WebSocket handshake; fail() it with
     * http_status 426), GANTRY_E_DENIED, code ORIGIN_NOT_ALLOWED, GANTRY_E_BUSY (http.websocket.sockets_max),
     * GANTRY_E_GONE (it has ended). What retain() gave stays valid until closed() has returned. [any] */
    gantry_status (*accept)(const gantry_host *host, gantry_id request, const gantry_websocket_options *options,
                            const gantry_websocket_events *events, void *user, gantry_id *socket, gantry_error *error);
    /* Queues a message; the slice follows rule 4. GANTRY_OK, GANTRY_AGAIN: taken, wait for writable(). GANTRY_E_LIMIT: not
     * taken, AGAIN was not heeded and the queue is full. GANTRY_E_GONE: closing or closed. GANTRY_E_INVALID: a text that is
     * not UTF-8. [any] */
    gantry_status (*send)(const gantry_host *host, gantry_id socket, int32_t opcode, gantry_slice message);
    /* After message() gave GANTRY_AGAIN. [any] */
    gantry_status (*resume)(const gantry_host *host, gantry_id socket);
    /* Closes behind what is queued: 1000-1003, 1007-1014, 3000-4999, a reason of at most 123 bytes. closed() follows.
     * GANTRY_E_GONE: it is closing already. [any] */
    gantry_status (*close)(const gantry_host *host, gantry_id socket, uint16_t code, gantry_str reason);
} gantry_websocket;

#ifdef __cplusplus
}
#endif
#endif
