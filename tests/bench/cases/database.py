"""One row by key through a plugin's route against pgbench on the same server and as many connections."""

import contextlib
import dataclasses
import os
import pathlib
import re
import shlex
import shutil
import subprocess

from harness.gantry import Gantry
from harness.load import Request, measure
from harness.process import CLIENT_CORE, SERVER_CORE, pinned
from harness.report import Section
from harness.rounds import interleaved, median, ratio

CONNECTIONS = 4  # to PostgreSQL: of the host's pool, and of pgbench


@dataclasses.dataclass
class Speed:
    """What pgbench prints, under the name that wrk's figure has."""

    requests_a_second: float


@dataclasses.dataclass
class Placement:
    title: str
    server_core: int | None
    client_core: int | None


# Free: what a whole machine gives. Pinned: all servers share one core, which charges the host for PostgreSQL's work.
PLACEMENTS = [Placement("both cores for all", None, None),
              Placement("servers on one core, client on the other", SERVER_CORE, CLIENT_CORE)]


def run(context):
    section = Section(f"One row by key, {CONNECTIONS} connections to PostgreSQL",
                      header=["Cores", "Client", "rows/s", "x pgbench", "p50 ms", "p99 ms", "host CPU us", "PostgreSQL CPU us"])
    for placement in PLACEMENTS:
        with Gantry(context, core=placement.server_core, database_connections=CONNECTIONS) as gantry:
            compare(context, section, placement, gantry)
    return section


def compare(context, section, placement, gantry):
    pgbench = PgBench(gantry, placement.client_core)
    request = Request("/bench/rows/1", script="random_row.lua")
    with contextlib.closing(pgbench):
        results = interleaved(context, {
            "pgbench": lambda: pgbench.measure(context.seconds),
            "gantry": lambda: measure(gantry, request, context.seconds, placement.client_core),
        })
    ours, theirs = median(results["gantry"]), median(results["pgbench"])
    against = ratio(results["gantry"], results["pgbench"], "requests_a_second")
    section.rows.append([placement.title, "pgbench -S -M prepared", f"{theirs.requests_a_second:,.0f}", "1.00", "", "", "", ""])
    section.rows.append([placement.title, "wrk, 64 connections, through gantry", f"{ours.requests_a_second:,.0f}",
                         f"{against:.2f}", f"{ours.p50_ms:.2f}", f"{ours.p99_ms:.2f}", f"{ours.cpu_us:.1f}",
                         f"{ours.postgres_us:.1f}"])
    section.commands += [shlex.join(pgbench.command(context.seconds)),
                         shlex.join(request.command(gantry, context.seconds, placement.client_core))]
    if placement is PLACEMENTS[0]:
        section.at_least("one row by key, against pgbench -S prepared", 0.5, against)


class PgBench:
    """Its tables stand in a database of their own beside the host's. The cluster knows who we are by the socket."""

    def __init__(self, gantry, core):
        self._core = core
        self._login = ["-h", gantry.socket_directory(), "-U", "postgres"]
        self._programs = programs_directory()
        self._call("createdb", "pgbench")
        self._call("pgbench", "--initialize", "--quiet", "--scale=1", "pgbench")

    def command(self, seconds):
        return pinned(self._core, [str(self._programs / "pgbench"), *self._login, "-S", "-M", "prepared", "-n",
                                   f"-c{CONNECTIONS}", "-j1", f"-T{seconds}", "pgbench"])

    def measure(self, seconds):
        done = subprocess.run(self.command(seconds), capture_output=True, text=True, check=True, timeout=120)
        return Speed(float(re.search(r"tps = ([\d.]+) \(without", done.stdout).group(1)))

    def close(self):
        self._call("dropdb", "pgbench")

    def _call(self, program, *words):
        subprocess.run([self._programs / program, *self._login, *words], check=True, capture_output=True, timeout=120)


def programs_directory():
    """Debian keeps them outside PATH."""
    for version in sorted(os.listdir("/usr/lib/postgresql"), key=float, reverse=True):
        directory = pathlib.Path("/usr/lib/postgresql", version, "bin")
        if shutil.which("pgbench", path=directory):
            return directory
    raise RuntimeError("expected pgbench in /usr/lib/postgresql/*/bin, found none")
