"""What a service manager is told: ready when it serves, alive while its event loops turn, stopping when it drains."""

import os
import pathlib
import signal
import socket
import unittest

from gantry_host import GantryHost, temporary_directory
from waiting import PATIENCE_SECONDS


class ServiceManager:
    """The other end of NOTIFY_SOCKET."""

    def __init__(self, address):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address)
        self.socket.settimeout(PATIENCE_SECONDS)

    def next(self):
        return self.socket.recv(4096).decode().split("\n")

    def next_but_alive(self):
        while (message := self.next()) == ["WATCHDOG=1"]:
            pass
        return message


class Supervision(unittest.TestCase):
    def manager(self, address):
        manager = ServiceManager(address)
        self.addCleanup(manager.socket.close)
        return manager

    def test_it_is_ready_alive_and_stopping_in_this_order(self):
        directory = temporary_directory()
        self.addCleanup(pathlib.Path.rmdir, directory)
        path = directory / "notify"
        manager = self.manager(str(path))
        self.addCleanup(path.unlink)
        environment = {"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "600000"}
        with GantryHost(environment=environment) as host:
            self.assertEqual(manager.next(), ["READY=1", "STATUS=serving 2 plugins"])
            self.assertEqual(host.get("/hello/World").status, 200)
            for _ in range(3):
                self.assertEqual(manager.next(), ["WATCHDOG=1"])
            host.process.send_signal(signal.SIGHUP)
            self.assertRegex("\n".join(manager.next_but_alive()), r"^RELOADING=1\nMONOTONIC_USEC=\d+$")
            self.assertEqual(manager.next_but_alive()[0], "READY=1")
            host.stop(signal.SIGTERM)
            self.assertEqual(manager.next_but_alive()[0], "STOPPING=1")

    def test_the_socket_may_have_an_abstract_name(self):
        name = f"gantry-e2e-{os.getpid()}"
        manager = self.manager("\0" + name)
        with GantryHost(environment={"NOTIFY_SOCKET": "@" + name}):
            self.assertEqual(manager.next()[0], "READY=1")

    def test_a_watchdog_of_another_process_is_not_fed(self):
        name = f"gantry-e2e-other-{os.getpid()}"
        manager = self.manager("\0" + name)
        environment = {"NOTIFY_SOCKET": "@" + name, "WATCHDOG_USEC": "30000", "WATCHDOG_PID": "1"}
        with GantryHost(environment=environment) as host:
            self.assertEqual(manager.next()[0], "READY=1")
            host.expect_alive()
            host.stop()
            self.assertEqual(manager.next()[0], "STOPPING=1")

    def test_a_manager_that_is_not_there_is_no_reason_to_fail(self):
        with GantryHost(environment={"NOTIFY_SOCKET": "/no/such/socket", "WATCHDOG_USEC": "60000"}) as host:
            host.expect_alive()


if __name__ == "__main__":
    unittest.main()
