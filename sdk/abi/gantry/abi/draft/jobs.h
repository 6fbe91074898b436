/* gantry/abi/draft/jobs.h - gantry.jobs/1: durable work, now, later or by the clock; each accepted job runs to its end on one host.
 *
 * Draft: no host serves it yet (query() answers GANTRY_E_UNSUPPORTED); it may change until it moves to gantry/abi/. */
#ifndef GANTRY_ABI_DRAFT_JOBS_H
#define GANTRY_ABI_DRAFT_JOBS_H

#include <gantry/abi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GANTRY_JOBS "gantry.jobs/1"

/* The job as its handler sees it; borrowed until it returns. */
typedef struct gantry_job_view {
    uint32_t struct_size;
    uint32_t attempt; /* 1 at first */
    gantry_str kind, key;
    gantry_bytes payload;
    uint64_t deadline_ns;
} gantry_job_view;
/* GANTRY_OK: done. GANTRY_PENDING: finish() follows. A failure repeats it with back-off up to attempts_max, then it is a
 * dead letter. [blocking] */
typedef gantry_status (*gantry_job_handler)(void *user, gantry_id run, const gantry_job_view *job, gantry_error *error);

typedef struct gantry_job {
    uint32_t struct_size;
    uint32_t attempts_max; /* 0: the host's default */
    gantry_str kind;       /* a kind given to handle() */
    gantry_str key;        /* not empty: while a job of this kind and key waits or runs, another is GANTRY_E_CONFLICT */
    gantry_bytes payload;
    uint64_t delay_ms;
    uint64_t deadline_ms;  /* of one attempt */
    gantry_id transaction; /* of gantry.database/1: the job exists if, and only if, that commits; 0: at once */
} gantry_job;

typedef struct gantry_jobs {
    uint32_t struct_size;
    uint32_t reserved;
    gantry_status (*handle)(const gantry_host *host, gantry_str kind, gantry_job_handler handler, void *user, gantry_error *error); /* [control] */
    /* Five-field cron in an IANA time zone; runs once for the cluster. [control] */
    gantry_status (*schedule)(const gantry_host *host, gantry_str name, gantry_str cron, gantry_str time_zone, gantry_str kind, gantry_error *error);
    gantry_status (*submit)(const gantry_host *host, const gantry_job *job, void (*done)(void *user, gantry_status status, gantry_str job_id, const gantry_error *error), void *user); /* [any] */
    gantry_status (*progress)(const gantry_host *host, gantry_id run, uint32_t permille, gantry_str note); /* GANTRY_E_CANCELLED: stop, please [any] */
    gantry_status (*finish)(const gantry_host *host, gantry_id run, gantry_status status, const gantry_error *error); /* [any] */
    gantry_status (*cancel)(const gantry_host *host, gantry_str job_id, gantry_done done, void *user); /* [any] */
} gantry_jobs;

#ifdef __cplusplus
}
#endif
#endif
