"""Long answers: slow readers cost bounded memory, clients that leave cost nothing."""

import json
import unittest

import notes_client
from gantry_host import FIXTURES, PLUGINS
from host_test_case import HostTestCase
from http_client import ask
from waiting import until

MEGABYTE = 1_000_000


class Export(HostTestCase):
    changes = {"plugins": {"notes": {"page": 20}}, "http": {"write_deadline": "5s", "access_log": False}}
    # ASan keeps freed memory back; with a small store of it, memory that grows is memory in use.
    environment = {"ASAN_OPTIONS": "quarantine_size_mb=1:malloc_context_size=2"}
    notes_total = 600  # with their bodies about 57 MB

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        connection = cls.host.connect()
        body = "All work and no play makes a dull day. " * 2500
        for number in range(cls.notes_total):
            answer = ask(connection, "POST", "/notes", {"title": f"Large {number}", "body": body})
            assert answer.status == 201, answer
        connection.close()

    def begin_export(self):
        wire = self.host.wire(receive_buffer=65536)
        wire.send(b"GET /notes/export HTTP/1.1\r\nHost: x\r\n\r\n")
        wire.pending = wire.socket.recv(1000)
        self.assertTrue(wire.pending.startswith(b"HTTP/1.1 200 "))
        return wire

    def test_a_slow_reader_costs_bounded_memory_and_still_gets_everything(self):
        before = self.host.rss_bytes()
        connection = self.host.connect()
        connection.request("GET", "/notes/export")
        response = connection.getresponse()
        other = self.host.connect()
        seen, largest = 0, 0
        for _, event, data in notes_client.events(response):
            if event == "end":
                break
            json.loads(data)
            seen += 1
            # Other work between two events: a host without back-pressure would meanwhile fill its memory.
            for _ in range(10):
                ask(other, "GET", "/hello/World")
            largest = max(largest, self.host.rss_bytes())
        connection.close()
        other.close()
        self.assertEqual(seen, self.notes_total)
        self.assertLess(largest - before, 25 * MEGABYTE)

    def test_a_reader_that_stopped_is_cut_off_and_frees_what_it_held(self):
        wires = [self.begin_export() for _ in range(20)]
        self.assertEqual(self.host.clients(), 20)
        until(lambda: self.host.clients() == 0, "those who do not read are cut off")
        for wire in wires:
            self.assertFalse(wire.rest().endswith(b"0\r\n\r\n"), "a cut answer must not look complete")
            wire.socket.close()

    def test_clients_that_leave_in_the_middle_leave_nothing_behind(self):
        self.leave_in_the_middle()
        descriptors, memory = self.host.descriptors(), self.host.rss_bytes()
        for _ in range(8):
            self.leave_in_the_middle()
        until(lambda: self.host.descriptors() <= descriptors, "descriptors are back")
        # One page kept for each of these clients would be 300 MB.
        self.assertLess(self.host.rss_bytes() - memory, 50 * MEGABYTE)

    def leave_in_the_middle(self):
        for wire in [self.begin_export() for _ in range(20)]:
            wire.socket.close()
        until(lambda: self.host.clients() == 0, "the host has noticed")
        self.assertEqual(self.host.get("/notes?limit=1").status, 200)

    def test_others_are_served_while_many_do_not_read(self):
        wires = [self.begin_export() for _ in range(50)]
        connection = self.host.connect()
        for _ in range(100):
            self.assertEqual(ask(connection, "GET", "/notes?limit=1").status, 200)
        connection.close()
        for wire in wires:
            wire.socket.close()


class RetainedRequest(HostTestCase):
    changes = {"plugin_directories": [str(PLUGINS), str(FIXTURES)], "plugins": {"late_reader": {}}}

    def test_it_can_be_read_after_its_client_has_left_until_the_plugin_ends_it(self):
        wire = self.host.wire()
        wire.send(b"GET /late/Hello HTTP/1.1\r\nHost: x\r\n\r\n")
        self.assertTrue(wire.socket.recv(1000).startswith(b"HTTP/1.1 200 "))
        wire.socket.close()
        self.assertEqual(until(lambda: self.host.get("/word").body, "the plugin has heard that the client left"), b"Hello")
        self.host.expect_alive()


if __name__ == "__main__":
    unittest.main()
