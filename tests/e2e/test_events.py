"""Events survive the death of the host: each accepted one arrives, in order, and a repetition can be told by its id."""

import collections
import itertools
import random
import unittest

import psql
from askers import Askers
from gantry_host import FIXTURES, PLUGINS, SOURCE, GantryHost
from rounds import any_moment, rounds
from waiting import until

WORKER = {
    "migrations": [str(SOURCE / "migrations"), str(SOURCE / "tests/e2e/migrations")],
    "plugin_directories": [str(PLUGINS), str(FIXTURES)],
    "plugins": {"notes": None, "worker": {}},
}


def publications(way, key, numbers):
    for number in numbers:  # one step in C: threads share it
        yield f"/worker/{way}/{key}", str(number).encode(), (key, number)


def publishers(host, ways, numbers):
    """Clients that publish numbers, each under a key of its own; key and number are remembered."""
    return Askers(host.address, [publications(way, f"key-{place}", numbers) for place, way in enumerate(ways)])


def heard(host):
    """What the durable subscriber was told, in order: id, key and number."""
    rows = psql.rows(host, "select event, key, payload from worker.heard order by place")
    return [(event, key, int(payload)) for event, key, payload in rows]


class Events(unittest.TestCase):
    def expect_told(self, host, accepted):
        """Each accepted one arrived, under one id, in the order of its key. Answers how many came more than once."""
        until(lambda: {number for _, number in accepted} <= {number for *_, number in heard(host)}, "all have arrived", 180)
        deliveries = heard(host)
        ids, numbers = collections.defaultdict(set), collections.defaultdict(set)
        order = collections.defaultdict(list)
        for event, key, number in deliveries:
            if number not in numbers.get(event, ()):
                order[key].append(number)
            ids[number].add(event)
            numbers[event].add(number)
        self.assertEqual({number: of for number, of in ids.items() if len(of) > 1}, {}, "one event under two ids")
        self.assertEqual({event: of for event, of in numbers.items() if len(of) > 1}, {}, "two events under one id")
        for key, first_times in order.items():
            self.assertEqual(first_times, sorted(first_times), f"the order of {key}")
        return len(deliveries) - len(ids)

    def test_no_accepted_event_is_lost_or_out_of_order_by_kill_9(self):
        accepted, numbers, repeated = [], itertools.count(1), 0
        with GantryHost(WORKER) as host:
            for _ in rounds(12):
                with publishers(host, ["events"] * 3 + ["told"], numbers) as clients:
                    before = random.randint(1, 150)
                    until(lambda: len(clients.accepted) >= before, "events are being accepted")
                    any_moment(0.05)
                    host.kill()
                accepted += clients.accepted
                host.start()
            repeated = self.expect_told(host, accepted)
            told = {int(row[0]) for row in psql.rows(host, "select payload from worker.told")}
            self.assertEqual(told - {number for *_, number in heard(host)}, set(), "a transaction without its event")
            print(f"{len(accepted)} accepted, {repeated} deliveries repeated")

    def test_a_durable_subscriber_catches_up_on_what_came_while_it_was_away(self):
        with GantryHost({**WORKER, "reload_watch": "1ms"}) as host:
            with publishers(host, ["events"], itertools.count(1)) as clients:
                until(lambda: len(clients.accepted) >= 5, "events are being accepted")
            self.expect_told(host, clients.accepted)
            host.stop()
            # Without the plugin nobody delivers; what was said in the meantime is said by another hand.
            host.config["plugins"].pop("worker")
            host.start()
            ends = len(heard(host))
            psql.rows(
                host,
                "insert into gantry.event (id, source, topic, key, payload) "
                "select 'evt_away_' || n, 'worker', 'worker.happened', 'away', n::text::bytea "
                "from generate_series(1000001, 1000050) n",
            )
            self.assertEqual(len(heard(host)), ends)
            host.stop()
            host.config["plugins"]["worker"] = {}
            host.start()
            away = range(1000001, 1000051)
            until(lambda: [number for _, key, number in heard(host) if key == "away"] == list(away), "it has caught up")


if __name__ == "__main__":
    unittest.main()
