/* gantry/abi/draft/events.h - gantry.events/1: what happened, told to whom it concerns, in this host and in others.
 *
 * Draft: no host serves it yet (query() answers GANTRY_E_UNSUPPORTED); it may change until it moves to gantry/abi/. */
#ifndef GANTRY_ABI_DRAFT_EVENTS_H
#define GANTRY_ABI_DRAFT_EVENTS_H

#include <gantry/abi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GANTRY_EVENTS "gantry.events/1"

/* Borrowed until the subscriber returns. id is the same at each delivery of one event: dedupe by it. */
typedef struct gantry_event {
    uint32_t struct_size;
    uint32_t reserved;
    gantry_str topic; /* "notes.created" */
    gantry_str key;   /* events of one topic and key arrive in order */
    gantry_str id;
    gantry_bytes payload; /* JSON */
    int64_t time_us;
} gantry_event;

/* A failure status delivers it again, later. [blocking] */
typedef gantry_status (*gantry_subscriber)(void *user, const gantry_event *event);
enum { GANTRY_SUBSCRIBE_DURABLE = 1 /* catches up on what came while it was away */ };

typedef struct gantry_events {
    uint32_t struct_size;
    uint32_t reserved;
    /* transaction: as in gantry_job. event->id may be empty: the host makes one. [any] */
    gantry_status (*publish)(const gantry_host *host, const gantry_event *event, gantry_id transaction, gantry_done done, void *user);
    /* pattern: "notes.created", "notes.*"; name identifies a durable subscription across restarts. [control] */
    gantry_status (*subscribe)(const gantry_host *host, gantry_str name, gantry_str pattern, uint32_t flags,
                               gantry_subscriber subscriber, void *user, gantry_id *subscription, gantry_error *error);
    gantry_status (*unsubscribe)(const gantry_host *host, gantry_id subscription); /* [control] */
} gantry_events;

#ifdef __cplusplus
}
#endif
#endif
