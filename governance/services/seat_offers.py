"""Offering seats: the entry in the register, and a mail to whom a seat is offered."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from governance.domain.seats import facts as f
from governance.domain.seats import terms
from governance.domain.seats.book import Book
from governance.domain.seats.facts import Fact, Instrument
from governance.domain.seats.filling import Place
from governance.errors import RuleError
from governance.services import officers, post, seats
from governance.services.officers import Two
from governance.store.members import Member
from governance.store.seats import SeatOutsider
from governance.store.vault import vault

SEALED = "people of the register who are no members"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who gets a seat for which term.

    Attributes:
        member: Their id; empty for an outsider.
        email: Of an outsider.
        attributes: What an outsider declared.
        exception: The decision by which the limit of terms does not hold for them.
    """

    name: str
    member: str
    place: Place
    instrument: Instrument
    remainder: bool = False
    email: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    exception: str = ""


def check(session: Session, chosen: Chosen) -> None:
    """Check that somebody may be offered a seat: by the limit of terms.

    Raises:
        RuleError: They may not, and why.
    """
    found = seats.book(session)
    person = seats.person_of(found, chosen.member) if chosen.member else seats.outsider_of(found, chosen.name)
    told = terms.may_serve(found, person, chosen.place.seat, chosen.place.start)
    if not told.allowed and not chosen.exception:
        raise RuleError(f"{chosen.name}: {told.why}")


def offer(session: Session, by: str | Two, chosen: Sequence[Chosen], *, now: datetime, why: str = "") -> list[str]:
    """Offer seats, in one batch of entries; the ids of the holdings.

    Raises:
        RuleError: The laws of the register forbid it.
    """
    found, day = seats.book(session), seats.day_of(now)
    made: list[Fact] = []
    ids = []
    for one in chosen:
        person, entered = _person(session, found, one, now)
        holding = seats.new_id("h")
        term = (one.place.start, one.place.end)
        made += [
            *entered,
            f.Offered(holding, one.place.seat, person, day, *term, one.instrument, one.remainder, one.exception),
        ]
        ids.append(holding)
    seats.append(session, made, by=by, now=now, why=why)
    for one in chosen:
        _mail(session, found, one, now)
    return ids


def _person(session: Session, found: Book, one: Chosen, now: datetime) -> tuple[str, list[Fact]]:
    person, entered = seats.entered(found, one.member, one.name, seats.day_of(now))
    if not one.member and (one.email or one.attributes):
        told = {"email": one.email, "attributes": dict(one.attributes)}
        session.merge(SeatOutsider(person=person, said=vault(session).seal(SEALED, json.dumps(told).encode())))
    return person, entered


def outsider(session: Session, person: str) -> tuple[str, dict[str, str]]:
    """Address and declared attributes of a person who is no member; empty if nothing is known."""
    row = session.get(SeatOutsider, person)
    if row is None:
        return "", {}
    told = json.loads(vault(session).open(SEALED, row.said))
    return told["email"], told["attributes"]


def _mail(session: Session, found: Book, one: Chosen, now: datetime) -> None:
    row = session.get(Member, one.member) if one.member else None
    email, ours = row.email if row else one.email, officers.organisation(session)
    if not email:
        return
    seat = found.seats[one.place.seat].on(one.place.start).name
    how = (
        "To accept or decline, sign in and open “My seats”."
        if row
        else "Please tell us whether you accept: you find our address below."
    )
    text = (
        f"Dear {one.name},\n\n"
        f"{ours.name} offers you the seat “{seat}”, from {one.place.start} on. {how}\n\n"
        "It is yours once you have accepted and made the declarations that the group asks for.\n\n"
        f"Questions: {ours.contact}\n"
    )
    post.queue(session, email, "A seat is offered to you", text, now=now)
