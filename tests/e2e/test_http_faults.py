"""Clients that misbehave: each gets what it deserves, everybody else is served, nothing is left behind."""

import socket
import unittest

import notes_client
from host_test_case import HostTestCase
from http_client import ask
from waiting import until

HELLO = b"GET /hello/World HTTP/1.1\r\nHost: x\r\n\r\n"

# What is sent and the status that answers it; the connection is closed behind each.
FRAMING = {
    "two lengths": (b"POST /notes HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabc", 400),
    "a length with letters": (b"POST /notes HTTP/1.1\r\nHost: x\r\nContent-Length: 3abc\r\n\r\nabc", 400),
    "a signed length": (b"POST /notes HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabc", 400),
    "a negative length": (b"POST /notes HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
    "a length beyond 64 bits": (
        b"POST /notes HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        (400, 413),
    ),
    "length and chunks": (
        b"POST /notes HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
    ),
    "a space before the colon": (b"POST /notes HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400),
    "an unknown coding": (b"POST /notes HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunke\r\n\r\n", (400, 501)),
    "a chunk size that is none": (b"POST /notes HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
    "no host": (b"GET /hello/World HTTP/1.1\r\n\r\n", 400),
    "two hosts": (b"GET /hello/World HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    "a folded header": (b"GET /hello/World HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", 400),
    "a NUL in the path": (b"GET /hel\x00lo HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    "bare line feeds": (b"GET /hello/World HTTP/1.1\nHost: x\n\n", 400),
    "an old version": (b"GET /hello/World HTTP/0.9\r\nHost: x\r\n\r\n", (400, 505)),
    "a future version": (b"GET /hello/World HTTP/2.0\r\nHost: x\r\n\r\n", 505),
    "no version": (b"GET /hello/World\r\nHost: x\r\n\r\n", 400),
    "a long target": (b"GET /hello/" + b"x" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
    "a large head": (b"GET /hello/World HTTP/1.1\r\nHost: x\r\n" + b"A: " + b"x" * 40000 + b"\r\n\r\n", 431),
    "many headers": (b"GET /hello/World HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 200 + b"\r\n", 431),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64), 400),
    "binary garbage": (bytes(range(255, -1, -1)) * 8, 400),
}


class Framing(HostTestCase):
    def test_every_probe_is_refused_and_the_connection_closed(self):
        for name, (probe, expected) in FRAMING.items():
            # A request behind the probe must never be answered: that would be request smuggling.
            with self.subTest(name), self.host.wire() as wire:
                wire.send_as_far_as_read(probe + b"GET /hello/Smuggled HTTP/1.1\r\nHost: x\r\n\r\n")
                answer = wire.answer()
                self.assertIn(answer.status, expected if isinstance(expected, tuple) else (expected,), answer.body)
                self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
                self.assertEqual(answer.headers["Connection"].lower(), "close")
                self.assertEqual(wire.rest(), b"")

    def test_the_same_probes_byte_by_byte(self):
        for name, (probe, expected) in FRAMING.items():
            if len(probe) > 300:
                continue
            with self.subTest(name), self.host.wire() as wire:
                wire.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for byte in probe:
                    if not wire.send_as_far_as_read(bytes([byte])):
                        break
                wire.send_as_far_as_read(b"\r\n\r\n")
                self.assertIn(wire.answer().status, expected if isinstance(expected, tuple) else (expected,))

    def test_pipelined_requests_are_answered_in_their_order(self):
        note = notes_client.create(self.host, "Pipelined")
        requests = b""
        for number in range(64):
            path = f"/notes/{note['id']}" if number % 2 else "/hello/World"
            requests += f"GET {path} HTTP/1.1\r\nHost: x\r\nX-Request-Id: n{number}\r\n\r\n".encode()
        with self.host.wire() as wire:
            wire.send(requests)
            ids = [wire.answer().headers["X-Request-Id"] for _ in range(64)]
        self.assertEqual(ids, [f"n{number}" for number in range(64)])

    def test_a_chunked_body_may_be_cut_anywhere(self):
        body = b'{"title": "In chunks"}'
        chunks = (
            b"".join(b"%x\r\n%s\r\n" % (len(body[at : at + 5]), body[at : at + 5]) for at in range(0, len(body), 5))
            + b"0\r\n\r\n"
        )
        request = (
            b"POST /notes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            + chunks
        )
        for cut in range(len(request) - len(chunks), len(request)):
            with self.host.wire() as wire:
                wire.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                wire.send(request[:cut])
                wire.send(request[cut:])
                self.assertEqual(wire.answer().status, 201)

    def test_a_client_that_waits_for_100_is_told_to_go_on(self):
        body = b'{"title": "Expected"}'
        with self.host.wire() as wire:
            wire.send(
                b"POST /notes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
                b"Content-Length: %d\r\n\r\n" % len(body)
            )
            self.assertEqual(wire.answer().status, 100)
            wire.send(body)
            self.assertEqual(wire.answer().status, 201)


class LargeBodies(HostTestCase):
    def test_a_hundred_megabytes_are_refused_before_they_are_sent(self):
        for expectation in [b"", b"Expect: 100-continue\r\n"]:
            with self.host.wire() as wire:
                wire.send(b"POST /notes HTTP/1.1\r\nHost: x\r\n" + expectation + b"Content-Length: 104857600\r\n\r\n")
                self.expect_problem(wire.answer(), 413, "BODY_TOO_LARGE")

    def test_a_client_that_sends_them_all_the_same_costs_no_memory(self):
        before = self.host.rss_bytes()
        piece = b"x" * 65536
        for _ in range(3):
            with self.host.wire() as wire:
                wire.send(b"POST /notes HTTP/1.1\r\nHost: x\r\nContent-Length: 104857600\r\n\r\n")
                self.expect_problem(wire.answer(), 413, "BODY_TOO_LARGE")
                # The host may read on for a while, so that the answer is not lost to a reset, but keeps none of it.
                while wire.send_as_far_as_read(piece):
                    self.assertLess(self.host.rss_bytes() - before, 20_000_000)

    def test_chunks_without_an_end_are_cut_at_the_limit(self):
        before = self.host.rss_bytes()
        with self.host.wire() as wire:
            wire.send(b"POST /notes HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            while wire.send_as_far_as_read(b"10000\r\n" + b"x" * 65536 + b"\r\n"):
                self.assertLess(self.host.rss_bytes() - before, 20_000_000)


class SlowClients(HostTestCase):
    changes = {
        "http": {"head_deadline": "500ms", "body_deadline": "500ms", "idle_deadline": "500ms", "linger_deadline": "500ms"}
    }

    def test_heads_that_drip_are_given_up_while_others_are_served(self):
        before = self.host.descriptors()
        wires = [self.host.wire() for _ in range(100)]
        for wire in wires:
            wire.send(b"GET /hello/World HTTP/1.1\r\nHost: x\r\nX-Drip: ")
        connection = self.host.connect()
        # A drop on every look: each byte alone would keep a naive host waiting.
        until(lambda: self.all_cut_off(wires, connection), "all drips are cut off")
        connection.close()
        for wire in wires:
            wire.socket.close()
        until(lambda: self.host.descriptors() <= before, "descriptors are back")

    def all_cut_off(self, wires, other):
        alive = [wire for wire in wires if wire.send_as_far_as_read(b"x")]
        self.assertEqual(ask(other, "GET", "/hello/World").status, 200)
        return not alive

    def test_a_silent_body_is_answered_408(self):
        with self.host.wire() as wire:
            wire.send(b"POST /notes HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
            self.expect_problem(wire.answer(), 408)
            self.assertTrue(wire.is_closed())

    def test_silent_connections_are_closed_without_a_word(self):
        with self.host.wire() as fresh, self.host.wire() as used:
            used.send(HELLO)
            self.assertEqual(used.answer().status, 200)
            self.assertTrue(used.is_closed())
            fresh.rest()

    def test_a_body_that_moves_may_take_longer_than_any_single_wait(self):
        body = b'{"title": "Slow but steady"}'
        with self.host.wire() as wire:
            wire.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            wire.send(
                b"POST /notes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                % len(body)
            )
            left = list(body)

            def send_one():
                wire.send(bytes([left.pop(0)]))
                return not left

            until(send_one, "the body is sent")
            self.assertEqual(wire.answer().status, 201)


class HalfClosed(HostTestCase):
    def test_a_client_that_only_listens_any_more_gets_its_answers(self):
        body = b'{"title": "Half closed"}'
        with self.host.wire() as wire:
            wire.send(
                HELLO
                + b"POST /notes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                % (len(body), body)
            )
            wire.socket.shutdown(socket.SHUT_WR)
            self.assertEqual(wire.answer().status, 200)
            self.assertEqual(wire.answer().status, 201)
            self.assertTrue(wire.is_closed())

    def test_half_a_request_ends_with_the_connection(self):
        self.host.get("/hello/World")
        before = self.host.descriptors()
        for part in [
            b"G",
            b"GET /hello/World HTTP/1.1\r\n",
            HELLO[:-1],
            b"POST /notes HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{",
        ]:
            with self.host.wire() as wire:
                wire.send(part)
                wire.socket.shutdown(socket.SHUT_WR)
                self.assertNotIn(b" 200 ", wire.rest())
        until(lambda: self.host.descriptors() <= before, "descriptors are back")


class ConnectionLimit(HostTestCase):
    changes = {"http": {"connections_max": 50}}

    def test_those_beyond_the_limit_are_told_so_and_those_within_are_served(self):
        before = self.host.descriptors()
        within = [self.host.wire() for _ in range(50)]
        for wire in within:
            wire.send(HELLO)
            self.assertEqual(wire.answer().status, 200)
        beyond = [self.host.wire() for _ in range(300)]
        for wire in beyond:
            # Told, or at the worst cut off; never left to wait, never served.
            data = wire.rest() if wire.send_as_far_as_read(HELLO) else b""
            if data:
                self.assertTrue(data.startswith(b"HTTP/1.1 503 "), data[:200])
                self.assertIn(b"TOO_MANY_CONNECTIONS", data)
            self.assertLess(self.host.descriptors(), before + 100)
            wire.socket.close()
        for wire in within:
            wire.send(HELLO)
            self.assertEqual(wire.answer().body, b"Hello, World!\n")
            wire.socket.close()
        until(lambda: self.host.descriptors() <= before, "descriptors are back")


if __name__ == "__main__":
    unittest.main()
