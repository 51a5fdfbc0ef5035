"""The register of the demonstration: twelve seats, who sat and sits, a vacancy with its call, an appointment, a correction.

Seven are elected (five regional and at large, one for lived experience, one for youth), five appointed; terms of three years,
staggered, at most two in a row. The winners of the finished election sit in four; the open one fills the other three.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from governance.board import checkpoint
from governance.domain.seats import facts as f
from governance.domain.seats import terms
from governance.domain.seats.book import Stage
from governance.domain.seats.facts import Fact, How, Instrument, Limit, Method, Seat, SeatClass
from governance.domain.seats.register import Wish
from governance.services import (
    appointment_decisions,
    appointments,
    boards,
    certification,
    declarations,
    seat_clock,
    seat_holders,
    seat_questions,
    seat_requests,
    seats,
    verifier_reports,
)
from governance.services.appointment_decisions import Decision, Vote
from governance.services.appointments import Plan
from governance.services.seat_requests import Act, Request

BODY = "advisory-group"
OFFICE = "advisory-group"
AUTHORITY = "the partner organisations"
_DAY = timedelta(days=1)
_MONTHS = 36
REGIONAL = tuple(f"regional-{i}" for i in range(1, 6))
APPOINTED = tuple(f"appointed-{i}" for i in range(1, 6))
FINISHED_FILLS: Mapping[str, Sequence[str]] = {"lived-experience": ("lived-experience",), "at-large": REGIONAL[:3]}
OPEN_FILLS: Mapping[str, Sequence[str]] = {"youth": ("youth",), "at-large": REGIONAL[3:]}
"""Which seats the contests of the two elections fill."""
_LIMIT = Limit(consecutive=2, partial_days=365, remainder_exempt=True)
_ELECTED = Seat(
    "",
    SeatClass.ELECTED,
    office=OFFICE,
    months=_MONTHS,
    limit=_LIMIT,
    filling=(Method.COUNTBACK, Method.BY_ELECTION),
    vacant_under=180,
)
_APPOINTED = Seat(
    "",
    SeatClass.APPOINTED,
    office=OFFICE,
    months=_MONTHS,
    limit=_LIMIT,
    filling=(Method.APPOINTMENT,),
    appointed_by=AUTHORITY,
    ratified_by="the elected members of the group",
)
_RESERVED = {"lived-experience": ("lived_experience", "yes"), "youth": ("age_group", "18-29")}

_HELD = """
lived-experience|m014|-1;regional-1|Ingeborg Halvorsen|-1;regional-4|Peter Agyeman|-1;regional-5|m045|-1
appointed-1|Miriam Castellanos|-1;appointed-2|m021|-1
lived-experience|m018|0;regional-1|m004|0;regional-2|m017|0;regional-3|m025|0;regional-4|m032|0;regional-5|m045|0
youth|m023|0;appointed-1|Miriam Castellanos|0;appointed-2|m039|0;appointed-3|m047|0;appointed-4|m051|0
appointed-5|m011|0
"""
"""Seat, member or the name of somebody who is none, and which term: 0 runs when the register begins, -1 is the one before."""
WRONG = "regional-2"
"""Of whose holder the first day was entered wrong, and corrected."""
LEAVES, APPLIED, APPOINTEE, APPLIES = "m011", "m019", "m028", "m040"


def _name(seat: str) -> str:
    kind, _, number = seat.rpartition("-")
    told = {"regional": "Regional and at large", "appointed": "Appointed"}.get(kind)
    return f"{told} {number}" if told else seat.replace("-", " ").capitalize()


def _rules(seat: str, anchor: date) -> Seat:
    rules = replace(_APPOINTED if seat in APPOINTED else _ELECTED, name=_name(seat), anchor=anchor)
    attribute, value = _RESERVED.get(seat, ("", ""))
    return replace(rules, reserved={attribute: (value,)}) if attribute else rules


def _end(seat: str, now: datetime) -> date:
    """When the term ends that runs when the register begins: some with the finished election, some with the open one, some later."""
    turn = _turn(now)
    if seat in ("lived-experience", *REGIONAL[:3], "appointed-4"):
        return turn
    if seat in ("youth", *REGIONAL[3:]):
        return turn + 85 * _DAY
    return terms.months_later(turn, 12 if seat in APPOINTED[:3] else 24)


def _turn(now: datetime) -> date:
    """The day on which the winners of the finished election take their seats."""
    return seats.day_of(now - 10 * _DAY)


def _term(seat: str, which: int, now: datetime) -> tuple[date, date]:
    end = _end(seat, now)
    return terms.months_later(end, (which - 1) * _MONTHS), terms.months_later(end, which * _MONTHS)


# ---- the register begins ---------------------------------------------------------------------------------------------


def begin(session: Session, people: Mapping[str, str], *, now: datetime) -> None:
    """Enter the seats and who held them, half a year ago; one day is wrong, and is corrected a month later.

    Args:
        session: The database.
        people: The names of the members, by their ids.
        now: When the demonstration is loaded.
    """
    at = now - 190 * _DAY
    _both(session, Request(Act.ENTER, tuple(map(Wish, _facts(people, now)))), "From the minutes.", at)
    holding = f"h-{WRONG}-0"
    standing = seats.load(session).standing.items()
    number, old = next((n, one) for n, one in standing if isinstance(one, f.Seated) and one.holding == holding)
    right = replace(old, day=_term(WRONG, 0, now)[0])
    why = "The minutes name another first day: we had copied it wrong."
    _both(session, Request(Act.ENTER, (Wish(right, number),)), why, at + 30 * _DAY)


def _facts(people: Mapping[str, str], now: datetime) -> Iterator[Fact]:
    held = [(seat, who, int(which)) for seat, who, which in map(_split, _HELD.replace("\n", ";").split(";")) if seat]
    first = {seat: min(_term(seat, which, now)[0] for other, _, which in held if other == seat) for seat, _, _ in held}
    wanted = {"region=Africa": 2, "lived_experience=yes": 3, "age_group=18-29": 1}
    yield f.BodyRuled(BODY, min(first.values()), "Advisory group", 1, ("interests",), wanted)
    for seat in (*REGIONAL, "lived-experience", "youth", *APPOINTED):
        yield f.SeatCreated(seat, BODY, first[seat], _rules(seat, first[seat]))
    ids: dict[str, str] = {}
    for seat, who, which in held:
        start, until = _term(seat, which, now)
        if who not in ids:
            ids[who] = f"p-{who if who in people else len(ids)}"
            yield f.Named(ids[who], start, people.get(who, who), who if who in people else "")
        how = "Resolution of the partners" if seat in APPOINTED else "Minutes of the count"
        made = Instrument(How.EARLIER, f"{how}, {start.year}", start - 14 * _DAY)
        day = start + 31 * _DAY if (seat, which) == (WRONG, 0) else start
        yield f.Seated(f"h-{seat}-{-which}", seat, ids[who], day, until, made)


def _split(text: str) -> tuple[str, str, str]:
    seat, _, rest = text.strip().partition("|")
    who, _, which = rest.partition("|")
    return seat, who, which


def _both(session: Session, request: Request, why: str, now: datetime) -> None:
    """One asks, another one approves."""
    by = {Act.CERTIFY: "officer", Act.APPOINT: "appointer"}.get(request.act, "secretary")
    number = seat_requests.ask(session, by, request, why, now=now)
    seat_requests.approve(session, "deputy", number, now=now)


def fills(session: Session, election: str, contests: Mapping[str, Sequence[str]], *, now: datetime) -> None:
    """Say which seats the contests of an election fill."""
    for contest, some in contests.items():
        certification.assign(session, "officer", election, contest, some, now=now)


# ---- what followed the finished election -----------------------------------------------------------------------------


def settle(session: Session, election: str, *, now: datetime) -> None:
    """Certify the finished election and seat its winners; appoint one more, and call for another, who left."""
    turn = _turn(now)
    text = "We look for somebody who knows how health services are paid for, and who has time for four meetings a year."
    plan = Plan("appointed-4", text, turn, closes=now - 30 * _DAY, after_election=election)
    call = appointments.begin(session, "appointer", plan, now=now - 40 * _DAY)
    appointments.apply(session, APPLIED, call, "I chaired the budget committee of a hospital.", now=now - 38 * _DAY)
    one = appointments.apply(session, APPOINTEE, call, "I have advised two ministries.", now=now - 37 * _DAY)
    seat_holders.resign(session, LEAVES, "h-appointed-5-0", seats.day_of(now - 20 * _DAY), now=now - 20 * _DAY)
    at = now - 13 * _DAY
    root = checkpoint.parse(boards.head(session, election)).root.hex()
    told = {"name": "Made-up University, statistics department", "tool": "governance-verify 1", "root": root}
    verifier_reports.enter(session, "officer", election, **told, holds=True, now=at)
    _both(session, Request(Act.CERTIFY, election=election), "Nobody challenged the result.", at)
    _take(session, now - 12 * _DAY)
    _both(
        session,
        Request(Act.APPOINT, appointment=call, decision=_decision(session, one, now)),
        "Decided.",
        now - 11 * _DAY,
    )
    _take(session, now - 11 * _DAY)
    text = "The rest of a term of three years. We look for somebody who works with children and young people."
    plan = Plan("appointed-5", text, seats.day_of(now + 20 * _DAY), closes=now + 14 * _DAY)
    call = appointments.begin(session, "appointer", plan, now=now - 3 * _DAY)
    appointments.apply(
        session, APPLIES, call, "I have led a school counselling service for ten years.", now=now - 2 * _DAY
    )
    seat_clock.advance(session, now=now)


def _take(session: Session, now: datetime) -> None:
    """Everybody to whom a seat is offered accepts it, and declares that they have no interests that could pull them away."""
    found = seats.book(session)
    question = seat_questions.question_of(session, BODY, "interests")
    for one in found.holdings.values():
        if one.stage is Stage.OFFERED:
            member = found.people[one.person].member
            seat_holders.accept(session, member, one.id, now=now)
            declarations.make(session, member, question, yes=False, now=now)
            seat_holders.declare(session, member, one.id, question.id, now=now)


def _decision(session: Session, application: int, now: datetime) -> Decision:
    day = seats.day_of(now - 12 * _DAY)
    text = (
        f"Resolution {day.year}/4 of the partner organisations: the appointed seat 4 goes to whom the panel proposed.\n"
    )
    return Decision(
        application=application,
        reference=f"Resolution {day.year}/4",
        day=day,
        reasons="The elected bring their own experience of illness and of care. What was missing is knowledge of budgets.",
        recused=("Grace Achieng: worked with one of the applicants until last year",),
        ratified=Vote("the elected members of the group", day, 5, 1, 1, f"Minutes of {day}"),
        file=appointment_decisions.attach(session, "appointer", "resolution.txt", text.encode(), now=now - 12 * _DAY),
    )
