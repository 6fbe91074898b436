"""`gantry secret` on the real binary: values come by standard input, are stored encrypted, and survive a new master key."""

import json
import os
import stat
import subprocess
import unittest

from configuration_case import ConfigurationCase
from gantry_host import BINARY, GantryHost
from waiting import until


class Secrets(ConfigurationCase):
    def setUp(self):
        super().setUp()
        self.write_sound()

    def secret(self, *arguments, value=""):
        return subprocess.run(
            [BINARY, "secret", *arguments, "--config", str(self.file)],
            input=value, capture_output=True, text=True, timeout=120, check=False,
        )

    def test_a_secret_is_stored_listed_and_removed_without_being_shown(self):
        stored = self.secret("set", "notes", "api_key", value="geheim\n")
        self.assertEqual((stored.returncode, stored.stdout), (0, "stored notes/api_key\n"), stored.stderr)
        listed = self.secret("list")
        as_json = json.loads(self.secret("list", "--json").stdout)["items"]
        self.assertEqual([(item["owner"], item["name"]) for item in as_json], [("notes", "api_key")])
        self.assertRegex(listed.stdout, r"(?m)^notes +api_key +[0-9a-f]{16} +\d{4}-\d\d-\d\dT")
        self.assertNotIn("geheim", stored.stdout + stored.stderr + listed.stdout + listed.stderr)
        self.assertEqual(self.secret("remove", "notes", "api_key").returncode, 0)
        self.assertEqual(self.secret("remove", "notes", "api_key").returncode, 1)

    def test_a_new_master_key_wraps_everything_anew(self):
        self.secret("set", "notes", "one", value="1")
        self.secret("set", "gantry", "two", value="2")
        before = {line.split()[2] for line in self.secret("list").stdout.splitlines()[1:]}
        rotated = self.secret("rotate-key")
        self.assertRegex(rotated.stdout, r"^the master key is now [0-9a-f]{16}; 2 secrets were wrapped anew\n$", rotated.stderr)
        after = {line.split()[2] for line in self.secret("list").stdout.splitlines()[1:]}
        self.assertEqual((len(before), len(after), before & after), (1, 1, set()))

    def test_a_running_host_takes_up_a_new_master_key(self):
        with GantryHost({"secrets": {"watch_interval": "100ms"}}) as host:
            self.file = host.config_file
            stored = self.secret("set", "notes", "one", value="1")
            self.assertEqual(stored.returncode, 0, stored.stderr)
            rotated = self.secret("rotate-key")
            self.assertRegex(rotated.stdout, r"the running host wraps", rotated.stderr)
            until(lambda: host.logs(logger="secrets", secrets=1), "the secret is wrapped anew")
            host.stop()
            key_id = rotated.stdout.split()[5].rstrip(";")
            self.assertRegex(self.secret("list").stdout, rf"(?m)^notes +one +{key_id} ")

    def test_the_master_key_is_made_for_the_host_alone(self):
        self.secret("list")
        key = next(self.directory.glob("**/master.key"))
        self.assertEqual(stat.S_IMODE(os.stat(key).st_mode), 0o600)

    def test_wrong_names_and_empty_values_are_refused(self):
        for arguments, value in [(["notes", "../x"], "v"), (["../x", "key"], "v"), (["notes", "key"], "")]:
            with self.subTest(arguments=arguments):
                result = self.secret("set", *arguments, value=value)
                self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertEqual(self.secret("set", "notes").returncode, 2)


if __name__ == "__main__":
    unittest.main()
