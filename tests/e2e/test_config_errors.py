"""Ways to break the YAML: each time `check` and `serve` say the same, with file, line and column, and nothing starts."""

import unittest

from configuration_case import ConfigurationCase
from gantry_host import PLUGINS

# Name, text, and for each line of the answer: line, column, path, what the message must contain.
FAULTS = [
    ("a mistyped key", 'http:\n  lisen: ["127.0.0.1:0"]\n', [(2, 3, "http.lisen", "unknown key, did you mean 'listen'?")]),
    ("a mistyped section", "databse:\n  connections: 4\n", [(1, 1, "databse", "did you mean 'database'?")]),
    ("a word for a number", "http:\n  workers: many\n", [(2, 12, "http.workers", "expected an integer, found many")]),
    (
        "a number beyond its range",
        "database:\n  connections: 5000\n",
        [(2, 16, "database.connections", "5000 is more than 1000")],
    ),
    ("a list for a map", "http: [1, 2]\n", [(1, 7, "http", "expected a map of settings, found a list")]),
    (
        "a word that is none of the few",
        "log:\n  level: verbose\n",
        [(2, 10, "log.level", "expected one of trace, debug, info, warn, error")],
    ),
    ("a duration without a unit", "http:\n  idle_deadline: 60\n", [(2, 18, "http.idle_deadline", "found 60")]),
    ("an address that is none", "http:\n  listen: [localhost]\n", [(2, 12, "http.listen[0]", "found localhost")]),
    ("a key that stands twice", "http:\n  workers: 1\n  workers: 2\n", [(3, 3, "http.workers", "stands twice, first at")]),
    (
        "a missing variable",
        "database:\n  url: ${NO_SUCH_VARIABLE}\n",
        [(2, 8, "database.url", "the environment variable NO_SUCH_VARIABLE is not set")],
    ),
    ("a reference without an end", 'database:\n  url: "${OPEN"\n', [(2, 8, "database.url", "is never closed")]),
    (
        "a secret file that is not there",
        "database:\n  url: ${file:no/such/file}\n",
        [(2, 8, "database.url", "no such file")],
    ),
    ("a tab", "http:\n\tworkers: 1\n", [(2, None, "", "not YAML")]),
    ("a bracket without an end", "http: {workers: 1\n", [(None, None, "", "not YAML")]),
    ("an anchor, the seed of a bomb", "a: &a [x]\nb: [*a, *a]\n", [(1, None, "a", "anchors (&name) are not allowed")]),
    ("a second document", "http: {}\n---\nhttp: {}\n", [(None, None, "", "document")]),
    ("a nesting without end", "http: " + "[" * 5000 + "]" * 5000 + "\n", [(1, None, None, "nested deeper than")]),
    ("bytes that are no text", b"log:\n  level: \xff\n", [(2, 10, "", "not UTF-8")]),
    ("a control character", b"log:\n  level: in\x00fo\n", [(2, 12, "", "control character")]),
    (
        "a failure policy that is none",
        f"plugin_directories: [{PLUGINS}]\nplugins:\n  hello:\n    host: {{on_failure: ignore}}\n",
        [(4, 24, "plugins.hello.host.on_failure", "required, optional, closed")],
    ),
]


class Faults(ConfigurationCase):
    def expect_lines(self, expected, environment=None):
        """check and serve print exactly these lines, exit with 3 and start nothing."""
        outputs = []
        for command in ["check", "serve"]:
            result = self.run_gantry(command, environment=environment)
            self.assertEqual((result.returncode, result.stdout), (3, ""), result.stderr)
            outputs.append(result.stderr)
        self.assertEqual(outputs[0], outputs[1])
        lines = outputs[0].splitlines()
        self.assertEqual(len(lines), len(expected), lines)
        for line, (number, column, path, message) in zip(lines, expected):
            self.assertRegex(line, rf"gantry\.yaml:{number or '[0-9]+'}:{column or '[0-9]+'}: ")
            if path:
                self.assertIn(f": {path}: ", line)
            self.assertIn(message, line)
        self.expect_nothing_started()

    def test_one_fault_at_a_time(self):
        for name, text, expected in FAULTS:
            with self.subTest(name):
                self.write(text)
                self.expect_lines(expected)

    def test_all_at_once_in_the_order_of_the_file(self):
        self.write(
            "log:\n  level: loud\nhttp:\n  workers: many\n  lisen: []\n  idle_deadline: soon\ndatabase:\n  connections: 0\n"
        )
        self.expect_lines(
            [
                (2, 10, "log.level", "loud"),
                (4, 12, "http.workers", "many"),
                (5, 3, "http.lisen", "listen"),
                (6, 18, "http.idle_deadline", "soon"),
                (8, 16, "database.connections", "0 is less than 1"),
            ]
        )

    def test_a_setting_of_a_plugin_names_the_plugin_and_its_meaning(self):
        self.write(
            f"data_directory: {self.data_directory}\nplugin_directories: [{PLUGINS}]\nplugins:\n"
            '  hello: {greeting: ""}\n  notes:\n    page: 5000\n    titel_bytes_max: 9\n'
        )
        self.expect_lines(
            [
                (4, 21, "plugins.hello.greeting", 'fewer than 1 (hello 1.0.0, "Word used to greet")'),
                (6, 11, "plugins.notes.page", '5000 is more than 1000 (notes 1.0.0, "Rows fetched per round trip")'),
                (7, 5, "plugins.notes.titel_bytes_max", "did you mean 'title_bytes_max'?"),
            ]
        )

    def test_the_host_and_its_plugins_are_told_in_one_go(self):
        self.write(
            f"data_directory: {self.data_directory}\nhttp: {{workers: many}}\nplugin_directories: [{PLUGINS}]\nplugins:\n"
            "  notes:\n    page: 5000\n"
        )
        self.expect_lines([(2, 17, "http.workers", "many"), (6, 11, "plugins.notes.page", "5000 is more than 1000")])

    def test_a_file_of_plugins_d_is_named_itself(self):
        self.write(f"data_directory: {self.data_directory}\nplugin_directories: [{PLUGINS}]\n")
        self.write("page: 0\n", "plugins.d/notes.yaml")
        for command in ["check", "serve"]:
            result = self.run_gantry(command)
            self.assertEqual(result.returncode, 3, result.stderr)
            self.assertRegex(result.stderr, r"plugins\.d/notes\.yaml:1:7: plugins\.notes\.page: 0 is less than 1")
        self.expect_nothing_started()

    def test_a_secret_is_never_shown(self):
        self.write("database:\n  url: ${DATABASE_URL}\n  connections: ${DATABASE_URL}\n")
        secret = "postgresql://gantry:hunter2@db/app"
        for command in ["check", "serve"]:
            result = self.run_gantry(command, environment={"DATABASE_URL": secret})
            self.assertEqual(result.returncode, 3)
            self.assertIn("the value of ${DATABASE_URL}", result.stderr)
            self.assertNotIn("hunter2", result.stderr + result.stdout)

    def test_an_address_that_no_start_would_take_is_found_before_it(self):
        for text, place, reason in [
            ("database: {url: 'mysql://root:hunter2@db/app'}", "1:17: database.url", "a value that is not shown here"),
            ("kv: {store: redis, redis_url: 'redis://:hunter2@db/x'}", "kv.redis_url", "no number"),
            ("rate_limits: {trusted_proxies: [10.0.0.0/33]}", "rate_limits.trusted_proxies", "10.0.0.0/33"),
        ]:
            self.write(f"{text}\ndata_directory: {self.data_directory}\n")
            for command in ["check", "serve"]:
                with self.subTest(command=command, text=text):
                    result = self.run_gantry(command)
                    self.assertEqual((result.returncode, result.stdout), (3, ""), result.stderr)
                    self.assertIn(place, result.stderr)
                    self.assertIn(reason, result.stderr)
                    self.assertNotIn("hunter2", result.stderr)
                    self.expect_nothing_started()

    def test_a_file_that_is_not_there_is_named(self):
        result = self.run_gantry("check")
        self.assertNotEqual(result.returncode, 0)
        self.assertIn(str(self.file), result.stderr)
        self.assertIn("no such file", result.stderr)

    def test_cors_may_not_trust_everybody_with_cookies(self):
        self.write('http:\n  cors:\n    origins: ["*"]\n    credentials: true\n')
        self.expect_lines([(None, None, "http.cors.credentials", "*")])

    def test_two_hundred_faults_end_in_a_count(self):
        self.write("http:\n" + "".join(f"  wrong_{number}: 1\n" for number in range(200)))
        result = self.run_gantry("check")
        lines = result.stderr.splitlines()
        self.assertEqual((result.returncode, len(lines), lines[-1]), (3, 101, "and 100 more"))


if __name__ == "__main__":
    unittest.main()
