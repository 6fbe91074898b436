/* gantry/abi/metrics.h - gantry.metrics/1: counters, gauges and histograms on the host's /metrics.
 *
 * A metric is published as gantry_<plugin>_<name>, from the moment the instance serves until it ends. When the next
 * generation of a plugin defines a metric with the same kind, labels and buckets, its series go on; otherwise the new one
 * takes its place as soon as the new instance serves.
 *
 * The host bounds the number of distinct label values of a metric (metrics.series_max). What is beyond that, values longer
 * than 128 bytes and values that are no UTF-8 are recorded in one more series whose label values are all "other", and
 * counted in gantry_metrics_dropped_total. So never use as a label what has no end: ids, paths, mail addresses. */
#ifndef GANTRY_ABI_METRICS_H
#define GANTRY_ABI_METRICS_H

#include <gantry/abi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GANTRY_METRICS "gantry.metrics/1"

enum { GANTRY_METRIC_COUNTER = 1, GANTRY_METRIC_GAUGE = 2, GANTRY_METRIC_HISTOGRAM = 3 };

typedef struct gantry_metric {
    uint32_t struct_size;
    uint32_t kind;  /* GANTRY_METRIC_* */
    gantry_str name; /* "exported_total", [a-zA-Z_][a-zA-Z0-9_]*; a counter's ends in _total, a unit stands in it: "_seconds" */
    gantry_str help; /* one sentence; at most 1 KiB */
    const gantry_str *labels; /* names; at most 8; not "le" for a histogram, no "__" at the begin */
    uint32_t labels_n;
    uint32_t buckets_n;    /* at most 64; 0: 1 ms to 10 s, for durations in seconds */
    const double *buckets; /* upper bounds of a histogram, finite, ascending; +Inf is added by the host */
} gantry_metric;

typedef struct gantry_metrics {
    uint32_t struct_size;
    uint32_t reserved;
    /* Defines a metric, in start() only; at most 256. Everything passed is copied. The same metric again gives the same id.
     * GANTRY_E_INVALID: a name or number that cannot be; GANTRY_E_CONFLICT: the name is taken; GANTRY_E_LIMIT: too many;
     * GANTRY_E_DENIED: start() is over. [control] */
    gantry_status (*define)(const gantry_host *host, const gantry_metric *metric, gantry_id *id, gantry_error *error);
    /* Counter: adds; gauge: sets; histogram: observes. `label_values` are as many as the labels, in their order; borrowed
     * for the call. Takes some tens of nanoseconds and no lock. GANTRY_E_INVALID: the number of values is wrong, or the
     * kind does not take `value` (a counter only grows); GANTRY_E_GONE: no such metric. [any] */
    gantry_status (*record)(const gantry_host *host, gantry_id metric, double value, const gantry_str *label_values, uint32_t n);
    /* Counter and gauge: adds `by`, which for a gauge may be negative. As record() else; GANTRY_E_INVALID for a
     * histogram. [any] */
    gantry_status (*add)(const gantry_host *host, gantry_id metric, double by, const gantry_str *label_values, uint32_t n);
} gantry_metrics;

#ifdef __cplusplus
}
#endif
#endif
