"""The register on a database: two people, append-only, corrections, one's own seat, pages of text, exports, eligibility."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from governance.domain.eligibility.answers import Verdict, why_not
from governance.domain.eligibility.facts import Term
from governance.domain.eligibility.language import Purpose, named
from governance.domain.eligibility.templates import DEFAULT
from governance.domain.membership import armed
from governance.domain.person import facts
from governance.domain.seats import facts as f
from governance.domain.seats.book import Stage as Step
from governance.domain.seats.facts import End
from governance.domain.seats.register import Wish, entry_of
from governance.errors import GovernanceError, NotFoundError, NotPermittedError, RuleError
from governance.services import (
    declarations,
    elections,
    eligibility,
    members,
    officers,
    seat_exports,
    seat_holders,
    seat_pages,
    seat_requests,
    seats,
)
from governance.services.seat_requests import Act, Request
from governance.services.surroundings import around
from governance.store.journal import Letter
from governance.store.types import Base
from tests.services import seated
from tests.services.seated import BEGIN, ELECTED, at, enter, who
from tests.services.stage import START, Stage

TODAY = START.date()
PAGE = Path(__file__).parents[1] / "domain" / "bodies" / "seats" / "kubernetes-steering.txt"


@pytest.fixture
def ready(stage: Stage) -> Stage:
    seated.begin(stage)
    return stage


# ---- two people, and a history that only grows -----------------------------------------------------------------------


def test_what_two_people_enter_stands_in_the_register_with_both_names(ready: Stage) -> None:
    assert who(ready, TODAY) == {"e1": "Member 1", "e2": "Member 2", "a1": "=Outside() Person"}
    with ready.reading() as session:
        entries = seats.load(session).entries
        assert {(one.by, one.second) for one in entries} == {("secretary", "officer")}
        assert any("entries 1 to" in line.what for line in officers.log(session, "officer"))
        assert seats.bodies(session) == [("group", "Advisory group")]


@pytest.mark.parametrize(
    "table", ["seat_entry", "verifier_report", "certificate", "appointment_decision", "instrument_file"]
)
def test_the_database_refuses_to_change_history(ready: Stage, table: str) -> None:
    history = Base.metadata.tables[table]
    key = next(iter(history.primary_key))
    # SQLite fires no trigger of a table without rows: the names of the triggers must do.
    if table != "seat_entry" and ready.engine.dialect.name == "sqlite":
        with ready.reading() as session:
            found = session.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :t"), {"t": table}
            )
            assert {row.name for row in found} == {f"{table}_no_update", f"{table}_no_delete"}
        return
    for statement in (history.update().values({key: key}), history.delete()):
        with ready.make() as session, pytest.raises(DBAPIError, match="only grows"):
            session.execute(statement)


def ask(session: Session, by: str, *facts_: f.Fact, now: datetime = START) -> int:
    wishes = tuple(Wish(one) for one in facts_)
    return seat_requests.ask(session, by, Request(Act.ENTER, wishes), "Because.", now=now)


@pytest.mark.parametrize(
    ("by", "why"),
    [
        ("m5", "Only the secretariat or returning officers"),
        ("m12", "Only the secretariat"),
        ("command", "Say who asks"),
    ],
)
def test_who_may_not_ask(ready: Stage, by: str, why: str) -> None:
    with ready.writing() as session, pytest.raises(NotPermittedError, match=why):
        ask(session, by, f.SeatCreated("e3", "group", BEGIN, ELECTED))


def test_nobody_approves_their_own_request_or_what_is_about_their_own_seat(ready: Stage) -> None:
    with ready.writing() as session:
        number = ask(session, "secretary", f.SeatCreated("e3", "group", BEGIN, ELECTED))
        with pytest.raises(NotPermittedError, match="second person"):
            seat_requests.approve(session, "secretary", number, now=START)
        with pytest.raises(NotPermittedError, match="Only returning officers"):
            seat_requests.approve(session, "m5", number, now=START)
        own = f.Named("p9", BEGIN, "Official officer", "officer")
        number = ask(session, "secretary", own)
        with pytest.raises(NotPermittedError, match="your own seat"):
            seat_requests.approve(session, "officer", number, now=START)
        with pytest.raises(NotPermittedError, match="your own seat"):
            ask(session, "officer", own)


def test_a_request_is_told_in_sentences_answered_once_and_lapses(ready: Stage) -> None:
    with ready.writing() as session:
        number = ask(session, "secretary", f.Ended("h1", TODAY, End.DIED))
        told = seat_requests.show(session, "officer", number, now=START).told
        assert told == (
            f"Member 1, “Seat”: ended on {TODAY} (died).",
            f"“Seat” is vacant from {TODAY} on (died).",
        )
        late = START + seat_requests.LIFE
        assert seat_requests.waiting(session, "officer", now=late)[0].stale
        with pytest.raises(RuleError, match="asked for anew"):
            seat_requests.approve(session, "officer", number, now=late)
        seat_requests.decline(session, "secretary", number, "A mistake.", now=START)
        with pytest.raises(RuleError, match="declined or taken back"):
            seat_requests.approve(session, "officer", number, now=START)
        with pytest.raises(NotFoundError):
            seat_requests.show(session, "officer", 99, now=START)
    assert who(ready, TODAY)["e1"] == "Member 1"


def test_who_may_approve_is_written_to_and_nothing_is_asked_twice(ready: Stage) -> None:
    with ready.writing() as session:
        before = session.query(Letter).count()
        ask(session, "secretary", f.Ended("h1", TODAY, End.DIED))
        letters = session.query(Letter).all()[before:]
        assert {(one.recipient, one.subject) for one in letters} == {
            ("officer@example.org", "Your approval is asked for"),
            ("m11@example.org", "Your approval is asked for"),
        }
        assert "died" not in "".join(one.text for one in letters)
        with pytest.raises(RuleError, match="asked for already"):
            ask(session, "secretary", f.Ended("h1", TODAY, End.DIED))


def test_what_can_no_longer_be_done_is_stale(ready: Stage) -> None:
    with ready.writing() as session:
        number = ask(session, "secretary", f.Ended("h1", TODAY, End.DIED))
    enter(ready, f.Ended("h1", TODAY, End.RESIGNED), now=START)

    with ready.writing() as session:
        waiting = seat_requests.show(session, "officer", number, now=START)
        assert waiting.stale
        with pytest.raises(RuleError, match="entered already"):
            seat_requests.approve(session, "officer", number, now=START)


@pytest.mark.parametrize(
    ("fact", "why"),
    [
        (f.SeatCreated("x1", "nobody", BEGIN, ELECTED), "no body “nobody”"),
        (seated.seated("h9", "e1", "p3", BEGIN, None), "one holder at a time"),
        (f.Accepted("h1", BEGIN), "declare themselves"),
        (f.Vacant("e1", BEGIN, "x"), "declare themselves"),
    ],
)
def test_what_the_laws_forbid_is_refused_when_it_is_asked(ready: Stage, fact: f.Fact, why: str) -> None:
    with ready.writing() as session, pytest.raises(RuleError, match=why):
        ask(session, "secretary", fact)


def test_a_correction_stands_beside_what_it_corrects(ready: Stage) -> None:
    with ready.reading() as session:
        number = entry_of(seats.load(session), "h1", f.Seated)
    later = replace(seated.seated("h1", "e1", "p1", BEGIN, date(2026, 4, 1)), person="p3")
    moment = START + timedelta(days=3)

    enter(ready, Wish(later, number), now=moment)

    assert who(ready, TODAY)["e1"] == "=Outside() Person"
    assert who(ready, TODAY, known=TODAY)["e1"] == "Member 1"
    with ready.reading() as session:
        lines = seats.history(session, "e1")
    old, new = (next(one for one in lines if one.number == n) for n in (number, lines[-1].number))
    assert (old.corrected, new.corrects) == (new.number, old.number)
    assert "Member 1 holds “Seat”" in old.told


def test_a_planned_end_moves_by_a_correction_and_a_holding_can_be_struck_out(ready: Stage) -> None:
    with ready.writing() as session:
        seated.approved(session, seated.moved_end(session, "h1", date(2026, 3, 20)), now=START)
        seated.approved(session, seated.struck(session, "h2", TODAY), now=START)

    assert who(ready, date(2026, 3, 21)) == {"e1": "", "e2": "", "a1": "=Outside() Person"}
    assert who(ready, date(2026, 3, 19))["e1"] == "Member 1"


# ---- the clock -------------------------------------------------------------------------------------------------------


def test_the_clock_records_expiry_and_vacancy_once(ready: Stage) -> None:
    with ready.writing() as session:
        assert seat_holders.tend(session, now=START) == 0
    with ready.writing() as session:
        assert seat_holders.tend(session, now=at(2026, 4, 1)) == 6
    with ready.writing() as session:
        assert seat_holders.tend(session, now=at(2026, 4, 2)) == 0
        assert seats.load(session).entries[-1].by == officers.CLOCK
        place = seats.group(session, "group", date(2026, 4, 1)).places[0]
        assert (place.holder, place.cause) == ("", "expired")


def test_an_empty_register_is_left_alone(stage: Stage) -> None:
    stage.set_up()

    with stage.writing() as session:
        assert seat_holders.tend(session, now=START) == 0
        with pytest.raises(NotFoundError):
            seats.group(session, "group", TODAY)


# ---- one's own seat --------------------------------------------------------------------------------------------------


def test_one_resigns_from_ones_own_seat_and_from_no_other(ready: Stage) -> None:
    day = TODAY + timedelta(days=10)
    with ready.writing() as session:
        for by in ("m2", "officer", "secretary"):
            with pytest.raises(NotPermittedError):
                seat_holders.resign(session, by, "h1", day, now=START)
        with pytest.raises(RuleError, match="today or a later day"):
            seat_holders.resign(session, "m1", "h1", TODAY - timedelta(days=1), now=START)
        with pytest.raises(NotFoundError):
            seat_holders.resign(session, "m1", "h9", day, now=START)
        seat_holders.resign(session, "m1", "h1", day, now=START)
        (own,) = seat_holders.mine(session, "m1", now=START)
        assert own.holding.end == day

    assert who(ready, day)["e1"] == ""
    assert who(ready, day - timedelta(days=1))["e1"] == "Member 1"


def test_the_secretariat_speaks_for_an_outsider(ready: Stage) -> None:
    with ready.writing() as session:
        with pytest.raises(NotPermittedError, match="the secretariat"):
            seat_holders.resign(session, "m1", "h3", TODAY, now=START)
        seat_holders.resign(session, "secretary", "h3", TODAY, now=START)

    assert who(ready, TODAY)["a1"] == ""


@pytest.fixture
def offered(ready: Stage) -> Stage:
    offer = f.Offered("h4", "e1", "p4", TODAY, date(2026, 4, 1), date(2028, 4, 1), seated.VOTE)
    enter(ready, f.Named("p4", BEGIN, "Member 4", "m4"), offer, now=START)
    return ready


def test_an_offer_that_is_accepted_with_its_declaration_becomes_a_seat_by_itself(offered: Stage) -> None:
    with offered.writing() as session:
        (own,) = seat_holders.mine(session, "m4", now=START)
        assert (own.holding.stage, own.due, own.body) == (Step.OFFERED, ("interests",), "group")
        assert seat_holders.accept(session, "m4", "h4", now=START) is False
        with pytest.raises(RuleError, match="answered already"):
            seat_holders.decline(session, "m4", "h4", now=START)
        with pytest.raises(RuleError, match="does not wait"):
            seat_holders.declare(session, "m4", "h4", "something else", now=START)
        assert seat_holders.declare(session, "m4", "h4", "interests", now=START) is True

    assert who(offered, date(2026, 4, 1))["e1"] == "Member 4"
    assert who(offered, date(2026, 3, 31))["e1"] == "Member 1"


def test_a_declaration_in_the_register_of_declarations_counts(offered: Stage) -> None:
    from governance.domain.terms import Question  # noqa: PLC0415  of another issue's module

    with offered.writing() as session:
        assert seat_holders.accept(session, "m4", "h4", now=START) is False
        question = Question("interests", "Do you have interests to declare?")
        declarations.make(session, "m4", question, yes=False, now=START)
    with offered.writing() as session:
        assert seat_holders.tend(session, now=START) == 2

    assert who(offered, date(2026, 4, 1))["e1"] == "Member 4"


def test_who_answers_late_sits_from_then_on(offered: Stage) -> None:
    with offered.writing() as session:
        seat_holders.tend(session, now=at(2026, 4, 2))
        seat_holders.accept(session, "m4", "h4", now=at(2026, 4, 20))
        seat_holders.declare(session, "m4", "h4", "interests", now=at(2026, 4, 21))

    assert (who(offered, date(2026, 4, 20))["e1"], who(offered, date(2026, 4, 21))["e1"]) == ("", "Member 4")


def test_who_declines_is_asked_no_more(offered: Stage) -> None:
    with offered.writing() as session:
        with pytest.raises(NotPermittedError):
            seat_holders.decline(session, "secretary", "h4", now=START)
        seat_holders.decline(session, "m4", "h4", now=START)
        assert seat_holders.mine(session, "m4", now=START) == []
        assert "declined" in seats.how_chosen(session, "h4").sentence


# ---- who may serve again ---------------------------------------------------------------------------------------------


def test_the_calculator_answers_for_people_and_members(ready: Stage) -> None:
    enter(ready, f.SeatChanged("e1", date(2025, 1, 1), replace(ELECTED, limit=f.Limit(consecutive=1))), now=START)

    with ready.reading() as session:
        told = seats.may_serve(session, "m1", "e1", date(2026, 4, 1))
        assert (told.allowed, told.earliest) == (False, date(2026, 5, 3))
        assert seats.may_serve(session, "p1", "e1", date(2026, 4, 1)) == told
        assert seats.may_serve(session, "m9", "e1", date(2026, 4, 1)).allowed
        assert [one.day for one in seats.falls_due(session, "group", TODAY, 1)] == [date(2026, 4, 1)] * 3
        with pytest.raises(NotFoundError):
            seats.may_serve(session, "m1", "e9", TODAY)


def test_eligibility_knows_who_served_and_who_sits(ready: Stage) -> None:
    ready.draft()
    with ready.reading() as session:
        row = elections.get(session, "board-2026")
        beside = around(session, elections.draft_of(row), (), row.body_id)
        names = ["terms:e1", "terms:group", "terms:chair", "sharing:seats:region", "sharing:seats:lived_experience"]
        ann, nine = members.facts(session, "m1"), members.facts(session, "m9")

        assert facts(ann, beside, names)["terms:e1"] == (Term(BEGIN, date(2026, 4, 1)),)
        assert facts(nine, beside, names)["terms:group"] == ()
        assert "terms:chair" not in facts(ann, beside, names)
        assert "sharing:seats:region" not in facts(ann, beside, names), "of the outsider no region is known"


def test_who_shares_an_attribute_with_those_who_sit(ready: Stage) -> None:
    ready.draft()
    enter(ready, f.Ended("h3", TODAY, End.RESIGNED), now=START)
    with ready.writing() as session:
        for holding in ("h1", "h2"):
            seated.approved(session, seated.moved_end(session, holding, None), now=START)
        row = elections.get(session, "board-2026")
        beside = around(session, elections.draft_of(row), (), row.body_id)

        told = [facts(members.facts(session, one), beside, ["sharing:seats:region"]) for one in ("m1", "m2", "m3")]

    assert [one["sharing:seats:region"] for one in told] == [1, 1, 0]


def test_may_i_stand_asks_the_register(ready: Stage) -> None:
    ready.draft()
    rule = named("terms_at_most", seat="group", consecutive=1, at="closes")
    with ready.writing() as session:
        version = elections.show(session, "board-2026").version
        rules = replace(DEFAULT, purposes={**DEFAULT.purposes, Purpose.STAND: rule})
        eligibility.save(session, "officer", "board-2026", rules, version, now=ready.now)

    def stand(member: str) -> tuple[Verdict, str]:
        with ready.reading() as session:
            told = eligibility.may_i(session, member, "board-2026", now=ready.now)
        answer = next(one.answer for one in told if one.purpose is Purpose.STAND)
        return answer.verdict, why_not(answer)

    assert stand("m9")[0] is Verdict.YES
    assert stand("m1")[0] is Verdict.NO
    assert "served 1 in a row and 1 in all" in stand("m1")[1]


# ---- a page of text --------------------------------------------------------------------------------------------------


def test_ten_years_of_a_real_body_are_entered_from_a_page(ready: Stage) -> None:
    data, now = PAGE.read_bytes(), at(2026, 6, 1)
    with ready.writing() as session:
        members.add_body(session, "officer", "steering", "Kubernetes Steering Committee", now=now)
        seen = seat_pages.preview(session, "secretary", "steering", data, now=now)
        assert seen.ready
        assert (len(seen.plan.held), len(seen.plan.people), len(seen.plan.seats)) == (41, 30, 14)
        assert any("“Bootstrap 7” is vacant from 2018-08-16 on (resigned)." in line for line in seen.told)
        request = Request(Act.PAGE, body="steering", page=data.decode(), digest=seen.digest)
        seated.approved(session, request, now=now)

    with ready.reading() as session:
        group = seats.group(session, "steering", date(2019, 10, 3))
        assert [one.holder for one in group.places][4:] == ["Christoph Blecker", "Nikhita Raghunath", "Paris Pittman"]
        again = seat_pages.preview(session, "secretary", "steering", data, now=now)
        assert (again.plan.unchanged, again.plan.facts, again.ready) == (41, (), False)
        with pytest.raises(RuleError, match="stands in the register already"):
            seat_pages.check(again)


def test_a_page_with_mistakes_enters_nothing_and_one_that_changed_is_refused(ready: Stage) -> None:
    good = b"2023-01-01..2024-03-31  Chair  Member 5 <m5@example.org>  elected  Vote\n"
    with ready.writing() as session:
        with pytest.raises(NotPermittedError):
            seat_pages.preview(session, "m5", "group", good, now=START)
        with pytest.raises(RuleError, match="no such body"):
            seat_pages.preview(session, "secretary", "none", good, now=START)
        bad = seat_pages.preview(session, "secretary", "group", good + b"nonsense\n", now=START)
        assert ([one.line for one in bad.plan.mistakes], bad.told) == ([2], ())
        with pytest.raises(RuleError, match="1 line of the page needs"):
            seat_pages.check(bad)
        seen = seat_pages.preview(session, "secretary", "group", good, now=START)
        two = officers.Two("secretary", "officer")
        with pytest.raises(RuleError, match="has changed since the preview"):
            seat_pages.enter(
                session, two, "group", good + b"# more\n2024-04-01..  Chair  X  elected\n", seen.digest, now=START
            )
        seat_pages.enter(session, two, "group", good, seen.digest, now=START)
        assert seats.person_of(seats.book(session), "m5")


# ---- exports ---------------------------------------------------------------------------------------------------------


def address(name: str) -> str:
    return f"https://vote.example.org/{name}"


def test_every_export_says_of_any_day_what_the_register_says(ready: Stage) -> None:
    enter(ready, f.Ended("h1", date(2025, 5, 1), End.RESIGNED), now=START)
    enter(ready, f.Seated("h5", "e1", "p3", date(2025, 7, 1), date(2026, 4, 1), seated.VOTE), now=START)
    days = [date(2024, 3, 31), BEGIN, date(2025, 4, 30), date(2025, 5, 1), date(2025, 7, 1), TODAY, date(2026, 4, 1)]
    for day in days:
        with ready.reading() as session:
            stood = {one.seat: one.holder for one in seats.group(session, "group", day).places if one.holder}
            popolo = json.loads(seat_exports.popolo(session, "group", day, address=address))
            table = seat_exports.table(session, "group", day).decode("utf-8-sig")
            calendar = Calendar.from_ical(seat_exports.calendar(session, "group", day, address=address))
        names = {one["id"]: one["name"] for one in popolo["people"]}
        assert {
            one["post_id"].removeprefix("seat/"): names[one["person_id"]]
            for one in popolo["memberships"]
            if "end_date" not in one
        } == stood
        rows = [{k: armed(v) for k, v in row.items()} for row in csv.DictReader(io.StringIO(table))]
        assert {one["seat"].removeprefix("seat/"): one["name"] for one in rows if not one["last_day"]} == stood
        terms = [event for event in calendar.walk("VEVENT") if ".term@" in str(event["uid"])]
        assert sorted(str(event["summary"]).partition(": ")[2] for event in terms) == sorted(stood.values())


def test_exports_are_disarmed_stable_and_tell_nothing_private(ready: Stage) -> None:
    with ready.reading() as session:
        table = seat_exports.table(session, "group", TODAY)
        files = [
            table,
            seat_exports.popolo(session, "group", TODAY, address=address),
            seat_exports.calendar(session, "group", TODAY, address=address),
        ]
        assert table == seat_exports.table(session, "group", TODAY)
        assert files[2] == seat_exports.calendar(session, "group", TODAY, address=address)
        with pytest.raises(NotFoundError):
            seat_exports.table(session, "none", TODAY)

    assert b"'=Outside() Person" in table
    for data in files:
        assert b"m1@example.org" not in data
        assert b'"m1"' not in data
        assert b",m1," not in data
    assert b"holding/h1" in files[0]
    assert "2026-03-31" in files[0].decode(), "the planned end, its last day included"


def test_that_somebody_could_no_longer_serve_is_told_to_those_who_approve_and_to_nobody_else(ready: Stage) -> None:
    ended = f.Ended("h1", date(2025, 5, 1), End.INCAPACITY)
    with ready.writing() as session:
        told = seat_requests.check(session, Request(Act.ENTER, (Wish(ended),)), now=START)
        assert told[0].endswith("ended on 2025-05-01 (incapacity).")
    enter(ready, ended, now=START)

    with ready.reading() as session:
        public = [
            seat_exports.table(session, "group", TODAY).decode(),
            seat_exports.popolo(session, "group", TODAY, address=address).decode(),
            seat_exports.calendar(session, "group", TODAY, address=address).decode(),
            *(one.told for one in seats.history(session, "e1")),
            seats.how_chosen(session, "h1").sentence,
            *(one.cause for one in seats.group(session, "group", TODAY).places),
        ]

    assert not any("incapacity" in one for one in public)
    assert sum("ended early" in one for one in public) >= 4


def test_an_export_can_be_of_what_was_known_on_a_day(ready: Stage) -> None:
    enter(ready, f.Ended("h1", date(2025, 5, 1), End.DIED), now=START + timedelta(days=5))

    def ended(known: date | None) -> bool:
        with ready.reading() as session:
            told = json.loads(seat_exports.popolo(session, "group", TODAY, address=address, known=known))
        return any("end_date" in one for one in told["memberships"])

    assert (ended(TODAY), ended(None)) == (False, True)


FIRST: list[Callable[[Session], object]] = [
    lambda session: seat_requests.waiting(session, "m5", now=START),
    lambda session: seat_requests.ask(session, "secretary", Request(Act.ENTER), "x", now=START),
    lambda session: seat_requests.ask(session, "secretary", Request(Act.FILL, seat="e1"), "x", now=START),
    lambda session: seat_requests.ask(session, "m12", Request(Act.APPOINT, appointment=1), "x", now=START),
    lambda session: seated.struck(session, "h9", TODAY),
    lambda session: seats.history(session, "e9"),
    lambda session: seats.how_chosen(session, "h9"),
]


@pytest.mark.parametrize("number", range(len(FIRST)))
def test_what_is_not_there_is_refused_in_a_sentence(ready: Stage, number: int) -> None:
    with ready.writing() as session, pytest.raises(GovernanceError, match=r"^[A-Z].*\.$"):
        FIRST[number](session)
