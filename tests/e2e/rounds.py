"""How often the loops of kill -9 go round: few times on every change, ten times as often at night (make nightly)."""

import os
import random
import time

TIMES = int(os.environ.get("GANTRY_ROUNDS_TIMES", "1"))


def rounds(count):
    """The rounds of one loop; `count` of them on every change."""
    return range(count * TIMES)


def any_moment(longest_seconds):
    """Waits for a random time: where it meets the host is what the loop is about."""
    time.sleep(random.uniform(0, longest_seconds))
