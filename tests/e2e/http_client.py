"""HTTP for tests: whole requests through http.client, and raw bytes where the bytes themselves are the test."""

import http.client
import json
import socket
from dataclasses import dataclass

from waiting import PATIENCE_SECONDS


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self):
        return json.loads(self.body)

    def text(self):
        return self.body.decode()


def connect(address):
    """A connection that stays open between requests."""
    return http.client.HTTPConnection(*address, timeout=PATIENCE_SECONDS)


def ask(connection, method, path, body=None, headers=None):
    """One request; a body that is no bytes is sent as JSON."""
    headers = dict(headers or {})
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
        headers.setdefault("Content-Type", "application/json")
    connection.request(method, path, body=body, headers=headers)
    response = connection.getresponse()
    return Answer(response.status, response.headers, response.read())


class Wire:
    """A socket on which a test writes any bytes and reads answers one by one."""

    def __init__(self, address, receive_buffer=None):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(PATIENCE_SECONDS)
        self.socket.connect(address)
        self.pending = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def send_as_far_as_read(self, data):
        """As send(), but the other side may stop reading and close: returns whether all went out."""
        try:
            self.socket.sendall(data)
            return True
        except (BrokenPipeError, ConnectionResetError):
            return False

    def answer(self, method="GET"):
        """The next answer, framed by Content-Length or chunks."""
        head = self._read_until(b"\r\n\r\n").decode("latin-1")
        status_line, _, fields = head.partition("\r\n")
        headers = http.client.HTTPMessage()
        for field in fields.split("\r\n"):
            name, separator, value = field.partition(":")
            if separator:
                headers[name] = value.strip()
        status = int(status_line.split()[1])
        if method == "HEAD" or status in (100, 204, 304):
            return Answer(status, headers, b"")
        if headers.get("Transfer-Encoding") == "chunked":
            return Answer(status, headers, self._chunks())
        return Answer(status, headers, self._read(int(headers["Content-Length"])))

    def is_closed(self):
        """Waits for the other side's end; True if nothing came before it."""
        try:
            return self.pending == b"" and self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def rest(self):
        """Everything up to the other side's end."""
        data, self.pending = self.pending, b""
        try:
            while piece := self.socket.recv(65536):
                data += piece
        except ConnectionResetError:
            pass
        return data

    def _fill(self):
        piece = self.socket.recv(65536)
        if not piece:
            raise ConnectionError(f"the connection ended within an answer, after {self.pending[:200]!r}")
        self.pending += piece

    def _read_until(self, mark):
        while mark not in self.pending:
            self._fill()
        data, _, self.pending = self.pending.partition(mark)
        return data

    def _read(self, size):
        while len(self.pending) < size:
            self._fill()
        data, self.pending = self.pending[:size], self.pending[size:]
        return data

    def _chunks(self):
        body = b""
        while size := int(self._read_until(b"\r\n"), 16):
            body += self._read(size)
            self._read(2)
        self._read_until(b"\r\n")
        return body
