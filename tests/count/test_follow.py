"""A ranking followed through a count: docs/counting.md 10.1."""

from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.count import follow, rules
from governance.count.ballots import Profile, profile
from governance.count.follow import Trail
from governance.count.progress import SURPLUS
from governance.errors import MalformedError
from tests.count import cases
from tests.count.naive import Poll
from tests.count.polls import TIMES, count, followed, polls

SOME = settings(max_examples=150 * TIMES, deadline=None)


def papers(written: Sequence[tuple[int, str]], candidates: str) -> Profile:
    return profile([*candidates], [(number, [*ranking]) for number, ranking in written])


def travelled(trail: Trail, ranking: Iterable[str]) -> list[str]:
    """Each stage in a word: who holds the paper, and what counts for whom."""
    names = trail.count.candidates
    stops = trail.follow(tuple(names.index(one) for one in ranking))
    return [
        " ".join(
            [
                names[stop.holder] if stop.holder is not None else "-",
                *(f"{names[one]}={trail.count.votes(units)}" for one, units in stop.shares),
                *([f"lost={trail.count.votes(stop.lost)}"] if stop.lost else []),
            ]
        )
        for stop in stops
    ]


@pytest.mark.parametrize("rule", rules.RULES)
@SOME
@given(data=st.data())
def test_what_all_papers_hold_together_is_the_sheet(rule: str, data: st.DataObject) -> None:
    """To the last digit, but for who has passed on a surplus: there the law cuts, and the difference is not transferable."""
    poll = data.draw(polls(rule=rule))
    trail = followed(poll)
    travels = [(number, trail.follow(ranking)) for number, ranking in poll.papers]
    counting = [(number, stops) for number, stops in travels if stops]

    assert trail.count == count(poll)
    assert sum(number for number, _ in counting) == trail.count.valid
    gave: set[int] = set()
    for n, stage in enumerate(trail.count.stages):
        gave |= {*stage.candidates} if stage.action == SURPLUS else set()
        over = 0
        for candidate, tally in enumerate(stage.tallies):
            held = sum(number * stops[n].of(candidate) for number, stops in counting)
            assert held == tally or (candidate in gave and held > tally)
            over += held - tally
        assert sum(number * stops[n].lost for number, stops in counting) + over == stage.non_transferable


@SOME
@given(poll=polls(), data=st.data())
def test_whatever_is_followed_is_one_vote_at_every_stage(poll: Poll, data: st.DataObject) -> None:
    trail = followed(poll)
    ranking = data.draw(st.permutations(range(poll.candidates)))
    ranking = ranking[: data.draw(st.integers(0, poll.candidates))]

    stops = trail.follow(tuple(ranking))

    standing = [one for one in ranking if one not in poll.withdrawn]
    assert len(stops) == (len(trail.count.stages) if standing else 0)
    for stop, stage in zip(stops, trail.count.stages, strict=False):
        assert stop.number == stage.number
        assert sum(units for _, units in stop.shares) + stop.lost == 10**trail.count.places
        assert all(units > 0 for _, units in stop.shares)
        assert {one for one, _ in stop.shares} <= {*standing}
        assert stop.holder is None or stop.holder in standing
    if stops:
        assert stops[0].shares == ((standing[0], 10**trail.count.places),)


BOARD = [(6, "AB"), (2, "AC"), (1, "B"), (3, "C"), (2, "DB")]
"""Fourteen papers."""


def test_a_surplus_leaves_a_part_and_takes_a_part_along() -> None:
    trail = follow.counted("scottish-stv", papers(BOARD, "ABCD"), seats=2, order="ABCD")

    # Quota 5: A has 8, surplus 3, each paper goes on at 3/8.
    assert travelled(trail, "ABC")[:2] == ["A A=1.00000", "B A=0.62500 B=0.37500"]
    assert travelled(trail, "AD")[:2] == ["A A=1.00000", "D A=0.62500 D=0.37500"]
    # D is excluded at stage 3: the paper goes on at the value that it had with D.
    assert trail.count.names(trail.count.stages[2].excluded) == ["D"]
    assert travelled(trail, "ADB")[2] == "B A=0.62500 B=0.37500"
    assert travelled(trail, "AD")[2] == "- A=0.62500 lost=0.37500"
    assert travelled(trail, "DA")[2] == "- lost=1.00000"


def test_ers97_leaves_alone_what_did_not_come_last_or_cannot_go_on() -> None:
    trail = follow.counted("ers97", papers(BOARD, "ABCD"), seats=2, order="ABCD")

    # Quota 4.67: A has 8, surplus 3.33, eight papers go on at 0.41.
    assert travelled(trail, "AB")[1] == "B A=0.59 B=0.41"
    assert travelled(trail, "A")[1] == "A A=1.00"


def test_meek_shares_a_paper_among_all_it_passes() -> None:
    trail = follow.counted("meek-prf", papers(BOARD, "ABCD"), seats=2, order="ABCD")
    first, second, *_ = travelled(trail, "AB")

    assert first == "A A=1.000000000"
    # 8 papers leave A the quota of 14/3, a little above 0.583 of each.
    assert second.startswith("B A=0.58333333")


def test_a_paper_that_nobody_cast_makes_no_batch_of_its_own() -> None:
    """Under ERS97 C gets papers of 0.41 alone; whoever came to C with another value moves with the batch that follows."""
    plain = rules.count("ers97", papers(BOARD, "ABCD"), seats=2, order="ABCD")
    trail = follow.counted("ers97", papers(BOARD, "ABCD"), seats=2, order="ABCD")

    for ranking in ("DAC", "BAD", "CDAB", "DCBA", "ADCB"):
        assert all("=" in stop for stop in travelled(trail, ranking))
    assert trail.count == plain


def test_a_paper_that_nobody_cast_is_in_no_bundle_of_another_value() -> None:
    """W's papers of 1.00 are X's last bundle; a paper of 0.33 comes to X with them, but cannot go on at 0.66."""
    written = [(9, "AY"), (3, "WXZ"), (5, "X"), (2, "Y"), (5, "Z")]
    trail = follow.counted("ers97", papers(written, "AWXYZ"), seats=3, order="AWXYZ")

    assert [stage.action for stage in trail.count.stages[1:4]] == ["surplus", "exclusion", "surplus"]
    assert travelled(trail, "WXZ")[3] == "Z X=0.34 Z=0.66"
    assert travelled(trail, "AWXZ")[1:] == ["W A=0.67 W=0.33", "X A=0.67 X=0.33", "X A=0.67 X=0.33"]


def test_a_blank_paper_and_one_for_who_withdrew_go_nowhere() -> None:
    trail = follow.counted("irv", papers(BOARD, "ABCD"), seats=1, order="ABCD", withdrawn="D")

    assert trail.follow(()) == ()
    assert trail.follow((3,)) == ()
    assert travelled(trail, "DA")[0] == "A A=1"


def test_a_ranking_is_read_by_name_and_refused_if_it_is_none() -> None:
    board = papers(BOARD, "ABCD")

    assert follow.ranking_of(board, ["C", 0]) == (2, 0)
    with pytest.raises(MalformedError, match="no candidate 'X'"):
        follow.ranking_of(board, ["X"])
    with pytest.raises(MalformedError, match="names a candidate twice"):
        follow.ranking_of(board, ["A", "A"])


def test_a_stop_as_json_names_and_counts() -> None:
    trail = follow.counted("scottish-stv", papers(BOARD, "ABCD"), seats=2, order="ABCD")
    stop = trail.follow((0, 3))[2]

    assert follow.as_dict(trail.count, stop) == {
        "number": 3,
        "holder": None,
        "shares": {"A": "0.62500"},
        "lost": "0.37500",
    }


@cases.needs_cases
@pytest.mark.parametrize("rule", [rule for rule in rules.RULES if rule != "irv"])
def test_all_papers_of_a_real_ward_make_up_its_sheet(rule: str) -> None:
    election = cases.election("scot-bulk/2017/argyll_bute_2017_ward8.blt")
    ward = election.profile(election.names)
    trail = follow.counted(
        rule,
        ward,
        seats=election.seats,
        order=election.tie or range(len(election.names)),
        withdrawn=election.withdrawn,
    )
    travels = [(number, trail.follow(ranking)) for number, ranking in ward.papers]

    assert trail.count == cases.count(election, rule)
    for n, stage in enumerate(trail.count.stages):
        hopeful = set(range(len(election.names))).difference(*(one.elected for one in trail.count.stages[: n + 1]))
        for candidate in hopeful:
            assert (
                sum(number * stops[n].of(candidate) for number, stops in travels if stops) == stage.tallies[candidate]
            )
