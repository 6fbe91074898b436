"""WebSockets between a real client, python3-websockets, and the real binary."""

import asyncio
import base64
import os
import shutil
import signal
import ssl
import unittest

import websockets

from gantry_host import FIXTURES, MEMORY_FACTOR, PLUGINS, GantryHost, temporary_directory
from tls_files import Authority
from waiting import PATIENCE_SECONDS, until

MEGABYTE = 1_000_000


class WebSockets(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = temporary_directory()
        cls.addClassCleanup(shutil.rmtree, cls.directory, ignore_errors=True)
        cls.authority = Authority(cls.directory)
        certificate, key = cls.authority.sign("localhost", alternatives="DNS:localhost")

        changes = {
            "plugin_directories": [str(PLUGINS), str(FIXTURES)],
            "plugins": {"socket_echo": {}},
            "http": {
                "listen": ["127.0.0.1:0", "https://127.0.0.1:0"],
                "tls": {"certificates": [str(certificate)], "keys": [str(key)]},
                "write_deadline": "2s",
                "websocket": {"messages_per_second_max": 0, "ping_interval": "2s", "close_deadline": "2s"},
            },
        }
        environment = {"ASAN_OPTIONS": "quarantine_size_mb=1:malloc_context_size=2"}
        cls.host = cls.enterClassContext(GantryHost(changes, environment))
        cls.tls_port = next(int(line.rsplit(":", 1)[1]) for line in cls.host.banner if "https://" in line)

    def tearDown(self):
        self.host.expect_alive()

    def connect(self, **options):
        host, port = self.host.address
        return websockets.connect(f"ws://{host}:{port}/socket", open_timeout=PATIENCE_SECONDS, compression=None, **options)

    def connect_tls(self, **options):
        context = ssl.create_default_context(cafile=self.authority.certificate)
        return websockets.connect(f"wss://localhost:{self.tls_port}/socket", ssl=context, open_timeout=PATIENCE_SECONDS,
                                  max_size=None, **options)

    async def echo(self, socket):
        for message in ("hello", "", "\u20ac" * 10_000, b"\x00\xff", b"x" * 1_000_000):
            await socket.send(message)
            self.assertEqual(await socket.recv(), message)
        await socket.send(["in ", "three ", "pieces"])
        self.assertEqual(await socket.recv(), "in three pieces")
        await (await socket.ping(b"there?"))

    async def test_messages_come_back(self):
        async with self.connect() as socket:
            await self.echo(socket)

    async def test_a_client_that_offers_compression_gets_none(self):
        host, port = self.host.address
        async with websockets.connect(f"ws://{host}:{port}/socket", compression="deflate") as socket:
            self.assertEqual(socket.extensions, [])
            await self.echo(socket)

    async def test_the_same_over_tls(self):
        async with self.connect_tls() as socket:
            await self.echo(socket)
        sockets = [await self.connect_tls() for _ in range(20)]
        for number, socket in enumerate(sockets):
            await socket.send(str(number))
        self.assertEqual([await socket.recv() for socket in sockets], [str(number) for number in range(20)])
        for socket in sockets:
            await socket.close()

    async def test_subprotocol_and_close_codes(self):
        async with self.connect(subprotocols=["echo.v2", "echo.v1"]) as socket:
            self.assertEqual(socket.subprotocol, "echo.v1")
            await socket.send("close")
            with self.assertRaises(websockets.ConnectionClosed) as closed:
                await socket.recv()
            self.assertEqual((closed.exception.rcvd.code, closed.exception.rcvd.reason), (4000, "as you wish"))

    async def test_a_page_of_another_origin_is_refused_and_the_own_is_not(self):
        with self.assertRaises(websockets.InvalidStatusCode) as refused:
            await self.connect(origin="https://evil.example.net")
        self.assertEqual(refused.exception.status_code, 403)
        async with self.connect(origin=self.host.url):
            pass

    async def test_other_requests_are_told_to_upgrade(self):
        answer = self.host.get("/socket")
        self.assertEqual((answer.status, answer.headers["Upgrade"], answer.json()["code"]), (426, "websocket", "UPGRADE_REQUIRED"))
        handshake = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "8",
                     "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode()}
        answer = self.host.get("/socket", handshake)
        self.assertEqual((answer.status, answer.headers["Sec-WebSocket-Version"]), (426, "13"))

    async def test_two_hundred_clients_at_once(self):
        async def talk(number):
            async with self.connect() as socket:
                for turn in range(10):
                    await socket.send(f"{number} {turn}")
                    self.assertEqual(await socket.recv(), f"{number} {turn}")

        await asyncio.gather(*(talk(number) for number in range(200)))
        until(lambda: self.host.clients() == 0, "all connections are closed")

    async def flood_until_cut(self, connect):
        before = self.host.rss_bytes()
        wires = []
        for _ in range(20):
            socket = await connect()
            await socket.send("flood")
            socket.transport.pause_reading()
            wires.append(socket)
        largest = 0
        while self.host.clients() > 0:
            largest = max(largest, self.host.rss_bytes())
            await asyncio.sleep(0.05)
        # Twenty times the queue's end (1 MiB), some for TLS, and what the kernel holds is not ours.
        self.assertLess(largest - before, 60 * MEGABYTE * MEMORY_FACTOR)
        for socket in wires:
            socket.transport.abort()

    async def test_clients_that_do_not_read_cost_bounded_memory_and_are_cut_off(self):
        await self.flood_until_cut(self.connect)

    async def test_the_same_over_tls_for_clients_that_do_not_read(self):
        await self.flood_until_cut(self.connect_tls)

    async def test_clients_that_leave_leave_nothing_behind(self):
        await self.leave()
        descriptors = self.host.descriptors()
        for _ in range(5):
            await self.leave()
        until(lambda: self.host.descriptors() <= descriptors, "descriptors are back")

    async def leave(self):
        sockets = [await self.connect() for _ in range(40)]
        for socket in sockets:
            socket.transport.abort()
        for socket in sockets:
            await socket.wait_closed()
        until(lambda: self.host.clients() == 0, "the host has noticed")


class Stop(unittest.IsolatedAsyncioTestCase):
    async def test_clients_are_told_that_the_host_goes_away(self):
        changes = {"plugin_directories": [str(PLUGINS), str(FIXTURES)], "plugins": {"socket_echo": {}}}
        with GantryHost(changes) as host:
            address = f"ws://{host.address[0]}:{host.address[1]}/socket"
            sockets = [await websockets.connect(address) for _ in range(20)]
            host.process.send_signal(signal.SIGTERM)
            for socket in sockets:
                with self.assertRaises(websockets.ConnectionClosed) as closed:
                    await asyncio.wait_for(socket.recv(), PATIENCE_SECONDS)
                self.assertEqual(closed.exception.rcvd.code, 1001)
            host.expect_clean_end()


if __name__ == "__main__":
    unittest.main()
