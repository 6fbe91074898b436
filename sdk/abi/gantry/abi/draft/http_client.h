/* gantry/abi/draft/http_client.h - gantry.http.client/1: outbound HTTP through the host's connection pool and egress rules.
 *
 * Draft: no host serves it yet (query() answers GANTRY_E_UNSUPPORTED); it may change until it moves to gantry/abi/. */
#ifndef GANTRY_ABI_DRAFT_HTTP_CLIENT_H
#define GANTRY_ABI_DRAFT_HTTP_CLIENT_H

#include <gantry/abi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GANTRY_HTTP_CLIENT "gantry.http.client/1"

typedef struct gantry_http_call {
    uint32_t struct_size;
    uint32_t flags; /* GANTRY_HTTP_CALL_* */
    gantry_str method, url;
    const gantry_pair *headers;
    uint32_t headers_n;
    uint32_t deadline_ms; /* of the whole call, retries included */
    uint32_t idle_ms;     /* longest silence inside an answer */
    uint32_t retries_max; /* for connection failures, 429 and 503, honouring Retry-After */
    gantry_slice body;
} gantry_http_call;
enum { GANTRY_HTTP_CALL_FOLLOW = 1 /* follow redirects, each checked against the egress rules */ };

/* head once, data any number of times, done once; serialised. [worker] */
typedef struct gantry_http_sink {
    uint32_t struct_size;
    uint32_t reserved;
    void (*head)(void *user, uint32_t status, const gantry_pair *headers, uint32_t headers_n);
    /* GANTRY_AGAIN pauses the transfer until resume(). */
    gantry_status (*data)(void *user, gantry_bytes data);
    gantry_done done;
} gantry_http_sink;

typedef struct gantry_http_client {
    uint32_t struct_size;
    uint32_t reserved;
    /* GANTRY_E_DENIED: the host of `url` is not in the plugin's egress list. [any] */
    gantry_status (*send)(const gantry_host *host, const gantry_http_call *call, const gantry_http_sink *sink, void *user,
                          gantry_id *operation);
    gantry_status (*resume)(const gantry_host *host, gantry_id operation); /* [any] */
    gantry_status (*cancel)(const gantry_host *host, gantry_id operation); /* [any] */
} gantry_http_client;

#ifdef __cplusplus
}
#endif
#endif
