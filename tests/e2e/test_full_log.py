"""The file system that the log is written to is full: requests go on, and what was lost is told when there is room."""

import unittest

from gantry_host import GantryHost
from http_client import ask
from test_database_faults import Mounted, fill
from waiting import until


class FullLog(unittest.TestCase):
    def ask_often(self, host, times):
        connection = host.connect()
        for _ in range(times):
            self.assertEqual(ask(connection, "GET", "/hello/World").status, 200)
        connection.close()

    def test_requests_go_on_and_the_loss_is_told_when_there_is_room(self):
        place = Mounted(self, "size=512k")
        host = GantryHost({"plugins": {"notes": None}})
        host.stderr_file = place.directory / "stderr.log"
        with host:
            ballast = place.directory / "ballast"
            fill(ballast)
            # What is left of the last page is soon full, too.
            self.ask_often(host, 200)
            before = host.stderr_file.stat().st_size
            self.ask_often(host, 200)
            self.assertEqual(host.stderr_file.stat().st_size, before, "the file system is not full: the test shows nothing")
            self.assertEqual(host.get("/healthz").status, 200)
            ballast.unlink()
            told = until(lambda: self.told_after_a_request(host), "the loss is told")
            self.assertGreaterEqual(told[0]["lines"], 200)
            self.assertLess(told[0]["lines"], 500)
            host.expect_alive()

    def told_after_a_request(self, host):
        self.assertEqual(host.get("/hello/World").status, 200)
        return host.logs(message="lines of the log were lost")


if __name__ == "__main__":
    unittest.main()
