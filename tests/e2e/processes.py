"""What /proc says of a process: memory, descriptors, and who works in a data directory."""

import os
import pathlib
import signal


def rss_bytes(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError(f"process {pid} has no memory: it has ended")


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def clients_of(port):
    """How many connections to a port a process on this machine still holds on the port's side."""
    held = 0
    for line in pathlib.Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        fields = line.split()
        is_ours = int(fields[1].split(":")[1], 16) == port
        is_listener, has_owner = fields[3] == "0A", fields[9] != "0"
        held += is_ours and has_owner and not is_listener
    return held


def working_in(directory):
    """The processes whose working directory lies in `directory`: for a cluster, every process of its PostgreSQL.

    That of a zombie cannot be read, which is right: it holds nothing any more.
    """
    root = os.path.realpath(directory)
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == os.getpid():
            continue
        try:
            current = os.readlink(f"/proc/{name}/cwd")
        except OSError:
            continue
        if current == root or current.startswith(root + "/"):
            found.append(int(name))
    return found


def end(pids):
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def threads(pid):
    return len(os.listdir(f"/proc/{pid}/task"))
