"""Routes that may be called only so often: who is counted, what is told, and what happens while nobody can count."""

import concurrent.futures
import time
import unittest

from gantry_host import FIXTURES, PLUGINS, GantryHost
from host_test_case import HostTestCase
from test_kv import Redis
from waiting import until

TOKEN = "a-token-of-thirty-two-characters"
ADMIN = {"Authorization": f"Bearer {TOKEN}"}
HOUR = {"window": "1h"}


def bearer(name):
    return {"Authorization": f"Bearer {name}"}


def limited(rules, **more):
    return {
        "identity": {"admin_token": TOKEN},
        "reload_watch": "10ms",
        "plugin_directories": [str(PLUGINS), str(FIXTURES)],
        "plugins": {"keyholder": {}},
        "rate_limits": {"rules": rules, **more.pop("rate_limits", {})},
        **more,
    }


def outcomes(host, rule):
    """How often the rule said what."""
    begin = f'gantry_rate_limit_requests_total{{rule="{rule}",outcome="'
    lines = [line[len(begin) :] for line in host.get("/metrics").text().splitlines() if line.startswith(begin)]
    return {line.split('"')[0]: int(line.split()[-1]) for line in lines}


class Limits(HostTestCase):
    changes = limited(
        {
            "single": {"owners": "notes", "routes": "/notes/{id}", "methods": "GET", "limit": 3, **HOUR},
            "callers": {"owners": "keyholder", "routes": "/whoami", "limit": 2, **HOUR},
            "everybody": {"routes": ["/open"], "counts": "together", "limit": 4, "callers": "anonymous", **HOUR},
            "notes-writes": {"owners": "notes", "methods": "POST", "limit": 5, **HOUR},
            "notes": {"owners": "notes", "routes": "/notes*", "limit": 100, "window": "10m"},
            "administration": {"owners": "host", "routes": "/api/v1/plugins/*", "limit": 2, **HOUR},
        },
        rate_limits={"trusted_proxies": ["127.0.0.0/8"]},
    )

    def expect_limits(self, answer, limit, remaining):
        told = [answer.headers[f"X-RateLimit-{name}"] for name in ("Limit", "Remaining", "Reset")]
        self.assertEqual(told[:2], [str(limit), str(remaining)])
        self.assertGreater(int(told[2]), 0)

    def test_beyond_the_limit_is_429_with_all_that_helps(self):
        address = {"X-Forwarded-For": "192.0.2.1"}
        for remaining in (2, 1, 0):
            answer = self.host.get("/notes/note_7", address)
            self.assertEqual(answer.status, 404)
            self.expect_limits(answer, 3, remaining)
        refused = self.host.get("/notes/note_7", address)
        self.expect_problem(refused, 429, "RATE_LIMITED")
        self.expect_limits(refused, 3, 0)
        self.assertEqual(refused.headers["Retry-After"], refused.headers["X-RateLimit-Reset"])
        self.assertLessEqual(int(refused.headers["Retry-After"]), 3600 + 225, "a slice may count a sixteenth longer")
        self.assertEqual(refused.json()["details"]["limit"], "single")
        other = self.host.get("/notes/note_7", {"X-Forwarded-For": "192.0.2.2"})
        self.expect_limits(other, 3, 2)
        self.assertGreaterEqual(outcomes(self.host, "single")["exceeded"], 1)

    def test_each_principal_has_a_window_of_its_own(self):
        for name in ("alice", "bob"):
            self.assertEqual([self.host.get("/whoami", bearer(name)).status for _ in range(3)], [200, 200, 429], name)
        self.assertEqual(self.host.get("/whoami").status, 401, "who is not let in is not counted")

    def test_all_together_share_one_and_only_anonymous_ones_if_so_wished(self):
        statuses = [self.host.get("/open", {"X-Forwarded-For": f"192.0.2.{n}"}).status for n in range(6)]
        self.assertEqual(statuses, [200] * 4 + [429] * 2)

    def test_all_rules_that_fit_count_and_the_nearest_to_its_end_is_told(self):
        address = {"X-Forwarded-For": "192.0.2.77"}
        self.expect_limits(self.host.request("POST", "/notes", {"title": "one"}, address), 5, 4)
        self.expect_limits(self.host.get("/notes", address), 100, 98)

    def test_the_hosts_own_routes_are_limited_where_a_rule_names_the_host(self):
        self.assertEqual([self.host.get("/api/v1/plugins/hello", ADMIN).status for _ in range(3)], [200, 200, 429])
        self.assertIsNone(self.host.get("/api/v1/plugins", ADMIN).headers["X-RateLimit-Limit"])
        self.assertIsNone(self.host.get("/healthz").headers["X-RateLimit-Limit"])

    def test_openapi_tells_of_it(self):
        paths = self.host.get("/openapi.json").json()["paths"]
        single = paths["/notes/{id}"]["get"]
        self.assertEqual(
            single["x-gantry-rate-limits"],
            [
                {"name": "single", "limit": 3, "window_ms": 3_600_000},
                {"name": "notes", "limit": 100, "window_ms": 600_000},
            ],
        )
        self.assertEqual(single["responses"]["429"], {"$ref": "#/components/responses/TooManyRequests"})
        self.assertNotIn("429", paths["/healthz"]["get"]["responses"])

    def test_a_route_declares_its_own_limit(self):
        for name in ("carol", "dave"):
            self.assertEqual([self.host.get("/rationed", bearer(name)).status for _ in range(3)], [200, 200, 429], name)
        refused = self.host.get("/rationed", bearer("carol"))
        self.assertEqual(refused.json()["details"]["limit"], "keyholder_rationed")
        told = self.host.get("/openapi.json").json()["paths"]["/rationed"]["get"]["x-gantry-rate-limits"]
        self.assertEqual(told, [{"name": "keyholder_rationed", "limit": 2, "window_ms": 3_600_000}])
        self.assertGreaterEqual(outcomes(self.host, "keyholder_rationed")["exceeded"], 3)

    def test_asking_for_methods_costs_nothing(self):
        self.assertIsNone(self.host.request("OPTIONS", "/notes/note_7").headers["X-RateLimit-Limit"])


class Windows(unittest.TestCase):
    def test_two_hundred_at_once_are_counted_exactly(self):
        with GantryHost(limited({"greetings": {"owners": "hello", "limit": 50, **HOUR}})) as host:
            with concurrent.futures.ThreadPoolExecutor(20) as callers:
                statuses = list(callers.map(lambda _: host.get("/hello/World").status, range(200)))
            self.assertEqual((statuses.count(200), statuses.count(429)), (50, 150))

    def test_a_window_passes_and_never_lets_more_through_than_it_may(self):
        with GantryHost(limited({"greetings": {"owners": "hello", "limit": 2, "window": "1s"}})) as host:
            passed = []
            deadline = time.monotonic() + 30
            while len(passed) < 8 and time.monotonic() < deadline:
                before = time.monotonic()
                if host.get("/hello/World").status == 200:
                    passed.append((before, time.monotonic()))
            self.assertEqual(len(passed), 8, "windows pass")
            for first, third in zip(passed, passed[2:]):
                # From when the first may have been counted at the earliest to when the third was at the latest.
                self.assertGreaterEqual(third[1] - first[0], 1.0)

    def test_a_reload_changes_the_rules_and_keeps_the_windows(self):
        with GantryHost(limited({"greetings": {"owners": "hello", "limit": 2, **HOUR}})) as host:
            self.assertEqual([host.get("/hello/World").status for _ in range(3)], [200, 200, 429])
            host.reload()
            self.assertEqual(host.get("/hello/World").status, 429)
            host.reload({"rate_limits": {"rules": {"greetings": {"limit": 3}}}})
            self.assertEqual([host.get("/hello/World").status for _ in range(2)], [200, 429])

    def test_a_rule_takes_the_place_of_the_limit_that_a_route_declares(self):
        rule = {"owners": "keyholder", "routes": "/rationed", "limit": 3, **HOUR}
        with GantryHost(limited({"keyholder_rationed": rule})) as host:
            self.assertEqual([host.get("/rationed", bearer("eve")).status for _ in range(4)], [200, 200, 200, 429])

    def test_a_spoofed_address_helps_nobody(self):
        with GantryHost(limited({"greetings": {"owners": "hello", "limit": 2, **HOUR}})) as host:
            statuses = [host.get("/hello/World", {"X-Forwarded-For": f"192.0.2.{n}"}).status for n in range(4)]
            self.assertEqual(statuses, [200, 200, 429, 429])


class SharedStores(unittest.TestCase):
    def test_hosts_share_a_window_and_a_redis_that_is_away_is_met_as_stated(self):
        rules = {
            "reads": {"owners": "hello", "limit": 5, **HOUR},
            "writes": {"owners": "notes", "limit": 5, **HOUR},
            "open": {"owners": "keyholder", "routes": "/open", "limit": 5, "when_away": "open", **HOUR},
            "closed": {"owners": "keyholder", "routes": "/whoami", "limit": 5, "when_away": "closed", **HOUR},
        }
        with Redis() as redis:
            settings = limited(rules, kv={"store": "redis", "redis_url": f"unix:{redis.socket}"})
            with GantryHost(settings) as host, GantryHost(settings) as other:
                statuses = [each.get("/hello/World").status for each in (host, other) * 3]
                self.assertEqual(statuses, [200] * 5 + [429])
                self.assertEqual(host.get("/whoami", bearer("alice")).headers["X-RateLimit-Remaining"], "4")
                self.assertEqual(other.get("/whoami", bearer("alice")).headers["X-RateLimit-Remaining"], "3")
                redis.kill()
                until(lambda: host.get("/hello/World").status == 200, "reads pass uncounted")
                self.assertIsNone(host.get("/hello/World").headers["X-RateLimit-Limit"])
                refused = host.request("POST", "/notes", {"title": "x"})
                self.assertEqual((refused.status, refused.json()["code"]), (503, "DEPENDENCY_UNAVAILABLE"))
                self.assertEqual(refused.headers["Retry-After"], "1")
                self.assertEqual(host.get("/open").status, 200)
                self.assertEqual(host.get("/whoami", bearer("alice")).status, 503)
                self.assertGreater(outcomes(host, "reads")["uncounted"], 0)
                self.assertEqual(outcomes(host, "writes")["unknown"], 1)
                redis.start()
                until(lambda: host.get("/whoami", bearer("alice")).status == 200, "it counts again")

    def test_postgresql_counts_over_restarts(self):
        settings = limited({"greetings": {"owners": "hello", "limit": 2, **HOUR}}, kv={"store": "postgresql"})
        with GantryHost(settings) as host:
            self.assertEqual([host.get("/hello/World").status for _ in range(3)], [200, 200, 429])
            host.kill()
            host.start()
            self.assertEqual(host.get("/hello/World").status, 429)


class IdleRules(unittest.TestCase):
    def test_a_rule_that_limits_nothing_is_told_at_each_start_and_reload(self):
        rules = {"login": {"owners": "nots", "limit": 3}, "reads": {"owners": "notes", "methods": "GET", "limit": 3}}
        with GantryHost({"reload_watch": "10ms", "rate_limits": {"rules": rules}}) as host:
            idle = host.logs(logger="limits", level="warn")
            self.assertEqual([line["rule"] for line in idle], ["login"])
            self.assertIn("no route", idle[0]["message"])
            host.reload({"rate_limits": {"rules": {"login": {"owners": "notes"}, "reads": {"methods": "FETCH"}}}})
            idle = host.logs(logger="limits", level="warn")
            self.assertEqual([line["rule"] for line in idle], ["login", "reads"])


if __name__ == "__main__":
    unittest.main()
