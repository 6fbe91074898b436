"""The real binary, started on a configuration of its own and always cleaned up."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

import processes
from http_client import Answer, Wire, ask, connect
from waiting import PATIENCE_SECONDS, until

BINARY = os.environ.get("GANTRY_BINARY", "build/dev/gantry")
PLUGINS = pathlib.Path(os.environ.get("GANTRY_PLUGINS", "build/dev/plugins")).resolve()
FIXTURES = pathlib.Path(os.environ.get("GANTRY_FIXTURES", "build/dev/tests/fixtures")).resolve()
SOURCE = pathlib.Path(os.environ.get("GANTRY_SOURCE", pathlib.Path(__file__).resolve().parents[2])).resolve()
# What a byte of the host takes: TSan keeps several of its own for each.
MEMORY_FACTOR = 4 if os.environ.get("GANTRY_SANITIZE") == "thread" else 1

SANITIZER_REPORT = re.compile(r"AddressSanitizer|LeakSanitizer|ThreadSanitizer|runtime error:")
ADDRESS = re.compile(r"http://([0-9.]+):(\d+)$")


def run_gantry(*arguments, environment=None):
    """A command that ends by itself."""
    return subprocess.run(
        [BINARY, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **(environment or {})},
    )


def merged(base, changes):
    """`base` with `changes` laid over it, maps within maps; None takes a key away."""
    result = dict(base)
    for key, value in changes.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = merged(result[key], value)
        else:
            result[key] = value
    return result


def temporary_directory():
    """Below /tmp and open to others: PostgreSQL, run as another user, has to pass through it."""
    directory = pathlib.Path(tempfile.mkdtemp(prefix="gantry-e2e-"))
    directory.chmod(0o755)
    return directory


class GantryHost:
    """One host process. `changes` are laid over a configuration with both example plugins and a free port."""

    def __init__(self, changes=None, environment=None):
        self.directory = temporary_directory()
        self.config_file = self.directory / "gantry.yaml"
        self.stderr_file = self.directory / "stderr.log"
        self.environment = environment or {}
        self.config = merged(
            {
                "data_directory": str(self.directory / "data"),
                "migrations": [str(SOURCE / "migrations")],
                "plugin_directories": [str(PLUGINS)],
                "http": {"listen": ["127.0.0.1:0"]},
                "plugins": {"hello": {}, "notes": {}},
            },
            changes or {},
        )
        self.data_directory = pathlib.Path(self.config["data_directory"])
        self.config_text = None  # instead of `config`, where the notation is what matters
        self.process = None
        self.banner = []
        self.address = None

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.clean_up(show_log=True)
            raise

    def __exit__(self, failure, *_):
        try:
            if failure is None and self.is_running():
                self.stop()
        finally:
            self.clean_up(show_log=failure is not None)

    # Life -----------------------------------------------------------------------------------------------------------

    def launch(self):
        """Starts the process without waiting for it to serve."""
        # JSON is YAML: no second notation is needed here.
        text = self.config_text or json.dumps(self.config, indent=2)
        self.config_file.write_text(text, encoding="utf-8")
        self.banner = []
        with open(self.stderr_file, "ab") as stderr:
            self.process = subprocess.Popen(
                [BINARY, "serve", "--config", str(self.config_file)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
                env={**os.environ, **self.environment},
            )
        threading.Thread(target=self._read_stdout, args=(self.process.stdout, self.banner), daemon=True).start()
        return self

    def start(self):
        """Starts the process; returns when its banner says that it serves."""
        self.launch()
        until(lambda: any("stops it" in line for line in self.banner) or self.process.poll() is not None, "the banner", 120)
        if self.process.poll() is not None:
            raise AssertionError(f"gantry ended with {self.process.returncode}:\n{self.stderr()}")
        addresses = [found for line in self.banner if (found := ADDRESS.search(line))]
        self.address = (addresses[0][1], int(addresses[0][2]))
        return self

    def reload(self, changes=None):
        """Lays `changes` over the configuration and sends SIGHUP; returns what the host says of it."""
        self.config = merged(self.config, changes or {})
        before = len(self.banner)
        self.signal_reload()
        until(lambda: any("reloaded" in line for line in self.banner[before:]), "the reload", 120)
        return self.banner[before:]

    def signal_reload(self):
        """Asks for a reload and does not wait for it."""
        self.config_file.write_text(self.config_text or json.dumps(self.config, indent=2), encoding="utf-8")
        self.process.send_signal(signal.SIGHUP)

    def stop(self, signal_number=signal.SIGTERM):
        """A clean end: exit code 0, PostgreSQL gone, nothing for a sanitizer to complain of."""
        self.process.send_signal(signal_number)
        self.expect_clean_end()

    def expect_clean_end(self):
        code = self.wait()
        assert code == 0, f"gantry ended with {code} after a signal:\n{self.stderr()[-4000:]}"
        left = processes.working_in(self.data_directory)
        assert left == [], f"processes {left} still work in the data directory of a host that has ended"
        self.expect_no_sanitizer_report()

    def kill(self):
        self.process.kill()
        self.process.wait(PATIENCE_SECONDS)

    def wait(self):
        return self.process.wait(2 * PATIENCE_SECONDS)

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def clean_up(self, show_log=False):
        if self.is_running():
            self.kill()
        if self.process is not None:
            self.process.stdout.close()
        until(self._cluster_is_gone, "PostgreSQL has ended")
        if show_log:
            print(f"--- gantry's standard error\n{self.stderr()[-6000:]}\n---", file=sys.stderr)
        shutil.rmtree(self.directory, ignore_errors=True)

    def expect_no_sanitizer_report(self):
        report = SANITIZER_REPORT.search(self.stderr())
        assert report is None, self.stderr()[report.start() - 200 :][:6000]

    def expect_alive(self):
        """What every fault test ends with: the host is there, and well."""
        assert self.is_running(), f"gantry ended with {self.process.returncode}:\n{self.stderr()[-4000:]}"
        answer = self.get("/hello/World")
        assert (answer.status, answer.body) == (200, b"Hello, World!\n"), answer
        self.expect_no_sanitizer_report()

    # What it says ---------------------------------------------------------------------------------------------------

    def stderr(self):
        return self.stderr_file.read_text(encoding="utf-8", errors="replace")

    def logs(self, **wanted):
        """The log lines whose fields are as wanted."""
        lines = [json.loads(line) for line in self.stderr().splitlines() if line.startswith("{") and line.endswith("}")]
        return [line for line in lines if all(line.get(name) == value for name, value in wanted.items())]

    # Asking it ------------------------------------------------------------------------------------------------------

    @property
    def url(self):
        return f"http://{self.address[0]}:{self.address[1]}"

    def request(self, method, path, body=None, headers=None) -> Answer:
        connection = self.connect()
        try:
            return ask(connection, method, path, body, headers)
        finally:
            connection.close()

    def get(self, path, headers=None):
        return self.request("GET", path, headers=headers)

    def connect(self):
        return connect(self.address)

    def wire(self, **options):
        return Wire(self.address, **options)

    def rss_bytes(self):
        return processes.rss_bytes(self.process.pid)

    def descriptors(self):
        return processes.descriptors(self.process.pid)

    def clients(self):
        """How many connections it has."""
        return processes.clients_of(self.address[1])

    def postmaster(self):
        """The process that runs the private cluster; None while there is none."""
        for file in self.data_directory.glob("postgresql/cluster/postmaster.pid"):
            lines = file.read_text(encoding="ascii").split()
            return int(lines[0]) if lines else None
        return None

    # ----------------------------------------------------------------------------------------------------------------

    @staticmethod
    def _read_stdout(stream, lines):
        try:
            for line in stream:
                lines.append(line.rstrip("\n"))
        except ValueError:
            pass  # closed by clean_up()

    def _cluster_is_gone(self):
        left = processes.working_in(self.data_directory)
        processes.end(left)
        return not left
