"""The end of a host under work: what runs may finish, nothing new begins, and no end takes for ever."""

import signal
import threading
import unittest

import notes_client
import processes
from database_client import LockedNotes
from gantry_host import FIXTURES, PLUGINS, GantryHost
from http_client import ask
from waiting import until

READY = b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n"


class Drain(unittest.TestCase):
    def begin_slow_request(self, host, lock):
        """A POST that the database makes wait."""
        wire = host.wire()
        body = b'{"title": "Under way"}'
        wire.send(
            b"POST /notes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            % (len(body), body)
        )
        until(lambda: lock.waiting() > 0, "the request waits in the database")
        return wire

    def is_refused(self, host):
        try:
            host.wire().socket.close()
            return False
        except ConnectionRefusedError:
            return True
        except ConnectionResetError:
            return False  # the listener was closed while this connection was being made

    def test_a_request_under_way_finishes_and_nothing_new_begins(self):
        with GantryHost() as host:
            kept = host.connect()
            self.assertEqual(ask(kept, "GET", "/readyz").status, 200)
            with LockedNotes(host) as lock:
                wire = self.begin_slow_request(host, lock)
                host.process.send_signal(signal.SIGTERM)
                until(lambda: self.is_refused(host), "new connections are refused")
                self.assertTrue(host.is_running())
            answer = wire.answer()
            self.assertEqual((answer.status, answer.headers["Connection"]), (201, "close"))
            self.assertTrue(wire.is_closed())
            host.expect_clean_end()
            kept.close()
            # Answered means kept, also at the very end.
            host.start()
            self.assertEqual(host.get(answer.headers["Location"]).json(), answer.json())

    def test_readyz_tells_a_balancer_on_its_open_connection(self):
        with GantryHost() as host, LockedNotes(host) as lock, host.wire() as probe:
            # A request that has begun keeps its connection through the drain; its second half comes after the signal.
            probe.send(READY)
            self.assertEqual(probe.answer().status, 200)
            probe.send(READY[:10])
            wire = self.begin_slow_request(host, lock)
            host.process.send_signal(signal.SIGTERM)
            until(lambda: self.is_refused(host), "new connections are refused")
            probe.send(READY[10:])
            answer = probe.answer()
            self.assertEqual((answer.status, answer.headers["Connection"]), (503, "close"))
            self.assertIn(b"draining", answer.body)
            lock.release()
            self.assertEqual(wire.answer().status, 201)
            host.expect_clean_end()

    def test_idle_connections_do_not_keep_the_host(self):
        with GantryHost() as host:
            wires = [host.wire() for _ in range(20)]
            for wire in wires:
                wire.send(b"GET /hello/World HTTP/1.1\r\nHost: x\r\n\r\n")
                wire.answer()
            host.stop()
            for wire in wires:
                self.assertTrue(wire.is_closed())

    def test_a_stream_under_way_is_sent_to_its_end(self):
        with GantryHost({"plugins": {"notes": {"page": 10}}}) as host:
            for number in range(40):
                notes_client.create(host, f"Note {number}", "x" * 90_000)
            connection = host.connect()
            connection.request("GET", "/notes/export")
            response = connection.getresponse()
            host.process.send_signal(signal.SIGTERM)
            until(lambda: self.is_refused(host), "new connections are refused")
            events = list(notes_client.events(response))
            self.assertEqual((len(events), events[-1][1]), (41, "end"))
            host.expect_clean_end()
            connection.close()

    def test_the_deadline_cuts_what_does_not_end(self):
        changes = {"http": {"drain_deadline": "500ms"}, "plugin_drain_deadline": "500ms", "plugins": {"notes": {"page": 10}}}
        with GantryHost(changes) as host:
            for number in range(100):
                notes_client.create(host, f"Note {number}", "x" * 90_000)
            stream = host.wire(receive_buffer=4096)
            stream.send(b"GET /notes/export HTTP/1.1\r\nHost: x\r\n\r\n")
            stream.pending = stream.socket.recv(100)
            with LockedNotes(host) as lock:
                wire = self.begin_slow_request(host, lock)
                host.process.send_signal(signal.SIGTERM)
                host.wait()  # although nobody reads the stream and nobody releases the lock
            host.expect_clean_end()
            self.assertFalse(stream.rest().endswith(b"0\r\n\r\n"), "a cut stream must not look complete")
            self.assertNotIn(b" 201 ", wire.rest())
            self.assertTrue(host.logs(level="warn"), "what was cut is logged")

    def test_a_handler_that_never_returns_does_not_keep_the_host(self):
        for path in ["/on_pool", "/on_loop"]:
            with self.subTest(path):
                self.expect_an_end_without(path)

    def expect_an_end_without(self, path):
        changes = {
            "http": {"drain_deadline": "300ms"},
            "plugin_drain_deadline": "300ms",
            "plugin_directories": [str(PLUGINS), str(FIXTURES)],
            "plugins": {"hangs_in_handler": {}},
        }
        with GantryHost(changes) as host:
            wire = host.wire()
            wire.send(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            until((host.data_directory / "plugins" / "hangs_in_handler" / "entered").exists, "the handler is entered")
            host.process.send_signal(signal.SIGTERM)
            self.assertEqual(host.wait(), 1)
            self.assertEqual(processes.working_in(host.data_directory), [])
            self.assertTrue(host.logs(message="a plugin does not give back a thread of the host, which ends without it"))
            said = [file.read_text(encoding="utf-8") for file in host.data_directory.glob("postgresql/**/*.log")]
            self.assertIn("database system is shut down", "".join(said))
            host.expect_no_sanitizer_report()
            wire.socket.close()

    def test_a_second_signal_ends_at_once(self):
        with GantryHost() as host, LockedNotes(host) as lock:
            wire = self.begin_slow_request(host, lock)
            host.process.send_signal(signal.SIGTERM)
            until(lambda: any("stopping" in line for line in host.banner), "the host says that it stops")
            host.process.send_signal(signal.SIGTERM)
            self.assertEqual(host.wait(), -signal.SIGTERM)
            self.assertEqual(wire.rest(), b"")
            until(lambda: not processes.working_in(host.data_directory), "PostgreSQL has followed")

    def test_load_until_the_end_gets_whole_answers_only(self):
        with GantryHost() as host:
            broken, served = [], []

            def load():
                while True:
                    try:
                        wire = host.wire()
                    except OSError:
                        return  # refused, or reset before it was accepted
                    with wire:
                        try:
                            wire.send(b"GET /hello/World HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                            data = wire.rest()
                        except OSError:
                            continue
                    if data and not data.endswith(b"\r\n\r\nHello, World!\n"):
                        broken.append(data)
                    served.append(1)

            threads = [threading.Thread(target=load) for _ in range(8)]
            for thread in threads:
                thread.start()
            until(lambda: len(served) > 200, "the load is served")
            host.stop()
            for thread in threads:
                thread.join()
            self.assertEqual(broken, [])


if __name__ == "__main__":
    unittest.main()
