"""What must hold for every count, and that two programs who know only the text count alike."""

from dataclasses import replace
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.count import rules
from governance.count.ballots import profile
from governance.count.report import Tie
from governance.errors import MalformedError
from tests.count import naive, naive_rules
from tests.count.naive import Poll
from tests.count.polls import MOST_OFTEN, OFTEN, count, polls


@pytest.mark.parametrize("rule", rules.RULES)
@pytest.mark.parametrize("constraints", ["constrained", "free"])
@OFTEN
@given(data=st.data())
def test_the_naive_count_agrees_in_everything(rule: str, constraints: str, data: st.DataObject) -> None:
    poll = data.draw(polls(rule=rule, constrained=constraints == "constrained"))

    expected = naive.count(poll) if rule == "scottish-stv" else naive_rules.count(poll)

    assert count(poll).as_dict() == expected


@OFTEN
@given(poll=polls())
def test_no_vote_is_lost_or_made(poll: Poll) -> None:
    counted = count(poll)

    for stage in counted.stages:
        assert sum(stage.tallies) + stage.non_transferable == counted.valid * 10**counted.places
        assert min(stage.tallies) >= 0
        assert stage.non_transferable >= 0


@OFTEN
@given(poll=polls())
def test_the_sheet_does_not_contradict_itself(poll: Poll) -> None:
    counted = count(poll)
    excluded = list(chain.from_iterable(stage.excluded for stage in counted.stages))

    assert counted.elected == tuple(chain.from_iterable(stage.elected for stage in counted.stages))
    assert len({*counted.elected, *excluded, *counted.withdrawn}) == sum(
        map(len, (counted.elected, excluded, counted.withdrawn))
    )
    assert [stage.number for stage in counted.stages] == list(range(1, len(counted.stages) + 1))
    assert all(stage.tallies[one] == 0 for stage in counted.stages for one in counted.withdrawn)
    assert counted.stages[-1].guarded == counted.stages[-1].doomed == ()


@OFTEN
@given(poll=polls())
def test_there_are_no_more_stages_than_the_text_says(poll: Poll) -> None:
    standing = poll.candidates - len(poll.withdrawn)
    most = 1 + poll.seats + standing * (poll.seats + 1) if poll.rule == "ers97" else 1 + standing

    assert len(count(poll).stages) <= most


@OFTEN
@given(poll=polls(), data=st.data())
def test_the_order_of_papers_and_how_they_are_bundled_do_not_matter(poll: Poll, data: st.DataObject) -> None:
    apart = [(1, ranking) for number, ranking in poll.papers for _ in range(number)]

    shuffled = replace(poll, papers=data.draw(st.permutations(apart)))

    assert count(shuffled).as_dict() == count(poll).as_dict()


@OFTEN
@given(poll=polls(), data=st.data())
def test_who_stands_where_on_the_list_does_not_matter(poll: Poll, data: st.DataObject) -> None:
    """With the order of lots kept by person, every figure is the same; only the list's order is not."""
    new = data.draw(st.permutations(range(poll.candidates)))
    moved = Poll(
        candidates=poll.candidates,
        seats=poll.seats,
        papers=[(number, tuple(new[one] for one in ranking)) for number, ranking in poll.papers],
        order=[new[one] for one in poll.order],
        withdrawn={new[one] for one in poll.withdrawn},
        reopen=None if poll.reopen is None else new[poll.reopen],
        limits=[({new[one] for one in limit[0]}, *limit[1:]) for limit in poll.limits],
        rule=poll.rule,
    )

    before, after = count(poll), count(moved)

    assert after.elected == tuple(new[one] for one in before.elected)
    assert [stage.elected for stage in after.stages] == [tuple(new[c] for c in s.elected) for s in before.stages]
    assert [[s.tallies[new[c]] for c in range(poll.candidates)] for s in after.stages] == [
        list(stage.tallies) for stage in before.stages
    ]
    assert [tie.chosen for tie in after.ties] == [new[tie.chosen] for tie in before.ties]


@OFTEN
@given(poll=polls(reopens=False))
def test_whoever_has_a_quota_of_first_preferences_is_elected_unless_doomed(poll: Poll) -> None:
    counted = count(poll)
    first = counted.stages[0]

    for candidate, votes in enumerate(first.tallies):
        enough = first.quota + (poll.rule == "ers97")  # ERS97 5.6.2 may pass over several with a quota exactly
        if votes >= enough and candidate not in first.elected:
            before = [winner for winner in first.elected if first.tallies[winner] >= votes]
            assert poll.limits
            assert not counted.unconstrained
            assert candidate in doomed_once_elected(poll, before)


def doomed_once_elected(poll: Poll, elected: list[int]) -> set[int]:
    """Whom no way to meet the constraints elects, once these are."""
    standing = {*range(poll.candidates)} - poll.withdrawn
    left = standing.difference(elected)
    found = naive.ways(poll, elected, sorted(left), min(poll.seats, len(standing)))
    return left.difference(*found)


@OFTEN
@given(poll=polls())
def test_all_seats_are_filled_unless_nominations_are_opened_again(poll: Poll) -> None:
    counted = count(poll)
    standing = poll.candidates - len(poll.withdrawn)

    if poll.reopen is not None and poll.reopen in counted.elected:
        assert counted.elected[-1] == poll.reopen
    else:
        assert len(counted.elected) == min(poll.seats, standing)


@OFTEN
@given(poll=polls(), blank=st.integers(1, 50))
def test_a_blank_paper_changes_nothing(poll: Poll, blank: int) -> None:
    assert count(replace(poll, papers=[(blank, ()), *poll.papers])).as_dict() == count(poll).as_dict()


@MOST_OFTEN
@given(poll=polls())
def test_constraints_that_can_be_met_are_met(poll: Poll) -> None:
    counted = count(poll)
    if counted.unconstrained or poll.reopen in counted.elected:
        return

    for members, low, high, seated in poll.limits:
        assert low <= seated + len(members.intersection(counted.elected)) <= high


@OFTEN
@given(poll=polls())
def test_constraints_have_no_effect_exactly_if_nothing_meets_them(poll: Poll) -> None:
    standing = [candidate for candidate in range(poll.candidates) if candidate not in poll.withdrawn]
    counted = count(poll)

    if poll.limits:
        assert counted.unconstrained is not bool(naive.ways(poll, [], standing, min(poll.seats, len(standing))))
    if counted.unconstrained:
        assert counted.as_dict() == count(replace(poll, limits=[])).as_dict()


@OFTEN
@given(poll=polls())
def test_constraints_that_bind_nobody_change_nothing_but_who_is_guarded(poll: Poll) -> None:
    free = replace(poll, limits=[])
    bound = replace(poll, limits=[(set(), 0, 5, 0)])

    assert count(bound).as_dict() == count(free).as_dict()


def test_a_three_way_tie_is_narrowed_down_stage_by_stage() -> None:
    """Three tie after stage 3; stage 2 leaves out c2, stage 1 decides between c0 and c1, whatever the lots say."""
    poll = Poll(
        candidates=6,
        seats=1,
        papers=[
            *[(13, (0,)), (14, (1,)), (16, (2,)), (40, (3,))],
            *[(2, (4, 0)), (1, (4, 1))],
            *[(1, (5, 0)), (1, (5, 1)), (2, (5,))],
        ],
        order=[2, 1, 0, 3, 4, 5],
    )

    counted = count(poll)

    assert [stage.tallies[:3] for stage in counted.stages[:3]] == [
        (1300000, 1400000, 1600000),
        (1500000, 1500000, 1600000),
        (1600000, 1600000, 1600000),
    ]
    assert counted.ties[0] == Tie(4, (0, 1, 2), 0, "stage 1")


def test_a_three_way_tie_that_an_earlier_stage_only_narrows_goes_to_the_lot() -> None:
    """The same without a difference at stage 1 between the two that stage 2 leaves."""
    poll = Poll(
        candidates=6,
        seats=1,
        papers=[
            *[(14, (0,)), (14, (1,)), (16, (2,)), (40, (3,))],
            *[(1, (4, 0)), (1, (4, 1))],
            *[(1, (5, 0)), (1, (5, 1)), (2, (5,))],
        ],
        order=[2, 1, 0, 3, 4, 5],
    )

    assert count(poll).ties[0] == Tie(4, (0, 1, 2), 1, "lot")


@pytest.mark.parametrize("order", [["c0", "c1"], ["c0", "c1", "c1"], ["c0", "c1", "c2", "c3"], ["c0", "c1", "x"]])
def test_an_order_of_lots_that_is_none_is_refused(order: list[str]) -> None:
    with pytest.raises(MalformedError, match=r"order of lots|no candidate"):
        rules.count("scottish-stv", profile(["c0", "c1", "c2"], []), seats=1, order=order)
