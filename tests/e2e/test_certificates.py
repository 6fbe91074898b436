"""Certificates end: the host's own while it serves, and those of the servers that plugins call."""

import shutil
import ssl
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from gantry_host import FIXTURES, PLUGINS, GantryHost, temporary_directory
from http_client import ask
from tls_case import TlsCase
from tls_files import Authority

DATE = r"\d{4}-\d\d-\d\d"


class OwnCertificate(TlsCase):
    def health(self):
        answer = self.host.get("/health/detailed")
        found = {one["name"]: one for one in answer.json()["dependencies"]}["certificates"]
        return answer.status, answer.json()["status"], found["state"], found.get("detail", "")

    def careless(self):
        """What a client is that goes on in spite of a certificate that has ended."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context

    def expect_refused(self, why):
        with self.assertRaises(ssl.SSLCertVerificationError) as refused:
            self.connect()
        self.assertEqual(refused.exception.verify_message, why)


class EndingCertificate(OwnCertificate):
    days = 5

    def test_it_is_told_in_the_log_and_in_health(self):
        status, whole, state, detail = self.health()
        self.assertEqual((status, whole, state), (200, "degraded", "degraded"))
        self.assertRegex(detail, rf"^the certificate of \S+ ends in [45] days, on {DATE}$")
        told = self.host.logs(level="warn", message="a certificate ends soon")
        self.assertEqual(len(told), 2)
        for line in told:
            self.assertRegex(line["not_after"], rf"^{DATE}T\d\d:\d\d:\d\d.000Z$")


class EndedCertificate(OwnCertificate):
    days = -1

    def test_it_serves_whoever_still_accepts_it_and_is_told_in_the_log_and_in_health(self):
        self.expect_refused("certificate has expired")
        connection = self.https(self.careless())
        self.assertEqual(ask(connection, "GET", "/hello/World").status, 200)
        connection.close()
        status, whole, state, detail = self.health()
        # It keeps nobody from the plain address: degraded, not failed.
        self.assertEqual((status, whole, state), (200, "degraded", "failed"))
        self.assertRegex(detail, rf"^the certificate of \S+ ended on {DATE}$")
        told = self.host.logs(level="warn", message="a certificate has ended")
        self.assertEqual({line["certificate"] for line in told}, {"localhost", "*.example.org"})
        for line in told:
            self.assertRegex(line["not_after"], rf"^{DATE}T\d\d:\d\d:\d\d.000Z$")


class RenewedCertificate(OwnCertificate):
    days = -1

    def renew(self):
        for name, alternatives in self.names.items():
            self.authority.sign(name, 90, alternatives)

    def test_a_reload_takes_the_renewed_files_and_drops_no_connection(self):
        open_connection = self.https(self.careless())
        self.assertEqual(ask(open_connection, "GET", "/hello/World").status, 200)
        before = open_connection.sock
        ended = before.getpeercert(binary_form=True)

        # Half a renewal is none: the key does not fit, so what served goes on serving.
        certificate = self.directory / "localhost.pem"
        certificate.write_bytes((self.directory / "wild.pem").read_bytes())
        self.assertIn("not reloaded", self.host.reload()[0])
        self.expect_refused("certificate has expired")

        self.renew()
        self.assertIn("serves", self.host.reload()[0])
        fresh = self.https()
        self.assertEqual(ask(fresh, "GET", "/hello/World").status, 200)
        self.assertNotEqual(fresh.sock.getpeercert(binary_form=True), ended)
        fresh.close()
        self.assertEqual(self.health(), (200, "ok", "ok", ""))

        self.assertEqual(ask(open_connection, "GET", "/hello/World").status, 200)
        self.assertIs(open_connection.sock, before)
        open_connection.close()


class Server:
    """A TLS server on this machine that counts who comes, and what they ask for once they trust it."""

    def __init__(self, certificate, key):
        self.handshakes = 0
        self.requests = 0
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                server.requests += 1
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        class Listener(ThreadingHTTPServer):
            def finish_request(self, request, client_address):
                server.handshakes += 1
                with server.context.wrap_socket(request, server_side=True) as protected:
                    super().finish_request(protected, client_address)

            def handle_error(self, *_):
                pass  # that a client goes away is what the tests are about

        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.listener = Listener(("127.0.0.1", 0), Handler)
        self.url = f"https://localhost:{self.listener.server_address[1]}/"
        threading.Thread(target=self.listener.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown()
        self.listener.server_close()


class CertificatesOfOthers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = temporary_directory()
        cls.addClassCleanup(shutil.rmtree, cls.directory, ignore_errors=True)
        cls.authority = Authority(cls.directory)
        rules = {"host": {"egress_private": ["localhost:*"]}}
        cls.host = cls.enterClassContext(GantryHost({
            "plugin_directories": [str(PLUGINS), str(FIXTURES)],
            "http_client": {"ca_file": str(cls.authority.certificate)},
            "plugins": {"notes": None, "calls_out": rules},
        }))

    def tearDown(self):
        self.host.expect_alive()

    def call(self, url):
        return self.host.get("/calls_out", headers={"X-Url": url, "X-Retries": "5"}).text()

    def expect_refused(self, identity, why):
        """Named, and not tried again: the next attempt would meet the same certificate."""
        with Server(*identity) as server:
            code, _, message = self.call(server.url).partition("\n")
            self.assertEqual(code, "TLS_NOT_TRUSTED")
            self.assertIn(why, message)
            self.assertEqual((server.handshakes, server.requests), (1, 0))

    def test_a_good_one_is_trusted(self):
        with Server(*self.authority.sign("good", alternatives="DNS:localhost")) as server:
            self.assertEqual(self.call(server.url), "204")
            self.assertEqual((server.handshakes, server.requests), (1, 1))

    def test_one_that_has_ended_is_refused(self):
        self.expect_refused(self.authority.sign("ended", -1, "DNS:localhost"), "certificate has expired")

    def test_one_for_another_name_is_refused(self):
        other = self.authority.sign("other", alternatives="DNS:example.org")
        self.expect_refused(other, "no alternative certificate subject name matches target host name 'localhost'")

    def test_one_that_nobody_vouches_for_is_refused(self):
        lonely = Authority(self.directory, "localhost")
        self.expect_refused((lonely.certificate, self.directory / "localhost.key"), "self-signed certificate")

    def test_one_of_an_unknown_authority_is_refused(self):
        stranger = Authority(self.directory, "stranger").sign("unknown", alternatives="DNS:localhost")
        self.expect_refused(stranger, "unable to get local issuer certificate")


if __name__ == "__main__":
    unittest.main()
