/* gantry/abi/database.h - gantry.database/1: the plugin's own schema on the host's PostgreSQL.
 *
 * Statements run as the plugin's role with its schema first on the search_path, so `note` is `notes.note`. Every
 * statement is prepared once a connection and kept. One statement a call; parameters are $1, $2, ... with types
 * inferred by the server. Operations complete through callbacks on [worker] threads, exactly once. */
#ifndef GANTRY_ABI_DATABASE_H
#define GANTRY_ABI_DATABASE_H

#include <gantry/abi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GANTRY_DATABASE "gantry.database/1"

typedef struct gantry_column {
    gantry_str name;
    uint32_t type; /* GANTRY_VALUE_* of its cells that are not NULL */
    uint32_t oid;  /* PostgreSQL's type */
} gantry_column;

/* A whole result; borrowed for the callback. */
typedef struct gantry_rows {
    uint32_t struct_size;
    uint32_t columns_n;
    uint64_t rows_n;
    uint64_t affected; /* rows inserted, updated, deleted or copied; for a SELECT, rows_n */
    const gantry_column *columns;
    const gantry_value *cells; /* row after row: cell (r, c) is cells[r * columns_n + c] */
} gantry_rows;

/* rows is NULL unless status is GANTRY_OK. On failure error->code is "SQLSTATE_23505" or the like and error->where the
 * constraint, if one was violated; its message is PostgreSQL's own: for the log, not for clients. [worker] */
typedef void (*gantry_rows_done)(void *user, gantry_status status, const gantry_rows *rows, const gantry_error *error);
/* transaction is 0 unless status is GANTRY_OK. [worker] */
typedef void (*gantry_begin_done)(void *user, gantry_status status, gantry_id transaction, const gantry_error *error);

typedef struct gantry_query {
    uint32_t struct_size;
    uint32_t flags; /* GANTRY_QUERY_* */
    gantry_id transaction; /* 0: a transaction of its own */
    gantry_str sql;
    const gantry_value *params;
    uint32_t params_n;
    uint32_t deadline_ms; /* 0: the host's database.statement_deadline; when it passes: GANTRY_E_TIMEOUT */
} gantry_query;
enum {
    /*
     * For reads, and for writes that may happen twice: the host repeats the statement when the connection breaks. Outside of
     * a transaction, and once the statement has shown itself to be quick, it may also go to the server together with others of this plugin
     * that carry the flag, as one implicit transaction: now() is the same in all of them.
     */
    GANTRY_QUERY_IDEMPOTENT = 1
};

typedef struct gantry_transaction {
    uint32_t struct_size;
    uint32_t flags; /* GANTRY_TRANSACTION_* */
} gantry_transaction;
enum {
    GANTRY_TRANSACTION_READ_ONLY = 1,
    GANTRY_TRANSACTION_REPEATABLE_READ = 2, /* default: read committed */
    GANTRY_TRANSACTION_SERIALIZABLE = 4
};

/* Many rows for one table, sent with COPY. */
typedef struct gantry_copy {
    uint32_t struct_size;
    uint32_t columns_n;
    gantry_id transaction; /* 0: a transaction of its own */
    gantry_str table;      /* a name, not SQL: quoted by the host */
    const gantry_str *columns;
    const gantry_value *cells; /* rows_n * columns_n, row after row */
    uint64_t rows_n;
} gantry_copy;

typedef struct gantry_database {
    uint32_t struct_size;
    uint32_t reserved;
    /* Runs a statement. Everything passed is copied before it returns. A non-negative status promises one call of
     * `done`; GANTRY_E_BUSY: the queue is full, nothing will be called. `operation` may be NULL. [any] */
    gantry_status (*query)(const gantry_host *host, const gantry_query *query, gantry_rows_done done, void *user,
                           gantry_id *operation);
    /* Takes a connection and begins. The transaction must be ended; one that is idle for more than
     * database.transaction_idle_deadline is rolled back by the host. `options` may be NULL. [any] */
    gantry_status (*begin)(const gantry_host *host, const gantry_transaction *options, gantry_begin_done done, void *user);
    /* Commits (commit != 0) or rolls back. After a failed statement a commit is answered GANTRY_E_CONFLICT and rolled
     * back. The id is stale from this call on. [any] */
    gantry_status (*end)(const gantry_host *host, gantry_id transaction, int32_t commit, gantry_done done, void *user);
    /* As query(); rows->affected counts. [any] */
    gantry_status (*copy_in)(const gantry_host *host, const gantry_copy *copy, gantry_rows_done done, void *user,
                             gantry_id *operation);
    /* Asks that an operation end early; it then completes with GANTRY_E_CANCELLED, or as it would have. [any] */
    gantry_status (*cancel)(const gantry_host *host, gantry_id operation);
} gantry_database;

#ifdef __cplusplus
}
#endif
#endif
