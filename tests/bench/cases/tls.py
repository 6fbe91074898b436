"""Requests over TLS against nginx with the same certificate: on open connections, and with a handshake for each."""

import contextlib

from harness.gantry import Gantry
from harness.load import Request, measure
from harness.peers import Nginx
from harness.report import Section
from harness.rounds import interleaved, median, ratio
from harness.tls import make_identity

KEEP_ALIVE = "TLS keep-alive"
SCENARIOS = {
    KEEP_ALIVE: Request("/hello/World", tls=True),
    "TLS, browser-like headers": Request("/hello/World", script="browser_headers.lua", tls=True),
    "TLS, a new connection for each request": Request("/hello/World", headers=("Connection: close",), tls=True),
}


def run(context):
    section = Section("The same route over TLS (P-256, TLS 1.3), 64 connections",
                      header=["Scenario", "Server", "requests/s", "x nginx", "p50 ms", "p99 ms", "CPU us/request", "RSS MB"])
    identity = make_identity(context)
    with contextlib.ExitStack() as stack:
        nginx = stack.enter_context(Nginx(context, tls=identity))
        gantry = stack.enter_context(Gantry(context, tls=identity.elsewhere()))
        for title, request in SCENARIOS.items():
            results = interleaved(context, {server.name: lambda server=server, request=request:
                                            measure(server, request, context.seconds) for server in (nginx, gantry)})
            for name, loads in results.items():
                load = median(loads)
                section.rows.append([title, name, f"{load.requests_a_second:,.0f}",
                                     f"{ratio(loads, results['nginx'], 'requests_a_second'):.2f}", f"{load.p50_ms:.2f}",
                                     f"{load.p99_ms:.2f}", f"{load.cpu_us:.1f}", f"{load.rss_mb:.0f}"])
            if title == KEEP_ALIVE:
                section.at_least("TLS keep-alive, requests/s against nginx", 1.0,
                                 ratio(results["gantry"], results["nginx"], "requests_a_second"))
            section.commands.append(" ".join(request.command(gantry, context.seconds)))
    return section
