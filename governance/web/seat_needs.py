"""Of the seats, what needs somebody now: offers, certification, requests of two, vacancies, appointments."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from flask import url_for
from sqlalchemy.orm import Session

from governance.domain.phases import Phase
from governance.domain.seats import facts as f
from governance.domain.seats.book import Book, Stage
from governance.domain.seats.facts import Method, SeatClass
from governance.domain.seats.filling import Step
from governance.domain.signing_in import Role
from governance.services import (
    appointments,
    certification,
    interests,
    result_challenges,
    seat_holders,
    seat_requests,
    seat_rules,
    seats,
    vacancies,
)
from governance.services.appointments import DECIDING, Call
from governance.services.elections import Shown
from governance.services.officers import Person
from governance.services.seat_holders import Mine
from governance.services.seat_requests import Act, Waiting
from governance.web.seat_requests import WHAT


class Due(NamedTuple):
    """One thing to do: what, of which seat or election, where, and until when."""

    what: str
    title: str
    address: str
    at: datetime | None = None


class Seen(NamedTuple):
    """What a person's own page shows of seats; the register is read once for it, as far as it goes.

    Attributes:
        due: What needs them now, the most urgent first.
        calls: Calls that are open for applications.
        holds: Whether a seat is theirs, or offered to them.
    """

    due: list[Due]
    calls: list[Call]
    holds: bool


def look(reader: Session, person: Person, every: list[Shown], *, now: datetime) -> Seen:
    """What a person's own page shows of seats."""
    book = seats.book(reader)
    if not book.seats:
        return Seen([], [], holds=False)
    own = seat_holders.mine(reader, person.id, now=now) if seats.person_of(book, person.id) else []
    due = [*_own(person, book, own), *_look_over(reader, person, own, now)]
    if not person.roles.isdisjoint(DECIDING):
        asked = seat_requests.waiting(reader, person.id, now=now)
        due += _second(person, asked)
        due += _taking(reader, person, book, asked, now)
        due += _results(reader, person, every, asked, now)
        due += _vacancies(reader, person, book, asked, now)
        due += _assigning(reader, person, book, every)
    return Seen(due, [one for one in appointments.every(reader, now=now) if one.open], bool(own))


def _look_over(reader: Session, person: Person, own: list[Mine], now: datetime) -> Iterator[Due]:
    """Once a year, whoever sits looks over what they declared."""
    if own and any(one.due for one in interests.mine(reader, person.id, now=now)):
        yield Due("Look over your declarations of interest", "once a year", url_for("interests.mine"))


def _own(person: Person, book: Book, own: list[Mine]) -> Iterator[Due]:
    for one in own:
        address = url_for("my_seats.show", holding=one.holding.id)
        if one.holding.stage is Stage.OFFERED:
            yield Due("A seat is offered to you: accept or decline", one.chosen.seat, address)
        elif one.holding.stage is Stage.ACCEPTED:
            if one.due:
                yield Due("Make the declarations for your seat", one.chosen.seat, address)
            elif one.unmet:
                yield Due("See why your seat is not yours yet", one.chosen.seat, address)
    if Role.SECRETARIAT in person.roles:
        for held in book.holdings.values():
            waits = held.stage in (Stage.OFFERED, Stage.ACCEPTED)
            if waits and not book.people[held.person].member:
                who = book.people[held.person].name
                yield Due(
                    "Enter the answer of somebody who is no member", who, url_for("my_seats.show", holding=held.id)
                )


def _second(person: Person, asked: list[Waiting]) -> Iterator[Due]:
    for one in asked:
        deciding = person.roles.intersection(seat_requests.APPROVING[one.request.act])
        if one.asked_by != person.id and not one.stale and deciding:
            address = url_for("seat_requests.show", number=one.number)
            yield Due(f"Approve or decline: {WHAT[one.request.act]}", f"asked by {one.name}", address, one.until)


def _taking(reader: Session, person: Person, book: Book, asked: list[Waiting], now: datetime) -> Iterator[Due]:
    """Who accepted a seat, and may not take it by its rules; not while a second person is asked what follows."""
    if person.roles.isdisjoint(seat_requests.ASKING[Act.ENTER]):
        return
    wishes = (wish.fact for one in asked if not one.stale for wish in one.request.wishes)
    settling = {fact.holding for fact in wishes if isinstance(fact, f.Excepted | f.NotGiven)}
    for one in book.holdings.values():
        waits = one.stage is Stage.ACCEPTED and one.id not in settling
        if waits and seat_rules.unmet(reader, book, one, now=now) is not None:
            who = book.people[one.person]
            if who.member != person.id:
                address = url_for("seat_taking.show", holding=one.id)
                yield Due("Somebody may not take the seat they accepted: see why", who.name, address)


def _results(reader: Session, person: Person, every: list[Shown], asked: list[Waiting], now: datetime) -> Iterator[Due]:
    if person.roles.isdisjoint((Role.OFFICER, Role.SECRETARIAT)):
        return
    certifying = {one.request.election for one in asked if one.request.act is Act.CERTIFY and not one.stale}
    for shown in every:
        if shown.phase is not Phase.COUNTED or not certification.seats_of(reader, shown.id):
            continue
        address = url_for("seating.desk", election=shown.id)
        waiting = result_challenges.numbers(reader, shown.id).waiting
        if waiting and Role.OFFICER in person.roles:
            yield Due(f"Decide {waiting} challenge{'' if waiting == 1 else 's'} to the result", shown.title, address)
        step = certification.show(reader, shown.id, now=now).step
        if step is Step.REPORTS:
            yield Due("Enter the reports of independent verifiers", shown.title, address)
        elif step is Step.DUE and Role.OFFICER in person.roles and shown.id not in certifying:
            yield Due("Certify the result", shown.title, address)


def _vacancies(reader: Session, person: Person, book: Book, asked: list[Waiting], now: datetime) -> Iterator[Due]:
    every = appointments.every(reader, now=now)
    under_way = {one.seat for one in every if not one.decided and not one.given_up}
    filling = {one.request.seat for one in asked if one.request.act is Act.FILL and not one.stale}
    appointing = Role.APPOINTER in person.roles
    for body in sorted({line.body for line in book.seats.values()}):
        for one in vacancies.waiting(reader, body, now=now):
            seat, method = one.gap.seat, one.way.method
            if one.offered or seat in filling | under_way or method is None or one.planned is Method.LEFT_VACANT:
                continue
            who = (Role.APPOINTER, Role.SECRETARIAT) if method.chosen else seat_requests.ASKING[Act.FILL]
            if person.roles.intersection(who) and not (method is Method.BY_ELECTION and one.planned is method):
                yield Due(f"Fill a vacancy ({method})", one.name, url_for("vacancies.show", seat=seat))
    deciding = {one.request.appointment for one in asked if one.request.act is Act.APPOINT and not one.stale}
    for call in every if appointing else ():
        open_ = call.call and call.closes is not None and call.open
        declined = bool(call.decided) and book.holdings[call.decided].declined is not None
        if (call.decided and not declined) or call.given_up or call.waits_for or open_ or call.number in deciding:
            continue
        yield Due("Decide an appointment", call.name, url_for("appointing.show", number=call.number))


def _assigning(reader: Session, person: Person, book: Book, every: list[Shown]) -> Iterator[Due]:
    """Drafts of bodies with elected seats, in which it is not said which seats the contests fill."""
    bodies = {line.body for line in book.seats.values() if line.rules[-1][1].chosen is SeatClass.ELECTED}
    for shown in every if Role.OFFICER in person.roles else ():
        if shown.phase is Phase.DRAFT and shown.body in bodies:
            said = certification.seats_of(reader, shown.id)
            if any(len(said.get(plan.id, ())) != plan.seats for plan in shown.draft.plan):
                address = url_for("seating.filling", election=shown.id)
                yield Due("Say which seats each contest fills", shown.title, address)
