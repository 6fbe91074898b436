"""2,000 WebSockets that all get a message each second, sent by a plugin: CPU and memory of the host."""

import base64
import os
import selectors
import socket
import time

from cases.memory import allow_descriptors
from harness import proc
from harness.gantry import Gantry
from harness.report import Section

SOCKETS = 2_000
HANDSHAKE = ("GET /bench/broadcast HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n")


def run(context):
    section = Section(f"{SOCKETS:,} WebSockets, a message of 100 bytes to each of them once a second",
                      header=["When", "RSS MB", "CPU of a core", "messages/s"])
    allow_descriptors(SOCKETS + 500)
    seconds = max(5, 3 * context.seconds)
    with Gantry(context) as gantry:
        time.sleep(1)
        before = proc.rss_bytes(gantry.pids()) / 1e6
        sockets = [open_socket(gantry.port) for _ in range(SOCKETS)]
        read_messages(sockets, 2)
        cpu = proc.cpu_seconds(gantry.pids())
        messages = read_messages(sockets, seconds)
        used = (proc.cpu_seconds(gantry.pids()) - cpu) / seconds
        rss = proc.rss_bytes(gantry.pids()) / 1e6
        for one in sockets:
            one.close()
    section.rows += [["before", f"{before:.1f}", "", ""],
                     [f"{SOCKETS:,} sockets", f"{rss:.1f}", f"{100 * used:.1f} %", f"{messages / seconds:,.0f}"]]
    section.at_most("2,000 WebSockets with a broadcast a second, CPU", 10, 100 * used, "% of a core")
    section.at_most("2,000 WebSockets with a broadcast a second, RSS", 40, rss, "MB")
    section.at_least("their messages that arrive", 0.99, messages / (SOCKETS * seconds))
    return section


def open_socket(port):
    made = socket.create_connection(("127.0.0.1", port), timeout=10)
    made.sendall(HANDSHAKE.format(key=base64.b64encode(os.urandom(16)).decode()).encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        piece = made.recv(4096)
        if not piece:
            raise RuntimeError(f"/bench/broadcast: {answer!r}")
        answer += piece
    if not answer.startswith(b"HTTP/1.1 101 "):
        raise RuntimeError(f"/bench/broadcast: {answer!r}")
    return made


def read_messages(sockets, seconds):
    """Reads what comes; a message is 102 bytes with its frame."""
    size = 0
    with selectors.DefaultSelector() as selector:
        for one in sockets:
            selector.register(one, selectors.EVENT_READ)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for key, _ in selector.select(timeout=0.05):
                piece = key.fileobj.recv(65536)
                if not piece:
                    raise RuntimeError("a socket ended")
                size += len(piece)
    return size // 102
