"""Who calls: a route for known callers is reached with a principal, or not at all."""

import threading
import unittest

from gantry_host import FIXTURES, PLUGINS
from host_test_case import HostTestCase

KEYHOLDER = {"plugin_directories": [str(PLUGINS), str(FIXTURES)], "plugins": {"keyholder": {}}}


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


class WithAProvider(HostTestCase):
    changes = KEYHOLDER

    def test_a_known_caller_arrives_with_all_that_is_known(self):
        answer = self.host.get("/whoami", bearer("alice"))
        self.assertEqual(answer.status, 200, answer.body)
        self.assertEqual(answer.json(), {"id": "usr_alice", "scopes": [], "claims": {"greeted_as": "alice!"}})

    def test_nobody_is_asked_to_sign_in(self):
        answer = self.host.get("/whoami")
        self.expect_problem(answer, 401, "AUTHENTICATION_REQUIRED")
        self.assertEqual(answer.headers["WWW-Authenticate"], "Bearer")

    def test_wrong_credentials_are_refused(self):
        answer = self.host.get("/whoami", bearer("nobody"))
        self.expect_problem(answer, 401, "INVALID_CREDENTIALS")
        self.assertEqual(answer.headers["WWW-Authenticate"], 'Bearer error="invalid_token"')

    def test_a_missing_scope_is_named(self):
        answer = self.host.get("/vault", bearer("alice"))
        self.assertIn("vault:open", self.expect_problem(answer, 403, "FORBIDDEN")["detail"])
        self.assertEqual(self.host.get("/vault", bearer("opener")).status, 200)

    def test_when_it_cannot_be_told_nobody_may(self):
        self.expect_problem(self.host.get("/whoami", bearer("broken")), 503, "AUTHENTICATION_UNAVAILABLE")

    def test_a_public_route_asks_nobody(self):
        self.assertEqual(self.host.get("/open", bearer("broken")).text(), "")

    def test_many_callers_at_once_keep_their_own_names(self):
        wrong = []

        def call(name):
            for _ in range(20):
                if self.host.get("/whoami", bearer(name)).json()["id"] != f"usr_{name}":
                    wrong.append(name)

        threads = [threading.Thread(target=call, args=(f"caller{number}",)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])

    def test_after_a_reload_the_new_instance_tells(self):
        for _ in range(3):
            self.host.reload({"reload_watch": "10ms"})
            self.assertEqual(self.host.get("/whoami", bearer("alice")).status, 200)


if __name__ == "__main__":
    unittest.main()
