"""An announced calendar: two people and a reason for a change, its versions, its notices on the board, the clock."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from governance.board import entries as e
from governance.domain import calendar as dates
from governance.domain.calendar import Period
from governance.domain.draft import Calendar, Span
from governance.domain.phases import Phase
from governance.errors import NotFoundError, NotPermittedError, RuleError
from governance.services import boards, calendars, ceremony, consents, elections, officers, running
from governance.services.consents import Act, Wish
from governance.store.calendars import CalendarPassage
from tests.services.adopting import listed
from tests.services.stage import ELECTION, OPEN, START, TWO, Stage, a_calendar, a_draft

DAY = timedelta(days=1)
P = Period
WHY = "Too few were nominated."


def span(period: Period, begins: float, ends: float | None = None) -> Span:
    return Span(period, START + begins * DAY, START + (begins if ends is None else ends) * DAY)


NOMINATING = (
    span(P.NOTICE, -20),
    span(P.NOMINATIONS, -18, -8),
    span(P.ACCEPTANCE, -18, -7),
    span(P.OBJECTIONS, -7, -3),
)
AFTER = (span(P.RESULT, 10), span(P.CERTIFICATION, 31), span(P.SEATING, 40))
WHOLE = replace(a_calendar(cutoff=START - 21 * DAY), periods=(*NOMINATING, *AFTER))


@pytest.fixture
def drafted(stage: Stage) -> Stage:
    """A draft with a whole calendar, a month before the roll is frozen."""
    stage.now = START - 30 * DAY
    stage.set_up()
    stage.draft()
    plan(stage, WHOLE, 2)
    return stage


@pytest.fixture
def noticed(drafted: Stage) -> Stage:
    drafted.now = START - 19 * DAY
    assert drafted.advance() == ["notice begins"]
    return drafted


def freeze(stage: Stage) -> None:
    """Who stands was nominated, and is on the ballot."""
    listed(stage)
    stage.freeze()


def plan(stage: Stage, calendar: Calendar, version: int, by: str = "officer") -> None:
    with stage.writing() as session:
        calendars.plan(session, by, ELECTION, calendar, version, now=stage.now)


def seen(stage: Stage) -> calendars.Shown:
    with stage.reading() as session:
        return calendars.show(session, ELECTION, now=stage.now)


def moved(stage: Stage, *instead: Span, without: Sequence[Period] = ()) -> Calendar:
    before = seen(stage).calendar
    told = {one.name: one for one in (*before.periods, *instead) if one.name not in without}
    return dates.with_periods(before, list(told.values()))


def ask(stage: Stage, after: Calendar, why: str = WHY) -> int:
    with stage.writing() as session:
        return consents.ask(session, "officer", Wish(Act.CALENDAR, ELECTION, calendar=after), why, now=stage.now)


def approve(stage: Stage, number: int, by: str = "secretary") -> None:
    with stage.writing() as session:
        consents.approve(session, by, number, now=stage.now)


def change(stage: Stage, after: Calendar, why: str = WHY) -> None:
    approve(stage, ask(stage, after, why))


def notices(stage: Stage) -> list[e.Notice]:
    with stage.reading() as session:
        return [one for one in boards.but_ballots(session, ELECTION) if isinstance(one, e.Notice)]


def passages(stage: Stage) -> list[tuple[str, str]]:
    with stage.reading() as session:
        query = select(CalendarPassage.period, CalendarPassage.edge).order_by(CalendarPassage.number)
        return [(one.period, one.edge) for one in session.execute(query)]


# ---- planning --------------------------------------------------------------------------------------------------------


def test_a_draft_keeps_its_calendar_and_it_is_nobodys_yet(drafted: Stage) -> None:
    assert seen(drafted).calendar == WHOLE
    assert seen(drafted).announced_at is None
    with drafted.reading() as session:
        assert calendars.announced(session, now=drafted.now) == []
        with pytest.raises(NotFoundError):
            calendars.public(session, ELECTION, now=drafted.now)


@pytest.mark.parametrize(
    ("after", "why"),
    [
        (replace(WHOLE, periods=(*NOMINATING[1:], *AFTER)), "has to be dated"),
        (replace(WHOLE, periods=(span(P.NOTICE, -31), *NOMINATING[1:])), "29 January 2026, 09:00 UTC is in the past"),
        (replace(WHOLE, opens=START - 40 * DAY), "in the past"),
        (replace(WHOLE, cutoff=START + 3 * DAY), "cut off before voting opens"),
    ],
)
def test_an_impossible_plan_is_refused_and_changes_nothing(drafted: Stage, after: Calendar, why: str) -> None:
    drafted.now = START - 29 * DAY
    with pytest.raises(RuleError, match=why):
        plan(drafted, after, 3)

    assert seen(drafted).calendar == WHOLE


def test_a_plan_is_an_officers_and_of_the_newest_version(drafted: Stage) -> None:
    with pytest.raises(NotPermittedError):
        plan(drafted, a_calendar(), 3, by="secretary")
    with pytest.raises(RuleError, match="changed this election meanwhile"):
        plan(drafted, a_calendar(), 2)
    plan(drafted, a_calendar(), 3)

    assert seen(drafted).calendar == a_calendar()


def test_a_roll_is_not_frozen_by_an_impossible_calendar(stage: Stage) -> None:
    stage.set_up()
    stage.draft(a_draft(calendar=replace(a_calendar(), periods=(span(P.RESULT, 3),))))

    with pytest.raises(RuleError, match="no result before voting closes"):
        stage.freeze()


# ---- the clock -------------------------------------------------------------------------------------------------------


def test_the_notice_announces_and_each_moment_passes_once(noticed: Stage) -> None:
    assert seen(noticed).announced_at == START - 20 * DAY
    assert noticed.advance() == []
    noticed.now = START - 7.5 * DAY

    done = noticed.advance()

    assert done == ["nominations begins", "acceptance begins", "nominations ends"]
    assert seen(noticed).going_on == (P.ACCEPTANCE,)
    with noticed.reading() as session:
        assert running.due(session, noticed.now) == []
        assert [line.what for line in officers.log(session, "officer")[:3]] == done[::-1]
        assert officers.log(session, "officer")[0].who == "clock"


def test_nothing_of_a_draft_passes_without_its_notice_and_no_impossible_notice_does(drafted: Stage) -> None:
    with drafted.writing() as session:
        wrong = a_draft(calendar=replace(WHOLE, appeals=START + 5 * DAY))
        elections.edit(session, "officer", ELECTION, wrong, 3, now=drafted.now)
    drafted.now = START - 10 * DAY
    assert (drafted.advance(), passages(drafted)) == ([], [])
    with drafted.writing() as session:
        no_notice = a_draft(calendar=replace(WHOLE, periods=AFTER))
        elections.edit(session, "officer", ELECTION, no_notice, 4, now=drafted.now)

    drafted.now = START + 50 * DAY

    assert (drafted.advance(), passages(drafted)) == ([], [])


def test_the_calendar_goes_on_through_the_election_and_after_who_cast_is_forgotten(noticed: Stage) -> None:
    freeze(noticed)
    noticed.announce()
    noticed.open()
    noticed.close()  # nobody voted: both contests are void, and that is the result
    noticed.now = START + 35 * DAY
    assert noticed.advance() == ["result begins", "certification begins", "forget who cast"]
    noticed.now = START + 60 * DAY

    with noticed.reading() as session:
        assert running.due(session, noticed.now) == [ELECTION]
    assert noticed.advance() == ["seating begins"]
    assert noticed.advance() == []


def test_after_a_cancellation_nothing_passes(noticed: Stage) -> None:
    freeze(noticed)
    with noticed.writing() as session:
        running.abandon(session, TWO, ELECTION, "A share was bad.", now=noticed.now)
    before = passages(noticed)
    noticed.now = START + 60 * DAY

    assert (noticed.advance(), passages(noticed)) == (["forget who cast"], before)
    assert noticed.advance() == []
    assert (seen(noticed).over, seen(noticed).going_on) == (True, ())


LOOKS = st.lists(st.integers(0, 62 * 24).map(lambda hours: START + timedelta(hours=hours) - 21 * DAY), max_size=8)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(looks=LOOKS, dies=st.integers(0, 8))
def test_whenever_the_clock_is_looked_at_and_whoever_dies_the_same_passes_in_the_same_order(
    drafted: Stage, looks: list[datetime], dies: int
) -> None:
    with drafted.writing() as session:
        session.execute(delete(CalendarPassage))
    end = START + 60 * DAY
    for number, drafted.now in enumerate([*sorted(looks), end, end]):
        if number == dies:
            _die_before_the_commit(drafted)
        drafted.advance()

    assert passages(drafted) == [(one.period, one.edge) for one in dates.passings(WHOLE)]


def _die_before_the_commit(stage: Stage) -> None:
    with suppress(KeyboardInterrupt), stage.writing() as session:
        running.advance(session, ELECTION, now=stage.now)
        raise KeyboardInterrupt


def test_of_two_processes_at_once_the_database_keeps_one(noticed: Stage) -> None:
    at = noticed.now
    twin = CalendarPassage(election_id=ELECTION, number=2, period="notice", edge="begins", at=at, seen=at)
    with noticed.reading() as session:
        session.add(twin)

        with pytest.raises(IntegrityError):
            session.flush()


# ---- changing what was announced -------------------------------------------------------------------------------------


def test_a_change_takes_two_people_and_stands_as_a_version(noticed: Stage) -> None:
    before = seen(noticed).calendar
    later = moved(noticed, span(P.NOMINATIONS, -18, -7.5), span(P.ACCEPTANCE, -18, -6.5), span(P.OBJECTIONS, -6.5, -3))
    number = ask(noticed, later)
    with noticed.reading() as session:
        told = consents.show(session, "secretary", number, now=noticed.now)
    assert told.what == ("Change the calendar: Nominations, Acceptance by those nominated, Objections to nominations")
    assert seen(noticed).calendar == before
    with pytest.raises(NotPermittedError):
        approve(noticed, number, "officer")

    approve(noticed, number)

    shown = seen(noticed)
    assert shown.calendar == later
    (version,) = shown.versions
    assert (version.number, version.at, version.why) == (2, noticed.now, WHY)
    assert version.changes == dates.changes(before, later)
    with noticed.reading() as session:
        line = officers.log(session, "officer")[0]
    assert (line.what, line.why) == ("changed the calendar: nominations, acceptance, objections", WHY)
    assert (line.who, line.second) == ("Official officer", "Official secretary")


@pytest.mark.parametrize(
    ("instead", "why"),
    [
        ((span(P.NOTICE, -10),), "this was already"),
        ((span(P.NOMINATIONS, -18, -19.5),), "in the past"),
        ((span(P.SEATING, 20),), "before the result is certified"),
        ((), "Nothing differs"),
    ],
)
def test_what_cannot_change_is_refused(noticed: Stage, instead: tuple[Span, ...], why: str) -> None:
    with pytest.raises(RuleError, match=why):
        ask(noticed, moved(noticed, *instead))


def test_an_announced_calendar_is_not_edited_with_the_draft(noticed: Stage) -> None:
    with noticed.writing() as session, pytest.raises(RuleError, match="takes a reason and a second person"):
        elections.edit(session, "officer", ELECTION, a_draft(), 3, now=noticed.now)
    with pytest.raises(RuleError, match="takes a reason and a second person"):
        plan(noticed, moved(noticed, span(P.SEATING, 41)), 3)
    with noticed.writing() as session:
        elections.edit(session, "officer", ELECTION, a_draft(title="Other", calendar=WHOLE), 3, now=noticed.now)

    assert seen(noticed).title == "Other"


def test_before_the_roll_is_frozen_voting_itself_can_move(noticed: Stage) -> None:
    change(noticed, replace(seen(noticed).calendar, opens=START + 3 * DAY))
    assert seen(noticed).calendar.opens == START + 3 * DAY
    freeze(noticed)
    after = replace(seen(noticed).calendar, opens=START + 4 * DAY, cutoff=START - DAY)

    with pytest.raises(RuleError, match=r"The times of voting are fixed.*cut-off cannot change"):
        ask(noticed, after)


def test_a_draft_asks_nobody(drafted: Stage) -> None:
    with pytest.raises(RuleError, match="without asking"):
        ask(drafted, moved(drafted, span(P.SEATING, 41)))
    with pytest.raises(RuleError, match="Say what the calendar"), drafted.writing() as session:
        consents.ask(session, "officer", Wish(Act.CALENDAR, ELECTION), WHY, now=drafted.now)


def test_a_change_about_another_calendar_is_stale(noticed: Stage) -> None:
    number = ask(noticed, moved(noticed, span(P.SEATING, 41)))
    with pytest.raises(RuleError, match="asked for already"):
        ask(noticed, moved(noticed, span(P.SEATING, 42)))
    with noticed.writing() as session:
        after = moved(noticed, span(P.SEATING, 43))
        calendars.change(session, TWO, ELECTION, after, WHY, now=noticed.now)

    with pytest.raises(RuleError, match="something has changed"):
        approve(noticed, number)


def test_what_passed_meanwhile_is_passed_before_the_change_is_looked_at(noticed: Stage) -> None:
    number = ask(noticed, moved(noticed, span(P.NOMINATIONS, -17, -8), without=[P.ACCEPTANCE]))
    noticed.now = START - 17.5 * DAY

    with pytest.raises(RuleError, match="Nominations: this began already"):
        approve(noticed, number)

    assert passages(noticed) == [("notice", "begins")]
    assert noticed.advance() == ["nominations begins", "acceptance begins"]


def test_a_change_before_there_is_a_board_is_a_notice_once_there_is_one(noticed: Stage) -> None:
    change(noticed, moved(noticed, span(P.SEATING, 41)), "A holiday.")
    freeze(noticed)
    assert noticed.advance()[-1] == "objections ends"
    with noticed.writing() as session:
        noticed.troupe.identities(session, noticed.now)
        ceremony.start(session, "officer", ELECTION, now=noticed.now)
    assert notices(noticed) == []
    with noticed.reading() as session:
        assert running.due(session, noticed.now) == [ELECTION]

    assert noticed.advance() == ["notice of the calendar"]
    assert noticed.advance() == []

    (told,) = notices(noticed)
    assert told.subject == calendars.SUBJECT
    assert told.body == (
        "The elected take their seats: 11 April 2026, 09:00 UTC (10 April 2026, 21:00 anywhere on Earth);"
        " was 10 April 2026, 09:00 UTC (9 April 2026, 21:00 anywhere on Earth).\n\nWhy: A holiday."
    )


def test_changes_and_extensions_are_told_in_the_order_in_which_they_were_made(stage: Stage) -> None:
    stage.set_up()
    stage.draft(a_draft(calendar=replace(a_calendar(), periods=AFTER)))
    stage.freeze()
    stage.announce()
    stage.open()
    change(stage, moved(stage, span(P.SEATING, 41)), "A holiday.")
    stage.now = OPEN + timedelta(hours=1)
    with stage.writing() as session:
        running.extend(session, TWO, ELECTION, START + 9.5 * DAY, "The server was down.", now=stage.now)
    stage.now = OPEN + timedelta(hours=2)
    later = replace(moved(stage, span(P.RESULT, 10.5), span(P.CERTIFICATION, 33)), appeals=START + 32 * DAY)
    change(stage, later, "So that there is time.")

    shown = seen(stage)

    assert [(one.number, one.why) for one in shown.versions] == [
        (2, "A holiday."),
        (3, "The server was down."),
        (4, "So that there is time."),
    ]
    assert [[one.period for one in version.changes] for version in shown.versions] == [
        [P.SEATING],
        [P.VOTING],
        [P.RESULT, P.CHALLENGES, P.CERTIFICATION],
    ]
    assert shown.calendar == later
    assert shown.calendar.closes == START + 9.5 * DAY
    with stage.reading() as session:
        assert elections.show(session, ELECTION).draft.calendar.appeals == START + 32 * DAY
    assert [one.subject for one in notices(stage)] == [calendars.SUBJECT] * 2
    with stage.reading() as session:
        assert elections.show(session, ELECTION).phase is Phase.OPEN
    with stage.writing() as session, pytest.raises(RuleError, match="appeals would end before voting closes"):
        running.extend(session, TWO, ELECTION, START + 32 * DAY, "More time.", now=stage.now)
    with pytest.raises(RuleError, match="only close later, by an extension"):
        ask(stage, replace(later, closes=START + 9.7 * DAY))
