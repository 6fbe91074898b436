"""`gantry serve` in a root, as its user, and requests to it."""

import json
import os
import re
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request

PATIENCE_SECONDS = 90
ADDRESS = re.compile(r"http://([0-9.]+:\d+)$")


def until(condition, what, seconds=PATIENCE_SECONDS):
    end = time.monotonic() + seconds
    while not (answer := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"after {seconds} s still not: {what}")
        time.sleep(0.05)
    return answer


def ask(address, path, body=None):
    """Status and text. A problem is an answer too."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://{address}{path}", data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


class HostProcess:
    """Any command that ends up in `gantry serve`; it serves once this object is made."""

    def __init__(self, root, *command, user, listen="127.0.0.1:0", **options):
        self.lines = []
        variables = {"GANTRY_HTTP_LISTEN": listen, **options.pop("variables", {})}
        self.process = root.start(
            *command,
            user=user,
            variables=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            **options,
        )
        threading.Thread(target=self._read, daemon=True).start()
        self.address = until(self._find_address, "the host serves", 300)

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def _find_address(self):
        if self.process.poll() is not None:
            raise AssertionError(f"ended with {self.process.returncode}:\n" + "\n".join(self.lines))
        found = [match for line in self.lines if (match := ADDRESS.search(line))]
        return found[0][1] if found and any("stops it" in line for line in self.lines) else None

    def ask(self, path, body=None):
        return ask(self.address, path, body)

    def stop(self):
        """A clean end."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE_SECONDS)
        assert code == 0, f"ended with {code}:\n" + "\n".join(self.lines[-40:])

    def interrupt(self):
        """Ctrl-C: everything in the foreground gets it, a make around the host too, which ends with it."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(PATIENCE_SECONDS)
        until(lambda: self.lines[-1:] and "stopped" in self.lines, "the host has ended cleanly")
