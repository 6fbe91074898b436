"""Jobs and schedules through the host's API: lists with filters and cursors, cancel, retry, change and run."""

import psql
from gantry_host import FIXTURES, PLUGINS, SOURCE
from host_test_case import HostTestCase
from waiting import until

TOKEN = "a-token-of-thirty-two-characters"
ADMIN = {"Authorization": f"Bearer {TOKEN}"}
SCHEDULE = "/api/v1/schedules/worker.every-minute"


class Jobs(HostTestCase):
    changes = {
        "identity": {"admin_token": TOKEN},
        "migrations": [str(SOURCE / "migrations"), str(SOURCE / "tests/e2e/migrations")],
        "plugin_directories": [str(PLUGINS), str(FIXTURES)],
        "plugins": {"worker": {}, "keyholder": {}},
    }

    def read(self, path, status=200):
        answer = self.host.get(path, ADMIN)
        self.assertEqual(answer.status, status, answer.body)
        return answer.json()

    def change(self, method, path, body=None, status=200):
        answer = self.host.request(method, path, body, ADMIN)
        self.assertEqual(answer.status, status, answer.body)
        return answer.json()

    def submit(self, kind="quick"):
        return self.host.request("POST", f"/worker/jobs/{kind}", {}).text()

    def done(self, job):
        return until(lambda: self.read(f"/api/v1/jobs/{job}")["state"] == "done", "the job is done")

    def set_state(self, job, state):
        """As if it had gone so: 3 is dead, 0 with a day to wait is waiting."""
        more = ", due_at = now() + interval '1 day', finished_at = null" if state == 0 else ""
        psql.rows(self.host, f"update gantry.job set state = {state}{more} where id = '{job}' returning id")

    def test_only_administrators_may(self):
        for method, path in [
            ("GET", "/api/v1/jobs"),
            ("GET", "/api/v1/jobs/job_x"),
            ("POST", "/api/v1/jobs/job_x/cancel"),
            ("POST", "/api/v1/jobs/job_x/retry"),
            ("GET", "/api/v1/schedules"),
            ("PUT", SCHEDULE),
            ("POST", SCHEDULE + "/run"),
        ]:
            self.expect_problem(self.host.request(method, path), 401, "AUTHENTICATION_REQUIRED")

    def test_what_cannot_be_asked_is_said_in_words_of_the_api(self):
        for query, said in [
            ("key=%00", "the query parameter key has a NUL"),
            ("limit=0", "limit must be a whole number from 1 to 500"),
            ("limit=501", "limit must be a whole number from 1 to 500"),
        ]:
            with self.subTest(query):
                problem = self.expect_problem(self.host.get(f"/api/v1/jobs?{query}", ADMIN), 400, "INVALID_ARGUMENT")
                self.assertIn(said, problem["detail"])

    def test_everybody_else_sees_and_cancels_what_is_done_for_him_alone(self):
        alice, bob = ({"Authorization": f"Bearer {name}"} for name in ("alice", "bob"))
        job = self.host.request("POST", "/worker/errands", {"note": "a secret"}, alice).text()
        own = self.host.get(f"/api/v1/jobs/{job}", alice).json()
        self.assertEqual((own["state"], own["principal_id"], own["payload"]), ("waiting", "usr_alice", None))
        self.assertIn("a secret", self.read(f"/api/v1/jobs/{job}")["payload"], "administrators see what it is about")
        for others in (job, self.submit()):
            self.expect_problem(self.host.get(f"/api/v1/jobs/{others}", bob), 404, "NOT_FOUND")
            self.expect_problem(self.host.request("POST", f"/api/v1/jobs/{others}/cancel", headers=bob), 404, "NOT_FOUND")
        cancelled = self.host.request("POST", f"/api/v1/jobs/{job}/cancel", headers=alice)
        self.assertEqual((cancelled.status, cancelled.json()["state"], cancelled.json()["payload"]), (200, "cancelled", None))
        self.expect_problem(self.host.request("POST", f"/api/v1/jobs/{job}/cancel", headers=alice), 409, "CONFLICT")
        for method, path in (("GET", "/api/v1/jobs"), ("POST", f"/api/v1/jobs/{job}/retry")):
            self.expect_problem(self.host.request(method, path, headers=alice), 403, "FORBIDDEN")

    def test_a_job_is_told_in_full(self):
        job = self.submit()
        self.done(job)
        told = self.read(f"/api/v1/jobs/{job}")
        self.assertEqual((told["plugin"], told["kind"], told["payload"], told["attempt"]), ("worker", "quick", "{}", 1))
        self.assertEqual((told["key"], told["error"], told["schedule"]), (None, None, None))
        self.assertRegex(told["finished_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.expect_problem(self.host.get("/api/v1/jobs/job_nowhere", ADMIN), 404, "NOT_FOUND")

    def test_lists_have_filters_and_pages_that_miss_nothing(self):
        mine = [self.submit("slow") for _ in range(7)]
        seen, cursor = [], ""
        while True:
            page = self.read(f"/api/v1/jobs?kind=slow&plugin=worker&limit=3&cursor={cursor}")
            self.assertLessEqual(len(page["items"]), 3)
            self.assertNotIn("payload", page["items"][0])
            seen += [item["id"] for item in page["items"]]
            self.assertEqual(page["has_more"], page["next_cursor"] is not None)
            if not page["has_more"]:
                break
            cursor = page["next_cursor"]
        self.assertEqual(seen, sorted(set(seen), reverse=True), "the newest first, each once")
        self.assertEqual(set(mine) - set(seen), set())
        self.assertEqual(self.read("/api/v1/jobs?plugin=nowhere")["items"], [])
        for wrong in ("state=gone", "limit=0", "limit=501", "limit=x", "cursor=x", "plugin=a&schedule=b.c"):
            self.expect_problem(self.host.get(f"/api/v1/jobs?{wrong}", ADMIN), 400, "INVALID_ARGUMENT")

    def test_what_waits_is_cancelled_and_waits_again_when_retried(self):
        job = self.submit()
        self.done(job)
        self.expect_problem(self.host.request("POST", f"/api/v1/jobs/{job}/cancel", headers=ADMIN), 409, "CONFLICT")
        self.expect_problem(self.host.request("POST", f"/api/v1/jobs/{job}/retry", headers=ADMIN), 409, "CONFLICT")
        self.set_state(job, 0)
        self.assertEqual(self.change("POST", f"/api/v1/jobs/{job}/cancel")["state"], "cancelled")
        self.assertIn(job, [item["id"] for item in self.read("/api/v1/jobs?state=cancelled")["items"]])
        self.change("POST", f"/api/v1/jobs/{job}/retry")
        self.done(job)

    def test_a_dead_one_is_tried_again(self):
        job = self.submit()
        self.done(job)
        self.set_state(job, 3)
        self.assertIn(self.change("POST", f"/api/v1/jobs/{job}/retry")["state"], ("waiting", "running", "done"))
        self.done(job)

    def test_schedules_are_listed_changed_and_run(self):
        until(lambda: self.read("/api/v1/schedules")["total"] == 1, "the schedule is declared")
        told = self.read("/api/v1/schedules")["items"][0]
        self.assertEqual((told["id"], told["cron"], told["time_zone"]), ("worker.every-minute", "* * * * *", "Europe/Berlin"))
        off = self.change("PUT", SCHEDULE, {"enabled": False, "cron": "0 4 * * 1"})
        self.assertEqual((off["enabled"], off["next_at"], off["cron"]), (False, None, "0 4 * * 1"))
        self.assertEqual(off["declared_cron"], "* * * * *")
        accepted = self.change("POST", SCHEDULE + "/run", status=202)
        self.done(accepted["job_id"])
        on = self.change("PUT", SCHEDULE, {"enabled": True})
        self.assertRegex(on["next_at"], r"T0[234]:00:00", "a Monday at four in Berlin")
        for wrong in ({}, {"cron": "x"}, {"time_zone": "Mars/Olympus"}, {"enabled": 1}, {"enable": True}, []):
            self.expect_problem(self.host.request("PUT", SCHEDULE, wrong, ADMIN), 400, "INVALID_ARGUMENT")
        for nowhere in ("worker.nothing", "worker", "nowhere.x"):
            self.assertEqual(self.host.request("POST", f"/api/v1/schedules/{nowhere}/run", headers=ADMIN).status, 404)

    def test_they_are_documented(self):
        paths = self.host.get("/openapi.json").json()["paths"]
        self.assertEqual(
            [each["name"] for each in paths["/api/v1/jobs"]["get"]["parameters"]],
            ["plugin", "kind", "key", "schedule", "state", "limit", "cursor"],
        )
        self.assertIn("202", paths["/api/v1/schedules/{id}/run"]["post"]["responses"])


if __name__ == "__main__":
    import unittest

    unittest.main()
