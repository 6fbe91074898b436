"""A TestCase with a directory of its own, where configurations are written that no host may start on."""

import json
import pathlib
import shutil
import unittest

import processes
from gantry_host import PLUGINS, SOURCE, merged, run_gantry, temporary_directory


class ConfigurationCase(unittest.TestCase):
    def setUp(self):
        self.directory = temporary_directory()
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.data_directory = self.directory / "data"
        self.file = self.directory / "gantry.yaml"
        self.addCleanup(lambda: processes.end(processes.working_in(self.data_directory)))

    def write(self, text, name="gantry.yaml"):
        path = self.directory / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def write_sound(self, changes=None):
        """A configuration without fault but for the changes."""
        sound = {
            "data_directory": str(self.data_directory),
            "migrations": [str(SOURCE / "migrations")],
            "plugin_directories": [str(PLUGINS)],
            "http": {"listen": ["127.0.0.1:0"]},
            "plugins": {"hello": {}, "notes": {}},
        }
        return self.write(json.dumps(merged(sound, changes or {}), indent=2))

    def run_gantry(self, *arguments, environment=None):
        return run_gantry(*arguments, "--config", str(self.file), environment=environment)

    def expect_nothing_started(self):
        self.assertFalse(pathlib.Path(self.data_directory).exists(), "a data directory was made for a host that cannot run")
