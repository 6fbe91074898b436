"""Plugins that know the C headers alone, in C11 and in Rust: the contract is no C++ in disguise."""

import concurrent.futures
import os
import unittest

from gantry_host import PLUGINS, GantryHost

PLAIN = PLUGINS.parent / "tests" / "plain"
LANGUAGES = {"plain_c": "C", "plain_rust": "Rust"}


class PlainAbi(unittest.TestCase):
    def plugins(self):
        for name, language in LANGUAGES.items():
            if not (PLAIN / f"{name}.so").exists():
                # Where the tests decide, nothing may be left out.
                self.assertNotIn("CI", os.environ, f"{name}.so was not built: rustc is missing")
                continue
            yield name, language

    def host(self, name):
        return GantryHost({"plugin_directories": [str(PLAIN), str(PLUGINS)], "plugins": {"notes": None, name: {}}})

    def test_they_answer_inside_the_call_and_later(self):
        for name, language in self.plugins():
            with self.host(name) as host:
                for when in ["now", "later"]:
                    answer = host.get(f"/{name}/{when}/Zo%C3%AB")
                    self.assertEqual((answer.status, answer.body.decode()), (200, f"{when}, from {language}: Zoë\n"))
                    self.assertEqual(answer.headers["Content-Type"], "text/plain; charset=utf-8")
                host.expect_alive()

    def test_many_answers_from_another_thread_find_their_requests(self):
        for name, language in self.plugins():
            with self.host(name) as host, concurrent.futures.ThreadPoolExecutor(8) as clients:
                paths = [f"/{name}/{'later' if number % 2 else 'now'}/{number}" for number in range(400)]
                for path, answer in zip(paths, clients.map(host.get, paths)):
                    _, _, when, number = path.split("/")
                    self.assertEqual(answer.body.decode(), f"{when}, from {language}: {number}\n")
                host.expect_alive()


if __name__ == "__main__":
    unittest.main()
