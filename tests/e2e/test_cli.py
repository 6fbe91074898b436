"""The command line: what each command prints, and the exit code that scripts rely on."""

import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from configuration_case import ConfigurationCase
from gantry_host import SOURCE, GantryHost, run_gantry, temporary_directory

COMMANDS = ["serve", "check", "routes", "openapi", "plugin", "migrate", "version"]


class Usage(unittest.TestCase):
    def test_version_names_host_and_abi(self):
        result = run_gantry("version")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"^gantry \d+\.\d+\.\d+ \(plugin ABI \d+\.\d+\)\n$")
        self.assertEqual(run_gantry("--version").returncode, 0)

    def test_help_names_every_command_and_the_exit_codes(self):
        result = run_gantry("--help")
        self.assertEqual(result.returncode, 0, result.stderr)
        for command in COMMANDS:
            self.assertIn(command, result.stdout)
        self.assertIn("3 wrong configuration", result.stdout)
        for command in COMMANDS:
            with self.subTest(command=command):
                self.assertEqual(run_gantry(command, "--help").returncode, 0)

    def test_a_wrong_command_line_is_exit_code_2(self):
        for arguments in [
            [],
            ["fly"],
            ["serve", "--fly"],
            ["plugin"],
            ["plugin", "info"],
            ["plugin", "new"],
            ["migrate", "down"],
            ["check", "--config"],
            ["version", "extra"],
        ]:
            with self.subTest(arguments=arguments):
                result = run_gantry(*arguments)
                self.assertEqual(result.returncode, 2, result)
                self.assertTrue(result.stderr)
                self.assertEqual(result.stdout, "")


    def test_an_unknown_command_is_named_with_the_nearest_known_one(self):
        for arguments, said in [
            (["serv"], "there is no command 'serv', did you mean 'serve'?"),
            (["plugin", "lst"], "there is no command 'lst', did you mean 'list'?"),
            (["secret", "quux", "--json"], "there is no command 'quux'\n"),
        ]:
            with self.subTest(arguments=arguments):
                result = run_gantry(*arguments)
                self.assertEqual(result.returncode, 2, result)
                self.assertIn(said, result.stderr)

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_zsh_understands_its_completion(self):
        with tempfile.TemporaryDirectory() as directory:
            function = pathlib.Path(directory, "_gantry")
            function.write_text(run_gantry("completion", "zsh").stdout, encoding="utf-8")
            script = f"fpath=({directory} $fpath); autoload -Uz compinit; compinit -D; autoload +X _gantry && echo $_comps[gantry]"
            for arguments in (["-n", str(function)], ["-f", "-c", script]):
                result = subprocess.run(["zsh", *arguments], capture_output=True, text=True, timeout=60, check=False)
                self.assertEqual((result.returncode, result.stderr), (0, ""))
            self.assertEqual(result.stdout, "_gantry\n")


class NewPlugin(unittest.TestCase):
    def setUp(self):
        self.directory = temporary_directory()
        self.addCleanup(shutil.rmtree, self.directory)

    def make(self, name):
        return run_gantry("plugin", "new", name, "--directory", str(self.directory))

    def test_it_is_the_template_with_every_word_renamed(self):
        result = self.make("rain_radar")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("make run", result.stdout)
        template = SOURCE / "sdk" / "template"
        made = self.directory / "rain_radar"
        names = {str(path.relative_to(template)) for path in template.rglob("*") if path.is_file()}
        self.assertEqual(
            {str(path.relative_to(made)) for path in made.rglob("*") if path.is_file()},
            (names - {"gitignore"}) | {".gitignore"},
        )
        for path in made.rglob("*"):
            if path.is_file():
                self.assertNotIn("starter", path.read_text(encoding="utf-8").lower(), path)
        self.assertIn("gantry_add_plugin(rain_radar ", (made / "CMakeLists.txt").read_text(encoding="utf-8"))
        self.assertIn("TEST(RainRadar, ", (made / "tests/plugin_test.cpp").read_text(encoding="utf-8"))
        self.assertEqual([path.name for path in self.directory.iterdir()], ["rain_radar"])

    def test_what_is_there_is_left_alone(self):
        (self.directory / "weather").mkdir()
        result = self.make("weather")
        self.assertEqual(result.returncode, 1)
        self.assertIn("is there already", result.stderr)
        self.assertEqual(list((self.directory / "weather").iterdir()), [])

    def test_a_name_that_cannot_be_one_is_refused(self):
        for name in ["Weather", "1st", "a-b", "../x", "pg_x", "host", "namespace", "test", "std", "x" * 32, ""]:
            with self.subTest(name):
                self.assertEqual(self.make(name).returncode, 1)
                self.assertEqual(list(self.directory.iterdir()), [])


class Inspection(ConfigurationCase):
    def setUp(self):
        super().setUp()
        self.write_sound()

    def test_check_finds_a_sound_configuration_in_order(self):
        result = self.run_gantry("check")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("in order, 2 plugins", result.stdout)
        self.assertRegex(result.stdout, r"(?m)^  hello \d+\.\d+\.\d+$")
        self.expect_nothing_started()

    def test_the_configuration_may_come_from_the_environment(self):
        result = run_gantry("check", environment={"GANTRY_CONFIG": str(self.file)})
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_routes_lists_what_would_be_served(self):
        result = self.run_gantry("routes")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"^METHOD +PATTERN +OWNER +ACCESS +SUMMARY\n")
        self.assertRegex(result.stdout, r"(?m)^GET +/hello/\{name\} +hello +public +Greet somebody$")
        self.assertRegex(result.stdout, r"(?m)^POST +/notes +notes +public +Write a note$")
        self.expect_nothing_started()

    def test_plugin_list_shows_the_enabled_and_the_available(self):
        self.write_sound({"plugins": {"notes": None}})
        result = self.run_gantry("plugin", "list")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"(?m)^hello +1\.0\.0 +\S+ +Greets")
        self.assertRegex(result.stdout, r"(?m)^notes +1\.0\.0 +available +Notes")
        self.expect_nothing_started()

    def test_what_lists_things_lists_them_as_json_too(self):
        for command, names in [
            (["plugin", "list"], {"id", "version", "state", "summary", "file", "problem"}),
            (["routes"], {"method", "pattern", "owner", "access", "summary"}),
            (["check"], {"id", "version", "file"}),
            (["migrate", "status"], {"owner", "migration", "state", "applied_at"}),
        ]:
            with self.subTest(command=command):
                result = self.run_gantry(*command, "--json")
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                document = json.loads(result.stdout)
                self.assertEqual(document["command"], " ".join(command))
                self.assertGreater(len(document["items"]), 1)
                for item in document["items"]:
                    self.assertEqual(set(item), names)
        info = json.loads(self.run_gantry("plugin", "info", "notes", "--json").stdout)["items"][0]
        self.assertEqual(info["id"], "notes")
        self.assertIn("page", info["settings_schema"]["properties"])

    def test_manual_and_completion_know_every_command(self):
        page = run_gantry("man").stdout
        for command in ["plugin check", "plugin inspect", "migrate up", "secret rotate\\-key"]:
            self.assertIn(f'"{command}', page)
        words = run_gantry("completion", "bash").stdout
        self.assertRegex(words, r'(?m)^    "plugin check"\) words=".*--seed')
        self.assertIn("-l junit", run_gantry("completion", "fish").stdout)
        zsh = run_gantry("completion", "zsh").stdout
        self.assertTrue(zsh.startswith("#compdef gantry\n"))
        self.assertIn("'(-c --config)'{-c,--config}'[Configuration file", zsh)
        self.assertRegex(zsh, r"(?ms)^_gantry_plugin_check\(\) \{.*?':file:_files'.*?--junit\[.*?:junit:_files'")
        self.assertIn("argument:rotate-key) _gantry_secret_rotate_key ;;", zsh)

    def test_plugin_info_tells_what_an_administrator_can_set(self):
        result = self.run_gantry("plugin", "info", "notes")
        self.assertEqual(result.returncode, 0, result.stderr)
        for text in ["1.0.0", "gantry.database/1", "page", "title_bytes_max"]:
            self.assertIn(text, result.stdout)
        self.expect_nothing_started()

    def test_the_packaged_configuration_is_in_order_with_every_setting_shown(self):
        packaged = (SOURCE / "config/gantry.yaml").read_text(encoding="utf-8")
        uncommented, settings = re.subn(r"(?m)^( *)#([a-z_]+: )", r"\1\2", packaged)
        self.assertGreater(settings, 30)
        self.write(uncommented)
        result = self.run_gantry("check")
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_an_unknown_plugin_is_exit_code_1_with_the_reason(self):
        result = self.run_gantry("plugin", "info", "nosuch")
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertRegex(result.stderr, r"^gantry: .*nosuch")

    def test_a_wrong_configuration_is_exit_code_3_for_every_command(self):
        self.write("http: {lisen: x}\n")
        for command in [
            ["check"],
            ["serve"],
            ["routes"],
            ["plugin", "list"],
            ["plugin", "info", "hello"],
            ["migrate", "status"],
            ["migrate", "up"],
        ]:
            with self.subTest(command=command):
                result = self.run_gantry(*command)
                self.assertEqual((result.returncode, result.stdout), (3, ""))
                self.assertIn("did you mean 'listen'?", result.stderr)


class Migrations(ConfigurationCase):
    def test_status_says_pending_until_up_has_applied_them(self):
        self.write_sound()
        before = self.run_gantry("migrate", "status")
        self.assertEqual(before.returncode, 0, before.stderr)
        self.assertRegex(before.stdout, r"(?m)^notes +0001_create_note\S* +pending$")
        up = self.run_gantry("migrate", "up")
        self.assertEqual(up.returncode, 0, up.stderr)
        self.assertIn("applied notes/0001_create_note", up.stdout)
        after = self.run_gantry("migrate", "status")
        self.assertRegex(after.stdout, r"(?m)^notes +0001_create_note\S* +applied +\d{4}-\d\d-\d\d")
        again = self.run_gantry("migrate", "up")
        self.assertEqual((again.returncode, again.stdout), (0, "nothing to do\n"))

    def test_status_may_be_asked_beside_a_running_host(self):
        with GantryHost() as host:
            status = run_gantry("migrate", "status", "--config", str(host.config_file))
            self.assertEqual((status.returncode, status.stderr), (0, ""))
            self.assertRegex(status.stdout, r"(?m)^notes +0001_create_note\S* +applied")
            host.expect_alive()


if __name__ == "__main__":
    unittest.main()
