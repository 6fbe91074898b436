"""Names that lie: whatever the DNS says, no plugin is led to a place that its administrator did not permit."""

import socket
import threading
import time
import unittest

from gantry_host import FIXTURES, PLUGINS, GantryHost
from private_network import PrivateNetworkCase

PUBLIC = "93.184.216.34"
PORT, OTHER_PORT = 80, 8080


class Doors:
    """Listens on every address of the network and notes who is knocked at; each caller is answered 204."""

    def __init__(self):
        self.knocks = []  # (address, port) that was connected to
        self._sockets = [self._listen(port) for port in (PORT, OTHER_PORT)]

    def _listen(self, port):
        door = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)
        threading.Thread(target=self._serve, args=(door,), daemon=True).start()
        return door

    def _serve(self, door):
        while True:
            try:
                wire, _ = door.accept()
            except OSError:
                return
            self.knocks.append((wire.getsockname()[0].removeprefix("::ffff:"), wire.getsockname()[1]))
            with wire:
                if wire.recv(4096):
                    wire.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

    def close(self):
        for door in self._sockets:
            door.shutdown(socket.SHUT_RDWR)
            door.close()


class LyingNames(PrivateNetworkCase):
    addresses = (PUBLIC, "10.1.2.3", "192.168.7.7", "169.254.169.254", "100.64.0.9")

    @classmethod
    def set_up_inside(cls):
        cls.doors = Doors()
        cls.addClassCleanup(cls.doors.close)
        cls.host = cls.enterClassContext(cls.new_host())

    @classmethod
    def new_host(cls):
        rules = {"egress": ["*:*"], "egress_private": ["vault.test:*", "mapped.test:*"]}
        return GantryHost({
            "plugin_directories": [str(PLUGINS), str(FIXTURES)],
            "http_client": {"connect_deadline": "1s"},
            "plugins": {"notes": None, "calls_out": {"host": rules}},
        })

    def setUp(self):
        self.doors.knocks.clear()

    def call(self, name, port=PORT, host=None):
        answer = (host or self.host).get("/calls_out", headers={"X-Url": f"http://{name}:{port}/"})
        self.assertEqual(answer.status, 200, answer)
        return answer.text().partition("\n")[0]

    def test_a_public_address_is_called(self):
        self.names["good.test"] = [[PUBLIC]]
        self.assertEqual(self.call("good.test"), "204")
        self.assertEqual(self.doors.knocks, [(PUBLIC, PORT)])

    def test_a_name_that_leads_inside_is_refused_before_a_connection_is_made(self):
        inside = ["127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "192.168.7.7", "169.254.169.254", "100.64.0.9", "::1", "::",
                  "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "fd00::1", "fe80::1", "64:ff9b::7f00:1",
                  "2002:7f00:1::1"]
        for number, address in enumerate(inside):
            with self.subTest(address=address):
                name = f"inside{number}.test"
                self.names[name] = [[address]]
                self.assertEqual(self.call(name), "ADDRESS_DENIED")
                self.assertIn(name, [asked for asked, _ in self.names.asked])
        self.assertEqual(self.doors.knocks, [])
        self.host.expect_alive()

    def test_an_address_of_this_network_is_called_only_by_the_name_that_is_listed(self):
        self.names["vault.test"] = [["10.1.2.3"]]
        self.names["other.test"] = [["10.1.2.3"]]
        self.assertEqual(self.call("vault.test"), "204")
        self.assertEqual(self.call("other.test"), "ADDRESS_DENIED")
        self.assertEqual(self.doors.knocks, [("10.1.2.3", PORT)])

    def test_no_name_leads_to_a_metadata_service_even_if_it_is_listed(self):
        for number, address in enumerate(("169.254.169.254", "::ffff:169.254.169.254")):
            with self.subTest(address=address):
                self.names["mapped.test"] = [[address]]
                self.assertEqual(self.call("mapped.test", (PORT, OTHER_PORT)[number]), "ADDRESS_DENIED")
        self.assertEqual(self.doors.knocks, [])

    def test_each_address_of_a_name_is_looked_at(self):
        # No way leads to the public one, so a client goes on with the next.
        for number, addresses in enumerate((["8.8.4.4", "127.0.0.1"], ["127.0.0.1", "8.8.4.4"], ["::1", "8.8.4.4"])):
            with self.subTest(addresses=addresses):
                name = f"several{number}.test"
                self.names[name] = [addresses]
                self.assertEqual(self.call(name), "ADDRESS_DENIED")
        self.assertEqual(self.doors.knocks, [])

    def test_a_good_address_beside_a_forbidden_one_is_called(self):
        self.names["both.test"] = [["127.0.0.1", "10.1.2.3", PUBLIC]]
        self.assertEqual(self.call("both.test"), "204")
        self.assertEqual(self.doors.knocks, [(PUBLIC, PORT)])

    def test_a_name_that_changes_its_mind_is_looked_up_once_and_checked_each_time(self):
        self.names["rebind.test"] = [[PUBLIC], ["127.0.0.1"]]
        # Were it looked up for the check and again for the connection, the second answer would lead inside.
        self.assertEqual(self.call("rebind.test"), "204")
        self.assertEqual(self.names.asked.count(("rebind.test", "A")), 1)
        self.assertEqual(self.call("rebind.test", OTHER_PORT), "ADDRESS_DENIED")
        self.assertEqual(self.names.asked.count(("rebind.test", "A")), 2)
        self.assertEqual(self.doors.knocks, [(PUBLIC, PORT)])

    def test_a_name_that_does_not_exist_is_said_to(self):
        self.assertEqual(self.call("nowhere.test"), "NAME_NOT_RESOLVED")

    def test_a_name_server_that_is_silent_holds_up_neither_others_nor_the_end_of_the_host(self):
        self.names["silent.test"] = [None]
        self.names["good.test"] = [[PUBLIC]]
        with self.new_host() as host, host.wire() as waiting:
            waiting.send(b"GET /calls_out HTTP/1.1\r\nHost: x\r\nX-Url: http://silent.test/\r\n\r\n")
            began = time.monotonic()
            self.assertEqual(self.call("good.test", host=host), "204")
            self.assertEqual(waiting.answer().text().partition("\n")[0], "CONNECT_TIMEOUT")
            host.stop()
            # Sooner than the resolver itself gives up.
            self.assertLess(time.monotonic() - began, 15)


if __name__ == "__main__":
    unittest.main()
