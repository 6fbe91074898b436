/* gantry/abi/jobs.h - gantry.jobs/1: durable work, now, later or by the clock.
 *
 * A job is a row in the host's PostgreSQL, so it survives the end of every process. Of all hosts on one database exactly
 * one runs a job at a time. A job is done once, unless a host dies in the middle of an attempt: then another attempt
 * begins, and gantry_job_view.attempt says so. Handlers therefore bear being begun again.
 *
 * What start() registers takes effect when the instance serves, in place of what the former instance of the same plugin
 * did; what that one runs at this moment it finishes itself. */
#ifndef GANTRY_ABI_JOBS_H
#define GANTRY_ABI_JOBS_H

#include <gantry/abi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GANTRY_JOBS "gantry.jobs/1"

/* One attempt of a job as its handler sees it; borrowed until the handler returns. */
typedef struct gantry_job_view {
    uint32_t struct_size;
    uint32_t attempt;      /* 1 at first; more after a failure or an interruption */
    uint32_t attempts_max; /* the last one when attempt is as many */
    uint32_t reserved;
    gantry_str id;         /* "job_...": the same in every attempt */
    gantry_str kind;
    gantry_str key;
    gantry_bytes payload;
    uint64_t deadline_ns;     /* of this attempt, on the clock of mono_ns; 0: none */
    int64_t scheduled_for_us; /* which time of its schedule this is; 0: it has none */
    gantry_str principal_id;  /* as in gantry_job */
} gantry_job_view;

/* Does a job. `run` names this attempt for progress() and finish(). GANTRY_OK: done. GANTRY_PENDING: finish() follows, and
 * until then the attempt goes on. A failure, with the reason in *error: tried again after error->retry_after_ms, or with
 * back-off, up to attempts_max; then, and after GANTRY_E_INVALID at once, it is a dead letter. [blocking] */
typedef gantry_status (*gantry_job_handler)(void *user, gantry_id run, const gantry_job_view *job, gantry_error *error);

/* A kind of job and who does it. A member that is 0 is as the administrator set it. */
typedef struct gantry_job_kind {
    uint32_t struct_size;
    uint32_t concurrency;    /* runs at once in this host */
    uint32_t attempts_max;
    uint32_t retry_first_ms; /* pause after the first failure; doubled after each further one, and shortened at random */
    uint32_t retry_max_ms;
    uint32_t reserved;
    gantry_str kind; /* [a-z0-9_.-]{1,100}, the plugin's own name for it */
    gantry_job_handler handler;
    void *user;
} gantry_job_kind;

enum {
    GANTRY_CATCH_UP_SKIP = 0, /* times that passed while no host was there are forgotten */
    GANTRY_CATCH_UP_ONCE = 1, /* one job for all of them */
    GANTRY_CATCH_UP_ALL = 2   /* a job for each, for the last catch_up_max of them */
};

/* A job that comes by the clock, once for all hosts together. */
typedef struct gantry_job_schedule {
    uint32_t struct_size;
    uint32_t catch_up;     /* GANTRY_CATCH_UP_* */
    uint32_t catch_up_max; /* 0: 100 */
    uint32_t reserved;
    gantry_str name;      /* [a-z0-9_.-]{1,100}: an administrator finds it by this, across restarts */
    gantry_str cron;      /* five fields, "30 2 * * mon-fri", or "@daily"; an administrator may change it */
    gantry_str time_zone; /* of the IANA database, "Europe/Berlin"; empty: UTC */
    gantry_str kind;      /* given to handle() before */
    gantry_bytes payload;
} gantry_job_schedule;

typedef struct gantry_job {
    uint32_t struct_size;
    uint32_t attempts_max; /* 0: that of the kind */
    gantry_str kind;
    gantry_str key; /* not empty: while a job of this kind and key waits or runs, another is GANTRY_E_CONFLICT; 256 bytes */
    gantry_bytes payload;
    uint64_t delay_ms;
    uint64_t deadline_ms;  /* of one attempt; 0: none. It does not end the attempt, progress() tells of it */
    gantry_id transaction; /* of gantry.database/1: the job exists if, and only if, that commits; 0: at once */
    /* The id of the principal that the work is done for: it may follow and cancel the job at the host's /api/v1/jobs/{id},
     * without seeing the payload. 256 bytes; empty: administrators only. */
    gantry_str principal_id;
} gantry_job;

/* job_id is empty unless status is GANTRY_OK. GANTRY_E_CONFLICT: the key is taken; a transaction goes on. [worker] */
typedef void (*gantry_submit_done)(void *user, gantry_status status, gantry_str job_id, const gantry_error *error);

typedef struct gantry_jobs {
    uint32_t struct_size;
    uint32_t reserved;
    /* Copies what it is given. In start() only. [control] */
    gantry_status (*handle)(const gantry_host *host, const gantry_job_kind *kind, gantry_error *error);
    /* Likewise. GANTRY_E_INVALID: the expression or the zone is wrong, or the kind is not handled. [control] */
    gantry_status (*schedule)(const gantry_host *host, const gantry_job_schedule *schedule, gantry_error *error);
    /* Copies what it is given. A non-negative status promises one call of `done`; with GANTRY_OK the job is on the disk
     * (in a transaction: will be with its commit). GANTRY_E_BUSY: too many wait. [any] */
    gantry_status (*submit)(const gantry_host *host, const gantry_job *job, gantry_submit_done done, void *user);
    /* How far a run is, 0 to 1000, for people. GANTRY_E_CANCELLED: somebody wants it to end early, or the plugin stops;
     * GANTRY_E_TIMEOUT: its deadline has passed; GANTRY_E_GONE: it is over. [any] */
    gantry_status (*progress)(const gantry_host *host, gantry_id run, uint32_t permille, gantry_str note);
    /* Ends a run whose handler answered GANTRY_PENDING; status and error as the handler's. GANTRY_E_GONE: it is over.
     * [any] */
    gantry_status (*finish)(const gantry_host *host, gantry_id run, gantry_status status, const gantry_error *error);
    /* Cancels a job of this plugin's own that waits, asks one that runs to end early. `done` gets GANTRY_E_NOT_FOUND, or
     * GANTRY_E_CONFLICT if it is over. [any] */
    gantry_status (*cancel)(const gantry_host *host, gantry_str job_id, gantry_done done, void *user);
} gantry_jobs;

#ifdef __cplusplus
}
#endif
#endif
