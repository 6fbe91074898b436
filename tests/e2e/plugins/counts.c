/* GET /counts counts itself under a label that is another one each time. */
#include "tests/fixtures/plugins/route.h"

#include <stdio.h>

static const gantry_metrics* metrics;
static gantry_id seen;

static gantry_status handle(void* user, gantry_id request, const gantry_request* view) {
    (void)user;
    (void)view;
    static int calls;
    char text[16];
    snprintf(text, sizeof text, "%d", __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED));
    const gantry_str value = fixture_str(text);
    if (metrics->record(fixture_host, seen, 1, &value, 1) < 0) return GANTRY_E_INTERNAL;
    return fixture_reply(request, "counted");
}
static gantry_status start(gantry_plugin* plugin, gantry_error* error) {
    (void)plugin;
    const void* service = NULL;
    const gantry_status found = fixture_host->query(fixture_host, fixture_str(GANTRY_METRICS), &service);
    if (found < 0) return found;
    metrics = (const gantry_metrics*)service;
    const gantry_str label = fixture_str("call");
    gantry_metric metric;
    memset(&metric, 0, sizeof metric);
    metric.struct_size = sizeof metric;
    metric.kind = GANTRY_METRIC_COUNTER;
    metric.name = fixture_str("seen_total");
    metric.help = fixture_str("Calls of this route");
    metric.labels = &label;
    metric.labels_n = 1;
    const gantry_status defined = metrics->define(fixture_host, &metric, &seen, error);
    return defined < 0 ? defined : fixture_add_route("/counts/{what}", handle, error);
}
FIXTURE_OBJECT(.start = start, .stop = fixture_stop, .destroy = fixture_destroy)
FIXTURE_SECTIONS("counts", "use=gantry.http.server/1:32\0use=gantry.metrics/1:24",
                 "services: [gantry.http.server/1, gantry.metrics/1]\n");
FIXTURE_ENTRY(FIXTURE_IDENTITY("counts"), .create = fixture_create);
