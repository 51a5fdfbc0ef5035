"""What the members of a body bring, of what the body wants to see in itself: for those who appoint, and for rules."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from governance.domain.seats.book import Book
from governance.domain.seats.standing import Wanted, balance
from governance.services import members, officers, seat_offers, seats, views
from governance.services.appointments import DECIDING


@dataclass(frozen=True, slots=True)
class Brings:
    """What the group wants to see in itself, for those who appoint.

    Attributes:
        have: What those bring who sit on that day, or have accepted.
        people: How many they are; `unknown` of a line are those who have not declared it.
    """

    have: tuple[Wanted, ...]
    people: int
    incoming: tuple[str, ...] = ()


def brings(session: Session, by: str, body: str, day: date, *, now: datetime) -> Brings:
    """What the members of a body bring on a day, of what is wanted, and what is missing; that somebody looked is in the log.

    Raises:
        NotPermittedError: Only those who appoint, the secretariat and officers may: it shows what members declared.
    """
    officers.require(session, by, *DECIDING)
    found = seats.book(session)
    held = [
        one
        for one in found.holdings.values()
        if found.seats[one.seat].body == body
        and (one.covers(day) or (one.accepted is not None and not one.seated and not one.declined))
    ]
    told = [attributes(session, found, one.person) for one in held]
    views.note(session, by, f"looked what the members of {body} bring", now=now)
    wanted = found.body(body, day).wanted
    incoming = tuple(found.people[one.person].name for one in held if not one.covers(day))
    return Brings(balance(wanted, told), len(held), incoming)


def attributes(session: Session, found: Book, person: str) -> dict[str, str]:
    """What is known of a person of the register: a member's by the list, an outsider's as it was entered."""
    member = found.people[person].member
    if not member:
        return seat_offers.outsider(session, person)[1]
    known = members.facts(session, member)
    return {**known.attributes, "country": known.country, "region": known.region}
