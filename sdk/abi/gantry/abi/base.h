/* gantry/abi/base.h - the values that cross the border between the host and a plugin.
 *
 * Pure C11, also valid C++20; depends on <stddef.h> and <stdint.h> only. 64-bit little-endian machines.
 *
 * THE SEVEN RULES, binding for every header of this folder
 *  1 GROWTH   Each struct that crosses begins with `uint32_t struct_size`, set by whoever allocates it. Members are
 *             only ever appended. A member exists if struct_size says so: test with GANTRY_HAS.
 *X
 *  2 NAMES    Everything beyond these basics is a service `gantry.<name>/<revision>`, asked for by that string.
 *             An incompatible change is a new revision; the host keeps serving the old one.
 *  3 IDS      What a plugin keeps beyond a call is a gantry_id, never a host pointer. Ids are not reused: a stale
 *             one is answered GANTRY_E_GONE, never undefined behaviour. 0 is no id.
 *  4 MEMORY   gantry_str, gantry_bytes and arrays are borrowed for the duration of the call that passes them.
 *             Ownership moves only inside a gantry_slice whose `release` is set. Nobody frees the other's memory.
 *  5 ERRORS   Functions return a gantry_status; below zero is failure. The reason goes into a gantry_error that the
 *             caller allocates; NULL is allowed. No exception, longjmp or thread cancellation crosses.
 *  6 THREADS  Each function carries a tag:
 *               [control]  life cycle; one thread at a time for an instance; may block
 *               [worker]   an event loop of the host; many at once for one instance; must not block
 *               [blocking] a thread of the host's bounded pool; many at once; may block until the deadline
 *               [any]      every thread, also the plugin's own
 *             Callbacks that belong to one request, stream or operation never overlap. A host function tagged [any]
 *             does not call back into the plugin before it returns, except `release` of a slice passed to it.
 *  7 ONCE     Every accepted operation completes exactly once. After stop() has returned the host calls nothing of
 *             that instance any more except destroy(), and the plugin runs no code on any thread.
 */
#ifndef GANTRY_ABI_BASE_H
#define GANTRY_ABI_BASE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GANTRY_ABI_MAJOR 1 /* differs: the plugin is refused */
#define GANTRY_ABI_MINOR 0 /* grows by one with each release that appends a member or a service */

/* True if the struct behind `pointer` is long enough to have `member` and the member is not null or zero. */
#define GANTRY_HAS(pointer, member)                                                                      \
    ((pointer) != NULL &&                                                                                \
     (size_t)(pointer)->struct_size >=                                                                   \
         (size_t)((const char *)&(pointer)->member - (const char *)(pointer)) + sizeof((pointer)->member) && \
     (pointer)->member)

typedef int32_t gantry_status;
enum {
    GANTRY_OK = 0,
    GANTRY_PENDING = 1, /* accepted, completes later */
    GANTRY_AGAIN = 2,   /* accepted, but the receiver is above its high-water mark: wait before sending more */

    GANTRY_E_INVALID = -1,      /* an argument or the input is wrong; HTTP 400 */
    GANTRY_E_UNSUPPORTED = -2,  /* this host or plugin does not have it; 501 */
    GANTRY_E_DENIED = -3,       /* known, but not permitted; 403 */
    GANTRY_E_NOT_FOUND = -4,    /* 404 */
    GANTRY_E_CONFLICT = -5,     /* the present state forbids it; 409 */
    GANTRY_E_GONE = -6,         /* the id is stale: request answered, client left, operation over */
    GANTRY_E_CANCELLED = -7,    /* given up before it was done: client left, host is stopping */
    GANTRY_E_TIMEOUT = -8,      /* a deadline passed; 504 */
    GANTRY_E_BUSY = -9,         /* a queue or pool is full, try later; 503 */
    GANTRY_E_LIMIT = -10,       /* a configured limit is reached; 429 */
    GANTRY_E_UNAVAILABLE = -11, /* a dependency cannot be reached; 503 */
    GANTRY_E_INTERNAL = -12,    /* a defect; 500 */
    GANTRY_E_ABI = -13,         /* the two sides do not fit together */
    GANTRY_E_UNAUTHENTICATED = -14 /* nobody is signed in; 401 */
    /* An unknown negative status counts as GANTRY_E_INTERNAL, an unknown positive one as GANTRY_OK. */
};

/* 64 bits that name a host object (request, stream, transaction, route, ...). */
typedef uint64_t gantry_id;

/* UTF-8 text, not NUL-terminated. data may be NULL when size is 0. */
typedef struct gantry_str {
    const char *data;
    size_t size;
} gantry_str;

typedef struct gantry_bytes {
    const void *data;
    size_t size;
} gantry_bytes;

/* A name with its value: a header, a path parameter, a log field. */
typedef struct gantry_pair {
    gantry_str name;
    gantry_str value;
} gantry_pair;

/* Bytes with an optional change of owner. release == NULL: borrowed for the call, the receiver copies what it keeps.
 * release != NULL: the receiver owns the bytes from the moment the call succeeds and calls release exactly once, from
 * any thread, when it is done. When the call fails, the caller still owns them and release is not called. */
typedef struct gantry_slice {
    const void *data;
    size_t size;
    void (*release)(void *context, const void *data, size_t size); /* [any] */
    void *context;
} gantry_slice;

/* Why something failed. Allocated by the caller with struct_size set, filled by the callee; texts are NUL-terminated
 * and cut to fit. `message` may be shown to an API client when the plugin passes it to fail(); it says what was
 * expected and what was found, and holds no secret, SQL or path. */
typedef struct gantry_error {
    uint32_t struct_size;
    gantry_status status;
    uint32_t http_status;    /* 0: derived from status */
    uint32_t retry_after_ms; /* 0: unknown */
    uint32_t flags;          /* GANTRY_ERROR_* */
    uint32_t reserved;
    char code[64];           /* SNAKE_UPPER for programs: "NOTE_NOT_FOUND", "SQLSTATE_23505"; empty: derived from status */
    char where[128];         /* the field, constraint, upstream or file:line:column concerned; may be empty */
    char message[384];       /* for people: lower case, no full stop */
} gantry_error;
enum { GANTRY_ERROR_RETRYABLE = 1 /* the same call may succeed if repeated as it is */ };

/* One SQL parameter or cell, also an attribute of an event. */
typedef struct gantry_value {
    uint32_t type; /* GANTRY_VALUE_* */
    uint32_t reserved;
    union {
        int64_t integer;
        double real;
        gantry_str text;
        gantry_bytes bytes;
    } as;
} gantry_value;
enum {
    GANTRY_VALUE_NULL = 0,
    GANTRY_VALUE_BOOL = 1,      /* integer: 0 or 1 */
    GANTRY_VALUE_INTEGER = 2,   /* integer */
    GANTRY_VALUE_REAL = 3,      /* real */
    GANTRY_VALUE_TEXT = 4,      /* text; also every type not listed here, in PostgreSQL's text form */
    GANTRY_VALUE_BYTES = 5,     /* bytes */
    GANTRY_VALUE_JSON = 6,      /* text */
    GANTRY_VALUE_NUMERIC = 7,   /* text: all digits as PostgreSQL holds them */
    GANTRY_VALUE_TIMESTAMP = 8, /* integer: microseconds since 1970-01-01T00:00:00Z; INT64_MAX/INT64_MIN: +/-infinity */
    GANTRY_VALUE_UUID = 9,      /* text: 36 characters, lower case */
    GANTRY_VALUE_ARRAY = 10     /* text: PostgreSQL's array literal, {"a",NULL,b} */
};

/* The end of an asynchronous operation: called exactly once if, and only if, the call that took it returned a
 * non-negative status. error is NULL on success and borrowed for the call. [worker] */
typedef void (*gantry_done)(void *user, gantry_status status, const gantry_error *error);

#ifdef __cplusplus
}
#endif
#endif
