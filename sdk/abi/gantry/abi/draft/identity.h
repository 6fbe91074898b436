/* gantry/abi/draft/identity.h - gantry.identity/1: who calls. One plugin provides the answer, every route may ask for it.
 *
 * Draft: no host serves it yet (query() answers GANTRY_E_UNSUPPORTED); it may change until it moves to gantry/abi/. */
#ifndef GANTRY_ABI_DRAFT_IDENTITY_H
#define GANTRY_ABI_DRAFT_IDENTITY_H

#include <gantry/abi/http_server.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GANTRY_IDENTITY "gantry.identity/1"

/* Borrowed for the call that passes it. */
typedef struct gantry_principal {
    uint32_t struct_size;
    uint32_t scopes_n;
    gantry_str id;           /* "usr_..." */
    gantry_str organisation; /* "org_..."; empty: none */
    const gantry_str *scopes;
    gantry_str claims_json;  /* what else is known; an object */
} gantry_principal;

/* Looks at a request's headers and answers with decide(), inside the call or later. [worker] */
typedef void (*gantry_authenticator)(void *user, gantry_id question, const gantry_request *request);

typedef struct gantry_identity {
    uint32_t struct_size;
    uint32_t reserved;
    /* GANTRY_E_CONFLICT names the plugin that provides it already. [control] */
    gantry_status (*provide)(const gantry_host *host, gantry_authenticator authenticator, void *user, gantry_error *error);
    /* GANTRY_OK with a principal; GANTRY_E_NOT_FOUND: no credentials, anonymous; GANTRY_E_UNAUTHENTICATED: wrong ones. [any] */
    gantry_status (*decide)(const gantry_host *host, gantry_id question, gantry_status status, const gantry_principal *principal);
} gantry_identity;

#ifdef __cplusplus
}
#endif
#endif
