"""Filling a casual vacancy: docs/counting.md 7.1 and 7.2."""

from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from governance.count import countback, rules
from governance.count.ballots import Profile, profile
from governance.count.constraints import Constraint
from governance.count.runoff import runoff
from governance.errors import MalformedError, RuleError
from tests.count import cases
from tests.count.naive import Poll
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


BOARD = [(6, "AB"), (2, "AC"), (1, "B"), (3, "C"), (2, "DB")]
"""Two places, Scottish quota 5: A's 8 papers go on at 0.375; D is excluded; B is elected with 5.25."""


def of_papers(**changes: Any) -> countback.Countback:
    """A leaves a board of A and B, but for what the test changes."""
    asked: dict[str, Any] = {"seats": 2, "vacating": "A", "sitting": "B", "order": "ABCD", **changes}
    return countback.papers(asked.pop("rule", "scottish-stv"), papers(BOARD), **asked)


def test_only_the_papers_of_the_one_who_leaves_count_at_what_they_had_there() -> None:
    filled = of_papers()

    # Eight papers kept 0.625 each with A; six of them name only B besides, who sits.
    assert filled.filled == "C"
    assert filled.as_dict() == {
        "rule": "irv",
        "seats": 1,
        "valid": 8,
        "quota": "0.62501",
        "withdrawn": ["A", "B"],
        "elected": ["C"],
        "stages": [
            {
                "number": 1,
                "action": "first preferences",
                "candidates": [],
                "tallies": {"A": "0.00000", "B": "0.00000", "C": "1.25000", "D": "0.00000"},
                "non_transferable": "3.75000",
                "quota": "0.62501",
                "elected": ["C"],
                "excluded": [],
                "guarded": [],
                "doomed": [],
            }
        ],
        "ties": [],
        "kind": "papers",
        "vacating": "A",
        "declined": [],
        "sitting": ["B"],
        "filled": "C",
        "barred": [],
        "held": "5.00000",
    }


def test_papers_that_came_later_count_too_and_begin_again_from_the_front() -> None:
    filled = of_papers(vacating="B", sitting="A")

    # 6 at 0.375 from A, B's own, and D's two: those name D before B.
    assert filled.as_dict()["held"] == "5.25000"
    assert filled.count.stages[0].tallies == (0, 0, 0, 200_000)
    assert filled.filled == "D"


def test_the_lowest_are_excluded_and_a_tie_is_settled_by_the_order_of_lots() -> None:
    written = [(1, "ABDC"), (1, "ACD"), (2, "AD"), (1, "E")]
    asked = papers(written, "ABCDE")
    filled = countback.papers("irv", asked, seats=1, vacating="A", sitting=(), order="CBADE")

    assert [stage.tallies for stage in filled.count.stages] == [(0, 1, 1, 2, 0), (0, 1, 1, 2, 0), (0, 1, 0, 3, 0)]
    assert filled.as_dict()["ties"] == [{"stage": 3, "among": ["B", "C"], "chosen": "C", "by": "lot"}]
    assert filled.filled == "D"


def test_with_whom_the_board_would_break_its_constraints_is_passed_over() -> None:
    north = Constraint("region", "north", 1, 1, ("D", "A"))
    filled = of_papers(constraints=[north], election_constraints=())

    assert filled.barred == ("C",)
    assert filled.filled == "D"
    with pytest.raises(RuleError, match="leave nobody"):
        of_papers(constraints=[north], declined="D", election_constraints=())
    with pytest.raises(RuleError, match="leave nobody"):
        of_papers(constraints=[north], declined="CD", election_constraints=())
    elsewhere = Constraint("region", "north", 1, 1, ("D", "A"), seated=1)
    assert of_papers(constraints=[elsewhere], election_constraints=()).barred == ("D",)


def test_nobody_left_or_reopen_nominations_leaves_the_seat_empty() -> None:
    assert of_papers(declined="CD").filled is None
    assert of_papers(declined="CD").count.elected == ()
    reopened = of_papers(reopen="C", declined="D")
    assert (reopened.filled, reopened.reopened) == (None, True)


def test_who_was_not_elected_holds_no_papers() -> None:
    with pytest.raises(RuleError, match="'C' was not elected in this election"):
        of_papers(vacating="C", sitting="AB")


@pytest.mark.parametrize("rule", rules.RULES)
@OFTEN
@given(data=st.data())
def test_the_papers_of_each_winner_fill_the_seat(rule: str, data: st.DataObject) -> None:
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
    others = {*names} - {*elected, *gone} - {reopen}

    filled = countback.papers(
        rule,
        asked,
        seats=poll.seats,
        vacating=vacating,
        sitting=sitting,
        order=poll.order,
        withdrawn=gone,
        reopen=reopen,
    )

    left_with = first.stages[-1].tallies[asked.index(vacating)]
    assert filled.held >= left_with
    assert (filled.filled in others) or (filled.filled is None and (filled.reopened or not others))
    for stage in filled.count.stages:
        assert sum(stage.tallies) + stage.non_transferable == filled.held
    # Whoever has all that is left when two are left has at least half of it.
    last = filled.count.stages[-1]
    if filled.count.elected:
        assert 2 * last.tallies[filled.count.elected[0]] >= sum(last.tallies)


@OFTEN
@given(poll=polls(rule="irv", constrained=False))
def test_with_papers_of_one_value_it_is_the_alternative_vote(poll: Poll) -> None:
    names = NAMES[: poll.candidates]
    standing = [one for one in range(poll.candidates) if one not in poll.withdrawn]
    usable = [(number, ranking) for number, ranking in poll.papers if {*ranking} & {*standing}]
    asked = papers([(number, [names[one] for one in ranking]) for number, ranking in usable], names)

    expected = rules.count("irv", asked, seats=1, order=poll.order, withdrawn=poll.withdrawn, reopen=poll.reopen)
    found = runoff(
        asked.candidates,
        [(number, 1, tuple(ranking)) for number, ranking in usable],
        standing=standing,
        order=poll.order,
        places=0,
        reopen=poll.reopen,
    )

    assert found == expected


@OFTEN
@given(data=st.data())
def test_the_board_that_the_papers_make_meets_its_constraints(data: st.DataObject) -> None:
    poll = data.draw(polls(constrained=True, reopens=False))
    names = NAMES[: poll.candidates]
    asked = papers([(number, [names[one] for one in ranking]) for number, ranking in poll.papers], names)
    gone = [names[one] for one in poll.withdrawn]
    limits = [
        Constraint(f"attribute {n}", "yes", low, high, tuple(names[one] for one in sorted(members)), seated)
        for n, (members, low, high, seated) in enumerate(poll.limits)
    ]
    whole: dict[str, Any] = {"order": poll.order, "withdrawn": gone, "constraints": limits}
    first = rules.count(poll.rule, asked, seats=poll.seats, **whole)
    assume(first.elected)
    vacating = names[data.draw(st.sampled_from(first.elected))]
    sitting = {*first.names(first.elected)} - {vacating}
    standing = {*names} - {*sitting, vacating, *gone}

    def fits(board: set[str]) -> bool:
        return all(one.minimum <= one.seated + len(board & {*one.candidates}) <= one.maximum for one in limits)

    possible = {name for name in standing if fits(sitting | {name})}
    try:
        filled = countback.papers(poll.rule, asked, seats=poll.seats, vacating=vacating, sitting=sitting, **whole)
        again = countback.recount(poll.rule, asked, vacating=vacating, sitting=sitting, **whole)
    except RuleError:
        assert not possible
        assert standing or not fits(sitting)
    else:
        assert (filled.filled is None) == (not standing)
        assert filled.filled is None or filled.filled in possible
        assert {*filled.barred} == standing - possible
        assert again.filled is None or again.filled in possible


@cases.needs_cases
@pytest.mark.parametrize("kind", countback.KINDS)
def test_every_seat_of_a_real_ward_is_filled(kind: str) -> None:
    election = cases.election("scot-bulk/2017/argyll_bute_2017_ward8.blt")
    ward, order = election.profile(election.names), [*range(len(election.names))]
    first = cases.count(election)
    elected = first.names(first.elected)
    for vacating in elected:
        asked: dict[str, Any] = {
            "vacating": vacating,
            "sitting": [name for name in elected if name != vacating],
            "order": order,
        }
        if kind == countback.RECOUNT:
            filled = countback.recount("scottish-stv", ward, **asked)
        else:
            filled = countback.papers("scottish-stv", ward, seats=election.seats, **asked)
            tally = first.stages[-1].tallies[ward.index(vacating)]
            # What was cut of the values of at most so many papers, each by less than one unit.
            assert tally <= filled.held < tally + filled.count.valid
        assert filled.filled in {*election.names} - {*elected}
