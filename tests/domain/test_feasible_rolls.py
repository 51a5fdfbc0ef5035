"""What a roll makes of a draft: what can never be opened is refused, what shows who voted or how is told."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.crypto import ranking
from governance.domain import feasible_rolls
from governance.domain.draft import Contest, Draft
from governance.domain.feasible_rolls import FAR, Rolls
from tests.services.stage import a_draft, standing

BOARD, BOTH = ("board",), ("board", "africa")
NEVER = (
    "Africa: it is opened only if 20 vote, and 4 may, so it could never be opened. Lower that number (2 is the least), "
    "let more members vote in it, or merge it with another contest."
)


def least(board: int, africa: int, quorum: int = 0) -> Draft:
    draft = a_draft()
    contests = (replace(draft.contests[0], min_ballots=board), replace(draft.contests[1], min_ballots=africa))
    return replace(draft, contests=contests, nominations=replace(draft.nominations, quorum=quorum))


def only(**changes: object) -> Draft:
    """One contest for all."""
    return a_draft(contests=(replace(Contest("board", "At large", 2), **changes),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("draft", "rolls", "told"),
    [
        (least(20, 20), {BOARD: 14, BOTH: 4}, ("At large: it is opened only if 20 vote, and 18 may", NEVER)),
        (least(18, 20), {BOARD: 14, BOTH: 4}, (NEVER,)),
        (least(18, 4), {BOARD: 14, BOTH: 4}, ()),
        (least(2, 2), {BOARD: 14}, ("Nobody may vote in Africa.",)),
        (
            least(2, 2),
            {BOARD: 14, BOTH: 1},
            (
                "Africa: it is opened only if 2 vote, and 1 may, so it could never be opened. Let more members vote in it",
            ),
        ),
        (least(2, 2, 90), {BOTH: 3}, ()),
        (least(2, 4, 90), {BOTH: 3}, ("Africa: it is opened only if 4 vote, and 3 may",)),
    ],
)
def test_a_contest_that_could_never_be_opened_is_refused(draft: Draft, rolls: Rolls, told: tuple[str, ...]) -> None:
    found = feasible_rolls.problems(draft, rolls)

    assert len(found) == len(told)
    assert all(one.startswith(begin) for one, begin in zip(found, told, strict=True)), found


@pytest.mark.parametrize(("voters", "told"), [(1, True), (19, True), (20, False)])
def test_a_roll_that_shows_how_somebody_voted_is_told(voters: int, *, told: bool) -> None:
    found = feasible_rolls.warnings(only(candidates=standing("a", 2)), {BOARD: voters})

    assert (f"At large: {voters} may vote. Every ranking is published" in " ".join(found)) is told


@pytest.mark.parametrize(
    ("few", "told"),
    [
        (
            1,
            "“At large” and “Africa”: one member votes in exactly these. The public record shows whether this person voted.",
        ),
        (
            4,
            "“At large” and “Africa”: 4 members vote in exactly these. The public record shows how many of them did; where ",
        ),
        (5, ""),
    ],
)
def test_a_style_of_so_few_that_it_shows_who_voted_is_told(few: int, told: str) -> None:
    found = [one for one in feasible_rolls.warnings(a_draft(), {BOARD: 50, BOTH: few}) if "public record" in one]

    assert [one.startswith(told) for one in found] == ([True] if told else [])


def test_a_single_voter_of_a_single_contest_is_told_too() -> None:
    found = feasible_rolls.warnings(only(candidates=standing("a", 2)), {BOARD: 1})

    assert "“At large”: one member votes there alone. The public record shows whether this person voted." in found


def patterns(draft: Draft, voters: int) -> list[str]:
    return [one for one in feasible_rolls.warnings(draft, {BOARD: voters}) if "rankings are possible" in one]


def test_rankings_that_exceed_voters_by_far_are_told_with_a_number_that_would_not() -> None:
    eight = standing("a", 8)

    told = (
        "At large: 109,601 rankings are possible, and 400 may vote. Somebody who pays or threatens a member could ask for a "
        "rare one, and look for it among those that are published. If at most 4 could be ranked, 2,081 would be possible."
    )
    assert patterns(only(candidates=eight), 400) == [told]
    assert patterns(only(candidates=eight, max_ranks=4), 400) == []
    assert "more than a million rankings are possible" in patterns(only(candidates=standing("a", 20)), 4000)[0]
    assert patterns(only(candidates=standing("a", 4)), 7) == []  # 65 rankings
    assert len(patterns(only(candidates=standing("a", 4)), 6)) == 1
    assert "at most 1 could be ranked" in patterns(only(candidates=standing("a", 30)), 2)[0]
    assert patterns(only(candidates=standing("a", 30), max_ranks=1), 2) == []  # there is no fewer
    assert patterns(only(), 50) == patterns(only(candidates=eight), 0) == []


@given(st.integers(1, 40), st.integers(0, 40), st.integers(1, 5000))
def test_whoever_takes_the_advice_is_not_told_again(number: int, most: int, voters: int) -> None:
    draft = only(candidates=standing("a", number), max_ranks=min(most, number))

    for one in patterns(draft, voters):
        advised = int(one.partition("at most ")[2].split()[0])
        taken = only(candidates=standing("a", number), max_ranks=advised)
        assert advised < draft.contests[0].limit
        assert advised == 1 or ranking.total(number, advised) <= FAR * voters < ranking.total(number, advised + 1)
        assert patterns(taken, voters) == []
