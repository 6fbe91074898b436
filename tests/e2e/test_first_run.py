"""What a newcomer sees: one command, an address, answers to curl, a clean end, and notes that are still there tomorrow."""

import re
import signal
import subprocess
import unittest

import notes_client
from gantry_host import SOURCE, PLUGINS, GantryHost
from host_test_case import HostTestCase


def curl(*arguments):
    return subprocess.run(
        ["curl", "--silent", "--show-error", "--fail", "--max-time", "60", *arguments],
        capture_output=True,
        text=True,
        check=True,
    ).stdout


class DevelopmentConfiguration(HostTestCase):
    """config/gantry.dev.yaml as it stands, but for a free port, another data directory and this build's plugins."""

    @classmethod
    def setUpClass(cls):
        host = GantryHost()
        text = (SOURCE / "config/gantry.dev.yaml").read_text(encoding="utf-8")
        text, ports = re.subn(r":8080\b", ":0", text)
        assert ports > 0, "config/gantry.dev.yaml does not listen on 8080"
        text, directories = re.subn(r"(?m)^data_directory:.*$", f"data_directory: {host.data_directory}", text)
        assert directories == 1, "config/gantry.dev.yaml has no data_directory"
        text, plugins = re.subn(r"(?m)^plugin_directories:.*$", f"plugin_directories: [{PLUGINS}]", text)
        assert plugins == 1, "config/gantry.dev.yaml has no plugin_directories"
        text, migrations = re.subn(r"(?m)^migrations:.*$", f"migrations: [{SOURCE / 'migrations'}]", text)
        assert migrations == 1, "config/gantry.dev.yaml has no migrations"
        host.config_text = text
        cls.host = cls.enterClassContext(host)

    def test_the_banner_says_where_what_and_how_to_stop(self):
        banner = "\n".join(self.host.banner)
        self.assertRegex(banner, r"^gantry \d+\.\d+\.\d+ serves \(ready in \d+ ms\)")
        self.assertRegex(banner, r"(?m)^  http://\S+:\d+$")
        self.assertRegex(banner, r"(?m)^  plugin hello \d+\.\d+\.\d+ serving$")
        self.assertRegex(banner, r"(?m)^  plugin notes \d+\.\d+\.\d+ serving$")
        self.assertIn("SIGTERM stops it", banner)

    def test_curl_is_greeted(self):
        self.assertEqual(curl(self.host.url + "/hello/World"), "Hello, World!\n")

    def test_curl_writes_a_note_and_reads_the_export(self):
        curl("--json", '{"title": "By curl", "body": "from a shell"}', self.host.url + "/notes")
        self.assertIn('"title":"By curl"', curl(self.host.url + "/notes"))
        self.assertIn("event: end", curl("--no-buffer", self.host.url + "/notes/export"))


class End(unittest.TestCase):
    """stop() itself asserts: exit code 0, PostgreSQL gone, no sanitizer report."""

    def test_sigterm_ends_host_and_cluster(self):
        with GantryHost() as host:
            host.stop(signal.SIGTERM)
            self.assertIn("stopped", host.banner)

    def test_control_c_ends_host_and_cluster(self):
        with GantryHost() as host:
            host.stop(signal.SIGINT)
            self.assertIn("stopped", host.banner)

    def test_a_restart_keeps_the_notes(self):
        with GantryHost() as host:
            written = notes_client.create(host, "Kept", "over the night", ["one", "two"])
            host.stop()
            host.start()
            self.assertEqual(host.get("/notes/" + written["id"]).json(), written)


if __name__ == "__main__":
    unittest.main()
