"""Two hosts on one PostgreSQL: each sees what happens on the other, and neither is missed when it dies."""

import contextlib
import http.client
import unittest

from gantry_host import FIXTURES, PLUGINS, SOURCE, GantryHost
from http_client import ask, connect
from postgres_server import PostgresServer
from round_robin import RoundRobin
from waiting import until

TOGETHER = {
    "migrations": [str(SOURCE / "migrations"), str(SOURCE / "tests/e2e/migrations")],
    "plugin_directories": [str(PLUGINS), str(FIXTURES)],
    "plugins": {"worker": {}},
    "events": {"lease": "2s"},
    "jobs": {"lease": "2s"},
}


class TwoHosts(unittest.TestCase):
    def setUp(self):
        stack = self.enterContext(contextlib.ExitStack())
        self.database = stack.enter_context(PostgresServer())
        changes = {**TOGETHER, "database": {"url": self.database.url}}
        self.first = stack.enter_context(GantryHost(changes))
        self.second = stack.enter_context(GantryHost(changes))

    def publish(self, host, key, number):
        self.assertEqual(host.request("POST", f"/worker/events/{key}", str(number).encode()).status, 202)

    def heard(self, key):
        rows = self.database.rows(f"select payload from worker.heard where key = '{key}' order by place")
        return [int(row[0]) for row in rows]

    def shown(self, host):
        """What the subscriber that is not durable has heard on that host."""
        return set(host.get("/worker/screen").json())

    def wait_for_screens(self):
        """One that is not durable hears what comes once it listens, which is soon after its host serves."""

        def both_listen():
            self.publish(self.first, "probe", 1000)
            return all("1000" in self.shown(host) for host in (self.first, self.second))

        until(both_listen, "both listen")

    def test_each_hears_what_the_other_publishes(self):
        self.wait_for_screens()
        for number in range(20):
            self.publish(self.first if number % 2 == 0 else self.second, "both", number)
        until(lambda: len(self.heard("both")) >= 20, "all have arrived")
        self.assertEqual(self.heard("both"), list(range(20)), "once, in order, whoever published and whoever delivers")
        everything = {str(number) for number in range(20)}
        for host in (self.first, self.second):
            until(lambda host=host: everything <= self.shown(host), "it is shown on each host")

    def test_when_the_host_that_delivers_dies_the_other_goes_on(self):
        self.publish(self.first, "before", 1)
        until(lambda: self.heard("before") == [1], "it is delivered")
        holder = self.database.rows("select host from gantry.event_subscription where name = 'ledger'")
        self.assertTrue(holder[0][0])
        for survivor, victim in ((self.second, self.first), (self.first, self.second)):
            victim.kill()
            key = "after-first" if victim is self.first else "after-second"
            for number in range(5):
                self.publish(survivor, key, number)
            until(lambda key=key: set(self.heard(key)) == set(range(5)), "the survivor delivers")
            victim.start()

    def test_behind_a_proxy_nobody_notices_that_one_dies(self):
        with RoundRobin([self.first.address, self.second.address]) as proxy:

            def write(title):
                # A client repeats what was cut off; whether it was done the first time, it cannot know.
                for _ in range(5):
                    connection = connect(proxy.address)
                    try:
                        return ask(connection, "POST", "/notes", {"title": title, "body": ""})
                    except (OSError, http.client.HTTPException):
                        continue
                    finally:
                        connection.close()
                raise AssertionError("nobody answers")

            written = {}
            for number in range(30):
                if number == 10:
                    self.first.kill()
                answer = write(f"note {number}")
                self.assertEqual(answer.status, 201, answer.body)
                written[answer.json()["id"]] = f"note {number}"
            for id, title in written.items():
                answer = self.second.get(f"/notes/{id}")
                self.assertEqual((answer.status, answer.json()["title"]), (200, title))
            titles = [row[0] for row in self.database.rows("select title from notes.note")]
            self.assertEqual(set(written.values()) - set(titles), set())


if __name__ == "__main__":
    unittest.main()
