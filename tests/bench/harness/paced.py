"""h2load at a fixed rate: one run, one `Paced`. A client that sends as fast as it can measures its own queue as well."""

import dataclasses
import pathlib
import subprocess
import tempfile

from harness.process import CLIENT_CORE, pinned

WARM_UP_SECONDS = 1


@dataclasses.dataclass
class Paced:
    requests_a_second: float  # that were answered
    p50_ms: float
    p99_ms: float


@dataclasses.dataclass
class Pace:
    """So many requests a second for `path`, spread over the connections."""

    path: str
    requests_a_second: int
    connections: int = 64

    def command(self, server, seconds, log, core=CLIENT_CORE):
        return pinned(core, ["h2load", "--h1", "-t1", f"-c{self.connections}", f"-D{seconds}",
                             f"--warm-up-time={WARM_UP_SECONDS}s", f"--rps={self.requests_a_second / self.connections:g}",
                             f"--log-file={log}", f"http://127.0.0.1:{server.port}{self.path}"])


def measure(server, pace: Pace, seconds) -> Paced:
    """Any answer but 200 is a failed measurement."""
    with tempfile.TemporaryDirectory(prefix="gantry-paced-") as directory:
        log = pathlib.Path(directory) / "requests"
        done = subprocess.run(pace.command(server, seconds, log), capture_output=True, text=True, timeout=120, check=False)
        # Begun at, status, microseconds until the end of the answer.
        rows = [line.split("\t") for line in log.read_text(encoding="ascii").splitlines()] if log.exists() else []
    failed = [row[1] for row in rows if row[1] != "200"]
    if done.returncode != 0 or not rows or failed:
        raise RuntimeError(f"h2load to {server.name}: {len(rows)} answers, {len(failed)} not 200: {done.stdout} {done.stderr}")
    latencies = sorted(int(row[2]) for row in rows)
    return Paced(len(rows) / seconds, latencies[len(rows) // 2] / 1000, latencies[len(rows) * 99 // 100] / 1000)
