"""`gantry plugin check` and `inspect`: faults are found, and told so that they can be had again; sound plugins pass."""

import json
import pathlib
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

from gantry_host import FIXTURES, PLUGINS, run_gantry


def check(file, *options):
    return run_gantry("plugin", "check", str(file), "--rounds", "20", "--time-limit", "20000", *options)


def results_of(run):
    """The results by the names of their cases."""
    return {item["case"]: item for item in json.loads(run.stdout)["items"]}


class SoundPlugins(unittest.TestCase):
    def expect_clean(self, file):
        run = check(file)
        self.assertEqual((run.returncode, run.stderr), (0, ""), run.stdout)
        self.assertRegex(run.stdout, r": \d+ passed, 0 failed, \d+ skipped, seed 1\n$")

    def test_hello_passes(self):
        self.expect_clean(PLUGINS / "hello.so")

    def test_notes_passes_although_its_database_gives_nothing(self):
        self.expect_clean(PLUGINS / "notes.so")

    def test_a_plugin_of_an_older_minor_passes(self):
        self.expect_clean(FIXTURES / "old_small_structs.so")

    def test_a_plugin_that_joins_its_thread_passes(self):
        self.expect_clean(FIXTURES / "joins_thread.so")

    def test_the_same_seed_gives_the_same_run(self):
        def told():
            run = results_of(check(PLUGINS / "notes.so", "--seed", "7", "--case", "POST", "--json"))
            return [(name, item["verdict"], item["reasons"]) for name, item in run.items()]

        first = told()
        self.assertGreater(len(first), 5)
        self.assertEqual(first, told())


class Faults(unittest.TestCase):
    def expect(self, plugin, case, reason):
        run = check(FIXTURES / f"{plugin}.so", "--json")
        self.assertEqual((run.returncode, run.stderr), (1, ""), run.stdout)
        results = results_of(run)
        self.assertIn(case, results)
        self.assertEqual(results[case]["verdict"], "failed", results[case])
        self.assertRegex(" ".join(results[case]["reasons"]), reason)

    def test_a_file_that_the_host_would_refuse(self):
        self.expect("wrong_major", "verification", "is built for ABI 2.0 but this host has ABI")

    def test_exceptions_that_leave_the_plugin(self):
        for step in ["create", "describe", "start", "health", "quiesce", "stop", "destroy"]:
            with self.subTest(step):
                self.expect(f"throws_in_{step}", "lifecycle", "exception.* left the plugin")
        self.expect("throws_in_handler", "GET /throws_in_handler", "left the plugin: thrown on purpose")

    def test_no_object_and_an_object_without_stop(self):
        self.expect("create_returns_null", "lifecycle", "made no plugin object")
        self.expect("without_stop", "lifecycle", "lacks start")

    def test_a_start_that_fails(self):
        self.expect("fails_in_start", "lifecycle", "the upstream is not reachable")

    def test_a_hang(self):
        run = run_gantry("plugin", "check", str(FIXTURES / "hangs_in_start.so"), "--time-limit", "1000", "--json")
        self.assertEqual(run.returncode, 1)
        self.assertIn("start: no end after 1000 ms", results_of(run)["lifecycle"]["reasons"][0])

    def test_a_thread_that_is_left_behind(self):
        self.expect("leaks_thread", "lifecycle", r"stop\(\) left 1 thread running")

    def test_a_call_after_stop(self):
        self.expect("calls_after_stop", "lifecycle", r"query\(\) was called after stop\(\)")

    def test_a_second_answer(self):
        self.expect("double_completion", "GET /double_completion", "answered already")

    def test_an_answer_that_comes_late_or_never(self):
        self.expect("late_completion", "GET /late_completion", "was not answered")
        self.expect("never_answers", "GET /never_answers", "is not answered")
        self.expect("answers_after_stop", "GET /answers_after_stop", "is not answered")

    def test_memory_and_descriptors_that_are_lost(self):
        self.expect("leaks", "lifecycle, many times", r"descriptors were not closed.*grows by about \d+ bytes with each life")
        self.expect("leaks", "GET /leaks, many times", r"grows by about \d+ bytes with each request")

    def test_failures_of_the_host_that_are_passed_over(self):
        self.expect("trusting", "start, host call 1 fails", "succeeds although a route could not be added")
        self.expect("trusting", "start without gantry.kv/1", "the process (ended|died)")
        self.expect("trusting", "GET /trusting/{name}, host call 1 fails", "is not answered")

    def test_a_request_that_nobody_thought_of(self):
        self.expect("trusting", "GET /trusting/{name}, odd requests", "8000 characters: the process (ended|died)")

    def test_a_callback_after_the_client_has_gone(self):
        self.expect("hasty", "GET /hasty, client gone at pause 1 of 1", "the process (ended|died)")

    def test_settings_that_the_schema_permits_and_the_plugin_cannot_bear(self):
        self.expect("picky", "settings, permitted ones", "exit code 3|parts must not be 0")


class Reports(unittest.TestCase):
    def test_a_finding_says_how_to_have_it_again(self):
        file = str(FIXTURES / "double_completion.so")
        run = check(file, "--seed", "42")
        again = f"gantry plugin check {file} --seed 42 --rounds 20 --case 'GET /double_completion'"
        self.assertIn(again, run.stdout)
        one = check(file, "--seed", "42", "--case", "GET /double_completion", "--json")
        self.assertEqual(one.returncode, 1)
        self.assertNotIn("lifecycle", results_of(one))

    def test_junit_counts_what_was_found(self):
        with tempfile.TemporaryDirectory() as directory:
            file = pathlib.Path(directory) / "out.xml"
            run = check(FIXTURES / "double_completion.so", "--junit", str(file))
            self.assertEqual(run.returncode, 1)
            suite = ElementTree.parse(file).getroot().find("testsuite")
        cases = suite.findall("testcase")
        self.assertEqual(suite.get("tests"), str(len(cases)))
        failed = [case.get("name") for case in cases if case.find("failure") is not None]
        self.assertEqual(suite.get("failures"), str(len(failed)))
        self.assertIn("GET /double_completion", failed)

    def test_the_command_line(self):
        self.assertEqual(run_gantry("plugin", "check").returncode, 2)
        self.assertEqual(run_gantry("plugin", "check", "x.so", "--rounds", "0").returncode, 2)
        missing = run_gantry("plugin", "check", "/no/such.so")
        self.assertEqual((missing.returncode, missing.stdout), (1, ""))
        self.assertIn("No such file", missing.stderr)


class Inspect(unittest.TestCase):
    def test_a_sound_file_tells_what_it_is(self):
        run = run_gantry("plugin", "inspect", str(PLUGINS / "notes.so"), "--json")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        document = json.loads(run.stdout)
        self.assertEqual(document["command"], "plugin inspect")
        (facts,) = document["items"]
        self.assertEqual((facts["id"], facts["loadable"], facts["refusal"]), ("notes", True, ""))
        self.assertRegex(facts["sha256"], r"^[0-9a-f]{64}$")
        self.assertGreater(facts["uses"]["gantry.database/1"], 8)
        self.assertIn("id: notes", facts["manifest"])

    def test_a_refusal_is_in_the_words_of_the_loader(self):
        run = run_gantry("plugin", "inspect", str(FIXTURES / "wrong_major.so"))
        self.assertEqual(run.returncode, 1)
        self.assertRegex(run.stdout, r"(?m)^this host +refuses it$")
        self.assertIn("is built for ABI 2.0 but this host has ABI 1.0", run.stderr)

    def test_what_is_no_plugin_at_all(self):
        with tempfile.NamedTemporaryFile(suffix=".so") as file:
            file.write(b"\x7fELF or not")
            file.flush()
            run = run_gantry("plugin", "inspect", file.name)
        self.assertEqual(run.returncode, 1)
        self.assertRegex(run.stdout, r"(?m)^sha256 +[0-9a-f]{64}$")


class Json(unittest.TestCase):
    def test_version_has_the_one_shape(self):
        document = json.loads(run_gantry("version", "--json").stdout)
        self.assertEqual(list(document), ["command", "gantry", "items"])
        self.assertEqual(document["items"][0]["version"], document["gantry"])


if __name__ == "__main__":
    unittest.main()
