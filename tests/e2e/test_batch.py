"""Several requests in one: each answered by itself, none allowed that would not be alone."""

import socket
import struct
import unittest

from gantry_host import FIXTURES, PLUGINS, GantryHost
from host_test_case import HostTestCase
from waiting import until

TOKEN = "a-token-of-thirty-two-characters"


def bearer(name):
    return {"Authorization": f"Bearer {name}"}


class Batch(HostTestCase):
    changes = {
        "identity": {"admin_token": TOKEN},
        "plugin_directories": [str(PLUGINS), str(FIXTURES)],
        "plugins": {"keyholder": {}},
        "rate_limits": {"rules": {"single": {"owners": "notes", "routes": "/notes/{id}", "limit": 5, "window": "1h"}},
                        "trusted_proxies": ["127.0.0.1"]},
    }

    def batch(self, requests, headers=None):
        answer = self.host.request("POST", "/api/v1/batch", {"requests": requests}, {**bearer("alice"), **(headers or {})})
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json()["responses"]

    def expect_refused(self, requests, words):
        answer = self.host.request("POST", "/api/v1/batch", {"requests": requests}, bearer("alice"))
        self.assertIn(words, self.expect_problem(answer, 400, "INVALID_ARGUMENT")["detail"])

    def test_each_is_answered_by_itself_in_order(self):
        made, listed, unknown, wrong, greeting, counted = self.batch(
            [
                {"id": "a", "method": "POST", "path": "/notes", "body": {"title": "of a batch"}},
                {"path": "/notes?limit=1"},
                {"id": "c", "path": "/nowhere"},
                {"method": "POST", "path": "/notes", "body": {"titel": "x"}},
                {"path": "/hello/World"},
                {"path": "/notes/note_0"},
            ],
            {"X-Request-Id": "whole", "X-Forwarded-For": "192.0.2.1"},
        )
        self.assertEqual((made["id"], made["status"], made["body"]["title"]), ("a", 201, "of a batch"))
        self.assertEqual(listed["body"]["items"][0]["id"], made["body"]["id"], "the second sees what the first did")
        self.assertNotIn("id", listed)
        self.assertEqual((unknown["id"], unknown["status"], unknown["body"]["code"]), ("c", 404, "NOT_FOUND"))
        self.assertEqual(unknown["body"]["request_id"], "whole.2")
        self.assertIn(wrong["status"], (400, 422))
        self.assertEqual((greeting["status"], greeting["body"]), (200, "Hello, World!\n"))
        self.assertEqual(counted["headers"]["x-ratelimit-remaining"], "4")

    def test_the_batch_itself_is_for_known_callers(self):
        answer = self.host.request("POST", "/api/v1/batch", {"requests": [{"path": "/hello/World"}]})
        self.expect_problem(answer, 401, "AUTHENTICATION_REQUIRED")

    def test_each_has_the_callers_authority_and_no_other(self):
        whoami, vault, plugins = self.batch([{"path": "/whoami"}, {"path": "/vault"}, {"path": "/api/v1/plugins"}])
        self.assertEqual((whoami["status"], whoami["body"]), (200, self.host.get("/whoami", bearer("alice")).text()))
        self.assertEqual((vault["status"], vault["body"]["code"]), (403, "FORBIDDEN"))
        self.assertEqual(plugins["status"], 403)
        for name in ("Authorization", "cookie", "X-Forwarded-For", "X-API-Key", "Host", "Content-Length"):
            self.expect_refused([{"path": "/vault", "headers": {name: "Bearer opener"}}], "is the batch's own")

    def test_an_administrator_may_what_he_may(self):
        answer = self.host.request("POST", "/api/v1/batch", {"requests": [{"path": "/api/v1/plugins"}]}, bearer(TOKEN))
        self.assertEqual(answer.json()["responses"][0]["body"]["limit"], 50)

    def test_limits_count_each(self):
        statuses = [each["status"] for each in self.batch([{"path": "/notes/note_7"}] * 7, {"X-Forwarded-For": "192.0.2.9"})]
        self.assertEqual(statuses, [404] * 5 + [429] * 2)

    def test_no_batch_contains_a_batch_nor_a_stream(self):
        inner = {"method": "POST", "path": "/api/v1/batch", "body": {"requests": [{"path": "/"}]}}
        encoded = {**inner, "path": "/api/v1/%62atch?x"}
        answers = self.batch([inner, encoded, {"path": "/healthz"}])
        self.assertEqual([each["status"] for each in answers], [400, 400, 200])
        self.assertEqual([each["body"]["code"] for each in answers[:2]], ["NOT_IN_A_BATCH"] * 2)
        stream = self.host.request(
            "POST", "/api/v1/batch", {"requests": [{"path": "/api/v1/events/stream"}, {"path": "/healthz"}]}, bearer(TOKEN)
        )
        self.assertEqual([each["status"] for each in stream.json()["responses"]], [400, 200])

    def test_what_is_no_batch_is_refused_as_a_whole(self):
        self.expect_refused([], "1 to 20 requests, found 0")
        self.expect_refused([{"path": "/"}] * 21, "found 21")
        self.expect_refused([{"path": "/"}, {"path": "notes"}], "requests[1]: path")
        self.expect_refused([{"path": "/a b"}], "percent-encoded")
        self.expect_refused([{"path": "/", "method": "GE T"}], "method")
        self.expect_refused([{"path": "/", "headers": {"A": "b\r\nC: d"}}], "control characters")
        self.expect_refused([{"path": "/", "verb": "GET"}], '"verb"')
        self.expect_refused("x", "expected")
        large = self.host.request("POST", "/api/v1/batch", b" " * (4 * 1024 * 1024 + 1), bearer("alice"))
        self.assertEqual(large.status, 413)

    def test_a_body_beyond_its_routes_limit_is_refused_alone(self):
        answers = self.batch([{"method": "POST", "path": "/notes", "body": {"title": "x" * 2_000_000}}, {"path": "/healthz"}])
        self.assertEqual([each["status"] for each in answers], [413, 200])

    def test_head_has_no_body_and_raw_text_goes_out_as_it_is(self):
        head, options = self.batch([{"method": "HEAD", "path": "/healthz"}, {"method": "OPTIONS", "path": "/notes"}])
        self.assertEqual((head["status"], "body" in head), (200, False))
        self.assertEqual((options["status"], options["headers"]["allow"][:3]), (204, "GET"))


class Deadlines(unittest.TestCase):
    # The plugin never lets go of its requests: nobody shall wait for it at the end.
    changes = {**Batch.changes, "plugins": {"keyholder": {}, "never_answers": {}}, "plugin_drain_deadline": "500ms"}

    def test_one_that_is_never_answered_gets_its_504_and_the_others_their_answers(self):
        with GantryHost({**self.changes, "http": {"request_deadline": "1s"}}) as host:
            requests = [{"path": "/never_answers"}, {"path": "/healthz"}]
            answer = host.request("POST", "/api/v1/batch", {"requests": requests}, bearer("alice"))
            self.assertEqual([each["status"] for each in answer.json()["responses"]], [504, 200], answer.body)

    def test_a_client_that_leaves_takes_its_requests_with_it(self):
        with GantryHost(self.changes) as host:
            greeted = 0
            for _ in range(20):
                connection = host.connect()
                body = b'{"requests":[{"path":"/hello/World"},{"path":"/never_answers"},{"path":"/hello/World"}]}'
                connection.request("POST", "/api/v1/batch", body, bearer("alice"))
                greeted += 1
                until(lambda: len(host.logs(message="request", route="/hello/{name}")) == greeted, "it is under way")
                # A reset: after a mere FIN a client may still be reading.
                connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.close()
            host.expect_alive()
            left = lambda route: len(host.logs(message="request", route=route, status=499))
            until(lambda: left("/api/v1/batch") == 20, "each has been given up")
            # Those that had not begun are not begun any more.
            until(lambda: left("/never_answers") > 0, "so has what was under way")


if __name__ == "__main__":
    unittest.main()
