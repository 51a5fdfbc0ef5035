"""What an election gives to the rules beside the members' list: who runs it, who stands in it, who sits and sat."""

from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.domain import calendar as dates
from governance.domain.calendar import Period
from governance.domain.draft import Draft
from governance.domain.person import Around, Person
from governance.domain.plain import from_plain
from governance.domain.seats import terms
from governance.domain.seats.book import Book
from governance.domain.signing_in import Role
from governance.services import members, seat_offers, seats
from governance.store.elections import Election
from governance.store.members import MemberRole
from governance.store.seats import SeatContest


def around(session: Session, draft: Draft, nominated: Collection[str] = (), body: str = "") -> Around:
    """What an election gives to its rules, as the module says.

    Args:
        session: The database.
        draft: Of the election.
        nominated: Members who stand for all we know, while the list of candidates is not on the ballot yet.
        body: For whose seats it is; without one, who sits is not known.
    """
    asked = {one.member for one in draft.standing if one.member}.union(nominated)
    people = members.facts_of(session, asked)
    kept = seats.book(session)
    return Around(
        officials(session, draft),
        tuple(people[one] for one in sorted(people)),
        _seated(session, kept, body, draft),
        terms.of_members(kept),
        terms.known(kept),
    )


def officials(session: Session, draft: Draft) -> dict[str, tuple[str, ...]]:
    """Who runs an election, and as what."""
    found: dict[str, list[str]] = {}
    for one in session.scalars(select(MemberRole.member_id).filter_by(role=Role.OFFICER)):
        found.setdefault(one, []).append(Role.OFFICER)
    for one, role in [*((t, Role.TRUSTEE) for t in draft.trustees), (draft.registrar, Role.REGISTRAR)]:
        found.setdefault(one, []).append(role)
    return {one: tuple(roles) for one, roles in found.items()}


def beside(session: Session, row: Election) -> tuple[Person, ...] | None:
    """Who sits in the body of an election beside whom it elects, as far as it is known now.

    Left out are the seats that a contest is said to fill. None where the register knows no seat of the body.
    """
    filled = set(session.scalars(select(SeatContest.seat).filter_by(election_id=row.id)))
    return _seated(session, seats.book(session), row.body_id, from_plain(Draft, row.draft), filled)


def sitting_with(people: Iterable[Person], attribute: str, value: str) -> int:
    """How many of these have a value, as limits and the members' list compare it."""
    name = "_".join(attribute.casefold().split())
    return sum(one.value(name).casefold() == value.strip().casefold() for one in people)


def day_of_seating(draft: Draft) -> date:
    """When the new ones take their seats, as planned."""
    seating = dates.find(draft.calendar, Period.SEATING)
    return seats.day_of(seating.begins if seating else draft.calendar.appeals)


def _seated(
    session: Session, kept: Book, body: str, draft: Draft, filled: Collection[str] = ()
) -> tuple[Person, ...] | None:
    """Who sits in a body on the day on which the new ones take their seats, as far as it is known now."""
    day = day_of_seating(draft)
    lines = [line for line in kept.seats.values() if line.body == body and not line.on(day).alternate_of]
    if not lines:
        return None
    lines = [line for line in lines if line.id not in filled]
    held = [kept.people[one.person] for line in lines if (one := kept.holder(line.id, day))]
    known = members.facts_of(session, {one.member for one in held if one.member})
    return tuple(known[one.member] if one.member else _outsider(session, one.id, one.name) for one in held)


def _outsider(session: Session, person: str, name: str) -> Person:
    told = seat_offers.outsider(session, person)[1]
    where = told.get("country", ""), told.get("region", "")
    return Person(person, name, active=False, joined=date.min, country=where[0], region=where[1], attributes=told)
