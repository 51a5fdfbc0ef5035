"""Random small contests for Hypothesis, with as many ties as can be."""

import os
from dataclasses import replace
from random import Random  # noqa: TID251  examples are no secrets
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from governance.count import follow, rules
from governance.count.ballots import Profile, profile
from governance.count.constraints import Constraint
from governance.count.follow import Trail
from governance.count.report import Count
from tests.count.naive import Poll

MOST = 8
"""Candidates of a contest."""

TIMES = int(os.environ.get("GOVERNANCE_TIMES", "1"))
"""How many times the usual number of examples: more than 1 for a long run by hand."""

OFTEN = settings(max_examples=500 * TIMES, deadline=None)
MOST_OFTEN = settings(max_examples=3000 * TIMES, deadline=None)


@st.composite
def polls(draw: st.DrawFn, *, rule: str = "", constrained: bool = True, reopens: bool = True) -> Poll:
    """A contest of up to `MOST` candidates; drawn from one seed, since Hypothesis alone draws mostly empty ones.

    By any of the rules, or by the one asked for.
    """
    chance = draw(st.randoms(use_true_random=True))
    poll = a_poll(chance, constrained=constrained, reopens=reopens)
    rule = rule or chance.choice([*rules.RULES])
    return replace(poll, rule=rule, seats=1 if rule == "irv" else poll.seats)


def a_poll(chance: Random, *, constrained: bool, reopens: bool) -> Poll:
    """Few papers, so that many tie; most constraints can be met, and bite."""
    candidates = chance.choice([1, 2, 3, 4, 5, 6, 7, 7, MOST, MOST])
    everybody = range(candidates)
    seats = chance.randint(1, chance.choice([2, 3, 3, candidates + 1]))
    reopen = candidates - 1 if reopens and chance.random() < 0.15 else None
    withdrawn = set(chance.sample(everybody, chance.choice([0, 0, 0, 1, min(2, candidates)]))) - {reopen}
    standing = sorted({*everybody} - withdrawn)
    board = set(chance.sample(standing, min(seats, len(standing)))) - {reopen}
    most_alike = chance.choice([1, 2, 10])
    return Poll(
        candidates=candidates,
        seats=seats,
        papers=[
            (chance.randint(1, most_alike), tuple(chance.sample(everybody, chance.randint(0, candidates))))
            for _ in range(chance.choice([0, 4, 8, 12, 16, 20]))
        ],
        order=chance.sample(everybody, candidates),
        withdrawn=withdrawn,
        reopen=reopen,
        limits=[
            a_limit(chance, {*everybody} - {reopen}, board) for _ in range(chance.randint(1, 4) if constrained else 0)
        ],
    )


def a_limit(chance: Random, candidates: set[int], board: set[int]) -> tuple[set[int], int, int, int]:
    """A constraint on some candidates: one that this board meets, or now and then any."""
    members = set(chance.sample(sorted(candidates), chance.randint(0, len(candidates))))
    seated = chance.choice([0, 0, 0, 1])
    meant = len(members & board) if chance.random() < 0.95 else chance.randint(0, 2)
    low = max(0, seated + meant - chance.choice([0, 0, 1, 9]))
    return members, low, seated + meant + chance.choice([0, 0, 1, 9]), seated


def count(poll: Poll) -> Count:
    """Count it by the rule itself."""
    return rules.count(poll.rule, _profile(poll), **_asked(poll))


def followed(poll: Poll) -> Trail:
    """Count it by the rule itself, so that rankings can be followed."""
    return follow.counted(poll.rule, _profile(poll), **_asked(poll))


def _profile(poll: Poll) -> Profile:
    ids = poll.ids
    return profile(ids, [(number, [ids[one] for one in ranking]) for number, ranking in poll.papers])


def _asked(poll: Poll) -> dict[str, Any]:
    ids = poll.ids
    return {
        "seats": poll.seats,
        "order": poll.order,
        "withdrawn": poll.withdrawn,
        "reopen": poll.reopen,
        "constraints": [
            Constraint(f"attribute {n}", "yes", low, high, tuple(ids[one] for one in sorted(members)), seated)
            for n, (members, low, high, seated) in enumerate(poll.limits)
        ],
    }
