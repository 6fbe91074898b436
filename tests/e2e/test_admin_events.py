"""Events through the host's API: what was said, who is told, and the stream of what is being said."""

import json
import threading
import unittest
import urllib.parse

import psql
from gantry_host import FIXTURES, PLUGINS, SOURCE, GantryHost
from host_test_case import HostTestCase
from waiting import until

TOKEN = "a-token-of-thirty-two-characters"
ADMIN = {"Authorization": f"Bearer {TOKEN}"}
CHANGES = {
    "identity": {"admin_token": TOKEN},
    "migrations": [str(SOURCE / "migrations"), str(SOURCE / "tests/e2e/migrations")],
    "plugin_directories": [str(PLUGINS), str(FIXTURES)],
    "events": {"poll": "100ms"},
}


def say(host, topic, payload="{}", count=1):
    """What gantry.event_publish() of a plugin's own transaction does."""
    psql.rows(
        host,
        "select gantry.event_publish('evt_' || md5(random()::text), 'notes', "
        f"'{topic}', '', convert_to('{payload}' || n, 'utf8')) from generate_series(1, {count}) n",
    )


class Stream:
    """A client of an event stream that reads line by line."""

    def __init__(self, host, query=""):
        self.connection = host.connect()
        self.connection.request("GET", f"/api/v1/events/stream{query}", headers=ADMIN)
        self.response = self.connection.getresponse()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.response.close()
        self.connection.close()

    def frame(self):
        """The next one: comment, or its fields."""
        lines = []
        while line := self.response.readline().decode().rstrip("\n"):
            lines.append(line)
        return lines

    def event(self):
        while True:
            fields = dict(line.split(": ", 1) for line in self.frame() if not line.startswith(":"))
            if "data" in fields:
                return fields.get("event", "message"), json.loads(fields["data"])


class Events(HostTestCase):
    changes = {**CHANGES, "http": {"sse_heartbeat": "300ms"}}

    def read(self, path):
        answer = self.host.get(path, ADMIN)
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json()

    def test_only_administrators_may(self):
        for path in ("", "/subscriptions", "/dead-letters", "/stream"):
            self.expect_problem(self.host.get(f"/api/v1/events{path}"), 401, "AUTHENTICATION_REQUIRED")

    def test_recent_ones_are_listed_by_topic_and_time(self):
        say(self.host, "notes.listed", "event ", 5)
        page = self.read("/api/v1/events?topic=notes.listed&limit=3")
        self.assertEqual([item["payload"] for item in page["items"]], ["event 5", "event 4", "event 3"])
        rest = self.read(f"/api/v1/events?topic=notes.listed&limit=3&cursor={page['next_cursor']}")
        self.assertEqual([item["payload"] for item in rest["items"]], ["event 2", "event 1"])
        self.assertFalse(rest["has_more"])
        at = urllib.parse.quote(page["items"][0]["at"])
        self.assertGreaterEqual(len(self.read(f"/api/v1/events?topic=notes.*&since={at}")["items"]), 1)
        self.assertEqual(self.read("/api/v1/events?since=2999-01-01T00:00:00Z")["items"], [])
        for wrong in ("topic=x", "since=yesterday", "since=2026-13-01T00:00:00Z", "cursor=x", "limit=0"):
            self.expect_problem(self.host.get(f"/api/v1/events?{wrong}", ADMIN), 400, "INVALID_ARGUMENT")

    def test_subscribers_and_dead_letters_are_told(self):
        psql.rows(
            self.host,
            "insert into gantry.event_subscription (plugin, name, pattern) values ('absent', 'lags', 'notes.lag') returning 1",
        )
        say(self.host, "notes.lag", count=4)
        mine = [one for one in self.read("/api/v1/events/subscriptions")["items"] if one["plugin"] == "absent"]
        self.assertEqual((mine[0]["name"], mine[0]["waiting"], mine[0]["host"]), ("lags", 4, None))
        self.assertEqual(self.read("/api/v1/events/dead-letters"), {"items": []})

    def test_the_stream_tells_what_matches_as_it_comes(self):
        with Stream(self.host, "?topic=notes.streamed") as stream:
            self.assertEqual(stream.response.headers["Content-Type"], "text/event-stream")
            self.assertEqual(stream.frame(), [": listening"])
            say(self.host, "notes.other")
            say(self.host, "notes.streamed", "event ", 3)
            told = [stream.event() for _ in range(3)]
            self.assertEqual([kind for kind, _ in told], ["message"] * 3)
            self.assertEqual([event["payload"] for _, event in told], ["event 1", "event 2", "event 3"])
            self.assertEqual(stream.response.readline(), b":\n", "a heartbeat while nothing is said")

    def test_head_and_wrong_topics_open_none(self):
        self.assertEqual(self.host.request("HEAD", "/api/v1/events/stream", headers=ADMIN).status, 200)
        self.expect_problem(self.host.get("/api/v1/events/stream?topic=x", ADMIN), 400, "INVALID_ARGUMENT")


class Life(unittest.TestCase):
    def test_who_reads_too_slowly_loses_the_oldest_and_is_told_how_many(self):
        with GantryHost({**CHANGES, "http": {"stream_bytes_max": "4KiB"}}) as host:
            with Stream(host) as slow, Stream(host) as quick:
                self.assertEqual((slow.frame(), quick.frame()), ([": listening"],) * 2)
                heard = []

                def listen():
                    while (event := quick.event()[1]).get("topic") != "notes.last":
                        heard.append(event)

                listener = threading.Thread(target=listen)
                listener.start()
                for _ in range(10):
                    before = len(heard)
                    say(host, "notes.many", "x" * 20_000, 100)
                    until(lambda: len(heard) >= before + 90, "one who reads hears them")
                say(host, "notes.last")
                listener.join()
                lost = read = 0
                while True:
                    kind, event = slow.event()
                    if kind == "lost":
                        lost += event["events"]
                    elif event["topic"] == "notes.last":
                        break
                    else:
                        read += 1
                self.assertGreater(lost, 0, "1000 events of 20 kB fit nowhere: the test shows nothing")
                self.assertEqual(lost + read, 1000)
                host.expect_alive()

    def test_a_host_that_stops_ends_the_streams_at_once(self):
        with GantryHost({**CHANGES, "http": {"drain_deadline": "60s"}}) as host:
            with Stream(host) as stream:
                stream.frame()
                host.stop()
                self.assertEqual(stream.response.read(), b"", "a whole body: its end was sent")

    def test_clients_that_leave_are_forgotten(self):
        with GantryHost(CHANGES) as host:
            for _ in range(130):
                with Stream(host) as stream:
                    self.assertEqual(stream.response.status, 200)
                    stream.frame()
                until(lambda: host.clients() == 0, "the client is gone")
            host.expect_alive()


if __name__ == "__main__":
    unittest.main()
