"""How firm a result is: docs/counting.md 10.2."""

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.count import rules
from governance.count.ballots import Profile, profile
from governance.count.constraints import Constraint
from governance.count.firmness import Firmness, firmness, text
from governance.count.margins import margins
from tests.count import cases
from tests.count.naive import Poll
from tests.count.polls import TIMES, polls

SOME = settings(max_examples=60 * TIMES, deadline=None)
NAMES = "ABCDEFGH"


def papers(written: Sequence[tuple[int, str]], candidates: str = "ABCD") -> Profile:
    return profile([*candidates], [(number, [*ranking]) for number, ranking in written])


def firm(written: Sequence[tuple[int, str]], rule: str, seats: int, candidates: str = "ABC", **more: Any) -> Firmness:
    return firmness(rule, papers(written, candidates), seats=seats, order=candidates, **more)


def of_poll(poll: Poll, **more: Any) -> Firmness:
    asked = papers(
        [(number, "".join(NAMES[one] for one in ranking)) for number, ranking in poll.papers], NAMES[: poll.candidates]
    )
    return firmness(
        poll.rule,
        asked,
        seats=poll.seats,
        order=poll.order,
        withdrawn=poll.withdrawn,
        reopen=poll.reopen,
        constraints=[
            Constraint(f"attribute {n}", "yes", low, high, tuple(NAMES[one] for one in sorted(members)), seated)
            for n, (members, low, high, seated) in enumerate(poll.limits)
        ],
        **more,
    )


def test_two_candidates_are_apart_by_half_of_what_lies_between_them() -> None:
    found = firm([(10, "A"), (4, "B")], "irv", 1, "AB")

    # Three papers: 7 to 7 is a tie, which the lot may decide for B; order "AB" excludes A.
    assert found.at_least == 3
    assert found.found is not None
    assert (found.found.papers, found.found.taken_from, found.found.given_to) == (3, "A", "B")
    assert found.found.elected == ("B",)
    assert found.as_dict()["closest"] == {
        "stage": 1,
        "what": "elected",
        "candidate": "A",
        "other": "B",
        "votes": "6",
    }


def test_a_close_exclusion_far_from_the_top_decides() -> None:
    """B wins from the second place, ahead of C by two."""
    written = [(40, "A"), (31, "CB"), (29, "BC"), (4, "BA")]
    found = firm(written, "irv", 1)

    # B has 33, C has 31: C goes, and B comes to 64 against 40. With one paper less B ties and goes by lot, and C wins.
    assert found.count.names(found.count.elected) == ["B"]
    assert found.closest is not None
    assert (found.closest.stage, found.closest.what, found.closest.votes) == (2, "excluded", 2)
    assert found.at_least == 1
    assert found.found is not None
    assert (found.found.papers, found.found.elected) == (1, ("C",))


def test_who_goes_first_of_those_who_go_together_does_not_matter() -> None:
    """Ties among the last are no way to another winner: together they have 4, and who is next 30."""
    written = [(60, "A"), (30, "B"), (2, "C"), (2, "D")]

    assert firm(written, "irv", 1, "ABCD").at_least == 13
    assert firm(written, "scottish-stv", 1, "ABCD").at_least == 13
    # More than half at once: 60 of 94.
    assert firm(written, "meek-prf", 1, "ABCD").at_least == 13


def test_who_all_have_a_quota_of_first_preferences_lose_it_only_by_so_many_papers() -> None:
    found = firm([(40, "A"), (40, "B"), (10, "C"), (9, "D")], "scottish-stv", 2, "ABCD")

    # Quota 34. With 4 papers fewer A has 36, and with 4 papers more the quota is 35; with 5 it would be 35 and 35.
    assert found.at_least == 6
    assert found.found is not None
    assert found.found.papers >= 6


def test_with_no_more_candidates_than_places_nothing_can_change() -> None:
    found = firm([(1, "A"), (9, "B")], "meek-prf", 2, "AB")

    assert (found.at_least, found.found, found.margins, found.closest) == (None, None, (), None)
    assert "whatever the papers say, the same are elected" in text(found)


def test_another_law_may_elect_others() -> None:
    found = firm([(6, "AB"), (2, "AC"), (1, "B"), (3, "C"), (2, "DB")], "scottish-stv", 2, "ABCD")
    by_rule = {other.rule: other for other in found.others}

    assert {*by_rule} == {*rules.RULES} - {"scottish-stv"}
    assert by_rule["meek-prf"].elected == ("A", "B")
    assert by_rule["meek-prf"].same
    assert by_rule["irv"].elected is None
    assert "fills one place" in by_rule["irv"].why


def test_what_is_said_is_plain() -> None:
    said = text(firm([(10, "A"), (4, "B")], "irv", 1, "AB")).splitlines()

    assert said[0] == "How firm is it?"
    assert said[1] == "By scottish-stv: the same"
    assert said[-5:] == [
        "Closest stage: stage 1: A elected, with 6 more than B",
        "Proven at least: 3 papers must be others before anybody else is elected.",
        "Found at most: 3 papers. If so many had B first and not A, these were elected: B",
        "Stage by stage:",
        "  stage 1: A elected, with 6 more than B",
    ]


@SOME
@given(poll=polls(), data=st.data())
def test_what_is_proven_and_what_is_found_agree(poll: Poll, data: st.DataObject) -> None:
    found = of_poll(poll, most_counts=20)

    assert found.counts <= 20
    if found.found:
        assert found.at_least is not None
        assert found.at_least <= found.found.papers
        assert {*found.found.elected} != {*found.count.names(found.count.elected)}
    assert all(margin.votes >= 0 for margin in found.margins)

    again = of_poll(poll, most_counts=20)
    mixed = Poll(
        **{
            **{name: getattr(poll, name) for name in poll.__dataclass_fields__},
            "papers": data.draw(st.permutations(poll.papers)),
        }
    )
    assert again == found
    assert of_poll(mixed, most_counts=20) == found


@SOME
@given(data=st.data())
def test_with_fewer_papers_changed_than_proven_the_same_are_elected(data: st.DataObject) -> None:
    """Any change at all, by chance: each paper becomes another, a blank one too, goes, or comes new."""
    rule = data.draw(st.sampled_from([*rules.RULES]))
    seats = 1 if rule == "irv" else data.draw(st.integers(1, 2))
    everything = ["", *("".join(one) for size in (1, 2, 3) for one in permutations("ABC", size))]
    heavy = data.draw(st.lists(st.tuples(st.integers(1, 30), st.sampled_from(everything)), min_size=1, max_size=8))
    found = firm(heavy, rule, seats, most_counts=0)
    cast = [ranking for number, ranking in heavy for _ in range(number)]
    assert found.at_least is not None
    for _ in range(20):
        changed = [*cast]
        new = data.draw(st.sampled_from(everything))
        for _ in range(min(found.at_least - 1, len(changed))):
            at = data.draw(st.integers(0, len(changed) - 1))
            changed[at : at + 1] = data.draw(st.sampled_from([[new], [new], [], [changed[at], new]]))
            if not changed:
                break
        counted = rules.count(rule, papers([(1, one) for one in changed], "ABC"), seats=seats, order="ABC")
        assert {*counted.elected} == {*found.count.elected}


@pytest.mark.parametrize("rule", ["irv", "scottish-stv", "wigm-prf", "meek-prf"])
def test_every_single_change_of_a_small_election_is_covered(rule: str) -> None:
    """By trying them all: what is proven to need two papers is not done by one."""
    everything = ["", *("".join(one) for size in (1, 2, 3) for one in permutations("ABC", size))]
    proven = 0
    for a, b, c in ((6, 3, 1), (7, 5, 1), (8, 2, 4), (5, 5, 2), (9, 4, 2)):
        cast = ["AB"] * a + ["BC"] * b + ["CB"] * c
        found = firm([(1, one) for one in cast], rule, 1, most_counts=0)
        if found.at_least is None or found.at_least < 2:
            continue
        proven += 1
        for at in range(len(cast)):
            for new in everything:
                changed = [*cast[:at], new, *cast[at + 1 :]]
                again = rules.count(rule, papers([(1, one) for one in changed], "ABC"), seats=1, order="CBA")
                assert again.elected == found.count.elected

    assert proven >= 1


@cases.needs_cases
def test_the_closest_stage_of_a_real_ward_is_as_its_sheet_says() -> None:
    election = cases.election("scot-bulk/2017/argyll_bute_2017_ward8.blt")
    count = cases.count(election)
    found = {(margin.stage, margin.what): margin for margin in margins(count)}

    excluded = [stage for stage in count.stages if stage.excluded]
    assert excluded
    for stage in excluded:
        margin = found[stage.number, "excluded"]
        before = count.stages[stage.number - 2].tallies
        assert margin.candidate in stage.excluded
        assert margin.votes == before[margin.other] - before[margin.candidate]
    ward = firmness(
        "scottish-stv",
        election.profile(election.names),
        seats=election.seats,
        order=election.tie or range(len(election.names)),
        withdrawn=election.withdrawn,
        most_counts=30,
    )
    assert ward.count == count
    assert ward.found is not None
    assert 1 <= (ward.at_least or 0) <= ward.found.papers


@cases.needs_cases
def test_in_burlington_what_is_proven_is_what_is_found() -> None:
    """Burlington, Vermont, 2009: Bob Kiss over Kurt Wright in the last round."""
    election = cases.election("irv-real/burlington_2009_mayor/ballots.blt")
    count = cases.count(election, "irv")
    left, right = sorted(votes for votes in count.stages[-1].tallies if votes)[-2:]

    found = firmness("irv", election.profile(election.names), seats=1, order=range(len(election.names)))

    assert found.found is not None
    assert (found.found.taken_from, found.found.given_to) == ("Bob Kiss", "Kurt Wright")
    # Half of what lies between them, rounded up, ties them at least; the lot may then say either.
    assert found.at_least == (right - left + 1) // 2
    assert found.at_least == found.found.papers
