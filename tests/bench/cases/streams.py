"""500 event streams, one of which is sent all it can take and hardly reads: does the host's memory stay where it is?"""

import selectors
import socket
import time

from harness import proc
from harness.gantry import Gantry
from harness.report import Section

READERS = 499
# What a slow reader may cost: http.stream_bytes_max and as much again for the pieces' own overhead.
GROWTH_MB_MAX = 2.0


def run(context):
    section = Section(f"{READERS + 1} event streams, one slow reader", header=["When", "RSS MB", "events/s to the readers"])
    seconds = 2 * context.seconds
    with Gantry(context) as gantry:
        readers = [open_stream(gantry.port, "/bench/ticks") for _ in range(READERS)]
        read_events(readers, seconds)
        before, events_before = proc.rss_bytes(gantry.pids()) / 1e6, read_events(readers, seconds) / seconds
        slow = open_stream(gantry.port, "/bench/flood", receive_buffer=4096)
        rows = []
        for second in (1, 2, 3):
            events = read_events(readers, seconds, slow) / seconds
            rows.append([f"{second * seconds} s with the slow reader", proc.rss_bytes(gantry.pids()) / 1e6, events])
        for stream in [*readers, slow]:
            stream.close()
    for title, rss, events in [[f"{READERS} readers that keep up", before, events_before], *rows]:
        section.rows.append([title, f"{rss:.1f}", f"{events:,.0f}"])
    growth = max(rss for _, rss, _ in rows) - before
    section.at_most("500 SSE streams with one slow reader, growth of RSS", GROWTH_MB_MAX, growth, "MB")
    section.at_least("the other streams' events meanwhile", 0.95, min(events for _, _, events in rows) / events_before)
    return section


def open_stream(port, path, receive_buffer=0):
    stream = socket.socket()
    if receive_buffer:
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    stream.settimeout(5)
    stream.connect(("127.0.0.1", port))
    stream.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    head = stream.recv(1)
    if head != b"H":
        raise RuntimeError(f"{path}: no answer")
    return stream


def read_events(streams, seconds, slow=None):
    """Reads what comes, from `slow` one kilobyte a second; returns the number of events the others got."""
    events = 0
    with selectors.DefaultSelector() as selector:
        for stream in streams:
            selector.register(stream, selectors.EVENT_READ)
        now = time.monotonic()
        end, next_slow = now + seconds, now
        while now < end:
            for key, _ in selector.select(timeout=0.1):
                piece = key.fileobj.recv(65536)
                if not piece:
                    raise RuntimeError("a stream ended")
                events += piece.count(b"\n\n")
            now = time.monotonic()
            if slow is not None and now >= next_slow:
                slow.recv(1024)
                next_slow = now + 1
    return events
