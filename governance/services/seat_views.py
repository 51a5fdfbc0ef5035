"""What the public pages of the register show: a body on any day, a seat, a holding, a person, the term calculator.

Each is one fold of the register, so that all that stands on a page is of the same moment.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy.orm import Session

from governance.domain.eligibility.facts import Term
from governance.domain.seats import facts as f
from governance.domain.seats import laws, standing, terms, words
from governance.domain.seats.book import Book, Gap, Holding, Person, SeatLine
from governance.domain.seats.facts import Method, Seat, SeatClass
from governance.domain.seats.register import Register
from governance.domain.seats.standing import Chosen, FallsDue, Group, Place
from governance.domain.seats.terms import Again
from governance.services import appointment_decisions, elections, seats
from governance.services.appointment_decisions import Decided
from governance.services.seats import Line
from governance.store.elections import Election


@dataclass(frozen=True, slots=True)
class Coming:
    """Somebody who was chosen and does not sit yet."""

    holding: str
    name: str
    start: date
    accepted: bool
    """Whether it is certain: they have accepted, or nobody had to ask them."""


@dataclass(frozen=True, slots=True)
class Row:
    """One seat of a body on a day.

    Attributes:
        chosen: How its holder came to it.
        election: Of a vacancy, the by-election that was begun for it, once it is announced: its id and title. As known on
            a day there is none: the register does not say when it was announced.
    """

    place: Place
    chosen: Chosen | None
    coming: tuple[Coming, ...]
    election: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Overview:
    """A body on a day.

    Attributes:
        kinds: Its seats by the way in which they are filled.
        began: The first day of its first seat; None while it has none.
        due: What falls due within a year of that day.
    """

    group: Group
    kinds: tuple[tuple[SeatClass, tuple[Row, ...]], ...]
    began: date | None
    due: tuple[FallsDue, ...]


def overview(session: Session, body: str, day: date, *, today: date, known: date | None = None) -> Overview:
    """A body as it stood on a day; with `known`, as one knew it at the end of that day.

    Raises:
        NotFoundError: The register has no such body, or did not know it then.
    """
    found = seats.book(session, known)
    stood = standing.group(found, body, day)
    rows = [_row(found, place, day, today, None if known else session) for place in stood.places]
    return Overview(
        group=stood,
        kinds=tuple((kind, tuple(some)) for kind, some in groupby(rows, lambda one: one.place.rules.chosen)),
        began=min((line.created for line in found.seats.values() if line.body == body), default=None),
        due=tuple(one for one in standing.falls_due(found, body, day, 1) if one.planned),
    )


def _row(book: Book, place: Place, day: date, today: date, session: Session | None) -> Row:
    plan = book.planned.get((place.seat, place.vacancy.start)) if place.vacancy else None
    chosen = standing.how_chosen(book, place.holding.id, day) if place.holding else None
    held = sorted((one for one in book.holdings.values() if one.seat == place.seat), key=_when)
    coming = tuple(_coming(book, one, day) for one in held if _is_coming(one, day, today))
    return Row(place, chosen, coming, _election(plan, session))


def _election(plan: f.Planned | None, session: Session | None) -> tuple[str, str] | None:
    if session is None or plan is None or plan.method is not Method.BY_ELECTION:
        return None
    row = session.get(Election, plan.told)
    return (row.id, elections.show(session, row.id).title) if row and elections.announced(session, row) else None


def _is_coming(one: Holding, day: date, today: date) -> bool:
    """Whether it was known on a day that somebody shall have a seat, or was asked; of old records only what is to come."""
    if (one.declined and one.declined <= day) or (one.seated and one.start <= day):
        return False
    return one.offered <= day if one.offered else day >= today


def _coming(book: Book, one: Holding, day: date) -> Coming:
    sure = one.offered is None or bool(one.accepted and one.accepted <= day)
    return Coming(one.id, book.people[one.person].on(day), one.start, sure)


def _when(one: Holding) -> tuple[date, int]:
    return one.start, one.entry


# ---- a seat ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Time:
    """A time in the history of a seat: somebody's, or a vacancy with its cause, what was decided of it, and `Row.election`."""

    start: date
    end: date | None
    chosen: Chosen | None = None
    cause: str = ""
    plan: f.Planned | None = None
    election: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class SeatTold:
    """A seat with all its history, the newest first.

    Attributes:
        rules: On the day; `before`, other rules with the day from which they held or shall hold.
        offers: Offers that wait for an answer or were declined.
        lines: Every entry about it, the newest first.
    """

    line: SeatLine
    body: str
    rules: Seat
    before: tuple[tuple[date, Seat], ...]
    alternate_of: str
    times: tuple[Time, ...]
    offers: tuple[Chosen, ...]
    due: tuple[FallsDue, ...]
    lines: tuple[Line, ...]


def seat(session: Session, body: str, name: str, day: date, *, years: int = 5, known: date | None = None) -> SeatTold:
    """A seat of a body with its history; with `known`, as one knew it at the end of that day.

    Raises:
        NotFoundError: The body has no such seat, or the register did not know it then.
    """
    found = seats.book(session, known)
    line = _line(found, body, name)
    rules, held = line.on(day), found.of(name)
    taken = [Time(one.start, one.end, chosen=standing.how_chosen(found, one.id, day)) for one in held]
    empty = [_empty(found, gap, None if known else session) for gap in found.gaps(name) if gap.start <= day]
    other = found.seats.get(rules.alternate_of)
    offers = (one for one in found.holdings.values() if one.seat == name and not one.seated)
    return SeatTold(
        line=line,
        body=found.body(body, day).name,
        rules=rules,
        before=tuple((since, one) for since, one in reversed(line.rules) if one is not rules),
        alternate_of=other.on(day).name if other else "",
        times=tuple(sorted((*taken, *empty), key=lambda one: one.start, reverse=True)),
        offers=tuple(standing.how_chosen(found, one.id) for one in sorted(offers, key=_when, reverse=True)),
        due=tuple(one for one in standing.falls_due(found, body, day, years) if one.seat == name),
        lines=tuple(reversed(seats.history(session, name, known=known))),
    )


def _empty(book: Book, gap: Gap, session: Session | None) -> Time:
    plan = book.planned.get((gap.seat, gap.start))
    return Time(gap.start, gap.end, cause=laws.cause(gap), plan=plan, election=_election(plan, session))


def _line(book: Book, body: str, name: str) -> SeatLine:
    line = book.seats.get(name)
    if line is None or line.body != body:
        raise seats.nothing()
    return line


# ---- how was this person chosen? -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HoldingTold:
    """A holding, with the decision that it came of if it was an appointment, and who held the seat before and after.

    Attributes:
        ruled: What two people decided about the rules for taking it, with the reason; empty for nothing.
    """

    chosen: Chosen
    rules: Seat
    body: str
    decided: Decided | None
    ruled: tuple[Line, ...]
    before: Chosen | None
    after: Chosen | None


def holding(session: Session, body: str, name: str) -> HoldingTold:
    """How somebody came to a seat of a body.

    Raises:
        NotFoundError: The body has no such holding.
    """
    kept = seats.load(session)
    found = kept.book()
    one = found.holdings.get(name)
    if one is None or found.seats[one.seat].body != body:
        raise seats.nothing()
    others = found.of(one.seat)
    before = [each for each in others if each.start < one.start]
    after = [each for each in others if each.start > one.start]
    return HoldingTold(
        chosen=standing.how_chosen(found, name),
        rules=found.seats[one.seat].on(one.start),
        body=found.body(body, one.start).name,
        decided=appointment_decisions.decided(session, name),
        ruled=tuple(_ruled(kept, found, name)),
        before=standing.how_chosen(found, before[-1].id) if before else None,
        after=standing.how_chosen(found, after[0].id) if after else None,
    )


def _ruled(kept: Register, found: Book, name: str) -> Iterator[Line]:
    for entry in kept.concerning({name}):
        if isinstance(entry.fact, f.Excepted | f.NotGiven) and entry.number in kept.standing:
            yield Line(entry.number, entry.recorded, words.tell(entry.fact, found), entry.why, entry.supersedes, 0)


# ---- a person --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PersonTold:
    """A person of the register: names, and what they hold, held, or were offered, the newest first, with its body."""

    person: Person
    held: tuple[tuple[str, str, Chosen], ...]


def person(session: Session, body: str, name: str, *, known: date | None = None) -> PersonTold:
    """A person who holds, held or was offered a seat of a body; with `known`, as one knew it at the end of that day.

    Raises:
        NotFoundError: The body never had such a person, or the register did not know it then.
    """
    found = seats.book(session, known)
    own = sorted((one for one in found.holdings.values() if one.person == name), key=_when, reverse=True)
    bodies = [found.seats[one.seat].body for one in own]
    if body not in bodies:
        raise seats.nothing()
    told = zip(bodies, own, strict=True)
    return PersonTold(
        found.people[name],
        tuple((at, found.body(at, one.start).name, standing.how_chosen(found, one.id)) for at, one in told),
    )


# ---- the term calculator ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """The answer of the calculator: each term with whether it counts."""

    again: Again
    name: str
    seat: str
    terms: tuple[tuple[Term, bool], ...]


def choices(session: Session, body: str, day: date) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """(id, name) of the people whose terms may count in a body, by name; and of its seats, in their order.

    Raises:
        NotFoundError: The register has no such body.
    """
    found = seats.book(session)
    places = standing.group(found, body, day).places
    people = {one.person for one in found.holdings.values() if found.seats[one.seat].body == body}
    named = sorted(((one, found.people[one].name) for one in people), key=lambda pair: (pair[1].casefold(), pair[0]))
    return named, [(one.seat, one.rules.name) for one in places]


def again(session: Session, body: str, who: str, name: str, day: date) -> Asked:
    """Whether a person of the register (empty: somebody who never served) may begin a term in a seat on a day, and why.

    Raises:
        NotFoundError: The body has no such seat.
    """
    found = seats.book(session)
    rules = _line(found, body, name).on(day)
    served = terms.served(found, who, name, day)
    return Asked(
        terms.may_serve(found, who, name, day),
        found.people[who].name if who in found.people else "",
        rules.name,
        tuple((one.term, terms.counts(rules.limit, one, day)) for one in served if one.term.began < day),
    )
