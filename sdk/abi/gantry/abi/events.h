/* gantry/abi/events.h - gantry.events/1: what happened, told to whom it concerns, in this host and in others.
 *
 * A published event is a row in the host's PostgreSQL. A durable subscription gets every event from its first moment on,
 * at least once, in order, whoever was away meanwhile; one host at a time delivers it. A subscription that is not durable
 * hears, on every host, what comes while it is there.
 *
 * What start() registers takes effect when the instance serves, in place of what the former instance of the same plugin
 * had. */
#ifndef GANTRY_ABI_EVENTS_H
#define GANTRY_ABI_EVENTS_H

#include <gantry/abi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GANTRY_EVENTS "gantry.events/1"

/* Borrowed for the call. */
typedef struct gantry_event {
    uint32_t struct_size;
    uint32_t attempt;     /* of this delivery, 1 at first; ignored by publish() */
    gantry_str topic;     /* "notes.created": words of [a-z0-9_-] with dots; begins with the publisher's id */
    gantry_str key;       /* events of one topic and key arrive in order; 256 bytes */
    gantry_str id;        /* of its source; the same at each delivery: dedupe by both. publish(): empty, or one id for one
                             event of this plugin, 100 bytes */
    gantry_bytes payload; /* JSON */
    int64_t time_us;      /* of its publication; ignored by publish() */
    gantry_str source;    /* the plugin that published it; ignored by publish() */
} gantry_event;

/* GANTRY_OK: taken. A failure, with the reason in *error, delivers a durable event again, with back-off and before any
 * later one; after events.attempts_max it is a dead letter. One call at a time for a subscription. [blocking] */
typedef gantry_status (*gantry_subscriber)(void *user, const gantry_event *event, gantry_error *error);

typedef struct gantry_subscription {
    uint32_t struct_size;
    uint32_t flags;     /* GANTRY_SUBSCRIBE_* */
    gantry_str name;    /* [a-z0-9_.-]{1,100}: a durable subscription is known by it across restarts */
    gantry_str pattern; /* "notes.created", "notes.*" for all below, "*" for all there are */
    gantry_subscriber subscriber;
    void *user;
} gantry_subscription;
enum { GANTRY_SUBSCRIBE_DURABLE = 1 /* catches up on what came while it was away */ };

enum { GANTRY_PUBLISH_LOCAL = 1 /* only to subscriptions of this process that are not durable; nothing is written */ };

typedef struct gantry_events {
    uint32_t struct_size;
    uint32_t reserved;
    /* Copies what it is given. With GANTRY_PUBLISH_LOCAL: `done` and `transaction` are NULL and 0, GANTRY_OK is all.
     * Otherwise a non-negative status promises one call of `done`; with GANTRY_OK the event is on the disk, or will be with
     * the commit of `transaction` (of gantry.database/1; 0: none). GANTRY_E_DENIED: another plugin's topic.
     * GANTRY_E_BUSY: too many wait. [any] */
    gantry_status (*publish)(const gantry_host *host, const gantry_event *event, uint32_t flags, gantry_id transaction,
                             gantry_done done, void *user);
    /* Copies what it is given. In start() only. [control] */
    gantry_status (*subscribe)(const gantry_host *host, const gantry_subscription *subscription, gantry_error *error);
} gantry_events;

#ifdef __cplusplus
}
#endif
#endif
