"""Interleaved rounds: every peer once, then every peer again, so that a slow minute hits all of them alike."""

import dataclasses
import statistics


def interleaved(context, peers):
    """`peers`: {name: function that measures once and returns a dataclass of numbers}. Returns {name: [one a round]}."""
    results = {name: [] for name in peers}
    for _ in range(context.rounds):
        for name, measure in peers.items():
            context.wait_until_quiet()
            results[name].append(measure())
    return results


def median(results):
    """Of a list of dataclasses: the median of each member."""
    kind = type(results[0])
    names = [field.name for field in dataclasses.fields(kind)]
    return kind(**{name: statistics.median(getattr(one, name) for one in results) for name in names})


def ratio(ours, theirs, member):
    """The median over the rounds of ours to theirs: what both suffered in a round cancels out."""
    return statistics.median(getattr(a, member) / getattr(b, member) for a, b in zip(ours, theirs))
