"""One plugin calls another: through the host, with a deadline, across reloads, and on the books of the administrator."""

import json
import threading
import time
import unittest

from gantry_host import FIXTURES, PLUGINS, GantryHost
from host_test_case import HostTestCase
from http_client import ask, connect
from waiting import until

TOKEN = "a-token-of-sufficient-length-for-the-tests"
READING = {
    "plugin_directories": [str(PLUGINS), str(FIXTURES)],
    "plugins": {"hello": {}, "notes": None, "library": {}, "reader": {}, "mute": {}},
    "reload_watch": "10ms",
    "plugin_drain_deadline": "2s",
}


def metric(host, name, **labels):
    """The value of one series; 0 if there is none."""
    for line in host.get("/metrics").text().splitlines():
        if line.startswith(name + "{") and all(f'{label}="{value}"' in line for label, value in labels.items()):
            return float(line.rsplit(" ", 1)[1])
    return 0


class Calls(HostTestCase):
    changes = {**READING, "services": {"payload_bytes_max": "64KiB"}, "identity": {"admin_token": TOKEN}}

    def ask(self, method, body=b"what", way="ask"):
        return self.host.request("POST", f"/reader/{way}/{method}", body=body)

    def test_a_call_is_answered(self):
        found = self.ask("find").json()
        self.assertEqual((found["found"], found["shelf"], found["caller"]), ("what", "A", "reader"))
        self.assertEqual(self.ask("read", "grüße".encode()).text(), "grüße")
        self.assertEqual(self.ask("read", b"x", way="patiently").text(), "x")

    def test_who_asked_comes_along(self):
        answer = self.host.get("/reader/known", headers={"X-User": "anna"})
        found = answer.json()
        self.assertEqual(json.loads(found["principal"])["id"], "usr_anna")
        self.assertEqual(found["request_id"], answer.headers["X-Request-Id"])
        self.assertEqual(self.ask("find").json()["principal"], "", "a call on nobody's behalf")

    def test_lines_of_the_log_tell_the_request_wherever_they_are_written_for_it(self):
        headers = {"X-User": "anna", "X-Request-Id": "one-of-many"}
        self.assertEqual(self.host.get("/reader/known", headers=headers).status, 200)
        lines = until(lambda: self.host.logs(logger="reader", message="has read"), "the last line")
        self.assertEqual(lines[-1]["request_id"], "of its own", "what the plugin says itself counts")
        lines = [line for line in self.host.logs(request_id="one-of-many") if line["message"] != "request"]
        told = [(line["logger"], line["message"]) for line in lines]
        self.assertEqual(told, [("reader", "asks"), ("reader", "has found"), ("library", "reads aloud")])

    def test_a_defect_of_the_provider_is_not_told(self):
        answer = self.ask("burn")
        self.expect_problem(answer, 500, "INTERNAL_ERROR")
        self.assertNotIn(b"the text of a defect", answer.body)

    def test_what_cannot_be_is_an_error_that_says_so(self):
        self.expect_problem(self.ask("nothing"), 501, "SERVICE_NO_METHOD")
        self.expect_problem(self.ask("fill"), 429, "SERVICE_ANSWER_TOO_LARGE")
        self.expect_problem(self.ask("find", b"x" * (1 << 16) + b"x"), 400)
        self.expect_problem(self.host.get("/reader/unlisted"), 403)
        refused = self.host.logs(message="call refused", logger="reader")
        self.assertTrue(any("the manifest does not list library.secrets/1" in line["reason"] for line in refused), refused)

    def test_a_provider_that_never_answers_costs_no_more_than_the_deadline(self):
        begin = time.monotonic()
        self.expect_problem(self.host.get("/reader/mute?ms=200"), 504, "DEADLINE_EXCEEDED")
        self.assertGreaterEqual(time.monotonic() - begin, 0.2)

    def test_calls_that_call_themselves_come_to_an_end(self):
        self.expect_problem(self.host.get("/reader/stairs"), 429, "SERVICE_TOO_DEEP")

    def test_calls_are_on_the_books(self):
        one = {"caller": "reader", "service": "library.books/1", "method": "find"}
        before = metric(self.host, "gantry_service_calls_total", **one)
        for _ in range(3):
            self.ask("find")
        self.ask("burn")
        self.assertEqual(metric(self.host, "gantry_service_calls_total", **one), before + 3)
        self.assertEqual(metric(self.host, "gantry_service_call_errors_total", **one), 0)
        self.assertGreaterEqual(metric(self.host, "gantry_service_call_errors_total", **{**one, "method": "burn"}), 1)
        self.assertGreater(metric(self.host, "gantry_service_call_seconds_total", **one), 0)
        self.assertEqual(metric(self.host, "gantry_service_calls_in_flight", **one), 0)

    def test_who_provides_and_who_calls_stands_in_the_ledger(self):
        self.ask("find")
        ledgers = {}
        for plugin in ("library", "reader"):
            details = self.host.get(f"/api/v1/plugins/{plugin}", {"Authorization": f"Bearer {TOKEN}"}).json()
            ledgers[plugin] = [(entry["kind"], entry["description"]) for entry in details["registrations"]]
        self.assertIn(("service", "library.books/1: find read browse burn fill"), ledgers["library"])
        self.assertIn(("call", "library.books/1 find"), ledgers["reader"])


class Lives(unittest.TestCase):
    def host(self, changes=None):
        return GantryHost({**READING, **(changes or {})})

    def test_without_its_provider_a_call_is_unavailable_and_with_it_answered_again(self):
        with self.host() as host:
            host.reload({"plugins": {"library": None}})
            gone = lambda: host.request("POST", "/reader/ask/find", body=b"x")  # noqa: E731
            # The old provider serves until its generation has ended.
            until(lambda: gone().status == 503, "nobody provides it")
            self.assertEqual(gone().json()["code"], "DEPENDENCY_UNAVAILABLE")
            self.assertIn("library.books/1", gone().json()["detail"])
            host.reload({"plugins": {"library": {}}})
            self.assertEqual(gone().status, 200)
            host.expect_alive()

    def test_no_call_fails_while_its_provider_is_reloaded_under_load(self):
        refused, answered, stopped = [], {}, threading.Event()
        lock = threading.Lock()

        def read(address, path):
            connection = connect(address)
            while not stopped.is_set():
                answer = ask(connection, "POST", path, b"x")
                with lock:
                    if answer.status != 200:
                        refused.append((path, answer))
                    else:
                        answered[answer.body] = answered.get(answer.body, 0) + 1
            connection.close()

        with self.host() as host:
            paths = ["/reader/ask/find", "/reader/ask/read", "/reader/patiently/find"]
            threads = [threading.Thread(target=read, args=(host.address, path), daemon=True) for path in paths]
            for thread in threads:
                thread.start()
            for number in range(6):
                self.assertIn("serves", host.reload({"plugins": {"library": {"shelf": f"shelf {number}"}}})[0])
                mark = f'"shelf {number}"'.encode()
                until(lambda: any(mark in body for body in list(answered)), "the new instance is asked")
            stopped.set()
            for thread in threads:
                thread.join()
            self.assertEqual(refused, [])
            host.expect_alive()

    def test_a_caller_that_ends_in_the_middle_of_a_call_is_safe(self):
        with self.host({"http": {"listen": ["127.0.0.1:0"], "drain_deadline": "2s"}}) as host:
            wire = host.wire()
            wire.send(b"GET /reader/mute?ms=60000 HTTP/1.1\r\nHost: x\r\n\r\n")
            busy = {"caller": "reader", "service": "mute.nothing/1"}
            until(lambda: metric(host, "gantry_service_calls_in_flight", **busy) == 1, "the call is open")
            host.reload({"plugins": {"reader": None}})
            until(lambda: metric(host, "gantry_service_calls_in_flight", **busy) == 0, "its end has ended the call")
            self.assertEqual(wire.answer().status, 503)
            wire.socket.close()
            host.expect_alive()

    def test_a_provider_that_ends_in_the_middle_of_a_call_fails_it_at_once(self):
        with self.host() as host:
            with host.wire() as wire:
                wire.send(b"GET /reader/mute?ms=25000 HTTP/1.1\r\nHost: x\r\n\r\n")
                busy = {"caller": "reader", "service": "mute.nothing/1"}
                until(lambda: metric(host, "gantry_service_calls_in_flight", **busy) == 1, "the call is open")
                begin = time.monotonic()
                host.reload({"plugins": {"mute": None}})
                answer = wire.answer()
                self.assertEqual(answer.status, 503, answer.body)
                self.assertLess(time.monotonic() - begin, 20)
            host.expect_alive()

    def test_a_provider_learns_that_nobody_waits_any_more(self):
        # The call's deadline is that of the services, so the test needs a short one.
        with self.host({"services": {"deadline": "300ms"}}) as host:
            answer = host.request("POST", "/reader/ask/browse", body=b"")
            self.assertEqual(answer.status, 504)
            until(lambda: host.get("/library/browsing").text() == "0", "the provider has stopped")
            host.expect_alive()


if __name__ == "__main__":
    unittest.main()
