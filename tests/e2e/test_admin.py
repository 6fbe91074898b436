"""The host's own API and the command line that speaks it: who may, what it tells, what it changes."""

import concurrent.futures
import json
import subprocess
import unittest

from gantry_host import BINARY, FIXTURES, PLUGINS, GantryHost, run_gantry
from host_test_case import HostTestCase
from waiting import until

TOKEN = "a-token-of-thirty-two-characters"
ADMIN = {"Authorization": f"Bearer {TOKEN}"}
CHANGES = {
    "identity": {"admin_token": TOKEN},
    "reload_watch": "1ms",
    "plugin_directories": [str(PLUGINS), str(FIXTURES)],
}


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


class Access(HostTestCase):
    changes = CHANGES

    def test_only_the_token_opens_it(self):
        self.expect_problem(self.host.get("/api/v1/plugins"), 401, "AUTHENTICATION_REQUIRED")
        for wrong in ["x", TOKEN[:-1], TOKEN + "x", ""]:
            answer = self.host.get("/api/v1/plugins", {"Authorization": f"Bearer {wrong}"})
            self.assertEqual(answer.status, 401, wrong)
        self.assertEqual(self.host.get("/api/v1/plugins", ADMIN).status, 200)

    def test_the_token_is_in_no_log(self):
        self.host.get("/api/v1/plugins", ADMIN)
        self.assertNotIn(TOKEN, self.host.stderr())

    def test_the_token_may_be_a_stored_secret_and_change(self):
        with GantryHost({"secrets": {"watch_interval": "50ms"}}) as host:
            self.assertEqual(host.get("/api/v1/plugins", bearer("first-" + TOKEN)).status, 401)
            for token in ("first-" + TOKEN, "second-" + TOKEN):
                self.store(host, token)
                until(lambda: host.get("/api/v1/plugins", bearer(token)).status == 200, "the token is taken up")
            self.assertEqual(host.get("/api/v1/plugins", bearer("first-" + TOKEN)).status, 401)
            self.store(host, "too short")
            until(lambda: host.get("/api/v1/plugins", bearer(token)).status == 401, "nobody is let in by a weak token")
            self.assertTrue(host.logs(message="the secret admin_token lets nobody in"))

    def store(self, host, token):
        done = subprocess.run(
            [BINARY, "secret", "set", "gantry", "admin_token", "--config", str(host.config_file)],
            input=token, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_the_control_token_is_for_the_hosts_user_alone(self):
        self.assertEqual((self.host.data_directory / "control.token").stat().st_mode & 0o777, 0o600)


class Reading(HostTestCase):
    changes = CHANGES

    def test_the_front_page_leads_on(self):
        answer = self.host.get("/")
        self.assertEqual(answer.json()["name"], "gantry")
        self.assertEqual(self.host.get("/api/v1/status").json()["status"], "ok")

    def test_plugins_are_listed_in_pages(self):
        page = self.host.get("/api/v1/plugins?limit=1", ADMIN).json()
        self.assertEqual((len(page["items"]), page["limit"], page["offset"], page["has_more"]), (1, 1, 0, True))
        hello = page["items"][0]
        self.assertEqual((hello["id"], hello["state"], hello["enabled"], hello["endpoints"]), ("hello", "serving", True, 1))
        self.expect_problem(self.host.get("/api/v1/plugins?limit=x", ADMIN), 400, "INVALID_ARGUMENT")

    def test_a_plugin_is_told_in_full(self):
        details = self.host.get("/api/v1/plugins/notes", ADMIN).json()
        self.assertIn({"kind": "route", "description": "GET /notes/{id}"}, details["registrations"])
        self.assertEqual(len(details["sha256"]), 64)
        self.expect_problem(self.host.get("/api/v1/plugins/nowhere", ADMIN), 404, "NOT_FOUND")

    def test_its_settings_come_with_their_schema(self):
        config = self.host.get("/api/v1/plugins/hello/config", ADMIN).json()
        self.assertEqual(config["settings"]["greeting"], "Hello")
        self.assertIn("greeting", config["schema"]["properties"])

    def test_what_it_counts_itself_is_shown(self):
        answer = self.host.get("/api/v1/plugins/notes/metrics", ADMIN)
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "text/plain; version=0.0.4; charset=utf-8"))
        names = {line.split()[2] for line in answer.body.decode().splitlines() if line.startswith("# TYPE ")}
        self.assertIn("gantry_notes_watchers", names)
        self.assertTrue(all(name.startswith("gantry_notes_") for name in names), names)
        self.assertEqual(self.host.get("/api/v1/plugins/nobody/metrics", ADMIN).status, 404)

    def test_its_health_is_asked(self):
        self.assertEqual(self.host.get("/api/v1/plugins/notes/health", ADMIN).json()["status"], "ok")

    def test_its_file_is_verified_without_running_it(self):
        answer = self.host.request("POST", "/api/v1/plugins/wrong_major/verify", headers=ADMIN).json()
        self.assertFalse(answer["ok"])
        self.assertIn("ABI 2.0", answer["problems"][0])

    def test_its_log_is_shown_and_its_level_changed(self):
        self.host.request("PUT", "/api/v1/plugins/http/logs/level", {"level": "info"}, ADMIN)
        self.host.get("/hello/World")
        lines = self.host.get("/api/v1/plugins/http/logs?lines=200", ADMIN).json()["items"]
        self.assertTrue(any(line.get("path") == "/hello/World" for line in lines), lines)
        wrong = self.host.request("PUT", "/api/v1/plugins/http/logs/level", {"level": "loud"}, ADMIN)
        self.expect_problem(wrong, 400, "INVALID_ARGUMENT")


class Changing(unittest.TestCase):
    def command(self, host, *arguments):
        return run_gantry(*arguments, "--config", str(host.config_file))

    def test_a_disabled_plugin_stays_so_after_a_restart(self):
        with GantryHost(CHANGES) as host:
            answer = host.request("POST", "/api/v1/plugins/notes/disable", headers=ADMIN)
            self.assertEqual((answer.status, answer.json()["generation"]), (200, 2), answer.body)
            self.assertEqual(host.get("/notes").status, 404)
            host.stop()
            host.start()
            self.assertEqual(host.get("/notes").status, 404)
            self.assertEqual(host.request("POST", "/api/v1/plugins/notes/enable", headers=ADMIN).status, 200)
            self.assertEqual(host.get("/notes").status, 200)

    def test_a_plugin_that_cannot_be_enabled_leaves_no_trace(self):
        with GantryHost(CHANGES) as host:
            answer = host.request("POST", "/api/v1/plugins/fails_in_start/enable", headers=ADMIN)
            self.assertEqual(answer.status, 422, answer.body)
            self.assertIn("the upstream is not reachable", answer.json()["details"]["problems"][0])
            self.assertEqual(list((host.data_directory / "plugins.d").glob("*")), [])
            host.expect_alive()

    def test_settings_are_replaced_and_wrong_ones_refused(self):
        with GantryHost(CHANGES) as host:
            self.assertEqual(host.request("PUT", "/api/v1/plugins/hello/config", {"greeting": "Moin"}, ADMIN).status, 200)
            self.assertEqual(host.get("/hello/World").text(), "Moin, World!\n")
            answer = host.request("PUT", "/api/v1/plugins/hello/config", {"greting": "Hi"}, ADMIN)
            self.assertEqual(answer.status, 422)
            problem = answer.json()["details"]["problems"][0]
            self.assertTrue(problem.startswith("plugins.hello.greting: unknown key, did you mean 'greeting'?"), problem)
            answer = host.request("PUT", "/api/v1/plugins/hello/config", {"greeting": "a\0b"}, ADMIN)
            self.assertEqual(answer.status, 422)
            self.assertEqual(answer.json()["details"]["problems"], ["settings.greeting: a NUL character is not allowed"])
            self.assertEqual(host.get("/hello/World").text(), "Moin, World!\n")

    def test_one_change_waits_for_the_reload_before_it_and_the_others_are_refused(self):
        with GantryHost({**CHANGES, "reload_watch": "5s"}) as host:

            def change(greeting):
                return host.request("PUT", "/api/v1/plugins/hello/config", {"greeting": greeting}, ADMIN)

            self.assertEqual(change("Moin").status, 200)
            with concurrent.futures.ThreadPoolExecutor() as administrators:
                answers = sorted(administrators.map(change, ["Hi"] * 4), key=lambda answer: answer.status)
            self.assertEqual([answer.status for answer in answers], [200, 409, 409, 409])
            self.assertIn("a change of the plugin hello is under way", answers[-1].json()["detail"])
            self.assertEqual(host.get("/hello/World").text(), "Hi, World!\n")

    def test_settings_that_were_rolled_back_do_not_come_again(self):
        changes = {**CHANGES, "reload_watch": "60s", "plugins": {"turns_ill": {"sign": "/nonexistent"}}}
        with GantryHost(changes) as host:
            sign = host.directory / "ill"
            settings = {"sign": str(sign)}
            self.assertEqual(host.request("PUT", "/api/v1/plugins/turns_ill/config", settings, ADMIN).status, 200)
            sign.touch()
            until(lambda: host.logs(message="rolled back to the former generation"), "the rollback")
            self.assertEqual(list((host.data_directory / "plugins.d").glob("*")), [])
            self.assertEqual(host.get("/api/v1/plugins/turns_ill/config", ADMIN).json()["settings"]["sign"], "/nonexistent")

    def test_what_is_sent_is_text_and_no_reference(self):
        with GantryHost(CHANGES, {"SECRET_OF_THE_HOST": "42"}) as host:
            settings = {"greeting": "${SECRET_OF_THE_HOST}"}
            self.assertEqual(host.request("PUT", "/api/v1/plugins/hello/config", settings, ADMIN).status, 200)
            self.assertEqual(host.get("/hello/World").text(), "${SECRET_OF_THE_HOST}, World!\n")

    def test_what_came_through_a_reference_is_masked_and_stays_when_sent_back(self):
        changes = {**CHANGES, "plugins": {"hello": {"greeting": "${GREETING}"}}}
        with GantryHost(changes, {"GREETING": "Moin"}) as host:
            config = host.get("/api/v1/plugins/hello/config", ADMIN).json()
            self.assertEqual(config["settings"]["greeting"], "***")
            self.assertEqual(host.request("PUT", "/api/v1/plugins/hello/config", config["settings"], ADMIN).status, 200)
            self.assertEqual(host.get("/hello/World").text(), "Moin, World!\n")
            self.assertNotIn("Moin", (host.data_directory / "plugins.d" / "hello.json").read_text(encoding="utf-8"))

    def test_the_command_line_changes_the_running_host(self):
        with GantryHost(CHANGES) as host:
            done = self.command(host, "plugin", "disable", "notes")
            self.assertEqual((done.returncode, done.stdout), (0, "generation 2 serves\n"), done.stderr)
            self.assertEqual(host.get("/notes").status, 404)
            self.assertEqual(self.command(host, "plugin", "enable", "notes").returncode, 0)
            self.assertEqual(self.command(host, "plugin", "reload").stdout, "generation 4 serves\n")
            wrong = self.command(host, "plugin", "reload", "nowhere")
            self.assertEqual((wrong.returncode, wrong.stderr), (1, "gantry: the host refused: there is no plugin nowhere\n"))
            refused = self.command(host, "plugin", "enable", "fails_in_start")
            self.assertEqual(refused.returncode, 1)
            self.assertIn("the upstream is not reachable", refused.stderr)

    def test_without_a_host_the_command_line_remembers(self):
        with GantryHost(CHANGES) as host:
            host.stop()
            done = self.command(host, "plugin", "disable", "notes")
            self.assertIn("at the next start", done.stdout, done.stderr)
            self.assertEqual(self.command(host, "plugin", "reload").returncode, 1)
            host.start()
            self.assertEqual(host.get("/notes").status, 404)

    def test_the_schema_of_the_configuration_is_printed(self):
        schema = json.loads(run_gantry("config", "schema").stdout)
        self.assertIn("listen", schema["properties"]["http"]["properties"])


if __name__ == "__main__":
    unittest.main()
