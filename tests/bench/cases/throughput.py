"""Requests a second and CPU for each request: a plugin's route against nginx and FastAPI, the same bytes from all."""

import contextlib
import dataclasses
import math

from harness import paced
from harness.gantry import Gantry
from harness.load import Request, measure
from harness.peers import FastApi, Nginx
from harness.process import get
from harness.report import Section
from harness.rounds import interleaved, median, ratio

BODY = b"Hello, World!\n"
INLINE = "gantry"
BLOCKING = "gantry, blocking route"
# Of what nginx does at most: below that, what is measured is the server and not the queue in front of it.
PACE_SHARE = 0.5
PACE_KEPT = 0.95


@dataclasses.dataclass
class Scenario:
    title: str
    request: Request
    with_blocking: bool = True


SCENARIOS = [
    Scenario("keep-alive, 1 header", Request("/hello/World")),
    Scenario("keep-alive, browser-like headers (11, 750 B)", Request("/hello/World", script="browser_headers.lua")),
    Scenario("a new connection for each request", Request("/hello/World", headers=("Connection: close",)), with_blocking=False),
]


def run(context):
    section = Section("A route that answers 14 bytes, 64 connections",
                      header=["Scenario", "Server", "requests/s", "x nginx", "p50 ms", "p99 ms", "CPU us/request", "RSS MB"])
    with contextlib.ExitStack() as stack:
        nginx, fastapi, gantry = (stack.enter_context(server) for server in
                                  (Nginx(context), FastApi(context), Gantry(context)))
        for server, path in ((nginx, "/hello/World"), (fastapi, "/hello/World"), (gantry, "/hello/World"),
                             (gantry, "/bench/blocking")):
            require_same_body(server, path)
        results = {}
        for scenario in SCENARIOS:
            results[scenario.title] = measure_scenario(context, scenario, nginx, fastapi, gantry)
            add_rows(section, scenario, results[scenario.title])
        add_goals(section, results)
        add_paced(context, section, median(results[SCENARIOS[0].title]["nginx"]).requests_a_second, nginx, gantry)
        section.commands += [server.shown_command() for server in (nginx, fastapi, gantry)]
        section.commands += [" ".join(scenario.request.command(gantry, context.seconds)) for scenario in SCENARIOS]
    return section


def require_same_body(server, path):
    status, body = get(server.port, path)
    if status != 200 or body != BODY:
        raise RuntimeError(f"{server.name} {path}: expected 200 and {BODY!r}, found {status} and {body!r}")


def measure_scenario(context, scenario, nginx, fastapi, gantry):
    peers = {server.name: lambda server=server: measure(server, scenario.request, context.seconds)
             for server in (nginx, fastapi, gantry)}
    if scenario.with_blocking:
        blocking = dataclasses.replace(scenario.request, path="/bench/blocking")
        peers[BLOCKING] = lambda: measure(gantry, blocking, context.seconds)
    return interleaved(context, peers)


def add_rows(section, scenario, results):
    for name, loads in results.items():
        load = median(loads)
        section.rows.append([scenario.title, name, f"{load.requests_a_second:,.0f}",
                             f"{ratio(loads, results['nginx'], 'requests_a_second'):.2f}", f"{load.p50_ms:.2f}",
                             f"{load.p99_ms:.2f}", f"{load.cpu_us:.1f}", f"{load.rss_mb:.0f}"])


def add_goals(section, results):
    plain, browser, fresh = (results[scenario.title] for scenario in SCENARIOS)
    speed = "requests_a_second"
    section.at_least("plugin route, requests/s against nginx", 1.0, ratio(plain[INLINE], plain["nginx"], speed))
    section.at_least("the same with browser-like headers", 1.2, ratio(browser[INLINE], browser["nginx"], speed))
    section.at_least("plugin route, requests/s against FastAPI", 8, ratio(plain[INLINE], plain["FastAPI"], speed))
    section.at_most("plugin route, p99 against nginx's, the client at full speed", 1.5,
                    ratio(plain[INLINE], plain["nginx"], "p99_ms"), "x", digits=2)
    section.at_least("blocking route through the pool, against nginx", 0.65, ratio(plain[BLOCKING], plain["nginx"], speed))
    section.at_least("a new connection each, against nginx", 1.0, ratio(fresh[INLINE], fresh["nginx"], speed))


def add_paced(context, section, nginx_peak, nginx, gantry):
    """p99 at the same rate for both: at full speed it is that of the client, which has no core left."""
    pace = paced.Pace(SCENARIOS[0].request.path, round(nginx_peak * PACE_SHARE, -3))
    results = interleaved(context, {server.name: lambda server=server: paced.measure(server, pace, context.seconds)
                                    for server in (nginx, gantry)})
    title = f"keep-alive, {pace.requests_a_second:,.0f} requests/s by h2load"
    for name, loads in results.items():
        load = median(loads)
        section.rows.append([title, name, f"{load.requests_a_second:,.0f}", "", f"{load.p50_ms:.2f}", f"{load.p99_ms:.2f}",
                             "", ""])
    # Without the rate, what was compared is how two servers wait for a core.
    kept = all(load.requests_a_second >= PACE_KEPT * pace.requests_a_second for loads in results.values() for load in loads)
    section.at_most(f"plugin route, p99 against nginx's at {PACE_SHARE:.0%} of nginx's requests/s", 1.5,
                    ratio(results[INLINE], results["nginx"], "p99_ms") if kept else math.inf, "x", digits=2)
    section.commands.append(" ".join(pace.command(gantry, context.seconds, "LOG")))
