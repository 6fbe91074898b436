"""A Debian that runs: systemd as its first process, in a container of systemd-nspawn, on the network of this machine."""

import contextlib
import os
import pathlib
import subprocess

from debian_root import quietly
from host_process import PATIENCE_SECONDS, until


def _is_possible():
    """A machine whose control groups may not be written (many containers) cannot run a systemd."""
    groups = pathlib.Path("/sys/fs/cgroup")
    candidates = [groups, groups / "systemd", groups / "unified"]
    return any((path / "cgroup.procs").exists() and _can_make_group(path) for path in candidates)


def _can_make_group(path):
    probe = path / "gantry-package-test-probe"
    try:
        probe.mkdir()
        probe.rmdir()
    except OSError:
        return False
    return True


class CannotBoot(Exception):
    """Debian's own systemd does not start here. Nothing of Gantry is in the root at that time: it tells something of the machine."""


class Booted:
    def __init__(self, root, leader):
        self.root = root
        self.leader = leader

    def run(self, *arguments):
        return quietly(["nsenter", "-a", "-t", str(self.leader), *map(str, arguments)])

    def unit(self, name):
        """A property of the service."""
        return self.run("systemctl", "show", "gantry.service", "--value", "-p", name).strip()

    def journal(self):
        return self.run("journalctl", "-u", "gantry.service", "--no-pager", "-n", "60", "-o", "cat")


def _first_process(nspawn, console):
    """The container's process 1. systemd-nspawn has a short-lived child before it: that one is not numbered in the container."""
    assert nspawn.poll() is None, f"systemd-nspawn ended with {nspawn.returncode}:\n{_read(console)}"
    children = subprocess.run(["pgrep", "-P", str(nspawn.pid)], capture_output=True, text=True, check=False).stdout.split()
    return next((int(child) for child in children if _number_inside(child) == "1"), None)


def _number_inside(process):
    try:
        status = pathlib.Path(f"/proc/{process}/status").read_text()
    except OSError:
        return None  # it has ended
    return status.split("NSpid:")[1].splitlines()[0].split()[-1]


def _read(console):
    return console.read_text(errors="replace")


@contextlib.contextmanager
def booted(root):
    """`root`, a Debian without Gantry so far, with a systemd in it. Nothing else may be mounted there."""
    if not _is_possible():
        raise CannotBoot("this machine does not let a systemd run in a container")
    (root.path / "usr/sbin/policy-rc.d").unlink(missing_ok=True)
    command = ["systemd-nspawn", "-q", "-D", root.path, f"--machine=gantry-test-{os.getpid()}", "--boot", "--register=no", "--keep-unit",
               "--console=pipe", "--link-journal=no"]  # fmt: skip
    console = root.path.parent / "console.log"
    with open(console, "wb") as output:
        nspawn = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        system = Booted(root, until(lambda: _first_process(nspawn, console), "systemd-nspawn has a first process"))
        try:
            until(lambda: _has_started(system), "systemd has started")
        except AssertionError as late:
            raise CannotBoot(f"{late}: {_state(system)}\n{_read(console)}") from None
        yield system
    finally:
        nspawn.terminate()
        try:
            nspawn.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            nspawn.kill()
            nspawn.wait()


def _state(system):
    """What systemd says of itself, or why nothing could be asked."""
    asked = subprocess.run(
        ["nsenter", "-a", "-t", str(system.leader), "systemctl", "is-system-running"], capture_output=True, text=True, check=False
    )
    return (asked.stdout + asked.stderr).strip()


def _has_started(system):
    # Degraded: something of Debian's own does not run in a container.
    return _state(system) in ("running", "degraded")
