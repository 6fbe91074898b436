"""PostgreSQL dies, the host dies, the disk is full: what was answered 201 stays, the rest is refused, all comes back."""

import os
import pathlib
import signal
import subprocess
import unittest

import notes_client
import processes
from database_client import LockedNotes
from gantry_host import GantryHost, run_gantry, temporary_directory
from waiting import until
from writers import Writers


class FaultCase(unittest.TestCase):
    def expect_kept(self, host, written):
        """Every note that was answered 201 is there, as it was written."""
        present = {note["id"]: note["title"] for note in notes_client.all_of(host)}
        lost = {identifier: title for identifier, title in written.items() if present.get(identifier) != title}
        self.assertEqual(lost, {})

    def expect_refusals_name_the_dependency(self, answers):
        for answer in answers:
            self.assertEqual((answer.status, answer.headers["Content-Type"]), (503, "application/problem+json"), answer.body)
            self.assertEqual(answer.json()["code"], "DEPENDENCY_UNAVAILABLE", answer.body)


class KilledServer(FaultCase):
    def test_a_killed_postmaster_comes_back_under_load_and_nothing_is_lost(self):
        with GantryHost() as host:
            with Writers(host.address) as writers:
                # At least three times, and until a kill has met a statement under way: which one does is chance.
                for round_number in range(20):
                    if round_number >= 3 and writers.refused:
                        break
                    until(lambda: len(writers.written) > 50, "notes are being written")
                    killed = host.postmaster()
                    os.kill(killed, signal.SIGKILL)
                    until(lambda: host.postmaster() not in (None, killed), "another server runs")
                    before = len(writers.written)
                    until(lambda: len(writers.written) > before + 50, "writing goes on by itself")
                    self.assertEqual(host.get("/hello/World").status, 200)
            self.assertEqual(writers.lost_connections, 0)
            self.assertTrue(writers.refused)
            self.expect_refusals_name_the_dependency(writers.refused)
            self.expect_kept(host, writers.written)
            host.expect_alive()

    def test_killed_backends_are_replaced(self):
        with GantryHost() as host:
            with Writers(host.address) as writers:
                until(lambda: len(writers.written) > 50, "notes are being written")
                before = len(writers.written)
                for pid in processes.working_in(host.data_directory):
                    if "gantry" in pathlib.Path(f"/proc/{pid}/cmdline").read_text(encoding="latin-1"):
                        os.kill(pid, signal.SIGTERM)
                until(lambda: len(writers.written) > before + 50, "writing goes on by itself")
            self.expect_refusals_name_the_dependency(writers.refused)
            self.expect_kept(host, writers.written)

    def test_health_says_so_while_the_server_is_gone(self):
        with GantryHost() as host:
            stopped = processes.working_in(host.data_directory)
            for pid in stopped:
                os.kill(pid, signal.SIGSTOP)  # there, but deaf: worse than dead
            try:
                detailed = host.get("/health/detailed")
                self.assertEqual(detailed.status, 503)
                self.assertEqual(host.get("/healthz").status, 200)
                self.assertEqual(host.get("/hello/World").status, 200)
            finally:
                for pid in stopped:
                    os.kill(pid, signal.SIGCONT)
            until(lambda: host.get("/health/detailed").status == 200, "health is back")
            notes_client.create(host, "After all")


class SlowStatement(FaultCase):
    def test_a_statement_that_takes_too_long_is_a_504_and_costs_no_connection(self):
        with GantryHost({"database": {"statement_deadline": "300ms", "connections": 2}}) as host:
            with LockedNotes(host):
                for _ in range(5):
                    answer = host.request("POST", "/notes", {"title": "Never written"})
                    self.assertEqual((answer.status, answer.json()["code"]), (504, "DEADLINE_EXCEEDED"))
            notes_client.create(host, "After the lock")
            self.assertEqual(len(notes_client.all_of(host)), 1)


class BusyDatabase(FaultCase):
    def test_who_waits_too_long_for_a_connection_is_told_to_come_back(self):
        with GantryHost({"database": {"connections": 1, "queue_deadline": "300ms"}}) as host:
            with LockedNotes(host) as lock, host.wire() as first:
                first.send(b"GET /notes HTTP/1.1\r\nHost: x\r\n\r\n")
                until(lock.waiting, "the only connection is taken")
                for _ in range(5):
                    self.assertEqual(host.get("/notes").status, 503)
                    self.assertEqual(host.get("/hello/World").status, 200)
                lock.release()
                self.assertEqual(first.answer().status, 200)
            self.assertEqual(host.get("/notes").status, 200)


class KilledHost(FaultCase):
    def test_no_note_is_lost_by_kill_9_during_writes(self):
        with GantryHost() as host:
            written = {}
            for round_number in range(4):
                with Writers(host.address) as writers:
                    until(lambda: len(writers.written) >= 50, "notes are being written")
                    host.kill()
                written |= writers.written
                host.start()
                with self.subTest(round=round_number):
                    self.expect_kept(host, written)
            host.stop()
            host.start()
            self.expect_kept(host, written)
            # Ids are never given twice, whatever was under way when the host died.
            self.assertNotIn(notes_client.create(host, "A new one")["id"], written)

    def test_host_and_postmaster_killed_together_come_back(self):
        with GantryHost() as host:
            with Writers(host.address) as writers:
                until(lambda: len(writers.written) >= 50, "notes are being written")
                os.kill(host.postmaster(), signal.SIGKILL)
                host.kill()
            host.start()
            self.expect_kept(host, writers.written)

    def test_a_host_killed_while_it_makes_its_cluster_makes_it_the_next_time(self):
        host = GantryHost()
        self.addCleanup(host.clean_up)
        host.launch()
        until(lambda: list(host.data_directory.glob("postgresql/init-*/PG_VERSION")), "the cluster is half made")
        host.kill()
        host.start()
        notes_client.create(host, "After all")
        self.assertEqual(list(host.data_directory.glob("postgresql/init-*")), [])
        host.stop()

    def test_postgresql_follows_a_killed_host(self):
        with GantryHost() as host:
            host.kill()
            until(lambda: not processes.working_in(host.data_directory), "PostgreSQL has ended by itself")


class DataDirectory(FaultCase):
    def expect_refused_start(self, host, *words):
        self.addCleanup(host.clean_up)
        host.launch()
        self.assertEqual(host.wait(), 1, host.stderr())
        for word in words:
            self.assertIn(word, host.stderr())
        host.expect_no_sanitizer_report()

    def test_a_second_host_on_one_directory_is_refused_and_disturbs_nothing(self):
        with GantryHost() as first:
            written = notes_client.create(first, "Mine")
            second = GantryHost({"data_directory": str(first.data_directory)})
            self.expect_refused_start(second, "another gantry host", str(first.process.pid), str(first.data_directory))
            self.assertEqual(first.get("/notes/" + written["id"]).json(), written)
            first.expect_alive()

    def test_a_migration_beside_a_running_host_is_refused_and_disturbs_nothing(self):
        with GantryHost() as host:
            result = run_gantry("migrate", "up", "--config", str(host.config_file))
            self.assertEqual((result.returncode, result.stdout), (1, ""))
            self.assertIn("another gantry host", result.stderr)
            notes_client.create(host, "Still serving")

    def test_a_stale_pid_file_does_not_keep_the_host_from_starting(self):
        with GantryHost() as host:
            written = notes_client.create(host, "Before")
            cluster = next(host.data_directory.rglob("postmaster.pid")).parent
            host.stop()
            # As after a power cut in a container: the number now belongs to somebody else.
            (cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster}\n1\n5432\n", encoding="ascii")
            host.start()
            self.assertEqual(host.get("/notes/" + written["id"]).json(), written)

    def test_a_directory_below_a_file_is_named(self):
        parent = temporary_directory()
        self.addCleanup(parent.rmdir)
        obstacle = parent / "file"
        obstacle.write_text("not a directory", encoding="ascii")
        self.addCleanup(obstacle.unlink)
        self.expect_refused_start(GantryHost({"data_directory": str(obstacle / "data")}), str(obstacle), "Not a directory")

    def test_a_read_only_file_system_is_named(self):
        place = Mounted(self, "ro")
        self.expect_refused_start(
            GantryHost({"data_directory": str(place.directory / "data")}), str(place.directory), "Read-only file system"
        )

    def test_a_directory_that_postgresql_may_not_enter_is_named(self):
        if os.geteuid() != 0:
            self.skipTest("only a host started by root runs PostgreSQL as another user")
        parent = temporary_directory()
        parent.chmod(0o700)
        self.addCleanup(subprocess.run, ["rm", "-rf", str(parent)], check=True)
        self.expect_refused_start(
            GantryHost({"data_directory": str(parent / "data")}), f"cannot enter {parent}", "chmod o+x"
        )


class FullDisk(FaultCase):
    def test_a_full_disk_refuses_writes_and_recovers_when_there_is_room(self):
        place = Mounted(self, "size=160m")
        with GantryHost({"data_directory": str(place.directory / "data")}) as host:
            ballast = place.directory / "ballast"
            with Writers(host.address, count=2, body="x" * 50_000) as writers:
                until(lambda: len(writers.written) > 20, "notes are being written")
                fill(ballast)
                until(lambda: writers.refused, "writes are refused", 120)
                self.assertEqual(host.get("/hello/World").status, 200)
                self.assertEqual(host.get("/healthz").status, 200)
                ballast.unlink()
                before = len(writers.written)
                until(lambda: len(writers.written) > before + 20, "writing goes on by itself", 120)
            self.assertEqual(writers.lost_connections, 0)
            self.expect_refusals_name_the_dependency(writers.refused)
            self.expect_kept(host, writers.written)
            host.expect_alive()

    def test_a_disk_that_is_full_from_the_start_is_named(self):
        place = Mounted(self, "size=8m")
        host = GantryHost({"data_directory": str(place.directory / "data")})
        self.addCleanup(host.clean_up)
        host.launch()
        self.assertEqual(host.wait(), 1, host.stderr())
        self.assertIn("No space left on device", host.stderr())
        host.expect_no_sanitizer_report()


class Mounted:
    """A small file system in memory, until the end of the test."""

    def __init__(self, test, options):
        self.directory = temporary_directory()
        test.addCleanup(self.directory.rmdir)
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "gantry-e2e", str(self.directory)],
            capture_output=True,
            text=True,
            check=False,
        )
        if mounted.returncode != 0:
            print(f"skipped: this machine does not let the test mount a tmpfs: {mounted.stderr}")
            test.skipTest("mount is not permitted: " + mounted.stderr.strip())
        test.addCleanup(subprocess.run, ["umount", "--lazy", str(self.directory)], check=True)


def fill(path):
    """Takes every byte that is left."""
    with open(path, "wb", buffering=0) as file:
        for size in [1 << 20, 1 << 12]:
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue


if __name__ == "__main__":
    unittest.main()
