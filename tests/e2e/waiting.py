"""Waiting for what really happens, with a deadline, instead of sleeping and hoping."""

import time

# Sanitizer builds on a busy machine are slow; a test that passes never waits this long.
PATIENCE_SECONDS = 60


def until(condition, what, seconds=PATIENCE_SECONDS):
    """Asks again and again until `condition()` is true, and returns what it gave."""
    end = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"after {seconds} s still not: {what}")
        time.sleep(0.02)
