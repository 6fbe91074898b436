"""TLS as clients meet it: Python's ssl and openssl's own command against the real binary."""

import socket
import ssl
import subprocess
import unittest

import notes_client
from configuration_case import ConfigurationCase
from http_client import ask
from tls_case import TlsCase
from tls_files import Authority
from waiting import PATIENCE_SECONDS, until

GET = b"GET /hello/World HTTP/1.1\r\nHost: x\r\n\r\n"
MEGABYTE = 1_000_000


class Tls(TlsCase):
    @classmethod
    def more_changes(cls):
        return {"plugins": {"notes": {"page": 10}}}

    def test_a_client_that_checks_everything_is_served(self):
        connection = self.https()
        for _ in range(3):
            answer = ask(connection, "GET", "/hello/World")
            self.assertEqual((answer.status, answer.body), (200, b"Hello, World!\n"))
            self.assertEqual(answer.headers["Strict-Transport-Security"], "max-age=31536000")
        connection.close()
        self.assertIsNone(self.host.get("/hello/World").headers["Strict-Transport-Security"])

    def test_each_name_gets_its_certificate(self):
        for name, subject in (("localhost", "localhost"), ("api.example.org", "wild")):
            with self.subTest(name=name), self.connect(name) as wire:
                self.assertIn((("commonName", subject),), wire.getpeercert()["subject"])
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.connect("example.com")

    def test_http_is_agreed_on(self):
        context = self.context()
        context.set_alpn_protocols(["h2", "http/1.1"])
        with self.connect(context=context) as wire:
            self.assertEqual(wire.selected_alpn_protocol(), "http/1.1")
            self.assertIsNone(wire.compression())
        context.set_alpn_protocols(["h2"])
        with self.assertRaises(ssl.SSLError):
            self.connect(context=context)

    def s_client(self, *options, request=""):
        return subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", "-servername", "localhost",
                               "-CAfile", self.authority.certificate, *options], input=request, capture_output=True, text=True,
                              timeout=PATIENCE_SECONDS, check=False)

    def test_openssl_agrees_on_versions(self):
        request = "GET /hello/World HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        for version, shown in (("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")):
            with self.subTest(version=version):
                result = self.s_client(version, "-ign_eof", request=request)
                self.assertIn("Verify return code: 0 (ok)", result.stdout)
                self.assertIn(shown, result.stdout)
                self.assertIn("Hello, World!", result.stdout)
        for version in ("-tls1", "-tls1_1"):
            with self.subTest(version=version):
                result = self.s_client(version, "-cipher", "ALL:@SECLEVEL=0")
                self.assertNotEqual(result.returncode, 0)
                self.assertIn("Cipher is (NONE)", result.stdout)

    def test_openssl_resumes_and_may_not_renegotiate(self):
        result = self.s_client("-tls1_2", "-reconnect")
        self.assertGreaterEqual(result.stdout.count("Reused, TLSv1.2"), 5)
        result = self.s_client("-tls1_2", request="R\n")
        self.assertIn("no renegotiation", result.stderr + result.stdout)

    def test_stalled_handshakes_do_not_hurt_others(self):
        stalled = [socket.create_connection(("127.0.0.1", self.port)) for _ in range(50)]
        for wire in stalled[::2]:
            wire.sendall(b"\x16\x03\x01\x02\x00\x01")
        for _ in range(20):
            connection = self.https()
            self.assertEqual(ask(connection, "GET", "/hello/World").status, 200)
            connection.close()
        for wire in stalled:
            wire.close()

    def test_slow_readers_cost_bounded_memory_and_the_whole_arrives_at_those_who_read(self):
        for number in range(60):
            notes_client.create(self.host, f"Note {number}", "x" * 90_000)
        before = self.host.rss_bytes()
        stalled = [self.connect(receive_buffer=4096) for _ in range(20)]
        for wire in stalled:
            wire.sendall(b"GET /notes/export HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertTrue(wire.recv(100).startswith(b"HTTP/1.1 200 "))
        connection = self.https()
        connection.request("GET", "/notes/export")
        events = list(notes_client.events(connection.getresponse()))
        self.assertEqual((len(events), events[-1][1]), (61, "end"))
        connection.close()
        # 20 exports of 5.4 MB: what the host may hold of each is stream_bytes_max and what it has read ahead.
        self.assertLess(self.host.rss_bytes() - before, 80 * MEGABYTE)
        for wire in stalled:
            wire.close()
        until(lambda: self.host.clients() == 0, "the host has noticed")

    def test_health_has_nothing_to_say_about_a_certificate_that_holds(self):
        found = {one["name"]: one["state"] for one in self.host.get("/health/detailed").json()["dependencies"]}
        self.assertEqual(found["certificates"], "ok")


class ClientCertificates(TlsCase):
    @classmethod
    def more_changes(cls):
        cls.clients = Authority(cls.directory, "clients")
        return {"http": {"tls": {"client_ca_file": str(cls.clients.certificate)}}}

    def test_only_those_with_a_certificate_are_served(self):
        context = self.context()
        context.load_cert_chain(*self.clients.sign("robot"))
        connection = self.https(context)
        self.assertEqual(ask(connection, "GET", "/hello/World").status, 200)
        connection.close()
        stranger = self.context()
        stranger.load_cert_chain(*self.authority.sign("stranger"))
        for refused in (self.context(), stranger):
            with self.assertRaises((ssl.SSLError, ConnectionError)), self.connect(context=refused) as wire:
                wire.sendall(GET)
                if not wire.recv(100):
                    raise ConnectionError("closed")


class WrongFiles(ConfigurationCase):
    def test_check_names_a_file_that_cannot_serve(self):
        certificate, key = Authority(self.directory).sign("server")
        http_settings = {"listen": ["https://127.0.0.1:0"], "tls": {"certificates": [str(certificate)], "keys": [str(key)]}}
        self.write_sound({"http": http_settings})
        self.assertEqual(self.run_gantry("check").returncode, 0)
        key.write_text("no key\n", encoding="utf-8")
        for command in ("check", "serve"):
            with self.subTest(command=command):
                result = self.run_gantry(command)
                self.assertNotEqual(result.returncode, 0)
                self.assertIn("server.key holds no key", result.stderr)
                self.assertNotIn("PRIVATE", result.stderr)


if __name__ == "__main__":
    unittest.main()
