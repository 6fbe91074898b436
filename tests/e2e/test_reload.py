"""The next generation takes the place of the one that serves: nobody notices, and nothing stays behind."""

import pathlib
import shutil
import tempfile
import threading
import unittest

import processes
from gantry_host import FIXTURES, PLUGINS, SOURCE, GantryHost
from http_client import ask, connect
from waiting import until
from writers import Writers

SHORT = {"reload_watch": "300ms", "plugin_directories": [str(PLUGINS), str(FIXTURES)]}


class Readers:
    """Clients that ask on kept connections without a pause and remember every answer that was not 200."""

    def __init__(self, address, path, count=4):
        self.refused = []
        self.answered = 0
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._read, args=(address, path), daemon=True) for _ in range(count)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _read(self, address, path):
        connection = connect(address)
        while not self._stopped.is_set():
            try:
                answer = ask(connection, "GET", path)
                if answer.status != 200:
                    self.refused.append(answer)
            except OSError as failure:
                self.refused.append(failure)
                connection = connect(address)
            self.answered += 1
        connection.close()


def mapped(host):
    """Libraries of plugins that stand in its memory."""
    with open(f"/proc/{host.process.pid}/maps", encoding="utf-8") as maps:
        return sum("memfd:" in line for line in maps)


class Reload(unittest.TestCase):
    def host(self, changes=None):
        return GantryHost({**SHORT, **(changes or {})})

    def test_settings_take_effect(self):
        with self.host() as host:
            self.assertIn("generation 2 serves", host.reload({"plugins": {"hello": {"greeting": "Moin"}}})[0])
            self.assertEqual(host.get("/hello/World").text(), "Moin, World!\n")

    def test_a_wrong_configuration_changes_nothing_and_is_told_in_full(self):
        with self.host() as host:
            said = host.reload({"plugins": {"hello": {"greting": "Moin", "greeting": 7}}})
            self.assertIn("not reloaded", said[0])
            until(lambda: len(host.banner) >= 3 and "greeting" in host.banner[-1], "both lines")
            self.assertIn("did you mean 'greeting'?", "\n".join(host.banner))
            host.expect_alive()

    def test_a_plugin_comes_and_goes(self):
        with self.host({"plugins": {"notes": None}}) as host:
            self.assertEqual(host.get("/notes").status, 404)
            host.reload({"plugins": {"notes": {}}})
            self.assertEqual(host.get("/notes").status, 200)
            host.reload({"plugins": {"notes": None}})
            self.assertEqual(host.get("/notes").status, 404)

    def test_a_new_file_of_a_plugin_serves(self):
        with tempfile.TemporaryDirectory() as directory:

            def install(number):
                # As a package manager does it: a new file takes the name of the old one.
                new = pathlib.Path(directory, "swapped.so.new")
                shutil.copy(FIXTURES / f"swapped_{number}.so", new)
                new.rename(pathlib.Path(directory, "swapped.so"))

            install(1)
            with self.host({"plugin_directories": [str(PLUGINS), directory], "plugins": {"swapped": {}}}) as host:
                self.assertEqual(host.get("/swapped").text(), "file 1")
                install(2)
                host.reload()
                self.assertEqual(host.get("/swapped").text(), "file 2")

    def test_a_plugin_that_cannot_start_leaves_the_old_generation_serving(self):
        with self.host() as host:
            said = host.reload({"plugins": {"fails_in_start": {"host": {"on_failure": "optional"}}}})
            self.assertIn("not reloaded", said[0])
            host.expect_alive()
            self.assertEqual(len(host.logs(message="reload refused, the running generation serves on")), 1)

    def test_a_disk_that_refuses_a_plugin_its_directory_refuses_the_reload(self):
        with self.host({"plugins": {"notes": None}}) as host:
            (host.data_directory / "plugins" / "notes").touch()
            self.assertIn("not reloaded", host.reload({"plugins": {"notes": {}}})[0])
            host.expect_alive()

    def test_migrations_that_cannot_be_looked_at_refuse_the_reload(self):
        with tempfile.TemporaryDirectory() as directory:
            pathlib.Path(directory, "notes").symlink_to("notes")  # leads to itself
            with self.host({"plugins": {"notes": None}, "migrations": [directory, str(SOURCE / "migrations")]}) as host:
                self.assertIn("not reloaded", host.reload({"plugins": {"notes": {}}})[0])
                host.expect_alive()

    def test_a_plugin_that_falls_ill_while_it_is_watched_brings_the_old_generation_back(self):
        with self.host({"plugins": {"turns_ill": {"sign": "/nonexistent"}}, "reload_watch": "60s"}) as host:
            sign = host.directory / "ill"
            host.reload({"plugins": {"hello": {"greeting": "Moin"}, "turns_ill": {"sign": str(sign)}}})
            self.assertEqual(host.get("/hello/World").text(), "Moin, World!\n")
            sign.touch()
            until(lambda: host.logs(message="rolled back to the former generation"), "the rollback")
            host.expect_alive()

    def test_what_only_a_start_can_change_is_named(self):
        with self.host() as host:
            host.reload({"http": {"listen": ["127.0.0.1:0"], "idle_deadline": "7s"}})
            until(lambda: "takes effect at the next start" in host.banner[-1], "the hint")
            self.assertIn("http.idle_deadline", host.banner[-1])

    def test_the_level_of_a_log_changes_without_a_restart(self):
        with self.host() as host:
            host.reload({"log": {"levels": {"http": "warn"}}})
            before = len(host.logs(logger="http"))
            host.expect_alive()
            self.assertEqual(len(host.logs(logger="http")), before)

    def test_under_load_no_request_fails(self):
        with self.host({"reload_watch": "10ms"}) as host:
            with Readers(host.address, "/hello/World") as readers, Writers(host.address, count=2) as writers:
                for _ in range(10):
                    self.assertIn("serves", host.reload()[0])
            self.assertEqual(readers.refused, [])
            self.assertGreater(readers.answered, 100)
            self.assertEqual((writers.refused, writers.lost_connections), ([], 0))
            host.expect_alive()

    def test_many_reloads_leave_nothing_behind(self):
        with self.host({"reload_watch": "1ms"}) as host:

            def state():
                return (host.descriptors(), processes.threads(host.process.pid), mapped(host))

            host.reload()
            until(lambda: len(host.logs(message="reloaded")) == 1, "the first")
            before = state()
            for _ in range(50):
                host.reload()
            until(lambda: state() <= before, f"{before} again")

    def test_streams_that_never_began_or_were_left_keep_no_generation(self):
        with self.host({"reload_watch": "1ms", "plugin_drain_deadline": "10m"}) as host:
            before = mapped(host)
            for _ in range(3):
                self.assertEqual(host.request("HEAD", "/notes/export").status, 200)
                wire = host.wire()
                wire.send(b"GET /notes/export HTTP/1.1\r\nHost: x\r\n\r\n")
                wire.socket.close()
            host.reload()
            until(lambda: len(host.logs(message="reloaded")) == 1, "the next generation serves")
            until(lambda: mapped(host) <= before, "the former one has ended, long before its deadline")


if __name__ == "__main__":
    unittest.main()
