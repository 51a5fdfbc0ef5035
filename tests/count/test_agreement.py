"""The verifier's counter, written apart from the same text by somebody else, comes to the same object."""

from dataclasses import replace
from random import Random  # noqa: TID251  examples are no secrets

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.count import rules
from governance.verifier.constraints import Bound
from governance.verifier.count import Terms
from governance.verifier.count import count as verified
from tests.count.naive import Poll
from tests.count.polls import TIMES, a_limit, a_poll, count

EXAMPLES = settings(max_examples=20_000 if TIMES > 1 else 200, deadline=None)
"""`make long` asks for the first number."""


def large(chance: Random) -> Poll:
    """Candidates and papers enough for many stages, and numbers of papers alike that make figures long."""
    candidates = chance.randint(9, 20)
    everybody = range(candidates)
    seats = chance.randint(1, candidates // 2 + 1)
    liked = [chance.random() for _ in everybody]
    withdrawn = set(chance.sample(everybody, chance.choice([0, 0, 2])))
    board = set(chance.sample(sorted({*everybody} - withdrawn), seats if seats <= candidates - len(withdrawn) else 1))
    return Poll(
        candidates=candidates,
        seats=seats,
        papers=[
            (
                chance.randint(1, chance.choice([1, 3, 50, 5000])),
                tuple(
                    sorted(everybody, key=lambda one: -liked[one] * chance.random())[: chance.randint(0, candidates)]
                ),
            )
            for _ in range(chance.choice([20, 60, 150]))
        ],
        order=chance.sample(everybody, candidates),
        withdrawn=withdrawn,
        limits=[a_limit(chance, {*everybody}, board) for _ in range(chance.choice([0, 0, 0, 1, 3]))],
    )


def verify(poll: Poll) -> dict[str, object]:
    ids = poll.ids
    papers: dict[tuple[str, ...], int] = {}
    for number, ranking in poll.papers:
        named = tuple(ids[one] for one in ranking)
        papers[named] = papers.get(named, 0) + number
    terms = Terms(
        poll.seats,
        tuple(ids),
        tuple(ids[one] for one in poll.order),
        frozenset(ids[one] for one in poll.withdrawn),
        "" if poll.reopen is None else ids[poll.reopen],
        tuple(
            (Bound(low - seated, high - seated), frozenset(ids[one] for one in members))
            for members, low, high, seated in poll.limits
        ),
    )
    return verified([(number, ranking) for ranking, number in papers.items()], terms, poll.rule)


@pytest.mark.parametrize("rule", rules.RULES)
@EXAMPLES
@given(chance=st.randoms(use_true_random=True))
def test_the_verifier_counts_alike(rule: str, chance: Random) -> None:
    few = chance.random() < 0.7
    poll = a_poll(chance, constrained=chance.random() < 0.5, reopens=True) if few else large(chance)
    poll = replace(poll, rule=rule, seats=1 if rule == "irv" else poll.seats)

    assert count(poll).as_dict() == verify(poll)
