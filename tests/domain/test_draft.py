"""A draft as JSON, and what keeps it from becoming an election."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from governance.domain import feasible
from governance.domain.draft import Candidate, Constraint, Contest, Draft
from governance.domain.plain import from_plain, moment, to_plain
from governance.errors import MalformedError
from tests.services.stage import START, a_calendar, a_draft, standing


def contest(**changes: Any) -> Contest:
    return replace(Contest("board", "At large", 2, standing("a", 4)), **changes)


def of(*contests: Contest) -> Draft:
    return a_draft(contests=contests)


def test_a_draft_goes_to_json_and_back() -> None:
    draft = a_draft()

    assert from_plain(Draft, to_plain(draft)) == draft


@pytest.mark.parametrize(
    "change",
    [
        {"title": 1},
        {"threshold": True},
        {"contests": {}},
        {"contests": [{"id": "x"}]},
        {"unknown": 1},
        {"calendar": {"cutoff": "now", "opens": "", "closes": "", "appeals": ""}},
    ],
)
def test_another_shape_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        from_plain(Draft, {**to_plain(a_draft()), **change})


def test_a_moment_has_one_form() -> None:
    assert moment("2026-03-01T09:00:00Z") == START
    with pytest.raises(MalformedError, match="should be a time"):
        moment("2026-03-01 09:00")


def test_a_good_draft_has_no_problems() -> None:
    assert feasible.problems(a_draft()) == ()


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("draft", "why"),
    [
        (a_draft(title=" "), "needs a title"),
        (a_draft(contests=()), "no contest yet"),
        (a_draft(calendar=a_calendar(cutoff=START + 3 * DAY)), "cut off before voting opens"),
        (a_draft(calendar=a_calendar(closes=START)), "open before it closes"),
        (a_draft(calendar=a_calendar(closes=START + 400 * DAY)), "longer than a year"),
        (a_draft(calendar=a_calendar(appeals=START + 3 * DAY)), "after voting closes"),
        (a_draft(trustees=("t1",)), "1 trustees; 2 to 9"),
        (a_draft(threshold=1), "may be needed to open"),
        (a_draft(trustees=("t1", "t1", "t2")), "trustee twice"),
        (a_draft(registrar=""), "no registrar"),
        (a_draft(registrar="t1"), "cannot be a trustee as well"),
        (of(contest(id="a b")), "its id must be its own"),
        (of(contest(), contest()), "its id must be its own"),
        (of(contest(title="")), "needs a title"),
        (of(contest(seats=0)), "1 to 1000 seats"),
        (of(contest(rule="lottery")), "is not offered"),
        (of(contest(min_ballots=1)), "fewer than two"),
        (of(contest(electorate={"region": ()})), "without a value"),
        (of(contest(candidates=())), "nobody stands"),
        (of(contest(candidates=(Candidate("r", "R", reopen=True),))), "nobody stands"),
        (of(contest(max_ranks=5)), "at most 4 can be ranked"),
        (of(contest(candidates=standing("a", 60), max_ranks=60)), "a ballot can rank at most"),
        (of(contest(after=("later",))), "only be counted after"),
        (of(contest(candidates=(*standing("a", 2), Candidate("a1", "Twin")))), "an id of their own"),
        (of(contest(candidates=(*standing("a", 2), Candidate("x", "\n")))), "candidate x needs a name"),
        (of(contest(candidates=(*standing("a", 2), Candidate("x", "Candidate A1")))), "add what tells them apart"),
        (of(contest(candidates=tuple(Candidate(x, x, reopen=True) for x in "rs") + standing("a", 1))), "only once"),
        (of(contest(candidates=(Candidate("a", "A", member="t1"),))), "cannot stand and be an official"),
        (
            of(
                contest(candidates=(Candidate("a", "A", member="m"),)),
                contest(id="c", candidates=(Candidate("b", "B", member="m"),)),
            ),
            "stands under two ids",
        ),
        (
            of(contest(candidates=(Candidate("a", "A"),)), contest(id="c", candidates=(Candidate("a", "B"),))),
            "under one id",
        ),
        (
            of(*(contest(id=x, candidates=(*standing(x, 2), Candidate("r", "R", reopen=True))) for x in "ab")),
            "another id in each contest",
        ),
        (of(contest(rule="ers97", seats=60, max_ranks=2, candidates=standing("a", 200))), "larger than a record"),
        (of(contest(constraints=(Constraint("region", "x", 2, 1, ("a1",)),))), "do not fit"),
        (of(contest(constraints=(Constraint("region", "x", 0, 1, ("zz",)),))), "does not stand here"),
        (of(contest(constraints=(Constraint("region", "", 0, 2, ("a1",)),))), "what it is about"),
        (
            of(contest(constraints=(Constraint("region", "x", 2, 2, ("a1",)),))),
            "2 of region = x have to be elected, and 1",
        ),
        (of(contest(constraints=(Constraint("region", "x", 3, 3, ("a1", "a2", "a3")),))), "and 2 can be elected"),
        (of(contest(constraints=(Constraint("region", "x", 0, 1, ("a1",), 2),))), "region = x sit already"),
        (
            of(contest(constraints=(Constraint("region", "x", 0, 0, ("a1", "a2", "a3")),))),
            "others who stand: 1, too few for 2 places",
        ),
        (
            of(
                contest(
                    constraints=(
                        Constraint("region", "x", 0, 0, ("a1", "a2")),
                        Constraint("region", "y", 0, 1, ("a3", "a4")),
                    )
                )
            ),
            "for region = x and for region = y cannot both be met",
        ),
        (
            of(
                contest(
                    seats=3,
                    constraints=tuple(
                        Constraint("region", one, 0, 1, names)
                        for one, names in (("x", ("a1", "a2")), ("y", ("a3", "a1")), ("z", ("a2", "a3")))
                    ),
                )
            ),
            "can meet all its limits together",
        ),
    ],
)
def test_every_problem_is_said_in_a_plain_sentence(draft: Draft, why: str) -> None:
    problems = feasible.problems(draft)

    assert any(why in problem for problem in problems), problems


def test_whom_an_earlier_contest_may_elect_can_help_to_meet_a_minimum() -> None:
    limit = Constraint("region", "x", 2, 2, ("a1", "b1"))
    both = of(
        contest(id="first", seats=1, candidates=standing("b", 2)), contest(constraints=(limit,), after=("first",))
    )

    assert feasible.problems(both) == ()


def test_as_many_as_fit_may_be_ranked_where_no_limit_is_given() -> None:
    assert contest().limit == 4
    assert contest(candidates=standing("a", 200)).limit < 200


def test_a_contest_is_found_by_its_id() -> None:
    assert a_draft().contest("africa") == a_draft().contests[1]
    assert a_draft().contest("none") is None


def test_warnings_are_said_and_refuse_nothing() -> None:
    draft = a_draft(threshold=3, contests=(contest(candidates=standing("a", 2), min_ballots=2),))

    assert feasible.problems(draft) == ()
    assert [warning.partition(":")[0] for warning in feasible.warnings(draft)] == [
        "If one trustee's key is lost, nothing can be opened",
        "At large",
        "At large",
    ]


def test_a_clone_keeps_the_rules_and_nobody_who_stood() -> None:
    old = of(contest(constraints=(Constraint("region", "x", 0, 1, ("a1",), 1),)))
    new = old.cloned("Next", old.calendar.moved(DAY))

    assert new.contests[0].candidates == ()
    assert new.contests[0].constraints == (Constraint("region", "x", 0, 1, (), 0),)
    assert (new.title, new.trustees, new.calendar.opens) == ("Next", old.trustees, old.calendar.opens + DAY)


@pytest.mark.parametrize("rule", ["scottish-stv", "ers97"])
def test_a_large_contest_of_people_fits_into_a_record(rule: str) -> None:
    assert feasible.problems(of(contest(rule=rule, seats=20, max_ranks=9, candidates=standing("person", 150)))) == ()
