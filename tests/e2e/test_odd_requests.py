"""Every route of the host's document, asked wrongly in all usual ways: one shape of error, nothing of the host's insides."""

import json
import re

from host_test_case import HostTestCase

TOKEN = "a-token-of-thirty-two-characters"
PLACES = ["nope", "..", "%00", "%ff", "%2Fetc%2Fpasswd", "-1", "99999999999999999999", "%E2%98%83", "a" * 3000]
QUERIES = ["limit=x", "limit=-1", "limit=99999999999999999999", "cursor=%00", "key=%00", "plugin=%ff", "topic=%00", "since=x",
           "q=%00", "offset=-1", "%", "cursor=" + "A" * 5000]  # fmt: skip
BODIES = [b"", b"{", b"[]", b"null", b"\0", b"\xff\xfe", b'{"a":1e400}', b'{"a":1,"a":2}', b"[" * 100_000, b'{"a":"\\ud800"}',
          b'{"what":1}', b'{"requests":[{}]}', b'{"cron":5}', b'{"level":5}', b'{"title":5}']  # fmt: skip
INSIDES = re.compile(rb"SQLSTATE|libpq|std::|/build/|/tmp/|plugins\.d|terminate|boost")


class OddRequests(HostTestCase):
    changes = {"identity": {"admin_token": TOKEN}, "reload_watch": "10ms"}

    def operations(self):
        for path, methods in self.host.get("/openapi.json").json()["paths"].items():
            for method in methods:
                yield method.upper(), path

    def expect_sound(self, method, path, body=None):
        """Any success, or a problem that explains itself; never the host's own fault. Streams are only begun."""
        with self.subTest(f"{method} {path[:80]} {body!r:.40}"):
            length = f"Content-Length: {len(body)}\r\nContent-Type: application/json\r\n" if body is not None else ""
            head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n{length}\r\n"
            with self.host.wire() as wire:
                wire.send_as_far_as_read(head.encode() + (body or b""))
                wire.pending = wire.socket.recv(65536)
                if wire.pending.split(b" ", 2)[1].startswith(b"2"):
                    return
                answer = wire.answer(method)
            problem = self.expect_problem(answer, answer.status)
            self.assertLess(answer.status, 500, problem)
            self.assertIsNone(INSIDES.search(answer.body), answer.body)
            self.assertNotIn(TOKEN.encode(), answer.body)

    def test_odd_places(self):
        for method, path in self.operations():
            if "{" in path:
                for place in PLACES:
                    body = b"{}" if method in ("POST", "PUT", "PATCH") else None
                    self.expect_sound(method, re.sub(r"\{[^}]*\}", lambda _, place=place: place, path), body)

    def test_odd_queries(self):
        for method, path in self.operations():
            if method == "GET":
                for query in QUERIES:
                    self.expect_sound(method, re.sub(r"\{[^}]*\}", "notes", path) + "?" + query)

    def test_odd_bodies(self):
        for method, path in self.operations():
            if method in ("POST", "PUT", "PATCH") and not re.search("reload|able", path):
                for body in BODIES:
                    self.expect_sound(method, re.sub(r"\{[^}]*\}", "notes", path), body)

    def test_the_token_is_never_logged(self):
        for header in (TOKEN, f"Bearer {TOKEN}x", f"Basic {TOKEN}"):
            self.assertEqual(self.host.get("/api/v1/plugins", {"Authorization": header}).status, 401)
        self.assertEqual(self.host.get("/api/v1/plugins", {"Authorization": f"bearer {TOKEN}"}).status, 200)
        self.assertNotIn(TOKEN, self.host.stderr())
        settings = self.host.get("/api/v1/plugins/notes/config", {"Authorization": f"Bearer {TOKEN}"}).json()
        self.assertNotIn(TOKEN, json.dumps(settings))
