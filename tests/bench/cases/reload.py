"""Reloads under full load: what fails, what the second of a swap costs, and what 200 of them leave behind."""

import dataclasses
import os
import re
import signal
import statistics
import subprocess
import time

from harness import proc
from harness.gantry import Gantry
from harness.load import Request, latency_ms, longest_ms
from harness.report import Section

RELOADS = 200
WARM_UP = 20  # until allocator and statement caches have what they will keep
# The former generation is stopped right after the swap, which is the dearest moment for it.
SETTINGS = "reload_watch: 1ms\n"


@dataclasses.dataclass
class Second:
    p99_ms: float
    longest_ms: float
    failed: int


@dataclasses.dataclass
class Held:
    rss_mb: float
    threads: int
    descriptors: int

    @staticmethod
    def by(pid):
        return Held(proc.rss_bytes([pid]) / 1e6, len(os.listdir(f"/proc/{pid}/task")), len(os.listdir(f"/proc/{pid}/fd")))


def run(context):
    swaps = 2 if context.rounds == 1 else 10
    reloads = 20 if context.rounds == 1 else RELOADS
    request = Request("/hello/World")
    section = Section("Reloads under full load: 64 connections of wrk, each second a run of its own",
                      header=["When", "p99 ms", "longest ms", "failed", "RSS MB", "threads", "descriptors"])
    with Gantry(context, plugins=("hello", "notes"), more_settings=SETTINGS) as gantry:
        under_load(gantry, request, 1)
        pairs = []
        for _ in range(swaps):
            context.wait_until_quiet()
            pairs.append((under_load(gantry, request, 1), under_load(gantry, request, 1, reloads=1)))
        under_load(gantry, request, 1, reloads=WARM_UP)
        before = settled(gantry, None)
        crowd = under_load(gantry, request, 1, reloads=reloads)
        after = settled(gantry, before)
        section.commands += [gantry.shown_command(), " ".join(request.command(gantry, 1))]
    quiet, swapped = ([pair[at] for pair in pairs] for at in (0, 1))
    added = statistics.median(there.p99_ms - here.p99_ms for here, there in pairs)
    failed = sum(second.failed for second in (*quiet, *swapped, crowd))
    section.rows += [row("a second without a swap", quiet), row("the second of a swap", swapped),
                     ["before", "", "", "", f"{before.rss_mb:.1f}", before.threads, before.descriptors],
                     [f"after {reloads} reloads under load", f"{crowd.p99_ms:.2f}", f"{crowd.longest_ms:.1f}", crowd.failed,
                      f"{after.rss_mb:.1f}", after.threads, after.descriptors]]
    section.at_most(f"requests that fail in {swaps + reloads} reloads under full load", 0, failed, "requests", digits=0)
    section.at_most("p99 in the second of a swap, added", 50, added, "ms", digits=2)
    section.at_most(f"{reloads} reloads, growth of RSS", 2, after.rss_mb - before.rss_mb, "MB")
    section.at_most(f"{reloads} reloads, threads left behind", 0, after.threads - before.threads, "threads", digits=0)
    section.at_most(f"{reloads} reloads, descriptors left behind", 0, after.descriptors - before.descriptors, "descriptors",
                    digits=0)
    return section


def row(when, seconds):
    return [when, f"{statistics.median(one.p99_ms for one in seconds):.2f}",
            f"{statistics.median(one.longest_ms for one in seconds):.1f}", sum(one.failed for one in seconds), "", "", ""]


def under_load(gantry, request, seconds, reloads=0):
    """`reloads` while wrk runs: one within one of its seconds, many for as long as they take."""
    if reloads > 1:
        seconds = 600
    wrk = subprocess.Popen(request.command(gantry, seconds), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        time.sleep(0.3 if reloads else 0)
        for _ in range(reloads):
            reload(gantry)
        if reloads > 1:
            # It reports what it has when it is interrupted.
            wrk.send_signal(signal.SIGINT)
        report, errors = wrk.communicate(timeout=120)
    finally:
        wrk.kill()
    if wrk.returncode != 0:
        raise RuntimeError(f"wrk ended with {wrk.returncode}: {errors}")
    return Second(latency_ms("99", report), longest_ms(report), failures(report))


def failures(report):
    socket_errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", report)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", report)
    return sum(int(count) for found in (socket_errors, refused) if found for count in found.groups())


def reload(gantry):
    before = said(gantry)
    os.kill(gantry.pid, signal.SIGHUP)
    end = time.monotonic() + 60
    while len(now := said(gantry)) == len(before):
        if time.monotonic() > end:
            raise RuntimeError("no reload within 60 s")
        time.sleep(0.01)
    if "serves" not in now[-1]:
        raise RuntimeError(now[-1])


def said(gantry):
    """What it has printed of its reloads."""
    return [line for line in gantry.log.read_text(errors="replace").splitlines() if "reloaded" in line]


def settled(gantry, wanted):
    """What the host holds once the last generation has ended; at the latest after 10 seconds."""
    end = time.monotonic() + 10
    while True:
        time.sleep(1)
        held = Held.by(gantry.pid)
        is_back = wanted and held.threads <= wanted.threads and held.descriptors <= wanted.descriptors
        if is_back or time.monotonic() > end:
            return held
