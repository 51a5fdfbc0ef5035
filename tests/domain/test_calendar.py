"""Calendars: what makes one impossible, times anywhere on Earth, what a change changes, what the clock passes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.domain import calendar as dates
from governance.domain import feasible
from governance.domain.calendar import MOMENTS, MORE, NAMES, Edge, Passing, Period
from governance.domain.draft import Calendar, Draft, Span
from governance.domain.plain import from_plain, to_plain
from governance.errors import MalformedError
from tests.services.stage import START, a_draft

DAY = timedelta(days=1)
P = Period


def span(period: Period, begins: float, ends: float | None = None) -> Span:
    """A period, in days from START."""
    last = begins if ends is None else ends
    return Span(period, START + begins * DAY, START + last * DAY)


WHOLE = (
    span(P.NOTICE, 1),
    span(P.NOMINATIONS, 2, 16),
    span(P.ACCEPTANCE, 2, 18),
    span(P.SCRUTINY, 16, 21),
    span(P.OBJECTIONS, 17, 22),
    span(P.QUESTIONS, 20, 45),
    span(P.ROLL, 30),
    span(P.RESULT, 51),
    span(P.CERTIFICATION, 60),
    span(P.SEATING, 70),
)


LAST = datetime(9999, 12, 31, tzinfo=UTC)


def whole(*instead: Span, without: Sequence[Period] = ()) -> Calendar:
    """A calendar with everything in it, but for what the test names."""
    told = {one.name: one for one in (*WHOLE, *instead) if one.name not in without}
    return Calendar(START + 25 * DAY, START + 40 * DAY, START + 50 * DAY, START + 58 * DAY, tuple(told.values()))


def test_a_whole_calendar_is_possible_and_says_all_thirteen_periods_in_order() -> None:
    assert feasible.problems_of_calendar(whole()) == ()
    assert [one.name for one in dates.every(whole())] == list(Period)
    assert {one for one in Period if NAMES[one]} == set(Period)


def test_the_four_moments_alone_are_a_calendar() -> None:
    alone = whole(without=MORE)

    assert feasible.problems_of_calendar(alone) == ()
    assert dates.every(alone) == (
        Span(P.CUTOFF, alone.cutoff, alone.cutoff),
        Span(P.VOTING, alone.opens, alone.closes),
        Span(P.CHALLENGES, alone.closes, alone.appeals),
    )


@pytest.mark.parametrize(
    ("calendar", "why"),
    [
        (whole(span(P.NOMINATIONS, 16, 2)), "Nominations: this ends before it has begun"),
        (whole(span(P.NOTICE, 1, 2)), "is one moment"),
        (whole(span(P.NOTICE, -2000)), "Is the year right"),
        (whole(Span(P.NOMINATIONS, LAST - DAY, LAST), Span(P.ACCEPTANCE, LAST - DAY, LAST)), "Is the year right"),
        (whole(span(P.NOMINATIONS, 2, 8)), "the rule is 7 days at least"),
        (whole(span(P.OBJECTIONS, 17, 18)), "the rule is 2 days at least"),
        (whole(span(P.QUESTIONS, 20, 20.5)), "the rule is one day at least"),
        (whole(span(P.RESULT, 56)), "Challenges to the result: this is too short; the rule is 3 days"),
        (whole(span(P.ACCEPTANCE, 1, 18)), "Nobody can accept before nominations open"),
        (whole(span(P.ACCEPTANCE, 2, 16.5)), "needs a day at least to accept"),
        (whole(span(P.SCRUTINY, 1.5, 21)), "cannot begin before nominations open"),
        (whole(span(P.SCRUTINY, 10, 15)), "cannot end before nominations close"),
        (whole(span(P.SCRUTINY, 10, 17)), "cannot end before the time to accept"),
        (whole(span(P.OBJECTIONS, 14, 22)), "Objections overlap with nominations"),
        (whole(span(P.SCRUTINY, 18, 21)), "Objections cannot begin before scrutiny"),
        (whole(span(P.QUESTIONS, 14, 20)), "Questions overlap with nominations"),
        (whole(span(P.QUESTIONS, 17, 20)), "Questions overlap with acceptance"),
        (whole(span(P.QUESTIONS, 20, 51)), "before voting closes"),
        (whole(span(P.ROLL, 24)), "cut off before the roll is announced"),
        (whole(span(P.ROLL, 41)), "published before voting opens"),
        (whole(span(P.OBJECTIONS, 17, 31)), "the announcement fixes who stands"),
        (whole(span(P.SCRUTINY, 16, 41)), "overlaps with voting"),
        (whole(span(P.RESULT, 49)), "no result before voting closes"),
        (whole(span(P.RESULT, 59)), "Appeals would end before there is a result"),
        (whole(span(P.CERTIFICATION, 57)), "certified only after"),
        (whole(span(P.SEATING, 59)), "before the result is certified"),
        (whole(span(P.SEATING, 49), without=[P.CERTIFICATION]), "before voting closes"),
        (whole(without=[P.NOTICE]), "notice of the election has to be dated"),
        (whole(span(P.NOTICE, 3)), "this begins before the notice"),
        (whole(span(P.NOTICE, 41)), "Voting: this begins before the notice"),
        (replace(whole(), cutoff=START + 41 * DAY), "cut off before voting opens"),
        (replace(whole(), periods=(*WHOLE, WHOLE[0])), "dated twice"),
        (replace(whole(), periods=(span(P.VOTING, 1, 2),)), "unknown"),
        (replace(whole(), periods=(Span("party", START, START),)), "unknown"),
    ],
)
def test_an_impossible_calendar_is_told_why(calendar: Calendar, why: str) -> None:
    found = feasible.problems_of_calendar(calendar)

    assert any(why in one for one in found), found
    assert all(one.endswith((".", "?")) for one in found)
    assert set(found) <= set(feasible.problems(a_draft(calendar=calendar)))


def test_the_roll_waits_for_whatever_settles_who_stands() -> None:
    nominations = (P.NOMINATIONS, P.ACCEPTANCE, P.SCRUTINY, P.OBJECTIONS)

    assert dates.settled(whole()) == START + 25 * DAY
    assert dates.settled(whole(span(P.OBJECTIONS, 17, 27))) == START + 27 * DAY
    assert dates.settled(whole(span(P.QUESTIONS, 20, 45), without=nominations)) == START + 25 * DAY


def test_how_long_something_lasts_at_least_is_a_rule_that_can_differ() -> None:
    assert dates.problems(whole(), {P.NOMINATIONS: 30 * DAY}) == (
        "Nominations: this is too short; the rule is 30 days at least.",
    )
    assert dates.problems(whole(), {P.QUESTIONS: 36 * DAY / 2 + 8 * DAY}) == (
        "Questions to candidates: this is too short; the rule is 26 days at least.",
    )
    assert "601 hours" in dates.problems(whole(), {P.QUESTIONS: timedelta(hours=601)})[0]


def test_a_cutoff_after_the_notice_lets_people_join_in_order_to_vote() -> None:
    at = [dates.padding(replace(whole(), cutoff=START + DAY + timedelta(seconds=s))) for s in (-1, 0, 1)]

    assert ["could join, or let others join, in order to vote" in one for one in at] == [False, False, True]
    assert dates.padding(whole(without=MORE)) == ""


# ---- anywhere on Earth -----------------------------------------------------------------------------------------------


def test_a_day_ends_anywhere_on_earth_at_noon_of_the_next_one() -> None:
    there = datetime(2026, 3, 3, 23, 59)  # noqa: DTZ001  a clock on a wall

    assert dates.given(there, aoe=True) == datetime(2026, 3, 4, 11, 59, tzinfo=UTC)
    assert dates.given(there, aoe=False) == datetime(2026, 3, 3, 23, 59, tzinfo=UTC)
    assert dates.anywhere(datetime(2026, 3, 4, 12, tzinfo=UTC)) == "end of 3 March 2026"
    assert dates.anywhere(START) == "28 February 2026, 21:00"
    assert dates.in_utc(START) == "1 March 2026, 09:00 UTC"


def test_a_time_beyond_the_last_year_is_refused() -> None:
    with pytest.raises(MalformedError, match="too far away"):
        dates.given(datetime(9999, 12, 31, 23, 59), aoe=True)  # noqa: DTZ001


@given(st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001
def test_at_the_end_of_a_day_anywhere_on_earth_that_day_is_over_in_every_zone(wall: datetime) -> None:
    end = dates.given(datetime.combine(wall.date() + timedelta(days=1), time()), aoe=True)

    for hours in range(-12, 15):
        assert (end + timedelta(hours=hours)).date() > wall.date()
    assert (end - timedelta(microseconds=1)).astimezone(dates.AOE).date() == wall.date()


# ---- changing --------------------------------------------------------------------------------------------------------


def test_a_change_names_what_was_and_what_is() -> None:
    after = whole(span(P.SEATING, 80), without=[P.QUESTIONS])
    changes = dates.changes(whole(), after)

    assert [one.period for one in changes] == [P.QUESTIONS, P.SEATING]
    assert dates.told(changes[0]).startswith(
        "Questions to candidates: no longer dated; was 21 March 2026, 09:00 UTC to"
    )
    assert dates.told(changes[1]) == (
        "The elected take their seats: 20 May 2026, 09:00 UTC (19 May 2026, 21:00 anywhere on Earth);"
        " was 10 May 2026, 09:00 UTC (9 May 2026, 21:00 anywhere on Earth)."
    )
    assert "was not dated" in dates.told(dates.changes(after, whole())[0])


def test_how_a_time_was_given_is_no_change() -> None:
    other = replace(whole(), periods=tuple(replace(one, aoe=True) for one in WHOLE))

    assert dates.changes(whole(), other) == ()


def test_what_has_passed_stays_and_nothing_new_lies_in_the_past() -> None:
    now = START + 10 * DAY

    def refused(after: Calendar, *, announced: bool = True) -> tuple[str, ...]:
        return dates.too_late(whole(), after, now, announced=announced)

    assert refused(whole(span(P.NOMINATIONS, 2, 15))) == ()
    assert refused(whole(span(P.NOMINATIONS, 3, 16))) == (
        "Nominations: this began already, on 3 March 2026, 09:00 UTC.",
    )
    assert refused(whole(span(P.NOMINATIONS, 2, 9))) == ("Nominations: 10 March 2026, 09:00 UTC is in the past.",)
    assert refused(whole(span(P.NOTICE, 11))) == (
        "Notice of the election: this was already, on 2 March 2026, 09:00 UTC.",
    )
    assert refused(whole(span(P.NOTICE, 11)), announced=False) == ()
    assert refused(whole(without=[P.NOTICE])) != ()
    assert refused(replace(whole(), appeals=START + 59 * DAY)) == ()


def test_a_frozen_roll_fixes_voting_and_the_cutoff() -> None:
    moved = replace(whole(), opens=START + 41 * DAY, cutoff=START + 24 * DAY)

    assert [one.partition(":")[0] for one in dates.fixed(whole(), moved)] == [
        "The times of voting are fixed. It can only close later, by an extension while it is open.",
        "The roll is frozen",
    ]
    assert dates.fixed(whole(), whole(span(P.SEATING, 80))) == ()


def test_a_calendar_with_periods_goes_to_json_and_back_and_moves() -> None:
    draft = a_draft(calendar=whole())

    assert from_plain(Draft, to_plain(draft)) == draft
    assert dates.every(whole().moved(DAY)) == tuple(
        replace(one, begins=one.begins + DAY, ends=one.ends + DAY) for one in dates.every(whole())
    )
    assert dates.with_periods(whole(without=MORE), WHOLE[::-1]) == whole()


# ---- the clock -------------------------------------------------------------------------------------------------------

TIMES = st.integers(0, 40).map(lambda hours: START + timedelta(hours=hours))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Any periods at any times, possible or not."""
    periods = draw(st.lists(st.sampled_from(MORE), unique=True))
    spans = []
    for one in periods:
        first, last = sorted((draw(TIMES), draw(TIMES)))
        spans.append(Span(one, first, first if one in MOMENTS else last))
    return replace(whole(without=MORE), periods=tuple(spans))


@given(calendars(), st.lists(TIMES))
def test_whenever_the_clock_is_looked_at_each_moment_passes_once_in_one_order(
    calendar: Calendar, looks: list[datetime]
) -> None:
    end = START + timedelta(hours=41)
    at_once = dates.due(calendar, set(), end)

    passed: list[Passing] = []
    for now in [*sorted(looks), end, end]:
        passed += dates.due(calendar, {(one.period, one.edge) for one in passed}, now)

    assert tuple(passed) == at_once == dates.passings(calendar)
    assert len({(one.period, one.edge) for one in passed}) == len(passed)
    assert [one.at for one in passed] == sorted(one.at for one in passed)
    assert len(passed) == sum(1 if one.name in MOMENTS else 2 for one in calendar.periods)


@given(calendars(), calendars(), TIMES, TIMES)
def test_a_change_that_is_allowed_never_undoes_what_passed(
    before: Calendar, after: Calendar, now: datetime, later: datetime
) -> None:
    passed = dates.due(before, set(), now)
    if dates.too_late(before, after, now, announced=True):
        return

    ways = {(one.period, one.edge) for one in passed}
    then = dates.due(after, ways, max(now, later))

    assert {one for one in dates.passings(after) if one.at <= now} == set(passed)
    assert all(one.at > now for one in then)


def test_what_goes_on_now() -> None:
    assert dates.running(whole(), START + 17.5 * DAY) == (P.ACCEPTANCE, P.SCRUTINY, P.OBJECTIONS)
    assert dates.running(whole(), START + 16 * DAY) == (P.ACCEPTANCE, P.SCRUTINY)
    assert Edge.BEGINS < Edge.ENDS
