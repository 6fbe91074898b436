#!/usr/bin/env python3
"""Measures the host beside its peers and prints a Markdown report. docs/BENCHMARKS.md says how to read it.

usage: run.py <build directory> [--quick] [--only CASE]... [--write]
"""

import argparse
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

from cases import database, memory, micro, reload, services, start, streams, throughput, tls, websockets  # noqa: E402
from harness import machine, report  # noqa: E402
from harness.context import Context  # noqa: E402

CASES = {"throughput": throughput, "database": database, "micro": micro, "memory": memory, "start": start, "streams": streams,
         "tls": tls, "websockets": websockets, "services": services, "reload": reload}
ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs/BENCHMARKS.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path, help="build directory of the preset bench")
    parser.add_argument("--quick", action="store_true", help="one short round: to see that it runs, not how fast")
    parser.add_argument("--only", action="append", choices=CASES, help="this case; may be repeated")
    parser.add_argument("--write", action="store_true", help=f"put the report into {DOCUMENT.name}; for whole runs only")
    given = parser.parse_args()
    if given.write and (given.only or given.quick):
        parser.error("--write is for a whole run: without --only and --quick")
    if os.cpu_count() < 2:
        parser.error("server and client need a core each; found one")
    return given


def measure(names, context):
    """A case that breaks must not cost the minutes of the others: it is named at the end."""
    sections, broken = [], []
    for name in names:
        print(f"measuring: {name}", file=sys.stderr, flush=True)
        try:
            sections.append(CASES[name].run(context))
        except (RuntimeError, OSError, subprocess.SubprocessError) as error:
            print(f"{name}: {error}", file=sys.stderr, flush=True)
            broken.append(name)
    return sections, broken


def without_paths(text, context):
    """Where this machine keeps things is nobody's business, and differs with each run."""
    for path, shown in ((context.directory, "DIR"), (context.build, "build/bench"), (ROOT, ".")):
        text = text.replace(str(path), shown)
    return text


def main():
    given = arguments()
    # So that every server is stopped on the way out, whoever ends us.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="gantry-bench-") as directory:
        os.chmod(directory, 0o755)
        context = Context(given.build.resolve(), pathlib.Path(directory), rounds=1 if given.quick else 3,
                          seconds=1 if given.quick else 3, patience=0 if given.quick else 60)
        sections, broken = measure(given.only or CASES, context)
        text = without_paths(report.markdown(sections, machine.facts(context)), context)
    print(text)
    if broken:
        print(f"could not measure: {', '.join(broken)}", file=sys.stderr)
        return 1
    if given.write:
        DOCUMENT.write_text(report.replace_between(DOCUMENT.read_text(encoding="utf-8"), BEGIN, END, text), encoding="utf-8")
    # A missed goal is a fact for the report, not a failure: timing is never a test.
    return 0


if __name__ == "__main__":
    sys.exit(main())
