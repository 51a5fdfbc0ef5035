"""The group as it stands, or stood on any day: seats, holders, how they were chosen, and what falls due years ahead."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from governance.domain.seats import laws, terms
from governance.domain.seats.book import Book, Gap, Holding, SeatLine
from governance.domain.seats.facts import End, How, Instrument, Method, Seat, SeatClass
from governance.domain.seats.register import Register
from governance.domain.seats.terms import months_later
from governance.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class Place:
    """One seat on a day.

    Attributes:
        holding: Who holds it, by `holder`, their name that day; None and empty while it is vacant.
        vacancy: The time without a holder that the day lies in.
        cause: Why it is vacant, in a word or two.
        planned: How the vacancy is filled, once that is decided.
        alternates: Names of those who hold the seats that are alternates of this one.
    """

    seat: str
    body: str
    rules: Seat
    holding: Holding | None
    holder: str
    vacancy: Gap | None
    cause: str
    planned: Method | None
    alternates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A body on a day."""

    body: str
    name: str
    day: date
    places: tuple[Place, ...]

    @property
    def holders(self) -> tuple[Place, ...]:
        """The seats that are held."""
        return tuple(one for one in self.places if one.holding)


def as_it_stood(register: Register, body: str, day: date) -> Group:
    """A body as it stood on a day; of a day to come, as it shall stand by what is known.

    Raises:
        NotFoundError: The register has no such body.
    """
    return group(register.book(), body, day)


def group(book: Book, body: str, day: date) -> Group:
    """As `as_it_stood`, of a register that was folded already."""
    lines = [line for line in book.seats.values() if line.body == body]
    if not lines and body not in book.bodies:
        msg = "There is no such group in the register."
        raise NotFoundError(msg)
    there = sorted((line for line in lines if line.there(day)), key=lambda line: _place_in_order(line, day))
    return Group(body, book.body(body, day).name, day, tuple(_place(book, line, day) for line in there))


def _place_in_order(line: SeatLine, day: date) -> tuple[int, bool, str]:
    rules = line.on(day)
    return list(SeatClass).index(rules.chosen), bool(rules.alternate_of), _natural(line.id)


def _natural(name: str) -> str:
    """So that seat 10 comes after seat 9."""
    return "".join(part.rjust(9, "0") if part.isdigit() else part for part in _runs(name))


def _runs(name: str) -> Iterator[str]:
    run = ""
    for letter in name:
        if run and run[-1].isdigit() is not letter.isdigit():
            yield run
            run = ""
        run += letter
    yield run


def _place(book: Book, line: SeatLine, day: date) -> Place:
    held = book.holder(line.id, day)
    gap = None if held else book.gap(line.id, day)
    plan = book.planned.get((line.id, gap.start)) if gap else None
    beside = (book.holder(one.id, day) for one in book.seats.values() if one.on(day).alternate_of == line.id)
    return Place(
        seat=line.id,
        body=line.body,
        rules=line.on(day),
        holding=held,
        holder=book.people[held.person].on(day) if held else "",
        vacancy=gap,
        cause=laws.cause(gap) if gap else "",
        planned=plan.method if plan else None,
        alternates=tuple(book.people[one.person].on(day) for one in beside if one),
    )


def holders(register: Register, body: str, day: date) -> dict[str, str]:
    """The holding of each seat of a body that is held on a day, by the seat."""
    return {one.seat: one.holding.id for one in as_it_stood(register, body, day).places if one.holding}


# ---- how was this person chosen? -------------------------------------------------------------------------------------

_HOW: Mapping[How, str] = {
    How.ELECTION: "Elected",
    How.UNOPPOSED: "Elected unopposed",
    How.COUNTBACK: "Chosen by a countback of the votes of the election",
    How.BY_ELECTION: "Elected in a by-election",
    How.APPOINTMENT: "Appointed",
    How.CO_OPTED: "Co-opted by the group",
    How.EX_OFFICIO: "Holds this seat by another office",
    How.EARLIER: "As older records say",
}


class Step(StrEnum):
    """What happened to a holding."""

    CHOSEN = "chosen"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    NOT_GIVEN = "not given: the rules for taking the seat say no"
    EXCEPTED = "an exception from the rules for taking the seat"
    DECLARED = "declarations made"
    SEATED = "seated"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Chosen:
    """How somebody came to a seat: a sentence, the steps with their days, and the instrument."""

    holding: Holding
    seat: str
    person: str
    sentence: str
    steps: tuple[tuple[Step, date], ...]


def how_chosen(book: Book, holding: str, day: date | None = None) -> Chosen:
    """How was this person chosen? Of a day, its sentence and steps tell nothing that came later.

    Raises:
        NotFoundError: There is no such holding.
    """
    one = book.holdings.get(holding)
    if one is None:
        msg = "The register has nothing of this name."
        raise NotFoundError(msg)
    if day is not None and one.ended is not None and one.ended > day:
        one = replace(one, ended=None, how=None)
    steps = [
        (Step.CHOSEN, one.instrument.day),
        (Step.OFFERED, one.offered),
        (Step.ACCEPTED, one.accepted),
        (Step.NOT_GIVEN if one.refused else Step.DECLINED, one.declined),
        (Step.DECLARED, max(one.declared.values(), default=None)),
        (Step.EXCEPTED, one.excepted),
        (Step.SEATED, one.start if one.seated else None),
        (Step.ENDED, one.ended),
    ]
    line = book.seats[one.seat]
    return Chosen(
        holding=one,
        seat=line.on(one.start).name,
        person=book.people[one.person].on(one.start),
        sentence=_sentence(one, line.on(one.start)),
        steps=tuple((step, on) for step, on in steps if on is not None and (day is None or on <= day)),
    )


def _sentence(one: Holding, rules: Seat) -> str:
    made = _by(one.instrument)
    if one.instrument.how is How.APPOINTMENT and rules.appointed_by:
        made = made.replace("Appointed", f"Appointed by {rules.appointed_by}", 1)
    if one.remainder:
        made += ", for the rest of a term"
    if one.declined:
        return f"{made}; {'not given to them' if one.refused else 'declined'} on {one.declined}."
    if not one.seated:
        return f"{made}; {'accepted, not yet seated' if one.accepted else 'asked, has not answered yet'}."
    if one.ended:
        return f"{made}; held the seat from {one.start} until {one.ended} ({one.how.told if one.how else ''})."
    until = f" until {one.until}" if one.until else ""
    return f"{made}; holds the seat from {one.start}{until}."


def _by(made: Instrument) -> str:
    told = _HOW[made.how]
    if made.day:
        told += f" on {made.day}"
    source = made.reference or made.election
    return f"{told} ({source})" if source else told


# ---- what falls due --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FallsDue:
    """A day on which a seat falls free.

    Attributes:
        planned: Whether a holder is known whose term ends then; else it is what the rules say of terms to come.
        again: Whether that holder may serve the next term; None where there is no known holder.
    """

    day: date
    seat: str
    name: str
    chosen: SeatClass
    holding: str
    holder: str
    planned: bool
    again: terms.Again | None


def falls_due(book: Book, body: str, start: date, years: int) -> list[FallsDue]:
    """What falls due from a day on, for so many years: terms that end, and the ends of terms to come."""
    last = months_later(start, 12 * years)
    found = [
        one
        for line in book.seats.values()
        if line.body == body
        for one in _of_seat(book, line, start, last)
        if line.abolished is None or one.day < line.abolished
    ]
    return sorted(found, key=lambda one: (one.day, _natural(one.seat)))


def _of_seat(book: Book, line: SeatLine, start: date, last: date) -> Iterator[FallsDue]:
    end: date | None = line.created
    for one in book.of(line.id):
        end = one.end
        if end is not None and start <= end < last and one.how in (None, End.EXPIRED):
            next_one = terms.may_serve(book, one.person, line.id, end)
            rules = line.on(end)
            name = book.people[one.person].on(end)
            yield FallsDue(end, line.id, rules.name, rules.chosen, one.id, name, planned=True, again=next_one)
    begin = max(end, start) if end is not None else None
    while begin is not None and begin < last:
        rules = line.on(begin)
        begin = terms.ends(rules, begin)
        if begin is not None and start <= begin < last:
            yield FallsDue(begin, line.id, rules.name, rules.chosen, "", "", planned=False, again=None)


# ---- what the group has, and what is missing -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """An attribute that a body wants to see in itself: how many have it, and how many are missing."""

    attribute: str
    value: str
    wanted: int
    have: int
    unknown: int
    """Holders of whom it is not known."""

    @property
    def missing(self) -> int:
        """How many more are wanted."""
        return max(0, self.wanted - self.have)


def balance(wanted: Mapping[str, int], people: Sequence[Mapping[str, str]]) -> tuple[Wanted, ...]:
    """What people bring, of what is wanted: “region=Africa” to how many; of each person their attributes."""
    found = []
    for name, least in sorted(wanted.items()):
        attribute, _, value = name.partition("=")
        values = [one.get(attribute, "").casefold() for one in people]
        found.append(Wanted(attribute, value, least, values.count(value.casefold()), values.count("")))
    return tuple(found)
