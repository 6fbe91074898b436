/* gantry/abi/identity.h - gantry.identity/1: who calls. One plugin tells, and every route that is not public asks it.
 *
 * A route with GANTRY_ACCESS_AUTHENTICATED or GANTRY_ACCESS_SCOPED (http_server.h) reaches its handler only with a
 * principal: gantry_request.principal is then the JSON
 *   {"id":"usr_1","organisation":"org_1","scopes":["notes:read"],"claims":{...}}
 * While no plugin provides the answer, such routes answer 503. */
#ifndef GANTRY_ABI_IDENTITY_H
#define GANTRY_ABI_IDENTITY_H

#include <gantry/abi/http_server.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GANTRY_IDENTITY "gantry.identity/1"

/* Borrowed for the call that passes it. */
typedef struct gantry_principal {
    uint32_t struct_size;
    uint32_t scopes_n;
    gantry_str id;            /* "usr_..."; not empty */
    gantry_str organisation;  /* "org_..."; empty: none */
    const gantry_str *scopes; /* "*" holds every scope */
    gantry_str claims_json;   /* what else is known; an object; empty: {} */
} gantry_principal;

/* Looks at a request, which is valid until decide(), and answers with that, inside the call or later, exactly once.
 * A question that is still open when the request's deadline passes is answered 504 for it. [worker] */
typedef void (*gantry_authenticator)(void *user, gantry_id question, const gantry_request *request);

typedef struct gantry_identity {
    uint32_t struct_size;
    uint32_t reserved;
    /* Once, inside start(); in effect when the generation serves. GANTRY_E_CONFLICT names the plugin that provides it
     * already. `user` is handed to the authenticator and must outlive stop(). [control] */
    gantry_status (*provide)(const gantry_host *host, gantry_authenticator authenticator, void *user, gantry_error *error);
    /* Answers a question. GANTRY_OK with a principal, which is copied. Without one: GANTRY_E_NOT_FOUND: no credentials, the
     * caller is asked to sign in (401). GANTRY_E_UNAUTHENTICATED: wrong ones (401). Anything else: it cannot be told now
     * (503). GANTRY_E_GONE: there is no such question, or no longer. [any] */
    gantry_status (*decide)(const gantry_host *host, gantry_id question, gantry_status status, const gantry_principal *principal);
} gantry_identity;

#ifdef __cplusplus
}
#endif
#endif
