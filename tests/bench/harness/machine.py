"""The machine and the versions: without them a number means nothing."""

import datetime
import os
import platform
import re
import subprocess


def facts(context):
    return {
        "Date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "CPU": f"{_cpu_model()}, {os.cpu_count()} cores" + (" (virtual machine)" if _is_virtual() else ""),
        "Memory": f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GiB",
        "Kernel": platform.release(),
        "Gantry": _first_line([str(context.build / "gantry"), "version"]),
        "Peers": ", ".join(f"{package} {_package(package)}" for package in
                           ("nginx", "python3-fastapi", "python3-uvicorn", "python3-uvloop", "postgresql-15", "wrk", "nghttp2-client")),
        "Rounds": f"{context.rounds} of {context.seconds} s each after 1 s of warm-up, interleaved; medians",
        "Cores": "the server on core 0, the client on core 1, unless a row says otherwise",
        "Other load": f"up to {context.noise:.2f} cores were busy just before a measurement",
    }


def _cpu_model():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        match = re.search(r"^model name\s*:\s*(.+)$", file.read(), re.M)
    return match.group(1) if match else platform.machine()


def _is_virtual():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        return " hypervisor" in file.read()


def _first_line(command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0]


def _package(name):
    done = subprocess.run(["dpkg-query", "-W", "-f=${Version}", name], capture_output=True, text=True, check=False)
    return done.stdout or "(not from a package)"
