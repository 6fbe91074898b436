/* gantry/abi/http_client.h - gantry.http.client/1: outbound HTTP (RFC 9110) through the host's connections and rules.
 *
 * A call may lead only where the administrator permits it: plugins.<id>.host.egress. The rules hold for every redirect,
 * and for the address behind the name at the moment of connecting. https speaks HTTP/2 or HTTP/1.1, http HTTP/1.1; TLS
 * certificates are always verified. An answer of any status is an answer, not a failure. */
#ifndef GANTRY_ABI_HTTP_CLIENT_H
#define GANTRY_ABI_HTTP_CLIENT_H

#include <gantry/abi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GANTRY_HTTP_CLIENT "gantry.http.client/1"

/* Borrowed for send(), the body excepted: see gantry_slice. */
typedef struct gantry_http_call {
    uint32_t struct_size;
    uint32_t flags; /* GANTRY_HTTP_CALL_* */
    gantry_str method; /* "GET"; not CONNECT or TRACE */
    gantry_str url;    /* http or https, ASCII, without user, password or blank */
    /* Names and values are RFC 9110 field syntax. Host, Content-Length, Transfer-Encoding, Connection, Upgrade, Expect,
     * TE, Trailer and Proxy-* are the host's to write. Nothing is added but Accept and User-Agent, where they are not. */
    const gantry_pair *headers;
    uint32_t headers_n;
    uint32_t deadline_ms; /* of the whole call, redirects and retries included; 0: http_client.call_deadline */
    uint32_t idle_ms;     /* the longest silence of the other side; 0: http_client.idle_deadline */
    /* How often the host may send it again: when no connection could be made, and for 429, 503 or a connection that broke
     * before the answer began, if the method is idempotent (RFC 9110, 9.2.2) or the flag says so. With growing, random
     * pauses, or as long as Retry-After says; not beyond the deadline. */
    uint32_t retries_max;
    gantry_slice body; /* sent with its length */
    uint64_t stream_bytes; /* with GANTRY_HTTP_CALL_STREAM_BODY: the length of the body, if it is known; 0: sent chunked */
} gantry_http_call;
enum {
    /* Follow up to ten redirects: within the egress rules, never from https to http. To another origin only Accept*,
     * Content-Type, User-Agent, Range and If-* go along: no credential in any header. */
    GANTRY_HTTP_CALL_FOLLOW = 1,
    GANTRY_HTTP_CALL_IDEMPOTENT = 2, /* may be sent twice although its method says otherwise */
    GANTRY_HTTP_CALL_STREAM = 4,     /* deadline_ms ends with the head; then only idle_ms bounds it. HTTP/1.1 */
    GANTRY_HTTP_CALL_HTTP1 = 8,      /* no HTTP/2 */
    /* The body comes by write() and end_body(). deadline_ms begins with its end; before only idle_ms bounds the call. What
     * has begun to go out is not sent again: no retry then, and a redirect that wants the body too is the answer.
     * HTTP/1.1 */
    GANTRY_HTTP_CALL_STREAM_BODY = 16
};

/* head once, data any number of times, done once; never two at a time. A call that fails may end without head. The
 * functions must not block; none of these three may be NULL. [worker] */
typedef struct gantry_http_sink {
    uint32_t struct_size;
    uint32_t reserved;
    /* Of the final answer: no 1xx, no redirect that was followed, no refusal that was retried. Borrowed. */
    void (*head)(void *user, uint32_t status, const gantry_pair *headers, uint32_t headers_n);
    /* A piece of the body, after transfer coding, before content coding; borrowed. GANTRY_OK: more. GANTRY_AGAIN: taken,
     * but no more until resume(). Negative: the call is given up and ends with GANTRY_E_CANCELLED. */
    gantry_status (*data)(void *user, gantry_bytes data);
    /* GANTRY_OK: the answer is complete. Otherwise error->where is "host:port" and error->code one of
     *   EGRESS_DENIED, ADDRESS_DENIED, REDIRECT_DENIED       GANTRY_E_DENIED
     *   URL_REFUSED                                          GANTRY_E_INVALID (a redirect to no permitted kind of URL)
     *   DEADLINE, IDLE, CONNECT_TIMEOUT                      GANTRY_E_TIMEOUT
     *   NAME_NOT_RESOLVED, CONNECTION_FAILED, CONNECTION_LOST, TLS_NOT_TRUSTED, TLS_FAILED, ANSWER_TRUNCATED,
     *   ANSWER_HEAD_TOO_LARGE, ANSWER_MALFORMED, TOO_MANY_REDIRECTS, CALL_FAILED      GANTRY_E_UNAVAILABLE
     * or GANTRY_E_CANCELLED. The message is for the log and the administrator, not for clients. */
    gantry_done done;
    /* After write() gave GANTRY_AGAIN: there is room for more of the body. May be NULL. */
    void (*writable)(void *user);
} gantry_http_sink;

typedef struct gantry_http_client {
    uint32_t struct_size;
    uint32_t reserved;
    /* A non-negative status promises one call of sink->done; *operation (may be NULL) is set before any of the sink's
     * functions is called. `sink` is copied. Otherwise nothing is called and `error` (may be NULL) says why:
     * GANTRY_E_INVALID: URL, method or header. GANTRY_E_DENIED: not in the egress list, the message says what to write
     * there. GANTRY_E_BUSY: http_client.calls_max are under way. GANTRY_E_CANCELLED: stopping. GANTRY_E_UNAVAILABLE: the
     * host runs offline. [any] */
    gantry_status (*send)(const gantry_host *host, const gantry_http_call *call, const gantry_http_sink *sink, void *user,
                          gantry_id *operation, gantry_error *error);
    /* After data() returned GANTRY_AGAIN, also before it has returned. An operation that is over is no error. [any] */
    gantry_status (*resume)(const gantry_host *host, gantry_id operation);
    /* Asks that the call end early: done() follows, with GANTRY_E_CANCELLED or as it would have. [any] */
    gantry_status (*cancel)(const gantry_host *host, gantry_id operation);
    /* The next piece of the body of a GANTRY_HTTP_CALL_STREAM_BODY call; the slice follows rule 4. GANTRY_OK: go on.
     * GANTRY_AGAIN: taken, but wait for writable() before the next. GANTRY_E_GONE: the call is over, or nobody wants the
     * rest of the body: head() and done() tell why. GANTRY_E_INVALID: more than stream_bytes, or behind end_body(). [any] */
    gantry_status (*write)(const gantry_host *host, gantry_id operation, gantry_slice piece);
    /* The body is complete. GANTRY_E_GONE as above. GANTRY_E_INVALID: it is shorter than stream_bytes. To give it up in
     * the middle, cancel(). [any] */
    gantry_status (*end_body)(const gantry_host *host, gantry_id operation);
} gantry_http_client;

#ifdef __cplusplus
}
#endif
#endif
