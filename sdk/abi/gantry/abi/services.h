/* gantry/abi/services.h - gantry.services/1: what one plugin offers to others, as messages.
 *
 * A service is called "<plugin>.<service>/<revision>", "notes.search/1", and only that plugin provides it. Who calls it lists
 * it among the services of its manifest. Calls go through the host: neither side ever holds a pointer of the other's, so
 * each may be stopped or reloaded at any time, and each call has a deadline.
 *
 * What start() provides takes effect when the instance serves, in place of what the former instance of the same plugin
 * provided; a call that has reached that one ends there. A service that has nobody at present, or whose provider ends in the
 * middle of a call, is GANTRY_E_UNAVAILABLE with GANTRY_ERROR_RETRYABLE; the provider may have begun. */
#ifndef GANTRY_ABI_SERVICES_H
#define GANTRY_ABI_SERVICES_H

#include <gantry/abi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GANTRY_SERVICES "gantry.services/1"

/* A call as its provider sees it; borrowed until the handler returns. */
typedef struct gantry_service_call {
    uint32_t struct_size;
    uint32_t depth; /* 1; 2: made on behalf of a call of depth 1; ... at most services.depth_max */
    gantry_str service;
    gantry_str method;
    gantry_bytes argument;  /* JSON, or what the two agree on */
    gantry_str caller;      /* the plugin that calls: the host's word */
    gantry_str principal;   /* of the request on whose behalf it was made, as gantry_request.principal; empty: of none */
    gantry_str request_id;  /* of that request */
    gantry_str traceparent; /* of that request, W3C Trace Context; may be empty */
    uint64_t deadline_ns;   /* on the clock of mono_ns: after it nobody waits for the answer */
} gantry_service_call;

/* Does what was asked, and answers with respond(), inside the call or later. [blocking] */
typedef void (*gantry_service_handler)(void *user, gantry_id call, const gantry_service_call *view);

typedef struct gantry_service {
    uint32_t struct_size;
    uint32_t methods_n;
    gantry_str name;           /* "notes.search/1": begins with the id of the plugin */
    const gantry_str *methods; /* [a-z][a-z0-9_]{0,63}; others never reach the handler */
    gantry_service_handler handler;
    void *user;
} gantry_service;

typedef struct gantry_service_request {
    uint32_t struct_size;
    uint32_t deadline_ms; /* 0: services.deadline of the administrator. Never later than that of `context` */
    gantry_str service;
    gantry_str method;
    gantry_bytes argument; /* at most services.payload_bytes_max */
    /* On whose behalf: an open request, or a call that this plugin is answering; its principal, request id and deadline
     * come along. 0: of nobody. */
    gantry_id context;
} gantry_service_request;

/* The end of a call. `result` and `error` are borrowed for the call. A failure is the provider's own, or the host's:
 *   GANTRY_E_UNAVAILABLE   nobody provides it now, or no longer       GANTRY_E_TIMEOUT    the deadline has passed
 *   GANTRY_E_UNSUPPORTED   it has no such method                      GANTRY_E_CANCELLED  cancel(), or this plugin stops
 *   GANTRY_E_BUSY          too many calls, or no thread is free       GANTRY_E_LIMIT      nested too deep; too large an answer
 * The host's own have error->code "DEPENDENCY_UNAVAILABLE", "DEADLINE_EXCEEDED", "SERVICE_BUSY", ... [worker] */
typedef void (*gantry_service_done)(void *user, gantry_status status, gantry_bytes result, const gantry_error *error);

typedef struct gantry_services {
    uint32_t struct_size;
    uint32_t reserved;
    /* Copies what it is given. In start() only. [control] */
    gantry_status (*provide)(const gantry_host *host, const gantry_service *service, gantry_error *error);
    /* Answers a call, once. On failure `error` says why. A slice with `release` is taken over when this returns GANTRY_OK.
     * GANTRY_E_GONE: nobody waits any more, or it was answered. GANTRY_E_LIMIT: the result is larger than
     * services.payload_bytes_max; the caller has been told. [any] */
    gantry_status (*respond)(const gantry_host *host, gantry_id call, gantry_status status, gantry_slice result,
                             const gantry_error *error);
    /* GANTRY_OK: somebody still waits for this call's answer. GANTRY_E_GONE: nobody does: cancelled, too late, answered,
     * or the caller is gone. For a provider that works for long. [any] */
    gantry_status (*wanted)(const gantry_host *host, gantry_id call);
    /* Copies what it is given. GANTRY_PENDING promises one call of `done`, and *call names it for cancel(); `call` may be
     * NULL, and is set before `done` can come. Refused at once, without `done`: GANTRY_E_INVALID, GANTRY_E_DENIED (the
     * manifest does not list the service), GANTRY_E_GONE (`context` is stale). [any] */
    gantry_status (*call)(const gantry_host *host, const gantry_service_request *request, gantry_service_done done, void *user,
                          gantry_id *call);
    /* `done` comes with GANTRY_E_CANCELLED, unless the call has ended: then GANTRY_E_GONE. The provider learns of it from
     * wanted(). [any] */
    gantry_status (*cancel)(const gantry_host *host, gantry_id call);
} gantry_services;

#ifdef __cplusplus
}
#endif
#endif
