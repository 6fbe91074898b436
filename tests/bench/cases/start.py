"""From the start of the process to the first 200 on /readyz, on a new data directory and on an existing one."""

import dataclasses
import statistics

from harness.gantry import Gantry
from harness.report import Section

PLUGINS = ("hello", "notes")


def run(context):
    section = Section("Start to ready", header=["Start", "ms (median)", "all"])
    cold, warm = [], []
    for _ in range(context.rounds):
        first = start(context, Gantry(context, plugins=PLUGINS, name="cold", core=None))
        cold.append(first.milliseconds)
        again = Gantry(context, plugins=PLUGINS, name="warm", data=first.data, core=None)
        warm.append(start(context, again).milliseconds)
    for name, times in (("cold, with initdb and migrations", cold), ("warm", warm)):
        section.rows.append([name, f"{statistics.median(times):.0f}", ", ".join(f"{time:.0f}" for time in times)])
    section.at_most("warm start to ready", 300, statistics.median(warm), "ms", digits=0)
    section.at_most("cold start to ready, with initdb", 2000, statistics.median(cold), "ms", digits=0)
    return section


@dataclasses.dataclass
class Started:
    milliseconds: float
    data: object


def start(context, gantry):
    context.wait_until_quiet()
    try:
        gantry.start()
        return Started(1000 * gantry.wait_until("/readyz"), gantry.data)
    finally:
        gantry.stop()
