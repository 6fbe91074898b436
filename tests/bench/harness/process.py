"""A server as a child process: pinned to a core, measured as a whole, always stopped."""

import os
import pathlib
import shlex
import signal
import socket
import subprocess
import time

from harness import proc

SERVER_CORE = 0
CLIENT_CORE = 1


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def pinned(core, command):
    return command if core is None else ["taskset", "-c", str(core), *command]


class Server:
    """`core` None leaves it to the scheduler. What it prints goes to `log`."""

    stop_seconds_max = 20

    def __init__(self, name, command, port, log: pathlib.Path, core=SERVER_CORE, directory=None):
        self.name = name
        self.command = pinned(core, [str(word) for word in command])
        self.port = port
        self.log = log
        self._directory = directory
        self._child = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        with self.log.open("ab") as output:
            self._child = subprocess.Popen(self.command, stdout=output, stderr=output, stdin=subprocess.DEVNULL,
                                           cwd=self._directory, start_new_session=True)

    def wait_until(self, path, seconds_max=30):
        """Returns the seconds until the first 200."""
        began = time.monotonic()
        while not self.answers(path):
            if self._child.poll() is not None or time.monotonic() - began > seconds_max:
                raise RuntimeError(f"{self.name} does not serve {path}:\n{self.log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.001)
        return time.monotonic() - began

    def answers(self, path):
        try:
            return get(self.port, path)[0] == 200
        except OSError:
            return False

    def wait_for_port(self, seconds_max=30):
        """For servers that do not speak HTTP."""
        began = time.monotonic()
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
            except OSError:
                if self._child.poll() is not None or time.monotonic() - began > seconds_max:
                    raise RuntimeError(f"{self.name} does not listen:\n{self.log.read_text(errors='replace')[-2000:]}") from None
                time.sleep(0.001)

    def stop(self):
        if self._child is None or self._child.poll() is not None:
            return
        self._child.send_signal(signal.SIGTERM)
        try:
            self._child.wait(self.stop_seconds_max)
        except subprocess.TimeoutExpired:
            os.killpg(self._child.pid, signal.SIGKILL)
            self._child.wait()

    @property
    def pid(self):
        return self._child.pid

    def pids(self):
        """Its processes without those of PostgreSQL."""
        return [pid for pid, name in proc.tree(self.pid).items() if name != "postgres"]

    def postgres_pids(self):
        return [pid for pid, name in proc.tree(self.pid).items() if name == "postgres"]

    def shown_command(self):
        return shlex.join(self.command)


def get(port, path):
    """Status and body of one request on a connection of its own."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    if not head:
        raise ConnectionError("closed without an answer")
    return int(head.split(None, 2)[1]), body
