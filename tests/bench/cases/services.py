"""What the services reach inside the host: jobs, events, the key-value store, outbound calls, each beside its peer."""

import contextlib
import dataclasses
import pathlib
import re
import shlex
import subprocess

from harness.peers import Nginx
from harness.process import CLIENT_CORE, Server, free_port, pinned
from harness.report import Section
from harness.rounds import interleaved, median, ratio

MIGRATIONS = pathlib.Path(__file__).resolve().parents[3] / "migrations/gantry"
REDIS_OPERATIONS = 500_000
PIPELINE = 64


@dataclasses.dataclass
class Rate:
    a_second: float


@dataclasses.dataclass
class Outbound:
    cpu_us: float
    a_second: float


def run(context):
    section = Section("Services", header=["What", "Measured", "Peer"])
    durable_work(context, section)
    memory(context, section)
    redis(context, section)
    outbound(context, section)
    return section


def program(context, name, *words):
    return [str(context.build / "tests/bench" / name), *map(str, words)]


def numbers(section, command):
    """What the command prints."""
    if shlex.join(command) not in section.commands:
        section.commands.append(shlex.join(command))
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    return [float(word) for word in done.stdout.split()]


def durable_work(context, section):
    jobs = interleaved(context, {"jobs": lambda: Rate(*numbers(section, program(context, "jobs_bench", MIGRATIONS)))})
    section.at_least("durable jobs, end to end", 3_000, median(jobs["jobs"]).a_second, "/s", digits=0)
    pairs = []
    for _ in range(context.rounds):
        context.wait_until_quiet()
        pairs.append(numbers(section, program(context, "events_bench", MIGRATIONS)))
    local, durable = (sorted(pair[i] for pair in pairs)[len(pairs) // 2] for i in (0, 1))
    section.at_least("events in process", 20_000, local, "/s", digits=0)
    section.at_least("durable events, delivered", 2_000, durable, "/s", digits=0)


def memory(context, section):
    command = program(context, "kv_bench", "--benchmark_format=csv", "--benchmark_filter=get/real_time/threads:2")
    section.commands.append(shlex.join(command))
    context.wait_until_quiet()
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    row = next(line for line in done.stdout.splitlines() if line.startswith('"get'))
    section.at_least("kv in memory, gets by two threads", 2_000_000, float(row.split(",")[6]), "/s", digits=0)


def redis(context, section):
    port = free_port()
    directory = context.new_directory("redis")
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(directory)]
    with Server("redis", command, port, directory / "log") as server:
        server.wait_for_port()
        peer = pinned(CLIENT_CORE, ["redis-benchmark", "-p", str(port), "-c", "1", "-P", str(PIPELINE), "-t", "set",
                                    "-n", str(REDIS_OPERATIONS), "-q"])
        section.commands.append(shlex.join(peer))
        results = interleaved(context, {
            "redis-benchmark": lambda: redis_benchmark(peer),
            "gantry": lambda: Rate(*numbers(section, pinned(CLIENT_CORE, program(
                context, "redis_bench", f"redis://127.0.0.1:{port}", REDIS_OPERATIONS)))),
        })
    section.rows.append([f"SETs on Redis, {PIPELINE} under way, /s", f"{median(results['gantry']).a_second:,.0f}",
                         f"redis-benchmark, one connection: {median(results['redis-benchmark']).a_second:,.0f}"])
    slower = ratio(results["redis-benchmark"], results["gantry"], "a_second")
    section.at_most("kv on Redis, time against redis-benchmark's", 1.5, slower, "x", digits=2)


def redis_benchmark(command):
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    return Rate(float(re.findall(r"([\d.]+) requests per second", done.stdout)[-1]))


def outbound(context, section):
    with contextlib.ExitStack() as stack:
        nginx = stack.enter_context(Nginx(context))
        url = f"http://127.0.0.1:{nginx.port}/hello/World"

        def by(which):
            command = pinned(CLIENT_CORE, program(context, "outbound_bench", which, url))
            return lambda: Outbound(*numbers(section, command))

        results = interleaved(context, {"curl": by("curl"), "gantry": by("gantry")})
    ours, theirs = median(results["gantry"]), median(results["curl"])
    section.rows.append(["outbound calls, 500 at once, CPU us each", f"{ours.cpu_us:.1f}", f"bare libcurl multi: {theirs.cpu_us:.1f}"])
    section.rows.append(["the same, calls/s", f"{ours.a_second:,.0f}", f"bare libcurl multi: {theirs.a_second:,.0f}"])
    section.at_most("outbound calls, CPU against bare libcurl multi", 1.3, ratio(results["gantry"], results["curl"], "cpu_us"), "x",
                    digits=2)
