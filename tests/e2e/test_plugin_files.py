"""Files that are no sound plugin: refused on their bytes, with file and reason, before any code of them runs."""

import os
import pathlib
import shutil
import unittest

from configuration_case import ConfigurationCase
from gantry_host import FIXTURES, PLUGINS, GantryHost, run_gantry, temporary_directory

HELLO = PLUGINS / "hello.so"


def patched(offset, value):
    data = bytearray(HELLO.read_bytes())
    data[offset : offset + len(value)] = value
    return bytes(data)


def write(data):
    return lambda path: path.write_bytes(data)


def link(target):
    return lambda path: path.symlink_to(target)


# Name of the file, how it comes to be, and what the refusal must say.
WRONG_FILES = {
    "empty": (write(b""), "ELF"),
    "garbage": (write(bytes(range(256)) * 64), "ELF"),
    "script": (write(b"#!/bin/sh\nexit 0\n"), "ELF"),
    "header_only": (lambda path: path.write_bytes(HELLO.read_bytes()[:64]), "damaged ELF file"),
    "truncated": (lambda path: path.write_bytes(HELLO.read_bytes()[: HELLO.stat().st_size // 2]), "damaged ELF file"),
    "other_machine": (lambda path: path.write_bytes(patched(18, (183).to_bytes(2, "little"))), "for machine"),
    "other_class": (lambda path: path.write_bytes(patched(4, b"\x01")), "64 bits"),
    "other_name": (lambda path: shutil.copy(HELLO, path), "is the plugin hello but"),
    "no_plugin": (lambda path: shutil.copy("/usr/lib/x86_64-linux-gnu/libm.so.6", path), "gantry_plugin_entry"),
    "linked_out": (link("/usr/lib/x86_64-linux-gnu/libm.so.6"), "outside of the plugin directories"),
    "dangling": (link("/no/such/file"), "cannot open"),
    "directory": (pathlib.Path.mkdir, "a directory but a plugin is a regular file"),
    "pipe": (os.mkfifo, "a pipe but a plugin is a regular file"),
}
WRONG_FIXTURES = {
    "bad_magic": "magic",
    "wrong_major": "ABI",
    "missing_symbol": "gantry_plugin_entry",
    "extra_symbol": "exports",
    "unique_symbol": "unique symbol",
    "undefined_symbol": "undefined symbol",
    "no_info": ".gantry.info",
    "no_manifest": ".gantry.manifest",
    "needs_more": "needs",
    "manifest_mismatch": "manifest",
    "unlisted_use": "does not list",
    "requires_missing": "requires",
}


class WrongFiles(ConfigurationCase):
    def setUp(self):
        super().setUp()
        self.plugins = self.directory / "plugins"
        self.plugins.mkdir()

    def enable(self, name, **settings):
        directories = [str(self.plugins), str(PLUGINS), str(FIXTURES)]
        self.write_sound({"plugin_directories": directories, "plugins": {"notes": None, name: {"host": settings}}})

    def expect_refusal(self, name, file, reason):
        for command in ["check", "serve"]:
            result = self.run_gantry(command)
            self.assertEqual((result.returncode, result.stdout), (3, ""), result.stderr)
            self.assertIn(str(file), result.stderr)
            self.assertIn(reason, result.stderr)
        self.expect_nothing_started()

    def test_each_wrong_file_is_refused_with_its_reason(self):
        for name, (make, reason) in WRONG_FILES.items():
            with self.subTest(name):
                file = self.plugins / f"{name}.so"
                make(file)
                self.enable(name)
                self.expect_refusal(name, file, reason)

    def test_each_fixture_with_a_fault_in_its_bytes_is_refused(self):
        for name, reason in WRONG_FIXTURES.items():
            with self.subTest(name):
                self.enable(name)
                self.expect_refusal(name, FIXTURES / f"{name}.so", reason)

    def test_a_missing_file_names_where_it_was_looked_for(self):
        self.enable("nosuch")
        self.expect_refusal("nosuch", self.plugins, "there is no nosuch.so")

    def test_another_hash_than_the_pinned_one_is_refused(self):
        self.enable("hello", sha256="0" * 64)
        self.expect_refusal("hello", HELLO, "pins " + "0" * 64)


class BesideSoundOnes(unittest.TestCase):
    def test_a_host_serves_although_every_wrong_file_is_there(self):
        plugins = temporary_directory()
        self.addCleanup(shutil.rmtree, plugins)
        for name, (make, _) in WRONG_FILES.items():
            make(plugins / f"{name}.so")
        optional = {"host": {"on_failure": "optional"}}
        names = [*WRONG_FILES, *WRONG_FIXTURES]
        changes = {
            "plugin_directories": [str(plugins), str(PLUGINS), str(FIXTURES)],
            "plugins": {"notes": None, **{name: optional for name in names}},
        }
        with GantryHost(changes) as host:
            host.expect_alive()
            banner = "\n".join(host.banner)
            for name in names:
                self.assertRegex(banner, rf"(?m)^  plugin {name} .*failed: ")
            listed = run_gantry("plugin", "list", "--config", str(host.config_file))
            self.assertEqual(listed.returncode, 0, listed.stderr)
            host.expect_alive()


if __name__ == "__main__":
    unittest.main()
