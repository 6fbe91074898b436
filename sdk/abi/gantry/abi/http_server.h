/* gantry/abi/http_server.h - gantry.http.server/1: routes, requests, answers and streams (RFC 9110, RFC 9112).
 *
 * A request is named by an id. It is answered exactly once: by reply(), by fail(), or by stream_open() followed by
 * stream_close(). A request whose handler returns without an answer and without GANTRY_PENDING is answered 500; one * whose deadline passes before it is answered 504 (a stream that is open has no deadline). After its end every call with
 * the id gives GANTRY_E_GONE. */
#ifndef GANTRY_ABI_HTTP_SERVER_H
#define GANTRY_ABI_HTTP_SERVER_H

#include <gantry/abi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GANTRY_HTTP_SERVER "gantry.http.server/1"

/* What a handler sees of a request; everything is borrowed until it returns (retain() extends that). */
typedef struct gantry_request {
    uint32_t struct_size;
    uint32_t flags;          /* 0 */
    gantry_str method;       /* "GET", as sent: methods are case-sensitive */
    gantry_str path;         /* "/notes/7", still percent-encoded */
    gantry_str query;        /* "limit=5&q=a%20b" without '?', still percent-encoded */
    gantry_str peer;         /* "192.0.2.1:50086", "[2001:db8::1]:50086" or "unix" */
    gantry_str request_id;   /* the X-Request-Id of this request */
    gantry_str traceparent;  /* W3C Trace Context, for outbound calls; empty if the client sent none */
    gantry_str principal;    /* JSON of who calls (gantry.identity/1); empty: anonymous */
    const gantry_pair *headers; /* in the order sent, duplicates kept; names compare case-insensitively */
    const gantry_pair *params;  /* path parameters by name, percent-decoded */
    uint32_t headers_n;
    uint32_t params_n;
    gantry_bytes body;       /* whole, after transfer coding; empty for GANTRY_ROUTE_STREAM_BODY */
    uint64_t deadline_ns;    /* on the clock of gantry.sys/1 mono_ns */
} gantry_request;

/* The head of an answer, or all of it. The host adds Date, Content-Length, X-Request-Id and the security headers and
 * frames the body; it refuses (GANTRY_E_INVALID) header names and values that are not RFC 9110 field syntax, and
 * connection-level headers (Connection, Transfer-Encoding, Content-Length, Keep-Alive, Upgrade). */
typedef struct gantry_response {
    uint32_t struct_size;
    uint32_t status; /* 200-599 */
    const gantry_pair *headers;
    uint32_t headers_n;
    uint32_t flags; /* 0 */
    gantry_slice body; /* ignored by stream_open(); not sent for HEAD, 204 and 304 */
} gantry_response;

/* handle(): GANTRY_OK after an answer was given inside the call, GANTRY_PENDING if it comes later (from any thread).
 * A failure status answers the request with the problem that fits it.
 * [worker] for a route without GANTRY_ROUTE_BLOCKING, else [blocking]. Concurrent calls on one instance. */
typedef gantry_status (*gantry_handler)(void *user, gantry_id request, const gantry_request *view);

enum {
    GANTRY_ROUTE_BLOCKING = 1,    /* run on the blocking pool: the handler may wait */
    GANTRY_ROUTE_STREAM_BODY = 2, /* the body is fetched with body_next() */
    GANTRY_ROUTE_INTERNAL = 4     /* left out of OpenAPI */
};

/* A route to be. Everything is copied by add_route(). A schema is a JSON Schema (2020-12): an object, or empty. What stands
 * in its "$defs" becomes a component of the OpenAPI document, named "<plugin>_<name>" and shared by all routes of the plugin. */
typedef struct gantry_route {
    uint32_t struct_size;
    uint32_t flags;          /* GANTRY_ROUTE_* */
    gantry_str method;       /* "GET"; a GET route also answers HEAD */
    gantry_str pattern;      /* "/notes", "/notes/{id}", "/files/{path...}": static beats parameter beats wildcard */
    gantry_str operation_id; /* unique within the plugin: "show_note"; OpenAPI says "<plugin>_show_note" */
    gantry_str summary;      /* one line for OpenAPI */
    gantry_str description;  /* Markdown for OpenAPI; may be empty */
    gantry_str request_schema;  /* JSON Schema of the body, empty: none */
    gantry_str response_schema; /* JSON Schema of the 2xx body, empty: not JSON */
    const gantry_str *scopes;   /* what the principal must hold; none: see access */
    uint32_t scopes_n;
    uint32_t access;         /* GANTRY_ACCESS_* */
    uint32_t deadline_ms;    /* 0: the host's http.request_deadline */
    uint32_t reserved;
    uint64_t body_bytes_max; /* 0: the host's http.body_bytes_max */
    gantry_handler handle;
    void *user;              /* handed to handle; must outlive stop() */
    /* For OpenAPI, as are the schemas above. */
    gantry_str parameters_schema; /* JSON Schema of an object: its properties are the query parameters; empty: none told */
    gantry_str response_type;     /* media type of the 2xx body, "text/event-stream"; empty: JSON if there is a schema */
    uint32_t response_status;     /* of a success: 2xx, 101 for a WebSocket; 0: not told */
    uint32_t reserved_2;
    /* At most limit_calls of each caller (its principal, else its address) in any limit_window_ms, over all hosts that share
     * a kv store; above it 429. A rule of the configuration named "<plugin>_<operation_id>" stands in its place. 0: as often
     * as one likes, as far as the configuration has no rule. A window is 100 ms to 31 days long. */
    uint32_t limit_calls;
    uint32_t limit_window_ms;
} gantry_route;
enum {
    GANTRY_ACCESS_PUBLIC = 0,        /* anybody */
    GANTRY_ACCESS_AUTHENTICATED = 1, /* a principal; 401 without, 503 while no plugin provides gantry.identity/1 */
    GANTRY_ACCESS_SCOPED = 2         /* a principal that holds every scope of `scopes`; 403 without */
};

typedef struct gantry_stream_events {
    uint32_t struct_size;
    uint32_t reserved;
    /* After a stream_write() gave GANTRY_AGAIN: the client has read enough, go on. [worker] */
    void (*writable)(void *user, gantry_id request);
    /* The stream ended before stream_close(): GANTRY_E_CANCELLED (client left, host stops), GANTRY_E_TIMEOUT (client
     * does not read). Called at most once, never beside writable(), and the last call for the stream. It does not begin
     * after a stream_close() that returned GANTRY_OK; one that has begun may still run on another thread when a
     * stream_close() is refused. When the host ends a plugin it comes on a control thread. [worker] [control] */
    void (*closed)(void *user, gantry_id request, gantry_status reason);
} gantry_stream_events;

/* chunk: a piece of the body, borrowed for the call; last != 0 with the last one (which may be empty). [worker] */
typedef void (*gantry_body_chunk)(void *user, gantry_status status, gantry_bytes chunk, int32_t last);

typedef struct gantry_http_server {
    uint32_t struct_size;
    uint32_t reserved;
    /* Declares a route; it serves when the generation does. GANTRY_E_CONFLICT names the owner of a route of the same
     * method and shape. Revoked by the host after stop(). Only inside start(). [control] */
    gantry_status (*add_route)(const gantry_host *host, const gantry_route *route, gantry_id *route_id, gantry_error *error);
    /* Keeps the request: *view is then valid until the plugin ends it with reply(), fail() or stream_close(), which it also
     * does, in vain, after closed() and cancelled(), or until stream_open() gives GANTRY_E_GONE. Only while handle() of that request runs; the view passed to handle()
     * stays valid for the rest of that call too. [worker] [blocking] */
    gantry_status (*retain)(const gantry_host *host, gantry_id request, const gantry_request **view);
    /* Answers. The body slice follows rule 4: when the call fails, it is still the plugin's. [any] */
    gantry_status (*reply)(const gantry_host *host, gantry_id request, const gantry_response *response);
    /* Answers with application/problem+json (RFC 9457) made of `error`. `details_json` is the object for its member
     * "details"; empty: {}. [any] */
    gantry_status (*fail)(const gantry_host *host, gantry_id request, const gantry_error *error, gantry_str details_json);
    /* Sends the head; the body follows in chunks. `events` is copied; `user` is handed to it. With content type
     * text/event-stream the host sends a comment line when the stream is silent for http.sse_heartbeat. [any] */
    gantry_status (*stream_open)(const gantry_host *host, gantry_id request, const gantry_response *head,
                                 const gantry_stream_events *events, void *user);
    /* GANTRY_OK: go on. GANTRY_AGAIN: taken, but wait for writable() before the next. GANTRY_E_GONE: not taken. [any] */
    gantry_status (*stream_write)(const gantry_host *host, gantry_id request, gantry_slice chunk);
    /* Ends the body. outcome < 0: the connection is cut instead, so that the client sees an incomplete body. [any] */
    gantry_status (*stream_close)(const gantry_host *host, gantry_id request, gantry_status outcome);
    /* Asks for the next piece of the body of a GANTRY_ROUTE_STREAM_BODY request; one at a time. A host of ABI 1.0 has
     * read the whole body before the handler runs and gives it in one piece. [any] */
    gantry_status (*body_next)(const gantry_host *host, gantry_id request, gantry_body_chunk chunk, void *user);
    /* `cancelled` is called once if the request ends before its answer: the client left, the deadline passed or the
     * host stops (then reply() gives GANTRY_E_GONE). Not called otherwise. GANTRY_E_GONE: the request has ended already, or
     * its answer has begun: it is not called. [any]; the callback: [worker], or [control] when the host ends the plugin */
    gantry_status (*on_cancel)(const gantry_host *host, gantry_id request,
                               void (*cancelled)(void *user, gantry_id request, gantry_status reason), void *user);
} gantry_http_server;

#ifdef __cplusplus
}
#endif
#endif
