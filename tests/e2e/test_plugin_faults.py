"""Plugins that break their promises: the client gets a clear answer, the host and the other plugins go on."""

import concurrent.futures
import shutil
import unittest

from gantry_host import FIXTURES, PLUGINS, GantryHost, temporary_directory
from host_test_case import HostTestCase
from waiting import until

DIRECTORIES = [str(PLUGINS), str(FIXTURES)]


class Handlers(HostTestCase):
    changes = {
        "plugin_directories": DIRECTORIES,
        "http": {"request_deadline": "300ms"},
        "plugins": {
            "notes": None,
            "late_completion": {},
            "double_completion": {},
            "throws_in_handler": {},
            "never_answers": {},
        },
    }

    def test_a_second_answer_to_one_request_goes_nowhere(self):
        with self.host.wire() as wire:
            for _ in range(10):
                wire.send(b"GET /double_completion HTTP/1.1\r\nHost: x\r\n\r\nGET /hello/World HTTP/1.1\r\nHost: x\r\n\r\n")
                self.assertEqual(wire.answer().body, b"first")
                self.assertEqual(wire.answer().body, b"Hello, World!\n")

    def test_an_answer_that_comes_too_late_finds_nobody(self):
        self.expect_problem(self.host.get("/late_completion"), 500, "NO_ANSWER")
        gone = -6
        self.assertEqual(int(self.host.get("/late_completion").text()), gone)

    def test_an_exception_is_a_500_without_its_text(self):
        for _ in range(5):
            answer = self.host.get("/throws_in_handler")
            self.expect_problem(answer, 500, "INTERNAL_ERROR")
            self.assertNotIn(b"thrown on purpose", answer.body)

    def test_no_answer_is_a_504_when_the_deadline_passes(self):
        connections = [self.host.connect() for _ in range(20)]
        for connection in connections:
            connection.request("GET", "/never_answers")
        self.assertEqual(self.host.get("/hello/World").status, 200)
        for connection in connections:
            response = connection.getresponse()
            self.assertEqual(response.status, 504)
            self.assertIn(b'"code":"DEADLINE_EXCEEDED"', response.read())
            connection.close()

    def test_a_client_that_does_not_wait_for_the_answer_costs_nothing(self):
        self.host.get("/hello/World")
        before = self.host.descriptors()
        for _ in range(50):
            with self.host.wire() as wire:
                wire.send(b"GET /never_answers HTTP/1.1\r\nHost: x\r\n\r\n")
        until(lambda: self.host.descriptors() <= before, "descriptors are back")


class OwnHostCase(unittest.TestCase):
    """Each test has a host of its own, but they share a data directory: making a cluster is what takes long."""

    @classmethod
    def setUpClass(cls):
        cls.directory = temporary_directory()
        cls.addClassCleanup(shutil.rmtree, cls.directory)

    def host(self, plugins, changes=None):
        own = {
            "data_directory": str(self.directory / "data"),
            "plugin_directories": DIRECTORIES,
            "plugins": {"notes": None, **plugins},
        }
        return GantryHost({**own, **(changes or {})})


class Ends(OwnHostCase):
    def test_an_answer_after_the_end_of_the_plugin_goes_nowhere(self):
        changes = {"plugin_drain_deadline": "200ms", "http": {"listen": ["127.0.0.1:0"], "drain_deadline": "200ms"}}
        with self.host({"answers_after_stop": {}}, changes) as host, host.wire() as wire:
            wire.send(b"GET /answers_after_stop HTTP/1.1\r\nHost: x\r\n\r\n")
            host.get("/hello/World")
            host.stop()  # the plugin aborts the process if its late answer was taken
            self.assertNotIn(b"after the end", wire.rest())

    def test_a_plugin_that_throws_at_its_end_does_not_take_the_host_with_it(self):
        for name in ["throws_in_stop", "throws_in_quiesce", "throws_in_destroy", "calls_after_stop"]:
            with self.subTest(name), self.host({name: {}}) as host:
                host.expect_alive()
                host.stop()


class Health(OwnHostCase):
    def test_one_that_does_not_answer_is_down_and_costs_nobody_a_thread(self):
        sign = self.directory / "silent"
        with self.host({"falls_silent": {"sign": str(sign)}}, {"http": {"blocking_threads": 2}}) as host:
            self.assertEqual(host.get("/readyz").status, 200)
            sign.touch()
            until(lambda: host.get("/readyz").status == 503, "it is down")
            with concurrent.futures.ThreadPoolExecutor() as probes:
                answers = list(probes.map(host.get, 10 * ["/readyz", "/health"]))
            self.assertEqual({answer.status for answer in answers}, {503})
            self.assertIn("plugin falls_silent is down", answers[0].text())
            sign.unlink()
            until(lambda: host.get("/readyz").status == 200, "it is up again")
            host.expect_alive()


class Starts(OwnHostCase):
    """What on_failure says about a plugin that cannot start."""

    def with_policy(self, policy, plugin="fails_after_route"):
        return self.host({plugin: {"host": {"on_failure": policy}}})

    def expect_refusal(self, host, *words, code=1):
        self.addCleanup(host.clean_up)
        host.launch()
        self.assertEqual(host.wait(), code, host.stderr())
        for word in words:
            self.assertIn(word, host.stderr())
        host.expect_no_sanitizer_report()
        self.assertEqual(host.banner, [])

    def test_required_stops_the_host_with_the_reason(self):
        self.expect_refusal(self.with_policy("required"), "fails_after_route", "the upstream is not reachable")

    def test_optional_goes_on_without_it(self):
        with self.with_policy("optional") as host:
            host.expect_alive()
            self.assertEqual(host.get("/fails_after_route").status, 404)
            self.assertRegex("\n".join(host.banner), r"plugin fails_after_route 1\.0\.0 failed: .*the upstream is not")

    def test_closed_answers_503_where_it_would_have_served(self):
        with self.with_policy("closed") as host:
            host.expect_alive()
            answer = host.get("/fails_after_route")
            self.assertEqual((answer.status, answer.json()["code"]), (503, "DEPENDENCY_UNAVAILABLE"))
            self.assertIn("fails_after_route", answer.json()["detail"])
            self.assertNotIn("upstream", answer.text())

    def test_throwing_plugins_are_refused_by_name(self):
        for name in ["throws_in_create", "throws_in_configure", "throws_in_start", "create_returns_null"]:
            with self.subTest(name):
                self.expect_refusal(self.with_policy("required", name), name)

    def test_what_can_be_seen_without_starting_is_a_wrong_configuration(self):
        self.expect_refusal(self.with_policy("required", "throws_in_describe"), "throws_in_describe", code=3)
        self.expect_refusal(self.host({"cycle_a": {}, "cycle_b": {}}), "cycle_a -> cycle_b -> cycle_a", code=3)

    def test_a_start_that_never_returns_is_given_up(self):
        hanging = {"hangs_in_start": {"host": {"on_failure": "optional"}}}
        with self.host(hanging, {"plugin_start_deadline": "300ms"}) as host:
            host.expect_alive()
            self.assertRegex("\n".join(host.banner), r"plugin hangs_in_start 1\.0\.0 failed: ")

    def test_one_route_has_one_owner(self):
        self.expect_refusal(self.with_policy("required", "same_route"), "same_route", "hello", "/hello/{who}")
        with self.with_policy("optional", "same_route") as host:
            host.expect_alive()

    def test_what_requires_a_failed_plugin_fails_with_it(self):
        optional = {"host": {"on_failure": "optional"}}
        with self.host({"fails_in_start": optional, "requires_fails_in_start": optional}) as host:
            host.expect_alive()
            self.assertRegex("\n".join(host.banner), r"plugin requires_fails_in_start 1\.0\.0 failed: .*fails_in_start")


if __name__ == "__main__":
    unittest.main()
