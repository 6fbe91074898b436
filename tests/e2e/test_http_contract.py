"""What holds for every answer, whichever plugin gives it."""

import unittest

from host_test_case import HostTestCase
from waiting import until

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Answers(HostTestCase):
    changes = {"http": {"cors": {"origins": ["https://app.example"]}}}

    def test_a_problem_has_exactly_the_promised_members(self):
        answer = self.host.get("/no/such/path?x=1", {"X-Request-Id": "abc-1"})
        problem = self.expect_problem(answer, 404, "NOT_FOUND")
        timestamp = problem.pop("timestamp")
        self.assertRegex(timestamp, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
        detail = problem.pop("detail")
        self.assertEqual(
            problem,
            {
                "type": "about:blank",
                "title": "Not Found",
                "status": 404,
                "instance": "/no/such/path",
                "error": True,
                "code": "NOT_FOUND",
                "message": detail,
                "details": {},
                "request_id": "abc-1",
            },
        )

    def test_a_sane_request_id_is_kept_and_any_other_replaced(self):
        for sent in ["abc-1", "A.b_c-9", "x" * 128]:
            self.assertEqual(self.host.get("/hello/World", {"X-Request-Id": sent}).headers["X-Request-Id"], sent)
        for sent in ["with space", "x" * 129, "<script>", ""]:
            with self.subTest(sent=sent):
                given = self.host.get("/hello/World", {"X-Request-Id": sent}).headers["X-Request-Id"]
                self.assertRegex(given, r"^[0-9A-Za-z._-]{8,128}$")
        ids = {self.host.get("/hello/World").headers["X-Request-Id"] for _ in range(20)}
        self.assertEqual(len(ids), 20)

    def test_every_kind_of_answer_has_the_security_headers(self):
        for path in ["/hello/World", "/notes", "/healthz", "/missing", "/notes/seven"]:
            headers = self.host.get(path).headers
            with self.subTest(path=path):
                self.assertEqual({name: headers[name] for name in SECURITY_HEADERS}, SECURITY_HEADERS)
                self.assertIsNone(headers["Server"])
                self.assertIsNotNone(headers["Date"])

    def test_head_is_get_without_the_body(self):
        for path in ["/hello/World", "/notes", "/healthz", "/missing"]:
            with self.subTest(path=path), self.host.wire() as wire:
                wire.send(f"GET {path} HTTP/1.1\r\nHost: x\r\nX-Request-Id: one\r\n\r\n".encode())
                whole = wire.answer()
                wire.send(f"HEAD {path} HTTP/1.1\r\nHost: x\r\nX-Request-Id: one\r\n\r\n".encode())
                head = wire.answer("HEAD")
                self.assertEqual(head.status, whole.status)
                names = [name for name in whole.headers if name != "Date"]
                self.assertEqual([name for name in head.headers if name != "Date"], names)
                # Another answer on the same connection shows that no body followed.
                wire.send(b"GET /hello/World HTTP/1.1\r\nHost: x\r\n\r\n")
                self.assertEqual(wire.answer().body, b"Hello, World!\n")

    def test_methods_that_a_path_has_are_told(self):
        for path, methods in [
            ("/notes", {"GET", "HEAD", "POST", "OPTIONS"}),
            ("/hello/World", {"GET", "HEAD", "OPTIONS"}),
            ("/notes/note_1", {"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"}),
        ]:
            with self.subTest(path=path):
                refused = self.host.request("BREW", path)
                self.expect_problem(refused, 405, "METHOD_NOT_ALLOWED")
                self.assertEqual({method.strip() for method in refused.headers["Allow"].split(",")}, methods)
                options = self.host.request("OPTIONS", path)
                self.assertEqual((options.status, options.body), (204, b""))
                self.assertEqual({method.strip() for method in options.headers["Allow"].split(",")}, methods)

    def test_a_browser_is_let_in_from_the_configured_origin_only(self):
        asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
        allowed = self.host.request("OPTIONS", "/notes", headers={"Origin": "https://app.example", **asked})
        self.assertEqual(allowed.headers["Access-Control-Allow-Origin"], "https://app.example")
        self.assertIn("POST", allowed.headers["Access-Control-Allow-Methods"])
        foreign = self.host.request("OPTIONS", "/notes", headers={"Origin": "https://evil.example", **asked})
        self.assertIsNone(foreign.headers["Access-Control-Allow-Origin"])
        simple = self.host.get("/hello/World", {"Origin": "https://app.example"})
        self.assertEqual(simple.headers["Access-Control-Allow-Origin"], "https://app.example")
        self.assertIn("Origin", simple.headers["Vary"])

    def test_a_path_parameter_is_decoded_and_text_is_utf_8(self):
        answer = self.host.get("/hello/J%C3%BCrgen%20%26%20Co")
        self.assertEqual(answer.text(), "Hello, Jürgen & Co!\n")
        self.assertEqual(answer.headers["Content-Type"].lower(), "text/plain; charset=utf-8")

    def test_strange_paths_are_no_way_around_a_route(self):
        for path in ["/hello/../notes", "/hello/%2e%2e/notes", "/./notes", "/hello/%00", "/hello/%ff", "/hello/%zz"]:
            with self.subTest(path=path):
                self.expect_problem(self.host.get(path), 400)


class Health(HostTestCase):
    def test_alive_and_ready(self):
        for path in ["/healthz", "/readyz", "/health"]:
            with self.subTest(path=path):
                self.assertEqual(self.host.get(path).status, 200)

    def test_each_dependency_with_state_and_latency(self):
        answer = self.host.get("/health/detailed")
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "application/json"))
        self.assertIn("database", answer.text())
        self.assertIn("notes", answer.text())
        self.assertIn("latency", answer.text())


class AccessLog(HostTestCase):
    def test_a_request_leaves_one_line_with_its_route(self):
        self.host.get("/hello/World?secret=hidden", {"X-Request-Id": "one-line"})
        lines = until(lambda: self.host.logs(request_id="one-line"), "the access log line")
        self.assertEqual(len(lines), 1)
        line = lines[0]
        self.assertEqual((line["method"], line["route"], line["status"]), ("GET", "/hello/{name}", 200))
        self.assertGreaterEqual(line["duration_ms"], 0)
        self.assertNotIn("hidden", str(line))

    def test_every_line_is_one_json_object(self):
        self.host.get("/hello/a%0Ab", {"X-Request-Id": "newline"})
        until(lambda: self.host.logs(request_id="newline"), "the access log line")
        lines = self.host.stderr().splitlines()
        self.assertEqual(len(self.host.logs()), len(lines), lines)
        for line in self.host.logs():
            self.assertLessEqual({"timestamp", "level", "logger", "message"}, set(line))


if __name__ == "__main__":
    unittest.main()
