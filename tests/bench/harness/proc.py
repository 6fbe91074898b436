"""What /proc says about processes: CPU time, memory, and what the rest of the machine is doing."""

import os
import time

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def _stat(pid):
    """Name, parent and CPU seconds of one process; None if it is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            text = file.read()
    except OSError:
        return None
    name = text[text.index("(") + 1 : text.rindex(")")]
    fields = text[text.rindex(")") + 2 :].split()
    return name, int(fields[1]), (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND


def tree(root):
    """{pid: name} of a process and everything below it."""
    children = {}
    names = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (found := _stat(entry)):
            names[int(entry)] = found[0]
            children.setdefault(found[1], []).append(int(entry))
    result = {}
    todo = [root]
    while todo:
        pid = todo.pop()
        if pid in names:
            result[pid] = names[pid]
            todo += children.get(pid, [])
    return result


def cpu_seconds(pids):
    return sum(found[2] for pid in pids if (found := _stat(pid)))


def rss_bytes(pids):
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/statm", encoding="ascii") as file:
                total += int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        except OSError:
            pass
    return total


def busy_cores(seconds):
    """How many cores the whole machine used over that time. 0.05 of two is an idle one."""
    before = _busy_seconds()
    time.sleep(seconds)
    return min(float(os.cpu_count()), (_busy_seconds() - before) / seconds)


def _busy_seconds():
    with open("/proc/stat", encoding="ascii") as file:
        user, nice, system, _idle, _iowait, irq, softirq = (int(field) for field in file.readline().split()[1:8])
    return (user + nice + system + irq + softirq) / TICKS_A_SECOND

