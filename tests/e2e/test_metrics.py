"""GET /metrics of the real host: its own families, a plugin's, and who may read them."""

import re
import unittest

from gantry_host import FIXTURES, PLUGINS, GantryHost
from host_test_case import HostTestCase
from waiting import until

SAMPLE = re.compile(r'^([a-zA-Z_]\w*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (\S+)$')
LABEL = re.compile(r'([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"')


def parsed(text):
    """{(name, labels): value}; fails for a line that is not of the format, and for a sample without its TYPE."""
    samples, types = {}, {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in types, f"{name} stands twice"
            types[name] = kind
            continue
        if line.startswith("# HELP "):
            continue
        found = SAMPLE.match(line)
        assert found, f"not a sample: {line!r}"
        name, labels, value = found.groups()
        family = re.sub(r"_(bucket|sum|count)$", "", name) if name not in types else name
        assert family in types, f"{name} has no TYPE"
        key = (name, frozenset(LABEL.findall(labels or "")))
        assert key not in samples, f"{line!r} stands twice"
        samples[key] = float(value)
    return samples


class Metrics(HostTestCase):
    changes = {
        "plugin_directories": [str(PLUGINS), str(FIXTURES)],
        "plugins": {"counts": {}},
        "metrics": {"series_max": 3},
    }

    def samples(self):
        answer = self.host.get("/metrics")
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
        return parsed(answer.body.decode("utf-8"))

    def value(self, name, **labels):
        return self.samples().get((name, frozenset(labels.items())), 0)

    def test_requests_are_counted_by_template_and_never_by_path(self):
        labels = {"method": "GET", "endpoint": "/hello/{name}", "status": "2xx", "plugin": "hello"}
        before = self.value("gantry_http_requests_total", **labels)
        for name in ["Ada", "Grace", "Barbara"]:
            self.host.get(f"/hello/{name}")
        until(lambda: self.value("gantry_http_requests_total", **labels) == before + 3, "three more requests")
        self.assertNotIn("Ada", self.host.get("/metrics").body.decode())
        duration = {"endpoint": "/hello/{name}", "plugin": "hello"}
        count = self.value("gantry_http_request_duration_seconds_count", **duration)
        self.assertEqual(self.value("gantry_http_request_duration_seconds_bucket", **duration, le="+Inf"), count)
        self.assertGreater(self.value("gantry_http_response_bytes_total", **duration), 0)

    def test_what_no_route_serves_is_one_series_however_it_is_asked_for(self):
        labels = {"endpoint": "", "plugin": "", "status": "4xx"}
        before = self.value("gantry_http_requests_total", **labels, method="other")
        for method in ["BREW", "PROPFIND"]:
            self.host.request(method, f"/nowhere/{method}")
        until(lambda: self.value("gantry_http_requests_total", **labels, method="other") == before + 2, "both requests")

    def test_a_plugins_metric_is_bounded(self):
        for i in range(5):
            self.assertEqual(self.host.get(f"/counts/{i}").status, 200)
        samples = self.samples()
        series = {key: value for key, value in samples.items() if key[0] == "gantry_counts_seen_total"}
        self.assertEqual(len(series), 4)
        self.assertEqual(samples[("gantry_counts_seen_total", frozenset({("call", "other")}))], 2)
        dropped = ("gantry_metrics_dropped_total", frozenset({("metric", "gantry_counts_seen_total")}))
        self.assertEqual(samples[dropped], 2)

    def test_the_host_tells_of_itself(self):
        samples = self.samples()
        for plugin in ["hello", "notes", "counts"]:
            self.assertEqual(samples[("gantry_plugin_up", frozenset({("plugin", plugin)}))], 1)
            state = frozenset({("plugin", plugin), ("state", "serving")})
            self.assertEqual(samples[("gantry_plugin_state", state)], 1)
        names = {name for name, _ in samples}
        for name in [
            "process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds",
            "process_start_time_seconds", "gantry_build_info", "gantry_http_requests_in_flight",
            "gantry_http_connections", "gantry_database_connections", "gantry_database_connections_in_use",
            "gantry_database_operations_waiting", "gantry_database_query_errors_total",
        ]:
            self.assertIn(name, names)
        self.assertGreaterEqual(self.value("gantry_http_requests_in_flight"), 1)

    def test_queries_and_their_failures_are_counted(self):
        before = self.value("gantry_database_operations_total")
        self.host.request("POST", "/notes", b'{"title":"t","body":"b"}', {"Content-Type": "application/json"})
        # The client may have its answer before the executor has counted.
        until(lambda: self.value("gantry_database_operations_total") > before, "the operation is counted")


class Token(unittest.TestCase):
    def test_the_page_is_for_who_bears_the_token(self):
        with GantryHost({"metrics": {"token": "sesame"}}) as host:
            self.assertEqual(host.get("/metrics").status, 401)
            self.assertEqual(host.get("/metrics", {"Authorization": "Bearer sesamE"}).status, 401)
            self.assertEqual(host.get("/metrics", {"Authorization": "Bearer sesame"}).status, 200)
            self.assertNotIn("sesame", host.stderr())


if __name__ == "__main__":
    unittest.main()
