/* gantry/abi/draft/metrics.h - gantry.metrics/1: counters, gauges and histograms on the host's /metrics.
 *
 * Draft: no host serves it yet (query() answers GANTRY_E_UNSUPPORTED); it may change until it moves to gantry/abi/. */
#ifndef GANTRY_ABI_DRAFT_METRICS_H
#define GANTRY_ABI_DRAFT_METRICS_H

#include <gantry/abi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GANTRY_METRICS "gantry.metrics/1"

enum { GANTRY_METRIC_COUNTER = 1, GANTRY_METRIC_GAUGE = 2, GANTRY_METRIC_HISTOGRAM = 3 };

typedef struct gantry_metric {
    uint32_t struct_size;
    uint32_t kind;  /* GANTRY_METRIC_* */
    gantry_str name; /* "exported_total": published as gantry_<plugin>_exported_total */
    gantry_str help;
    const gantry_str *labels; /* names; the host bounds the number of distinct value sets */
    uint32_t labels_n;
    uint32_t buckets_n;
    const double *buckets; /* upper bounds of a histogram, ascending */
} gantry_metric;

typedef struct gantry_metrics {
    uint32_t struct_size;
    uint32_t reserved;
    gantry_status (*define)(const gantry_host *host, const gantry_metric *metric, gantry_id *id, gantry_error *error); /* [control] */
    /* Counter: adds; gauge: sets; histogram: observes. label_values as many as labels. [any] */
    gantry_status (*record)(const gantry_host *host, gantry_id metric, double value, const gantry_str *label_values, uint32_t n);
} gantry_metrics;

#ifdef __cplusplus
}
#endif
#endif
