"""Jobs survive the death of the host: each accepted one is done, once, or its attempts say what happened."""

import collections
import itertools
import random
import unittest

import psql
from askers import Askers
from gantry_host import FIXTURES, PLUGINS, SOURCE, GantryHost
from rounds import rounds
from waiting import until

WORKER = {
    "migrations": [str(SOURCE / "migrations"), str(SOURCE / "tests/e2e/migrations")],
    "plugin_directories": [str(PLUGINS), str(FIXTURES)],
    "plugins": {"notes": None, "worker": {}},
}


def submitters(host, paths, each_max=1_000_000):
    """Clients that submit jobs; their ids are remembered."""
    return Askers(host.address, [itertools.repeat((path, {}, None), each_max) for path in paths])


class Jobs(unittest.TestCase):
    def expect_done(self, host, accepted):
        """Each is done, at least one attempt left its trace, and none left two."""
        until(lambda: psql.number(host, "select count(*) from gantry.job where state < 2") == 0, "no job is left", 180)
        states = dict(psql.rows(host, "select id, state from gantry.job"))
        self.assertEqual({job: states.get(job) for job in accepted if states.get(job) != "2"}, {})
        runs = collections.Counter(tuple(row) for row in psql.rows(host, "select job, attempt from worker.run"))
        self.assertEqual({run: count for run, count in runs.items() if count > 1}, {}, "an attempt ran twice")
        attempts = dict(psql.rows(host, "select id, attempt from gantry.job"))
        ran = collections.defaultdict(list)
        for job, attempt in runs:
            ran[job].append(int(attempt))
        self.assertEqual([job for job in accepted if not ran[job]], [], "done, but never done")
        unmarked = {job: tried for job, tried in ran.items() if len(tried) > 1 and int(attempts[job]) < len(tried)}
        self.assertEqual(unmarked, {})
        return sum(len(tried) > 1 for tried in ran.values()), sum(int(count) > 1 for count in attempts.values())

    def test_no_accepted_job_is_lost_or_run_twice_unmarked_by_kill_9(self):
        accepted = []
        with GantryHost(WORKER) as host:
            for _ in rounds(22):
                paths = ["/worker/jobs/quick"] * 3 + ["/worker/jobs/slow", "/worker/sent"]
                with submitters(host, paths) as clients:
                    before = random.randint(1, 120)
                    until(lambda: len(clients.accepted) >= before, "jobs are being accepted")
                    host.kill()
                accepted += clients.accepted
                host.start()
            repeated, marked = self.expect_done(host, accepted)
            self.assertGreater(marked, 0, "no kill has met a running job: the test shows nothing")
            sent = {row[0] for row in psql.rows(host, "select job from worker.sent")}
            known = {row[0] for row in psql.rows(host, "select id from gantry.job")}
            self.assertEqual(sent - known, set(), "a transaction was committed without its job")
            print(f"{len(accepted)} accepted, {marked} begun more than once, {repeated} of them completed more than once")

    def test_a_stopping_host_finishes_what_runs_and_keeps_the_rest(self):
        with GantryHost(WORKER) as host:
            with submitters(host, ["/worker/jobs/slow"] * 4, each_max=20) as clients:
                until(lambda: psql.number(host, "select count(*) from worker.run") > 5, "jobs are being done")
            host.stop()
            host.start()
            _, marked = self.expect_done(host, clients.accepted)
            self.assertEqual(marked, 0, "an orderly stop interrupts nothing")

    def test_a_killed_server_costs_no_job(self):
        with GantryHost(WORKER) as host:
            with submitters(host, ["/worker/jobs/quick"] * 3) as clients:
                until(lambda: len(clients.accepted) > 50, "jobs are being accepted")
                for pid in psql.rows(host, "select pid from pg_stat_activity where usename = 'gantry'"):
                    psql.rows(host, f"select pg_terminate_backend({pid[0]})")
                before = len(clients.accepted)
                until(lambda: len(clients.accepted) > before + 50, "it goes on")
            self.expect_done(host, clients.accepted)


if __name__ == "__main__":
    unittest.main()
