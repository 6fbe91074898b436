"""wrk: one run, one `Load`."""

import dataclasses
import pathlib
import re
import shlex
import subprocess

from harness import proc
from harness.process import CLIENT_CORE, pinned

PEERS = pathlib.Path(__file__).resolve().parents[1] / "peers"
MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclasses.dataclass
class Load:
    requests_a_second: float
    p50_ms: float
    p99_ms: float
    cpu_us: float  # of the server, for each request
    postgres_us: float
    rss_mb: float


@dataclasses.dataclass
class Request:
    """What wrk asks for; `script` is a file of tests/bench/peers."""

    path: str
    script: str = ""
    headers: tuple = ()
    connections: int = 64
    tls: bool = False  # to the server's tls_port

    def command(self, server, seconds, core=CLIENT_CORE):
        words = ["wrk", "-t1", f"-c{self.connections}", f"-d{seconds}s", "--latency"]
        words += ["-s", str(PEERS / self.script)] if self.script else []
        for header in self.headers:
            words += ["-H", header]
        return pinned(core, [*words, f"{self.address_of(server)}{self.path}"])

    def address_of(self, server):
        return f"https://127.0.0.1:{server.tls_port}" if self.tls else f"http://127.0.0.1:{server.port}"


def measure(server, request: Request, seconds, core=CLIENT_CORE) -> Load:
    """A second of warm-up, then the run. Any answer but 2xx, and any socket error, is a failed measurement."""
    _run(request.command(server, 1, core))
    pids, postgres = server.pids(), server.postgres_pids()
    cpu_before, postgres_before = proc.cpu_seconds(pids), proc.cpu_seconds(postgres)
    report = _run(request.command(server, seconds, core))
    requests = int(_found(r"(\d+) requests in", report))
    return Load(
        requests_a_second=float(_found(r"Requests/sec:\s+([\d.]+)", report)),
        p50_ms=latency_ms("50", report),
        p99_ms=latency_ms("99", report),
        cpu_us=(proc.cpu_seconds(pids) - cpu_before) * 1e6 / requests,
        postgres_us=(proc.cpu_seconds(postgres) - postgres_before) * 1e6 / requests,
        rss_mb=proc.rss_bytes(pids) / 1e6,
    )


def _run(command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    trouble = re.findall(r"Socket errors:.*|Non-2xx.*", done.stdout)
    if done.returncode != 0 or trouble:
        raise RuntimeError(f"{shlex.join(command)}: {' '.join(trouble)} {done.stderr}")
    return done.stdout


def _found(pattern, report):
    match = re.search(pattern, report)
    if not match:
        raise RuntimeError(f"wrk printed no {pattern}:\n{report}")
    return match.group(1)


def latency_ms(percent, report):
    match = re.search(rf"^\s+{percent}%\s+([\d.]+)(us|ms|s)\s*$", report, re.M)
    if not match:
        raise RuntimeError(f"wrk printed no {percent}% latency:\n{report}")
    return float(match.group(1)) * MILLISECONDS[match.group(2)]


def longest_ms(report):
    """The column Max of the line Latency: average, deviation, longest."""
    match = re.search(r"^\s+Latency(?:\s+[\d.]+(?:us|ms|s)){2}\s+([\d.]+)(us|ms|s)\s", report, re.M)
    if not match:
        raise RuntimeError(f"wrk printed no longest latency:\n{report}")
    return float(match.group(1)) * MILLISECONDS[match.group(2)]
