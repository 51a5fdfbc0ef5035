"""The register of seats, attacked by those who work with it (docs/threat-model.md)."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest
from icalendar import Calendar
from sqlalchemy.orm import Session

from governance.domain.draft import Candidate, Contest, Unopposed
from governance.domain.seats import facts as f
from governance.domain.seats import terms
from governance.domain.seats.facts import End, Limit, Method
from governance.domain.seats.register import Wish, entry_of
from governance.domain.signing_in import Role
from governance.domain.terms import Question
from governance.errors import NotFoundError, NotPermittedError, RuleError
from governance.services import (
    appointment_decisions,
    appointments,
    certification,
    declarations,
    officers,
    result_challenges,
    roles,
    seat_clock,
    seat_exports,
    seat_holders,
    seat_pages,
    seat_requests,
    seats,
    vacancies,
)
from governance.services.appointments import KEPT, Plan
from governance.services.officers import Two
from governance.services.seat_requests import Act, Request
from governance.store.seats import SeatRequest
from governance.store.vault import vault
from tests.services import seated
from tests.services.seated import AFTER, APPEALS, BEGIN, ELECTED, a_decision, at, enter, report, take
from tests.services.stage import ELECTION, START, Stage

DECIDED = at(2026, 4, 12)
LATER = at(2026, 5, 2)
TODAY = START.date()


@pytest.fixture
def ready(stage: Stage) -> Stage:
    seated.begin(stage)
    return stage


@contextmanager
def refused(stage: Stage, error: type[Exception], why: str) -> Iterator[Session]:
    with stage.writing() as session, pytest.raises(error, match=why):
        yield session


# ---- one's own seat --------------------------------------------------------------------------------------------------


def test_nobody_asks_for_or_approves_a_page_that_seats_themselves(ready: Stage) -> None:
    line = "seat  New seat  elected  24 months\n2026-01-01..  New seat  Of the office <{}>  elected  Minutes"
    for by, other in (("secretary", "officer"), ("officer", "secretary")):
        page = line.format(by)
        with ready.reading() as session:
            digest = seat_pages.preview(session, by, "group", page.encode(), now=START).digest
        wish = Request(Act.PAGE, body="group", page=page, digest=digest)
        with refused(ready, NotPermittedError, "your own seat") as session:
            seat_requests.ask(session, by, wish, "It was so.", now=START)
        with ready.writing() as session:
            number = seat_requests.ask(session, other, wish, "It was so.", now=START)
        with refused(ready, NotPermittedError, "your own seat") as session:
            seat_requests.approve(session, by, number, now=START)


def test_nobody_strikes_out_what_is_said_of_their_own_seat(ready: Stage) -> None:
    """Not that it has ended, so that it goes on; not what counts for the limit of terms."""
    with ready.writing() as session:
        roles.grant(session, officers.COMMAND, "m1", Role.SECRETARIAT, now=START)
    enter(ready, f.Ended("h1", TODAY, End.REMOVED), now=START)
    with ready.reading() as session:
        kept = seats.load(session)
        end, own = entry_of(kept, "h1", f.Ended), entry_of(kept, "h1", f.Seated)
    for number in (end, own):
        with refused(ready, NotPermittedError, "your own seat") as session:
            wish = Request(Act.ENTER, (Wish(f.Struck(TODAY), number),))
            seat_requests.ask(session, "m1", wish, "It never was so.", now=START)


def test_nobody_gives_themselves_a_seat_by_a_countback(certified: Stage) -> None:
    take(certified, "m3", AFTER)
    with certified.writing() as session:
        held = seat_holders.mine(session, "m3", now=AFTER)[0].holding
        seat_holders.resign(session, "m3", held.id, LATER.date(), now=LATER)
        roles.grant(session, officers.COMMAND, "m5", Role.SECRETARIAT, now=LATER)
        assert vacancies.count_back(session, held.seat, now=LATER).member == "m5"
    wish = Request(Act.FILL, seat=held.seat, method=Method.COUNTBACK)
    with refused(certified, NotPermittedError, "your own seat") as session:
        seat_requests.ask(session, "m5", wish, "It is my turn.", now=LATER)
    with certified.writing() as session:
        number = seat_requests.ask(session, "officer", wish, "By the rule.", now=LATER)
    with refused(certified, NotPermittedError, "your own seat") as session:
        seat_requests.approve(session, "m5", number, now=LATER)


# ---- what is approved is what was asked for --------------------------------------------------------------------------


def test_seats_are_not_given_to_others_between_asking_and_approving(stage: Stage) -> None:
    """Where nobody voted there is still a draft: one officer could say anew which contest fills which seat."""
    seated.begin(stage)
    enter(stage, f.SeatCreated("e3", "group", BEGIN, replace(ELECTED, months=12)), now=START)
    people = tuple(Candidate(f"u{i}", f"Member {i}", member=f"m{i}") for i in (7, 8))
    contests = tuple(Contest(f"quiet{n}", "Quiet", 1, (one,)) for n, one in enumerate(people))
    alone = tuple(Unopposed(one.id, one.title, 1, one.candidates) for one in contests)
    stage.draft(replace(seated.the_draft(), contests=(), unopposed=alone, planned=contests))
    with stage.writing() as session:
        certification.assign(session, "officer", ELECTION, "quiet0", ["e1"], now=stage.now)
        certification.assign(session, "officer", ELECTION, "quiet1", ["e3"], now=stage.now)
        number = seat_requests.ask(
            session, "officer", Request(Act.CERTIFY, election=ELECTION), "All is well.", now=APPEALS
        )
    with stage.reading() as session:
        assert not seat_requests.show(session, "m11", number, now=APPEALS + timedelta(days=1)).stale
    with stage.writing() as session:
        certification.assign(session, "officer", ELECTION, "quiet1", ["e2"], now=stage.now)
    with stage.reading() as session:
        assert seat_requests.show(session, "m11", number, now=APPEALS).stale
    with refused(stage, RuleError, "has changed since") as session:
        seat_requests.approve(session, "m11", number, now=APPEALS)
    with stage.reading() as session:
        assert certification.show(session, ELECTION, now=APPEALS).certified is None


def test_a_countback_that_gives_the_seat_to_somebody_else_meanwhile_is_asked_for_anew(certified: Stage) -> None:
    take(certified, "m3", AFTER)
    with certified.writing() as session:
        held = seat_holders.mine(session, "m3", now=AFTER)[0].holding
        seat_holders.resign(session, "m3", held.id, LATER.date(), now=LATER)
        wish = Request(Act.FILL, seat=held.seat, method=Method.COUNTBACK)
        number = seat_requests.ask(session, "officer", wish, "By the rule.", now=LATER)
    other = f.Seated("h9", "a1", "p9", LATER.date(), date(2028, 4, 1), seated.VOTE)
    enter(certified, f.Named("p9", BEGIN, "Member 5", "m5"), other, now=LATER)
    with certified.reading() as session:
        assert vacancies.count_back(session, held.seat, now=LATER).member == "m6"
    with refused(certified, RuleError, "has changed since") as session:
        seat_requests.approve(session, "m11", number, now=LATER)


# ---- certification ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "again",
    ["A  verifier", "a\u00a0verifier", "A veri\ufb01er", "A verifier\u200b", "A\u0301 verifier"],
    ids=["blanks", "no-break", "ligature", "unseen", "accent"],
)
def test_one_verifier_is_not_two_by_spelling(counted: Stage, again: str) -> None:
    assert report(counted) is True
    with pytest.raises(RuleError, match="has reported already"):
        report(counted, again)


def test_nobody_fills_the_log_with_challenges(counted: Stage) -> None:
    def again(session: Session) -> None:
        for _ in range(100):
            one = result_challenges.lodge(session, "m5", ELECTION, "No.", now=counted.now)
            result_challenges.withdraw(session, "m5", ELECTION, one, now=counted.now)

    with refused(counted, RuleError, "too often") as session:
        again(session)


def test_challenges_to_a_result_that_is_never_certified_are_destroyed(counted: Stage) -> None:
    with counted.writing() as session:
        one = result_challenges.lodge(session, "m5", ELECTION, "A private reason.", now=counted.now)
        result_challenges.decide(session, "officer", ELECTION, one, "Private too.", upheld=True, now=counted.now)
        waits = result_challenges.lodge(session, "m6", ELECTION, "Another one.", now=counted.now)
    with counted.writing() as session:
        seat_clock.advance(session, now=APPEALS + KEPT)
        assert result_challenges.mine(session, "m5", ELECTION)[0].text
    with counted.writing() as session:
        seat_clock.advance(session, now=APPEALS + KEPT + timedelta(seconds=1))
        (gone,) = result_challenges.mine(session, "m5", ELECTION)
        assert (gone.text, gone.answer, gone.upheld) == ("", "", True)
        assert result_challenges.mine(session, "m6", ELECTION)[0].text == "Another one.", "nobody has decided it yet"
        result_challenges.decide(session, "officer", ELECTION, waits, "No.", upheld=False, now=APPEALS + 2 * KEPT)
    with counted.writing() as session:
        seat_clock.advance(session, now=APPEALS + 3 * KEPT + timedelta(seconds=1))
        assert result_challenges.mine(session, "m6", ELECTION)[0].text == ""


# ---- limits of terms, and recusals -----------------------------------------------------------------------------------


def test_an_outsider_does_not_pass_the_limit_as_another_person(calling: tuple[Stage, int]) -> None:
    """“=Outside() Person” had a term; by the rule one in all is enough."""
    stage, number = calling
    rules = replace(seated.APPOINTED, limit=Limit(lifetime=1))
    enter(stage, f.SeatChanged("a1", AFTER.date(), rules), now=AFTER)
    one = 0
    for name in ("=Outside() Person", " =outside()  PERSON"):
        with stage.writing() as session:
            one = appointments.propose(session, "m12", number, "Again.", name=name, email="o@example.net", now=AFTER)
        with refused(stage, RuleError, "may not") as session:
            appointment_decisions.decide(session, Two("m12", "officer"), number, a_decision(one), now=DECIDED)
    with stage.writing() as session:
        told = a_decision(one, exception="Resolution 2")
        made = appointment_decisions.decide(session, Two("m12", "officer"), number, told, now=DECIDED)
        assert seats.book(session).holdings[made].person == "p3"


@pytest.mark.parametrize(
    "line", ["Dr. Member 12, an old friend", "12, Member", "  - member  12", "\uff2dember 12 (friend)", "Not: Mémber 12"],
    ids=["title", "turned", "dash", "wide", "accent"],
)  # fmt: skip
def test_whoever_is_named_as_recused_has_no_part_however_it_is_written(calling: tuple[Stage, int], line: str) -> None:
    stage, number = calling
    with refused(stage, NotPermittedError, "recused") as session:
        appointment_decisions.decide(session, Two("m12", "officer"), number, a_decision(recused=(line,)), now=DECIDED)


def test_another_name_that_begins_alike_is_not_recused(calling: tuple[Stage, int]) -> None:
    stage, number = calling
    with stage.writing() as session:
        told = a_decision(recused=("Member 123, a friend",))
        assert appointment_decisions.decide(session, Two("m12", "officer"), number, told, now=DECIDED)


def test_nobody_is_appointed_by_an_application_that_was_destroyed(calling: tuple[Stage, int]) -> None:
    stage, number = calling
    with stage.writing() as session:
        one = appointments.propose(session, "m12", number, "Good.", name="Somebody", email="o@example.net", now=AFTER)
        made = appointment_decisions.decide(session, Two("m12", "officer"), number, a_decision(one), now=DECIDED)
        seat_holders.decline(session, "secretary", made, now=DECIDED)
    later = DECIDED + KEPT + timedelta(days=1)
    with stage.writing() as session:
        assert seat_clock.advance(session, now=later)
    with refused(stage, RuleError, "destroyed") as session:
        appointment_decisions.check_decide(session, number, a_decision(one), now=later)


def test_nobody_fills_the_log_with_applications(calling: tuple[Stage, int]) -> None:
    stage, number = calling

    def again(session: Session) -> None:
        for _ in range(100):
            one = appointments.apply(session, "m8", number, "Me.", now=AFTER)
            appointments.withdraw(session, "m8", one, now=AFTER)

    with refused(stage, RuleError, "too often") as session:
        again(session)


# ---- who may read ----------------------------------------------------------------------------------------------------


def test_the_appointing_authority_does_not_read_what_is_about_somebodys_health(ready: Stage) -> None:
    with ready.writing() as session:
        wish = Request(Act.ENTER, (Wish(f.Ended("h1", TODAY, End.INCAPACITY)),))
        number = seat_requests.ask(session, "secretary", wish, "As decided.", now=START)
    with ready.reading() as session:
        assert "incapacity" in str(seat_requests.show(session, "officer", number, now=START).told)
        assert seat_requests.waiting(session, "m12", now=START) == []
    with refused(ready, NotPermittedError, "secretariat") as session:
        seat_requests.show(session, "m12", number, now=START)


# ---- the clock, and days that are far away ---------------------------------------------------------------------------


def test_nobody_stops_the_clock_by_declaring_too_late(ready: Stage) -> None:
    """Member 4 accepts, and declares after the term for which the seat was offered: everything else goes on."""
    offer = f.Offered("h4", "e1", "p4", TODAY, date(2026, 4, 1), date(2026, 6, 1), seated.VOTE)
    enter(ready, f.Named("p4", BEGIN, "Member 4", "m4"), offer, now=START)
    late = at(2026, 6, 2)
    with ready.writing() as session:
        seat_holders.accept(session, "m4", "h4", now=START)
        declarations.make(session, "m4", Question("interests", "Have you any?"), yes=False, now=late)
    with ready.writing() as session:
        assert seat_clock.advance(session, now=late)
        book = seats.book(session)
        assert book.holdings["h2"].ended == date(2026, 4, 1)
        assert not book.holdings["h4"].seated


@pytest.mark.parametrize("anchor", [None, date(2024, 4, 1)])
@pytest.mark.parametrize("day", [date.min, date(2024, 4, 1), date.max - timedelta(days=1), date.max])
@pytest.mark.parametrize("months", [1, 24, 10**6])
def test_no_day_and_no_term_is_so_long_that_it_hangs(day: date, anchor: date | None, months: int) -> None:
    rules = replace(ELECTED, months=months, anchor=anchor)
    end = terms.ends(rules, day)
    assert end is not None
    assert end > day or day == date.max


def test_a_seat_with_a_term_of_ages_hangs_no_page(ready: Stage) -> None:
    enter(ready, f.SeatCreated("e9", "group", BEGIN, replace(ELECTED, months=10**5)), now=START)
    with ready.reading() as session:
        assert [one for one in seats.falls_due(session, "group", TODAY, 10) if one.seat == "e9"] == []


@pytest.mark.parametrize("day", [date(2200, 1, 1), date.max])
def test_nobody_makes_the_register_unreadable_by_a_day_that_is_far_away(ready: Stage, day: date) -> None:
    """Entries are never deleted: what could not be read would be the end of the register."""
    open_ = f.Seated("h9", "e9", "p1", BEGIN, None, seated.VOTE)
    enter(ready, f.SeatCreated("e9", "group", BEGIN, replace(ELECTED, office="", months=0)), open_, now=START)
    with refused(ready, RuleError, "too far away") as session:
        seat_holders.resign(session, "m1", "h9", day, now=START)
    with refused(ready, RuleError, "too far away") as session:
        wish = Request(Act.ENTER, (Wish(f.Ended("h9", day, End.REMOVED)),))
        seat_requests.ask(session, "secretary", wish, "As decided.", now=START)
    with ready.reading() as session:
        assert seats.book(session).holdings["h9"].end is None


def test_nobody_is_appointed_for_a_term_beyond_all_days(ready: Stage) -> None:
    with ready.writing() as session:
        seat_holders.tend(session, now=AFTER)
        number = appointments.begin(session, "m12", Plan("a1", "Please.", date.max, call=False), now=AFTER)
        one = appointments.propose(session, "m12", number, "Good.", member="m9", now=AFTER)
    with refused(ready, RuleError, "too far away|end on") as session:
        appointment_decisions.decide(session, Two("m12", "officer"), number, a_decision(one), now=DECIDED)


# ---- what was struck out ---------------------------------------------------------------------------------------------


def test_striking_out_what_an_appointment_gave_breaks_no_page(calling: tuple[Stage, int]) -> None:
    stage, number = calling
    with stage.writing() as session:
        made = appointment_decisions.decide(session, Two("m12", "officer"), number, a_decision(), now=DECIDED)
    with stage.writing() as session:
        seated.approved(session, seated.struck(session, made, DECIDED.date()), now=DECIDED)
    with stage.reading() as session:
        assert appointments.show(session, number, now=DECIDED).decided == ""
        assert appointment_decisions.decided(session, made) is None
        assert appointments.undecided(session, number).id == number


def test_striking_out_a_seat_takes_its_appointments_from_the_pages(ready: Stage) -> None:
    enter(ready, f.SeatCreated("a9", "group", BEGIN, seated.APPOINTED), now=START)
    with ready.writing() as session:
        plan = Plan("a9", "Please apply.", date(2026, 5, 1), closes=at(2026, 4, 10))
        number = appointments.begin(session, "m12", plan, now=START)
    with ready.writing() as session:
        seated.approved(session, seated.struck(session, "a9", TODAY), now=START)
    with ready.reading() as session:
        assert appointments.every(session, now=START) == []
        with pytest.raises(NotFoundError):
            appointments.show(session, number, now=START)


# ---- names in files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", ["\r", "\n", "\r\n", "\x0b", "\x0c", "\x85", "\u2028", "\x00"])
def test_no_name_begins_a_line_of_its_own(calling: tuple[Stage, int], sign: str) -> None:
    stage, number = calling
    name = f"Ann{sign}ATTENDEE:mailto:x@example.org"
    with refused(stage, RuleError, "cannot be shown") as session:
        appointments.propose(session, "m12", number, "Good.", name=name, now=AFTER)
    with refused(stage, RuleError, "not of the form") as session:
        seated.approved(session, Request(Act.ENTER, (Wish(f.Named("p9", BEGIN, name)),)), now=AFTER)


def test_a_name_adds_nothing_to_a_calendar(ready: Stage) -> None:
    name = "Ann\\nATTENDEE:x;Y=1,“2”:mailto:x@example.org"
    with ready.reading() as session:
        end = date(2026, 4, 1)
        assert seats.book(session).holdings["h1"].until == end
    enter(ready, f.Named("p1", TODAY, name, "m1"), now=START)
    with ready.reading() as session:
        told = seat_exports.calendar(session, "group", TODAY, address=lambda one: f"https://x.example/{one}")
    events = Calendar.from_ical(told).walk("VEVENT")
    assert any(name in str(one["SUMMARY"]) for one in events)
    assert all("ATTENDEE" not in one for one in events)
    assert not any(line.startswith(b"ATTENDEE") for line in told.splitlines())


# ---- what is asked for is encrypted ----------------------------------------------------------------------------------


def test_that_somebody_could_no_longer_serve_stands_nowhere_in_plain_text(stage: Stage) -> None:
    seated.begin(stage)
    wish = Request(Act.ENTER, (Wish(f.Ended("h1", TODAY, End.INCAPACITY)),))
    with stage.writing() as session:
        number = seat_requests.ask(session, "secretary", wish, "By their own wish.", now=START)
        with pytest.raises(RuleError, match="asked for already"):
            seat_requests.ask(session, "secretary", wish, "By their own wish.", now=START)
    assert b"incapacity" not in seated.on_disk(stage)
    with stage.writing() as session:
        assert "incapacity" in str(seat_requests.show(session, "officer", number, now=START).told)
        seat_requests.approve(session, "officer", number, now=START)

    assert b"incapacity" not in seated.on_disk(stage)
    with stage.reading() as session:
        assert seats.book(session).holdings["h1"].how is End.EARLY


def test_requests_from_before_are_encrypted_by_the_clock_and_mean_the_same(stage: Stage) -> None:
    seated.begin(stage)
    wish = Request(Act.ENTER, (Wish(f.Ended("h1", TODAY, End.INCAPACITY)),))
    with stage.writing() as session:
        number = seat_requests.ask(session, "secretary", wish, "By their own wish.", now=START)
        row = session.get_one(SeatRequest, number)
        row.details, row.sealed = json.loads(vault(session).open(seat_requests.SEALED, row.sealed or b"")), None
    assert b"incapacity" in seated.on_disk(stage)

    with stage.writing() as session:
        assert seat_requests.show(session, "officer", number, now=START).request == wish
        assert seat_clock.advance(session, now=START) == 1
        assert seat_clock.advance(session, now=START) == 0

    with stage.reading() as session:
        row = session.get_one(SeatRequest, number)
        assert (row.details, row.sealed is None) == ({}, False)
        assert seat_requests.show(session, "officer", number, now=START).request == wish
