"""Resident memory of the host: idle with both plugins, and with many idle connections."""

import resource
import socket
import time

from harness import proc
from harness.gantry import Gantry
from harness.report import Section

CONNECTIONS = 10_000
REQUEST = b"GET /hello/World HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def run(context):
    section = Section("Memory of the host, without PostgreSQL", header=["State", "RSS MB"])
    allow_descriptors(CONNECTIONS + 500)
    with Gantry(context, plugins=("hello", "notes")) as gantry:
        time.sleep(1)
        idle = proc.rss_bytes(gantry.pids()) / 1e6
        connections = open_connections(gantry.port, CONNECTIONS)
        try:
            used = proc.rss_bytes(gantry.pids()) / 1e6
        finally:
            for connection in connections:
                connection.close()
    section.rows += [["idle, hello and notes", f"{idle:.1f}"],
                     [f"{CONNECTIONS:,} idle keep-alive connections, each after one request", f"{used:.1f}"]]
    section.at_most("idle with both plugins, RSS", 30, idle, "MB")
    section.at_most("10,000 idle keep-alive connections, RSS", 120, used, "MB")
    return section


def allow_descriptors(wanted):
    """For this process and the servers it starts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(hard, wanted)))


def open_connections(port, count):
    """Connections that have been used once: a fresh one may not own all of its memory yet."""
    connections = []
    for _ in range(count):
        connection = socket.create_connection(("127.0.0.1", port), timeout=5)
        connections.append(connection)
        connection.sendall(REQUEST)
        answer = b""
        while b"Hello, World!\n" not in answer:
            piece = connection.recv(4096)
            if not piece:
                raise RuntimeError(f"connection {len(connections)} was closed: {answer!r}")
            answer += piece
    return connections
