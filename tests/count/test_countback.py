"""Filling a casual vacancy: docs/counting.md 7.1."""

from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from governance.count import countback, rules
from governance.count.ballots import Profile, profile
from governance.count.constraints import Constraint
from governance.errors import MalformedError, RuleError
from tests.count.polls import OFTEN, polls

NAMES = "ABCDEFGH"
PAPERS = [(5, "ABC"), (4, "BAD"), (3, "CDA"), (2, "DC")]


def papers(written: Sequence[tuple[int, Iterable[str]]], candidates: str = "ABCD") -> Profile:
    return profile([*candidates], [(number, [*ranking]) for number, ranking in written])


@pytest.mark.parametrize("rule", [rule for rule in rules.RULES if rule != "irv"])
@OFTEN
@given(data=st.data())
def test_who_sits_keeps_the_seat_and_one_other_at_most_comes(rule: str, data: st.DataObject) -> None:
    poll = data.draw(polls(rule=rule, constrained=False))
    names = NAMES[: poll.candidates]
    asked = papers([(number, [names[one] for one in ranking]) for number, ranking in poll.papers], names)
    gone = [names[one] for one in poll.withdrawn]
    reopen = None if poll.reopen is None else names[poll.reopen]
    first = rules.count(rule, asked, seats=poll.seats, order=poll.order, withdrawn=gone, reopen=reopen)
    elected = [name for name in first.names(first.elected) if name != reopen]
    assume(elected)
    vacating = data.draw(st.sampled_from(elected))
    sitting = [name for name in elected if name != vacating]
    others = sorted({*names} - {*elected, *gone} - {reopen})
    declined = data.draw(st.sets(st.sampled_from(others))) if others else set()

    filled = countback.recount(
        rule,
        asked,
        vacating=vacating,
        sitting=sitting,
        order=poll.order,
        declined=declined,
        withdrawn=gone,
        reopen=reopen,
    )

    assert filled.filled is None or filled.filled in {*others} - declined
    reopened = reopen in filled.count.names(filled.count.elected)
    if not reopened:
        assert {*sitting} <= {*filled.count.names(filled.count.elected)}
        assert (filled.filled is None) == (not {*others} - declined and reopen is None)
    excluded = {one for stage in filled.count.stages for one in filled.count.names(stage.excluded)}
    assert excluded.isdisjoint(sitting)


def test_with_one_seat_it_is_the_election_without_the_one_who_left() -> None:
    filled = countback.recount("irv", papers(PAPERS), vacating="B", sitting=[], order="ABCD")
    again = rules.count("irv", papers(PAPERS), seats=1, order="ABCD", withdrawn="B")

    assert filled.count.as_dict() | {"withdrawn": []} == again.as_dict() | {"withdrawn": []}
    assert filled.filled == "A"


def test_a_sitting_member_with_fewer_votes_is_not_put_out() -> None:
    alone = rules.count("scottish-stv", papers(PAPERS), seats=2, order="ABCD", withdrawn="A")
    filled = countback.recount("scottish-stv", papers(PAPERS), vacating="A", sitting="D", order="ABCD")

    assert "D" not in alone.names(alone.elected)
    assert filled.count.names(filled.count.elected) == ["B", "D"]
    assert filled.filled == "B"


def test_the_whole_board_keeps_its_constraints() -> None:
    north = Constraint("region", "north", 1, 4, ("C",), seated=0)
    filled = countback.recount(
        "scottish-stv", papers(PAPERS), vacating="A", sitting="D", order="ABCD", constraints=[north]
    )

    assert filled.filled == "C"


def test_nobody_left_leaves_the_seat_empty() -> None:
    filled = countback.recount("meek-prf", papers(PAPERS), vacating="A", sitting="BD", declined="C", order="ABCD")

    assert filled.filled is None
    assert filled.as_dict()["declined"] == ["C"]


def test_constraints_that_nobody_can_meet_are_an_error() -> None:
    north = Constraint("region", "north", 1, 4, ("C",), seated=0)
    with pytest.raises(RuleError, match="leave nobody"):
        countback.recount(
            "scottish-stv",
            papers(PAPERS),
            vacating="A",
            sitting="D",
            declined="C",
            order="ABCD",
            constraints=[north],
        )


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"vacating": "X"}, "no candidate 'X'"),
        ({"sitting": "AB"}, "neither sit on"),
        ({"declined": "A"}, "neither sit on"),
        ({"declined": "B"}, "cannot sit and"),
        ({"reopen": "B"}, "holds no seat"),
    ],
)
def test_names_that_do_not_fit_are_refused(asked: dict[str, Any], words: str) -> None:
    with pytest.raises(MalformedError, match=words):
        countback.recount("ers97", papers(PAPERS), **{"vacating": "A", "sitting": "B", "order": "ABCD", **asked})
