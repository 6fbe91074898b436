"""Binaries of released SDKs, as they were built then: every later host loads them, and they do what they did."""

import unittest

from gantry_host import SOURCE, GantryHost

MUSEUM = SOURCE / "tests" / "abi" / "museum"


class Museum(unittest.TestCase):
    def test_every_released_minor_is_kept(self):
        self.assertIn("1.0", [minor.name for minor in MUSEUM.iterdir() if minor.is_dir()])

    def test_old_plugins_serve_on_this_host(self):
        for minor in sorted(path for path in MUSEUM.iterdir() if path.is_dir()):
            with self.subTest(abi=minor.name), GantryHost({"plugin_directories": [str(minor)]}) as host:
                self.assertEqual(host.get("/hello/World").body, b"Hello, World!\n")
                created = host.request(
                    "POST", "/notes", b'{"title":"old","body":"still read"}', {"Content-Type": "application/json"}
                )
                self.assertEqual(created.status, 201, created.body)
                self.assertEqual(host.get("/notes/" + created.json()["id"]).json()["title"], "old")
                self.assertIn(b"still read", host.get("/notes/export").body)
                self.assertEqual(host.get("/notes/search?q=read").json()["total"], 1)


if __name__ == "__main__":
    unittest.main()
