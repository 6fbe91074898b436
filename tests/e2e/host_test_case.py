"""A TestCase whose tests share one host, for those that leave it as they found it."""

import sys
import unittest

from gantry_host import GantryHost


class HostTestCase(unittest.TestCase):
    changes = {}
    environment = {}

    @classmethod
    def setUpClass(cls):
        cls.host = cls.enterClassContext(GantryHost(cls.changes, cls.environment))

    def tearDown(self):
        self.host.expect_alive()

    def run(self, result=None):
        before = len(result.failures) + len(result.errors)
        begin = len(self.host.stderr())
        super().run(result)
        if len(result.failures) + len(result.errors) > before:
            print(
                f"--- gantry's standard error during {self.id()}\n{self.host.stderr()[begin:][-6000:]}\n---", file=sys.stderr
            )

    def expect_problem(self, answer, status, code=None):
        """One shape for every error, and an answer that says what is wrong."""
        self.assertEqual(answer.status, status, answer.body)
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        problem = answer.json()
        self.assertEqual(problem["status"], status)
        self.assertIs(problem["error"], True)
        self.assertTrue(problem["detail"])
        if code is not None:
            self.assertEqual(problem["code"], code, problem)
        return problem
