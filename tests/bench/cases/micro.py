"""What Google Benchmark measures inside one process: crossing the ABI, counting a request, the codec against Boost.Beast's."""

import json
import shlex
import subprocess

from harness.process import SERVER_CORE, pinned
from harness.report import Section


def run(context):
    section = Section("Inside one process", header=["Benchmark", "ns", "spread %"])
    crossing = benchmark(context, section, "abi_crossing_bench")
    benchmark(context, section, "codec_bench")
    counting = benchmark(context, section, "metrics_bench")
    section.at_most("counting a request", 100, counting["meter_a_request"], "ns", digits=0)
    added = crossing["through_the_abi"] - crossing["linked_in"]
    section.at_most("crossing the ABI, added to a request", 150, added, "ns", digits=0)
    return section


def benchmark(context, section, program):
    """{name: median CPU nanoseconds}, also added to the section."""
    command = pinned(SERVER_CORE, [str(context.build / "tests/bench" / program), "--benchmark_format=json",
                                   f"--benchmark_repetitions={2 * context.rounds + 1}", "--benchmark_report_aggregates_only",
                                   "--benchmark_enable_random_interleaving"])
    section.commands.append(shlex.join(command))
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    found = {}
    for one in json.loads(done.stdout)["benchmarks"]:
        found.setdefault(one["run_name"], {})[one["aggregate_name"]] = one["cpu_time"]
    for name, values in found.items():
        section.rows.append([f"{program}: {name}", f"{values['median']:.0f}", f"{100 * values['stddev'] / values['median']:.1f}"])
    return {name: values["median"] for name, values in found.items()}
