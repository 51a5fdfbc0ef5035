"""A draft as JSON, and what keeps it from becoming an election."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from governance.domain import feasible
from governance.domain.calendar import Period
from governance.domain.draft import Candidate, Constraint, Contest, Draft, Span, Unopposed
from governance.domain.plain import from_plain, moment, to_plain
from governance.domain.terms import Terms
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


TWICE = (
    "A a1, B a2 stand in “At large” and in “Second”, and the second is not counted after the first. Whoever is elected in "
    "both has to decline one seat, which is vacant then. To prevent that, tick “Counted after” on the page of the later "
    "contest."
)


def test_who_stands_in_two_contests_can_win_both_unless_one_is_counted_after_the_other() -> None:
    people = (Candidate("a1", "A a1"), Candidate("a2", "B a2"), Candidate("x", "X"))
    first, reopen = contest(candidates=people), Candidate("ron", "Re-open nominations", reopen=True)
    second = contest(id="second", title="Second", candidates=people[:2])

    assert TWICE in feasible.warnings(of(first, second))
    assert TWICE not in feasible.warnings(of(first, replace(second, after=("board",))))
    for others in (standing("b", 2), (reopen,)):
        apart = of(replace(first, candidates=(*people, reopen)), replace(second, candidates=others))
        assert not any("decline one seat" in one for one in feasible.warnings(apart))


def test_whoever_is_elected_without_a_vote_can_win_another_contest_too() -> None:
    gone = Unopposed("youth", "Youth", 1, (Candidate("a1", "Candidate A1"),))

    found = [one for one in feasible.warnings(replace(of(contest()), unopposed=(gone,))) if "decline one seat" in one]

    assert [one.partition(",")[0] for one in found] == ["Candidate A1 stands in “At large” and in “Youth”"]


@pytest.mark.parametrize(
    ("may", "dated", "planned", "after", "told"),
    [
        (2, True, False, (), True),
        (1, True, False, (), False),
        (2, False, False, (), False),
        (2, True, True, (), False),
        (2, True, False, ("board",), False),
    ],
)
def test_it_is_told_before_nominations_that_one_person_may_win_two_contests(
    may: int, after: tuple[str, ...], *, dated: bool, planned: bool, told: bool
) -> None:
    draft = of(contest(candidates=()), contest(id="second", title="Second", candidates=(), after=after))
    period = Span(Period.NOMINATIONS, START, START + DAY)
    calendar = replace(draft.calendar, periods=(period,) if dated else ())
    draft = replace(
        draft, calendar=calendar, nominations=Terms(contests=may), planned=draft.contests if planned else ()
    )

    found = [one for one in feasible.warnings(draft) if "decline one seat" in one]

    assert bool(found) is told
    assert not told or "may stand in 2 contests" in found[0]
    assert not told or "“At large”, “Second”" in found[0]


def test_a_clone_keeps_the_rules_and_nobody_who_stood() -> None:
    old = of(contest(constraints=(Constraint("region", "x", 0, 1, ("a1",), 1),)))
    new = old.cloned("Next", old.calendar.moved(DAY))

    assert new.contests[0].candidates == ()
    assert new.contests[0].constraints == (Constraint("region", "x", 0, 1, (), 0),)
    assert (new.title, new.trustees, new.calendar.opens) == ("Next", old.trustees, old.calendar.opens + DAY)


@pytest.mark.parametrize("rule", ["scottish-stv", "ers97"])
def test_a_large_contest_of_people_fits_into_a_record(rule: str) -> None:
    assert feasible.problems(of(contest(rule=rule, seats=20, max_ranks=9, candidates=standing("person", 150)))) == ()
