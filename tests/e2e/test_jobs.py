"""Jobs survive the death of the host: each accepted one is done, once, or its attempts say what happened."""

import collections
import http.client
import random
import threading
import unittest

import psql
from gantry_host import FIXTURES, PLUGINS, SOURCE, GantryHost
from http_client import ask, connect
from rounds import rounds
from waiting import until

WORKER = {
    "migrations": [str(SOURCE / "migrations"), str(SOURCE / "tests/e2e/migrations")],
    "plugin_directories": [str(PLUGINS), str(FIXTURES)],
    "plugins": {"notes": None, "worker": {}},
}


class Submitters:
    """Clients that submit jobs without a pause and remember which were accepted."""

    def __init__(self, address, paths, each_max=1_000_000):
        self.address = address
        self.each_max = each_max
        self.accepted = []
        self.stopped = threading.Event()
        self.threads = [threading.Thread(target=self._submit, args=(path,), daemon=True) for path in paths]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        for thread in self.threads:
            thread.join()

    def _submit(self, path):
        connection = connect(self.address)
        try:
            for _ in range(self.each_max):
                if self.stopped.is_set():
                    break
                answer = ask(connection, "POST", path, {})
                if answer.status == 202:
                    self.accepted.append(answer.body.decode())
        except (OSError, http.client.HTTPException):
            pass  # the host has been killed, as the test wanted
        finally:
            connection.close()


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
                with Submitters(host.address, paths) as submitters:
                    before = random.randint(1, 120)
                    until(lambda: len(submitters.accepted) >= before, "jobs are being accepted")
                    host.kill()
                accepted += submitters.accepted
                host.start()
            repeated, marked = self.expect_done(host, accepted)
            self.assertGreater(marked, 0, "no kill has met a running job: the test shows nothing")
            sent = {row[0] for row in psql.rows(host, "select job from worker.sent")}
            known = {row[0] for row in psql.rows(host, "select id from gantry.job")}
            self.assertEqual(sent - known, set(), "a transaction was committed without its job")
            print(f"{len(accepted)} accepted, {marked} begun more than once, {repeated} of them completed more than once")

    def test_a_stopping_host_finishes_what_runs_and_keeps_the_rest(self):
        with GantryHost(WORKER) as host:
            with Submitters(host.address, ["/worker/jobs/slow"] * 4, each_max=20) as submitters:
                until(lambda: psql.number(host, "select count(*) from worker.run") > 5, "jobs are being done")
            host.stop()
            host.start()
            _, marked = self.expect_done(host, submitters.accepted)
            self.assertEqual(marked, 0, "an orderly stop interrupts nothing")

    def test_a_killed_server_costs_no_job(self):
        with GantryHost(WORKER) as host:
            with Submitters(host.address, ["/worker/jobs/quick"] * 3) as submitters:
                until(lambda: len(submitters.accepted) > 50, "jobs are being accepted")
                for pid in psql.rows(host, "select pid from pg_stat_activity where usename = 'gantry'"):
                    psql.rows(host, f"select pg_terminate_backend({pid[0]})")
                before = len(submitters.accepted)
                until(lambda: len(submitters.accepted) > before + 50, "it goes on")
            self.expect_done(host, submitters.accepted)


if __name__ == "__main__":
    unittest.main()
