"""PostgreSQL and Redis that answer late or not at all: requests end at their deadlines, all else goes on, and all comes back."""

import concurrent.futures
import time
import unittest

from gantry_host import FIXTURES, PLUGINS, GantryHost
from postgres_server import PostgresServer
from slow_proxy import SlowProxy
from test_kv import Redis
from test_reload import Readers
from waiting import until


class SlowCase(unittest.TestCase):
    def expect_refusals(self, host, path, seconds_max, codes):
        """Twenty at once, all refused in time with a problem, while the rest of the host answers within a second."""
        with concurrent.futures.ThreadPoolExecutor(20) as clients:
            began = time.monotonic()
            asked = [clients.submit(host.get, path) for _ in range(20)]
            while not all(one.done() for one in asked):
                for other in ("/healthz", "/hello/World"):
                    before = time.monotonic()
                    self.assertEqual(host.get(other).status, 200)
                    self.assertLess(time.monotonic() - before, 1)
                time.sleep(0.05)
            self.assertLess(time.monotonic() - began, seconds_max)
        for one in asked:
            answer = one.result()
            self.assertIn((answer.status, answer.json()["code"]), codes)
            self.assertEqual(answer.headers["Content-Type"], "application/problem+json")


class SlowPostgres(SlowCase):
    deadlines = {"statement_deadline": "700ms", "queue_deadline": "700ms", "connections": 4}

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(PostgresServer())
        cls.proxy = cls.enterClassContext(SlowProxy(cls.server.directory / ".s.PGSQL.5432"))
        url = f"postgresql://gantry@127.0.0.1:{cls.proxy.port}/gantry"
        cls.host = cls.enterClassContext(GantryHost({"database": {"url": url, **cls.deadlines}}))

    def tearDown(self):
        self.proxy.let_pass()
        until(lambda: self.host.get("/notes").status == 200, "it has come back by itself")
        self.host.expect_alive()

    def test_one_that_is_silent_costs_no_request_more_than_its_deadline(self):
        # What is under way is given 2 s more to be cancelled, and nothing waits for a new connection longer than it may.
        self.proxy.hold()
        self.expect_refusals(self.host, "/notes", 4.5, {(503, "DEPENDENCY_UNAVAILABLE"), (504, "DEADLINE_EXCEEDED")})

    def test_one_that_is_late_is_waited_for(self):
        self.proxy.let_pass(0.05)
        began = time.monotonic()
        self.assertEqual(self.host.get("/notes").status, 200)
        self.assertGreater(time.monotonic() - began, 0.1, "the proxy delays nothing")


class SlowRedis(SlowCase):
    def test_one_that_is_silent_costs_no_request_more_than_its_deadline(self):
        with Redis() as redis, SlowProxy(redis.socket) as proxy:
            changes = {
                "plugin_directories": [str(PLUGINS), str(FIXTURES)],
                "plugins": {"notes": None, "keeps": {}},
                "kv": {"store": "redis", "redis_url": f"redis://127.0.0.1:{proxy.port}"},
            }
            with GantryHost(changes) as host:
                self.assertEqual(host.get("/keeps/a").status, 200)
                proxy.hold()
                self.expect_refusals(host, "/keeps/a", 15, {(503, "DEPENDENCY_UNAVAILABLE"), (504, "DEADLINE_EXCEEDED")})
                proxy.let_pass()
                until(lambda: host.get("/keeps/a").status == 200, "it has come back by itself")
                host.expect_alive()


class LogFlood(unittest.TestCase):
    def test_a_postgresql_that_is_gone_under_load_does_not_flood_the_log(self):
        with PostgresServer() as server, SlowProxy(server.directory / ".s.PGSQL.5432") as proxy:
            url = f"postgresql://gantry@127.0.0.1:{proxy.port}/gantry"
            with GantryHost({"database": {"url": url, "queue_deadline": "200ms"}}) as host:
                self.expect_few_lines(host, proxy)

    def expect_few_lines(self, host, proxy):
        with Readers(host.address, "/notes", count=8) as readers:
            until(lambda: readers.answered > 20, "there is load")
            begin = len(host.logs())
            proxy.cut()
            until(lambda: len(readers.refused) > 100, "requests are refused")
            proxy.let_pass()
            until(lambda: host.get("/notes").status == 200, "it has come back by itself")
        lines = [line for line in host.logs()[begin:] if line["message"] != "request"]
        # Each request has its line in the access log; what else is said does not grow with them.
        self.assertLess(len(lines), 60, [line["message"] for line in lines][:100])
        self.assertTrue([line for line in lines if line["message"] == "the database cannot be used"])
        host.expect_alive()


if __name__ == "__main__":
    unittest.main()
