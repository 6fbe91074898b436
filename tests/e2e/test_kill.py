"""kill -9 in the middle of a reload and of a change of the master key: what was promised before still holds after."""

import random
import subprocess
import time
import unittest

from gantry_host import BINARY, FIXTURES, PLUGINS, SOURCE, GantryHost
from rounds import any_moment, rounds
from waiting import until
from writers import Writers

WORKER = {
    "migrations": [str(SOURCE / "migrations"), str(SOURCE / "tests/e2e/migrations")],
    "plugin_directories": [str(PLUGINS), str(FIXTURES)],
    "plugins": {"worker": {}},
    "reload_watch": "10ms",
}


def all_notes(host):
    """Every note by its id."""
    notes, cursor = {}, ""
    while True:
        page = host.get("/notes?limit=100" + (f"&cursor={cursor}" if cursor else "")).json()
        notes.update({note["id"]: note["title"] for note in page["items"]})
        cursor = page.get("next_cursor") or ""
        if not page["has_more"]:
            return notes


class Reload(unittest.TestCase):
    def test_a_host_killed_in_the_middle_of_a_reload_starts_as_it_is_configured_and_has_lost_nothing(self):
        written, in_the_middle = {}, 0
        with GantryHost(WORKER) as host:
            begin = time.monotonic()
            host.reload({"plugins": {"hello": {"greeting": "Hi"}}})
            longest = 1.5 * (time.monotonic() - begin)
            for number in rounds(10):
                with Writers(host.address) as writers:
                    until(lambda: len(writers.written) > 3, "notes are being written")
                    # The worker comes and goes, so that a plugin is started, or ended, in the middle as well.
                    host.config["plugins"]["hello"]["greeting"] = f"Moin {number}"
                    if number % 2 == 0:
                        host.config["plugins"].pop("worker")
                    else:
                        host.config["plugins"]["worker"] = {}
                    host.signal_reload()
                    any_moment(longest)
                    in_the_middle += not any("reloaded" in line for line in host.banner)
                    host.kill()
                written.update(writers.written)
                host.start()
                self.assertEqual(host.get("/hello/World").text(), f"Moin {number}, World!\n")
                self.assertEqual(host.request("POST", "/worker/jobs/quick", {}).status, 404 if number % 2 == 0 else 202)
                host.banner.clear()
            kept = all_notes(host)
            self.assertEqual({id: title for id, title in written.items() if kept.get(id) != title}, {})
            self.assertGreater(in_the_middle, 0, "no kill has met a reload: the test shows nothing")
            print(f"{len(written)} notes written, {in_the_middle} kills before the reload was done")


class MasterKey(unittest.TestCase):
    """The command, the host, or both are killed; every secret is still what it was."""

    def command(self, host):
        return subprocess.Popen(
            [BINARY, "secret", "rotate-key", "--config", str(host.config_file)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )

    def expect_secrets(self, host, secrets):
        for name, value in secrets.items():
            answer = host.get(f"/worker/secrets/{name}")
            self.assertEqual((answer.status, answer.text()), (200, value), name)

    def test_no_secret_is_lost_by_kill_9_in_the_middle_of_a_change_of_the_master_key(self):
        killed = 0
        with GantryHost({**WORKER, "secrets": {"watch_interval": "100ms"}}) as host:
            secrets = {f"secret_{number}": f"value {number}" for number in range(20)}
            for name, value in secrets.items():
                self.assertEqual(host.request("PUT", f"/worker/secrets/{name}", value.encode()).status, 204)
            begin = time.monotonic()
            command = self.command(host)
            said, _ = command.communicate(timeout=120)
            self.assertIn("the master key is now", said)
            longest = 1.2 * (time.monotonic() - begin)
            for number in rounds(10):
                command = self.command(host)
                if number % 2 == 0:
                    # The command dies; the host goes on with whatever key file there is.
                    any_moment(longest)
                    command.kill()
                    killed += command.wait() != 0
                    command.communicate()
                else:
                    # The key is new, and the host dies while it wraps with it what the old one wrapped.
                    command.communicate(timeout=120)
                    self.assertEqual(command.returncode, 0)
                    any_moment(0.3)
                    host.kill()
                    host.start()
                self.expect_secrets(host, secrets)
                name = random.choice(list(secrets))
                secrets[name] = f"new value {number}"
                self.assertEqual(host.request("PUT", f"/worker/secrets/{name}", secrets[name].encode()).status, 204)
            self.expect_secrets(host, secrets)
            host.stop()
            host.start()
            self.expect_secrets(host, secrets)
            self.assertGreater(killed, 0, "no kill has met the command: the test shows nothing")

    def test_no_secret_is_lost_while_the_host_is_away(self):
        with GantryHost(WORKER) as host:
            secrets = {f"secret_{number}": f"value {number}" for number in range(20)}
            for name, value in secrets.items():
                host.request("PUT", f"/worker/secrets/{name}", value.encode())
            host.stop()
            begin = time.monotonic()
            self.assertEqual(self.command(host).wait(120), 0)
            longest = time.monotonic() - begin
            for _ in rounds(2):
                command = self.command(host)
                any_moment(longest)
                command.kill()
                command.communicate()
            host.start()
            self.expect_secrets(host, secrets)


if __name__ == "__main__":
    unittest.main()
