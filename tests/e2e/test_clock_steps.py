"""The wall clock is set forward and back by hours, under the hosts and their PostgreSQL alike."""

import contextlib
import time
import unittest

from database_client import LockedNotes
from gantry_host import FIXTURES, PLUGINS, SOURCE, GantryHost, merged
from postgres_server import PostgresServer
from stepped_clock import HOUR, SteppedClock
from test_jobs import submitters
from waiting import until

TOGETHER = {
    "migrations": [str(SOURCE / "migrations"), str(SOURCE / "tests/e2e/migrations")],
    "plugin_directories": [str(PLUGINS), str(FIXTURES)],
    "plugins": {"notes": None, "worker": {}},
    "jobs": {"lease": "2s", "poll": "200ms"},
    "events": {"lease": "2s", "poll": "200ms"},
}


class SteppedClusterOfTwo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        stack = cls.enterClassContext(contextlib.ExitStack())
        cls.clock = stack.enter_context(SteppedClock())
        cls.database = stack.enter_context(PostgresServer(cls.clock.environment))
        changes = merged(TOGETHER, {"database": {"url": cls.database.url}})
        cls.hosts = [stack.enter_context(GantryHost(changes, cls.clock.environment)) for _ in range(2)]

    def setUp(self):
        self.clock.set(0)

    def number(self, sql):
        return float(self.database.rows(sql)[0][0])

    def beats(self):
        """Both hosts have been heard of since the clock was set: their lease is of that time."""
        leases = "select count(*) from gantry.job_host where lease_until - now() between '0 s' and '2 s'"
        until(lambda: self.number(leases) == 2, "both leases are renewed")

    def test_the_clock_of_all_is_stepped(self):
        self.clock.set(6 * HOUR)
        ahead = self.number("select extract(epoch from now())") - time.time()
        self.assertAlmostEqual(ahead, 6 * HOUR, delta=60)
        shown = self.hosts[0].get("/health/detailed").json()["timestamp"]
        self.assertFalse(shown.startswith(time.strftime("%Y-%m-%dT%H:", time.gmtime())), shown)

    def test_a_schedule_neither_fires_for_each_minute_that_was_skipped_nor_waits_for_the_time_that_was_taken_back(self):
        made = "select count(*) from gantry.job where schedule = 'every-minute'"
        wait = "select extract(epoch from next_at - now()) from gantry.job_schedule where name = 'every-minute'"
        until(lambda: 0 <= self.number(wait) <= 60, "the schedule is settled")
        before = self.number(made)
        self.clock.set(6 * HOUR)
        until(lambda: self.number(made) > before, "it has noticed")
        self.beats()
        # One for what was missed, and one more if a minute of the machine's clock has begun meanwhile.
        self.assertLessEqual(self.number(made), before + 2)
        self.clock.set(0)
        until(lambda: 0 <= self.number(wait) <= 60, "the next minute is waited for, not the next after six hours")
        self.assertLessEqual(self.number(made), before + 3)

    def test_no_step_takes_a_job_from_the_host_that_runs_it(self):
        before = [len(host.stderr()) for host in self.hosts]
        paths = ["/worker/jobs/quick", "/worker/jobs/slow"]
        accepted = []
        for step in (6 * HOUR, 0, -6 * HOUR, 0):
            # What waits when the clock is set back waits for its time to come again: only what runs meets the step.
            with submitters(self.hosts[0], paths) as first, submitters(self.hosts[1], paths) as second:
                until(lambda: len(first.accepted) > 20 and len(second.accepted) > 20, "jobs are taken")
                if step > 0:
                    self.clock.set(step)
            until(lambda: self.number("select count(*) from gantry.job where state = 0") == 0, "no job waits")
            self.clock.set(step)
            self.beats()
            accepted += first.accepted + second.accepted
        until(lambda: self.number("select count(*) from gantry.job where state < 2") == 0, "no job is left")
        attempts = dict(self.database.rows("select id, attempt from gantry.job where state = 2"))
        self.assertEqual({job: attempts.get(job) for job in accepted if attempts.get(job) != "1"}, {})
        twice = self.database.rows("select job from worker.run group by job having count(*) > 1")
        self.assertEqual(twice, [])
        for host, begin in zip(self.hosts, before):
            self.assertNotIn("not heard of", host.stderr()[begin:])
            self.assertNotIn("that has ended wait again", host.stderr()[begin:])

    def test_a_delayed_job_runs_once_when_its_time_has_come_whichever_way_the_clock_was_set(self):
        def submitted(delay_ms):
            return self.hosts[0].request("POST", f"/worker/later/{delay_ms}", b"").text()

        def runs(job):
            return int(self.number(f"select count(*) from worker.run where job = '{job}'"))

        skipped = submitted(HOUR * 1000)
        self.beats()
        self.assertEqual(runs(skipped), 0)
        self.clock.set(6 * HOUR)
        until(lambda: runs(skipped) == 1, "the hour was skipped")
        taken_back = submitted(100)
        self.clock.set(0)
        self.beats()
        soon = submitted(100)
        until(lambda: runs(soon) == 1, "what was submitted after the step does not wait for those hours")
        if runs(taken_back) == 0:  # the step came before its time
            self.clock.set(6 * HOUR)
            until(lambda: runs(taken_back) == 1, "its time has come again")
            self.clock.set(0)
        self.beats()
        self.assertEqual([runs(job) for job in (skipped, taken_back, soon)], [1, 1, 1])

    def test_no_step_brings_an_event_twice(self):
        for number, step in enumerate((6 * HOUR, 0, -6 * HOUR, 0)):
            for part in range(20):
                host = self.hosts[part % 2]
                self.assertEqual(host.request("POST", "/worker/events/steps", str(100 * number + part).encode()).status, 202)
                if part == 10:
                    self.clock.set(step)
            self.beats()
        rows = "select payload from worker.heard where key = 'steps' order by place"
        wanted = [str(100 * number + part) for number in range(4) for part in range(20)]
        until(lambda: len(self.database.rows(rows)) >= len(wanted), "all are delivered")
        self.assertEqual([row[0] for row in self.database.rows(rows)], wanted)

    def test_no_step_gives_a_subscription_to_another_host(self):
        holder = "select host from gantry.event_subscription where name = 'ledger'"
        renewed = "select count(*) from gantry.event_subscription where lease_until - now() between '0 s' and '2 s'"
        until(lambda: self.number(renewed) == 1, "a host has it")
        before = self.database.rows(holder)
        for step in (1, 2, 3, 4, 5, 6, 7, 8, 0, -1, 0):
            self.clock.set(step * HOUR)
            until(lambda: self.number(renewed) == 1, "the lease is of that time")
            self.assertEqual(self.database.rows(holder), before, f"after a step to {step} hours")


class DeadHost(unittest.TestCase):
    def test_what_a_dead_host_delivered_another_delivers_though_the_clock_was_set_back(self):
        with SteppedClock() as clock, PostgresServer(clock.environment) as database:
            changes = merged(TOGETHER, {"database": {"url": database.url}})
            with GantryHost(changes, clock.environment) as first:
                held = "select count(*) from gantry.event_subscription where host is not null"
                until(lambda: database.rows(held) == [["1"]], "the first host has the subscription")
                with GantryHost(changes, clock.environment) as survivor:
                    first.kill()
                    clock.set(-6 * HOUR)
                    self.assertEqual(survivor.request("POST", "/worker/events/after", b"it").status, 202)
                    heard = "select payload from worker.heard where key = 'after'"
                    until(lambda: database.rows(heard) == [["it"]], "the survivor delivers", 30)
                    survivor.stop()

    def test_what_a_dead_host_ran_is_taken_over_though_the_clock_was_set_back(self):
        with SteppedClock() as clock, PostgresServer(clock.environment) as database:
            changes = merged(TOGETHER, {"database": {"url": database.url}})
            with GantryHost(changes, clock.environment) as survivor, GantryHost(changes, clock.environment) as other:
                with submitters(other, ["/worker/jobs/slow"] * 4) as clients:
                    running = f"select count(*) from gantry.job where state = 1 and host = {self.id_of(database, other)}"
                    until(lambda: int(database.rows(running)[0][0]) > 0, "jobs run there")
                    waiting = "select count(*) from gantry.job where state = 0"
                    until(lambda: int(database.rows(waiting)[0][0]) > 0, "others wait")
                    other.kill()
                clock.set(-6 * HOUR)
                left = "select count(*) from gantry.job where state < 2"
                until(lambda: database.rows(left) == [["0"]], "the other host has done them", 30)
                self.assertGreater(len(clients.accepted), 0)
                survivor.stop()

    @staticmethod
    def id_of(database, host):
        return database.rows(f"select id from gantry.job_host where name like '%:{host.process.pid}'")[0][0]


class SteppedHost(unittest.TestCase):
    def test_limits_and_deadlines_do_not_go_by_the_wall_clock(self):
        changes = {"plugin_directories": [str(PLUGINS), str(FIXTURES)], "plugins": {"keeps": {}},
                   "database": {"statement_deadline": "700ms"}}
        with SteppedClock() as clock, GantryHost(changes, clock.environment) as host:
            self.assertEqual([host.get("/limits/a").status for _ in range(4)], [200, 200, 200, 429])
            for step in (6 * HOUR, 0, -6 * HOUR):
                with self.subTest(step=step):
                    clock.set(step)
                    refused = host.get("/limits/a")
                    self.assertEqual(refused.status, 429)
                    self.assertTrue(500 < int(refused.headers["Retry-After"]) <= 640, refused.headers["Retry-After"])
            with LockedNotes(host), host.wire() as wire:
                for step in (6 * HOUR, -6 * HOUR):
                    with self.subTest(step=step):
                        clock.set(0)
                        began = time.monotonic()
                        wire.send(b"DELETE /notes/note_1 HTTP/1.1\r\nHost: x\r\n\r\n")
                        clock.set(step)
                        self.assertEqual(wire.answer().status, 504)
                        self.assertTrue(0.6 < time.monotonic() - began < 10)
            host.expect_alive()


if __name__ == "__main__":
    unittest.main()
