"""The register of seats: read, and kept (docs/seats.md). What is decided takes two people (`seat_requests`)."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.board.canonical import dump, parse
from governance.crypto.credentials import base32
from governance.domain.seats import facts as f
from governance.domain.seats import form, register, standing, terms, words
from governance.domain.seats.book import Book
from governance.domain.seats.facts import Fact
from governance.domain.seats.register import Entry, Register, Wish
from governance.domain.seats.standing import Chosen, FallsDue, Group
from governance.domain.seats.terms import Again
from governance.errors import MalformedError, NotFoundError, RuleError
from governance.services.officers import Two
from governance.store.members import Body
from governance.store.seats import SeatEntry

_RANDOM, _ID_LENGTH = 8, 12


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the register, for the history that everybody reads.

    Attributes:
        corrects: The number of the entry that it corrects; 0 for none.
        corrected: The number of the entry that corrects it; 0 while it stands.
    """

    number: int
    recorded: datetime
    told: str
    why: str
    corrects: int
    corrected: int


# ---- reading ---------------------------------------------------------------------------------------------------------


def load(session: Session, known: date | None = None) -> Register:
    """The register; with a day, as it was known at its end (UTC)."""
    rows = session.scalars(select(SeatEntry).order_by(SeatEntry.number))
    found = Register(
        tuple(
            Entry(
                row.number,
                row.recorded,
                row.by_id,
                _fact(row.fact),
                row.supersedes or 0,
                row.second_id or "",
                row.why,
            )
            for row in rows
        )
    )
    return register.as_known_on(found, known) if known else found


@lru_cache(maxsize=2**15)
def _fact(raw: bytes) -> Fact:
    """What an entry says: the same bytes say the same, so they are read once."""
    return form.read(parse(raw))


def book(session: Session, known: date | None = None) -> Book:
    """What the register says; with a day, what was known of it then."""
    return load(session, known).book()


def bodies(session: Session) -> list[tuple[str, str]]:
    """(id, name) of the bodies that have seats in the register, by name."""
    held = {line.body for line in book(session).seats.values()}
    rows = session.scalars(select(Body).order_by(Body.name))
    return [(row.id, row.name) for row in rows if row.id in held]


def group(session: Session, body: str, day: date, *, known: date | None = None) -> Group:
    """A body as it stood on a day; with `known`, as one knew it on that day.

    Raises:
        NotFoundError: The register has no such body, or did not know it then.
    """
    return standing.group(book(session, known), body, day)


def how_chosen(session: Session, holding: str) -> Chosen:
    """How was this person chosen?

    Raises:
        NotFoundError: There is no such holding.
    """
    return standing.how_chosen(book(session), holding)


def falls_due(session: Session, body: str, start: date, years: int = 5) -> list[FallsDue]:
    """What falls due in a body in the years to come."""
    return standing.falls_due(book(session), body, start, years)


def may_serve(session: Session, person: str, seat: str, day: date) -> Again:
    """Whether a person of the register, or a member who may not be in it yet, may begin a term in a seat on a day, and why.

    Raises:
        NotFoundError: There is no such seat.
    """
    found = book(session)
    if seat not in found.seats:
        raise nothing()
    known = person if person in found.people else person_of(found, person)
    return terms.may_serve(found, known, seat, day)


def history(session: Session, seat: str, *, known: date | None = None) -> list[Line]:
    """Every entry about a seat, its holdings and their people, the oldest first; what was corrected stays in its place.

    Raises:
        NotFoundError: There is no such seat.
    """
    kept = load(session, known)
    found = kept.book()
    if seat not in found.seats:
        raise nothing()
    own = {seat} | {
        entry.fact.holding
        for entry in kept.entries
        if isinstance(entry.fact, f.Offered | f.Seated) and entry.fact.seat == seat
    }
    corrected = kept.corrected
    return [
        Line(
            entry.number,
            entry.recorded,
            words.tell(entry.fact, found),
            entry.why,
            entry.supersedes,
            corrected.get(entry.number, 0),
        )
        for entry in kept.concerning(own)
    ]


def person_of(found: Book, member: str) -> str:
    """The id by which the register knows a member; empty if it does not."""
    return next((one.id for one in found.people.values() if one.member == member), "")


def outsider_of(found: Book, name: str) -> str:
    """The id of an outsider of this name, however it is spelt; empty if the register knows none."""
    words_ = words.spelt(name)
    return next((one.id for one in found.people.values() if not one.member and words.spelt(one.name) == words_), "")


# ---- keeping ---------------------------------------------------------------------------------------------------------


def append(
    session: Session, wishes: Iterable[Wish | Fact], *, by: str | Two, now: datetime, why: str = ""
) -> Sequence[Entry]:
    """Enter facts; for services alone, which have seen to who may.

    Raises:
        RuleError: The laws of the register forbid it.
    """
    kept = load(session)
    who, second = (by.asked, by.approved) if isinstance(by, Two) else (by, "")
    made = register.enter(kept, map(_kept, wishes), recorded=now, by=who, second=second, why=why)
    new = made.entries[len(kept.entries) :]
    _check_readable(new)
    for entry in new:
        session.add(
            SeatEntry(
                number=entry.number,
                recorded=entry.recorded,
                by_id=entry.by,
                second_id=entry.second or None,
                supersedes=entry.supersedes or None,
                fact=dump(form.plain(entry.fact)),
                why=entry.why,
            )
        )
    session.flush()
    return new


def _kept(wish: Wish | Fact) -> Wish:
    """What is entered, without what would tell of somebody's health: that stands in the request alone, encrypted."""
    made = wish if isinstance(wish, Wish) else Wish(wish)
    return replace(made, fact=replace(made.fact, how=made.fact.how.kept)) if isinstance(made.fact, f.Ended) else made


def _check_readable(new: Iterable[Entry]) -> None:
    """Check that what is entered can be read: one entry that cannot, and that nobody can delete, would be the end of all.

    Raises:
        RuleError: A text is too long or has signs that cannot be shown, or a day is centuries away.
    """
    for entry in new:
        try:
            form.read(form.plain(entry.fact))
        except MalformedError as error:
            raise RuleError(f"{str(error).rstrip('.')}.") from error


def tried(session: Session, wishes: Iterable[Wish | Fact], *, now: datetime) -> list[str]:
    """What would be entered, in sentences, with what follows by itself; nothing is.

    Raises:
        RuleError: The laws of the register forbid it.
    """
    kept = load(session)
    made = register.enter(kept, wishes, recorded=now, by="")
    _check_readable(made.entries[len(kept.entries) :])
    found, before = made.book(), kept.book()
    facts = {entry.number: entry.fact for entry in made.entries}

    def told(entry: Entry) -> str:
        line = words.tell(entry.fact, found, whole=True)
        return (
            f"Instead of “{words.tell(facts[entry.supersedes], before, whole=True)}”: {line}"
            if entry.supersedes
            else line
        )

    return [told(entry) for entry in made.entries[len(kept.entries) :]]


def new_id(kind: str) -> str:
    """A new id of a person (`p`) or a holding (`h`)."""
    return f"{kind}-" + base32(secrets.token_bytes(_RANDOM), _ID_LENGTH).lower()


def entered(found: Book, member: str, name: str, day: date) -> tuple[str, list[Fact]]:
    """The person of a member or of an outsider of this name, and the fact that enters them if the register has not.

    Outsiders of one name are one person, as on a page of text: else the limit of terms would not hold for them.
    """
    known = person_of(found, member) if member else outsider_of(found, name)
    if known:
        return known, []
    made = new_id("p")
    return made, [f.Named(made, day, name, member)]


def day_of(now: datetime) -> date:
    """The day of a moment, in UTC."""
    return now.astimezone(UTC).date()


def nothing() -> NotFoundError:
    """What is not in the register."""
    return NotFoundError("The register has nothing of this name.")
