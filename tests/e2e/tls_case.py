"""A host that serves TLS, and clients that check its certificates."""

import http.client
import shutil
import socket
import ssl
import unittest

from gantry_host import GantryHost, merged, temporary_directory
from tls_files import Authority
from waiting import PATIENCE_SECONDS


class TlsCase(unittest.TestCase):
    """A host with a plain and a TLS address, and an authority that its clients believe."""

    @classmethod
    def setUpClass(cls):
        cls.directory = temporary_directory()
        cls.addClassCleanup(shutil.rmtree, cls.directory, ignore_errors=True)
        cls.authority = Authority(cls.directory)
        made = [cls.authority.sign(name, cls.days, alternatives) for name, alternatives in cls.names.items()]
        tls = {"certificates": [str(certificate) for certificate, _ in made], "keys": [str(key) for _, key in made]}
        changes = {"http": {"listen": ["127.0.0.1:0", "https://127.0.0.1:0"], "tls": tls}}
        cls.host = cls.enterClassContext(GantryHost(merged(changes, cls.more_changes()), cls.environment))
        cls.port = next(int(line.rsplit(":", 1)[1]) for line in cls.host.banner if "https://" in line)

    names = {"localhost": "DNS:localhost,IP:127.0.0.1", "wild": "DNS:*.example.org"}
    days = 90
    # ASan keeps freed memory back; with a small store of it, memory that grows is memory in use.
    environment = {"ASAN_OPTIONS": "quarantine_size_mb=1:malloc_context_size=2"}

    @classmethod
    def more_changes(cls):
        return {}

    def tearDown(self):
        self.host.expect_alive()

    def context(self):
        return ssl.create_default_context(cafile=self.authority.certificate)

    def connect(self, name="localhost", context=None, receive_buffer=None):
        plain = socket.socket()
        if receive_buffer:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        plain.settimeout(PATIENCE_SECONDS)
        plain.connect(("127.0.0.1", self.port))
        return (context or self.context()).wrap_socket(plain, server_hostname=name)

    def https(self, context=None):
        return http.client.HTTPSConnection("localhost", self.port, timeout=PATIENCE_SECONDS, context=context or self.context())
