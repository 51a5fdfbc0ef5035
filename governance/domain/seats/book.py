"""The register folded: bodies, seats, people and holdings as the standing facts say, and how it all stood on a day."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from governance.domain.seats import facts as f
from governance.domain.seats.facts import End, Fact, Instrument, Seat
from governance.errors import RuleError


class Stage(StrEnum):
    """How far a holding has come."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    NOT_GIVEN = "not given"
    SEATED = "seated"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Holding:
    """One person in one seat, `[start, end)`.

    Attributes:
        until: Its planned end; None for none.
        declined: When it was declined, or, if it was `refused`, not given to them: nobody waits for them any more.
        declared: What was declared, and when.
        excepted: When it was decided that they may take the seat although its rules say no.
        seated: Whether the seat is theirs; False while it is offered.
        entry: The number of the entry that it rests on.
    """

    id: str
    seat: str
    person: str
    start: date
    until: date | None
    instrument: Instrument
    remainder: bool
    exception: str
    entry: int
    offered: date | None = None
    accepted: date | None = None
    declined: date | None = None
    refused: bool = False
    declared: Mapping[str, date] = field(default_factory=dict)
    excepted: date | None = None
    seated: bool = False
    ended: date | None = None
    how: End | None = None

    @property
    def end(self) -> date | None:
        """The first day on which it is no longer theirs, as far as it is known."""
        return self.ended or self.until

    @property
    def stage(self) -> Stage:
        """How far it has come."""
        if self.ended:
            return Stage.ENDED
        if self.seated:
            return Stage.SEATED
        if self.declined:
            return Stage.NOT_GIVEN if self.refused else Stage.DECLINED
        return Stage.ACCEPTED if self.accepted else Stage.OFFERED

    def covers(self, day: date) -> bool:
        """Whether the seat is theirs on a day."""
        return self.seated and self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class SeatLine:
    """A seat from its first day on; `rules` by the day from which they hold, the first one first."""

    id: str
    body: str
    created: date
    rules: tuple[tuple[date, Seat], ...]
    abolished: date | None = None

    def there(self, day: date) -> bool:
        """Whether there is this seat on a day."""
        return self.created <= day and (self.abolished is None or day < self.abolished)

    def on(self, day: date) -> Seat:
        """Its rules on a day; before its first day, the first ones."""
        return [rules for since, rules in self.rules if since <= max(day, self.created)][-1]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the register knows; `names` by the day from which they are called so."""

    id: str
    names: tuple[tuple[date, str], ...]
    member: str

    def on(self, day: date) -> str:
        """Their name on a day."""
        return ([name for since, name in self.names if since <= day] or [self.names[0][1]])[-1]

    @property
    def name(self) -> str:
        """As it is known last."""
        return self.names[-1][1]


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which nobody holds a seat; `end` is None while nobody follows."""

    seat: str
    start: date
    end: date | None
    after: Holding | None


@dataclass(frozen=True, slots=True)
class Book:
    """What the standing facts say; made by `fold` alone.

    Attributes:
        vacant: The recorded vacancies: (seat, first day), with the cause.
        planned: How they are filled: (seat, first day of the vacancy), the last decision.
        held: Of each seat that was ever held, by whom, in the order of time.
    """

    bodies: Mapping[str, tuple[f.BodyRuled, ...]]
    seats: Mapping[str, SeatLine]
    people: Mapping[str, Person]
    holdings: Mapping[str, Holding]
    vacant: Mapping[tuple[str, date], f.Vacant]
    planned: Mapping[tuple[str, date], f.Planned]
    held: Mapping[str, Sequence[Holding]]

    def body(self, body: str, day: date) -> f.BodyRuled:
        """The rules of a body on a day; what was never said is empty."""
        held = [one for one in self.bodies.get(body, ()) if one.day <= day] or list(self.bodies.get(body, ()))[:1]
        return held[-1] if held else f.BodyRuled(body, day, body)

    def of(self, seat: str) -> list[Holding]:
        """Who ever held a seat, or shall, in the order of time."""
        return [*self.held.get(seat, ())]

    def holder(self, seat: str, day: date) -> Holding | None:
        """Who holds a seat on a day."""
        return next((one for one in self.of(seat) if one.covers(day)), None)

    def gaps(self, seat: str) -> Iterator[Gap]:
        """The times from its first day on in which nobody holds a seat, recorded or not."""
        line = self.seats[seat]
        cursor: date | None = line.created
        last: Holding | None = None
        for one in self.of(seat):
            if cursor is not None and cursor < one.start:
                yield Gap(seat, cursor, one.start, last)
            cursor, last = one.end, one
        if cursor is not None and (line.abolished is None or cursor < line.abolished):
            yield Gap(seat, cursor, line.abolished, last)

    def gap(self, seat: str, day: date) -> Gap | None:
        """The time without a holder that a day lies in; None where somebody holds the seat then."""
        return next((one for one in self.gaps(seat) if one.start <= day and (one.end is None or day < one.end)), None)


def fold(entries: Iterable[tuple[int, Fact]]) -> Book:
    """What facts say that stand, each with the number of its entry.

    Raises:
        RuleError: They do not fit together; the sentence says how.
    """
    sorted_out: dict[type[Fact], list[tuple[int, Fact]]] = {kind: [] for kind in f.KINDS.values()}
    for number, fact in entries:
        sorted_out[type(fact)].append((number, fact))
    holdings = _holdings(sorted_out)
    return Book(
        bodies=_bodies(sorted_out[f.BodyRuled]),
        seats=MappingProxyType(_seats(sorted_out)),
        people=_people(sorted_out[f.Named]),
        holdings=MappingProxyType(holdings),
        vacant={(one.seat, one.day): one for _, one in sorted_out[f.Vacant] if isinstance(one, f.Vacant)},
        planned={(one.seat, one.day): one for _, one in sorted_out[f.Planned] if isinstance(one, f.Planned)},
        held=MappingProxyType(_held(holdings.values())),
    )


def _held(holdings: Iterable[Holding]) -> dict[str, list[Holding]]:
    found: dict[str, list[Holding]] = {}
    for one in sorted((one for one in holdings if one.seated), key=lambda one: (one.start, one.entry)):
        found.setdefault(one.seat, []).append(one)
    return found


def _by_day(found: Sequence[tuple[int, Fact]]) -> list[tuple[int, Fact]]:
    return sorted(found, key=lambda one: (one[1].day, one[0]))


def _bodies(found: Sequence[tuple[int, Fact]]) -> Mapping[str, tuple[f.BodyRuled, ...]]:
    made: dict[str, tuple[f.BodyRuled, ...]] = {}
    for _, one in _by_day(found):
        if isinstance(one, f.BodyRuled):
            made[one.body] = (*made.get(one.body, ()), one)
    return made


def _people(found: Sequence[tuple[int, Fact]]) -> Mapping[str, Person]:
    made: dict[str, Person] = {}
    for _, one in _by_day(found):
        if isinstance(one, f.Named):
            before = made.get(one.person)
            names = (*(before.names if before else ()), (one.day, one.name))
            made[one.person] = Person(one.person, names, one.member or (before.member if before else ""))
    return made


def _seats(found: Mapping[type[Fact], list[tuple[int, Fact]]]) -> dict[str, SeatLine]:
    made: dict[str, SeatLine] = {}
    for _, one in found[f.SeatCreated]:
        assert isinstance(one, f.SeatCreated)  # noqa: S101  sorted by type
        if one.seat in made:
            msg = f"There is a seat “{one.seat}” already; an id is never used twice."
            raise RuleError(msg)
        made[one.seat] = SeatLine(one.seat, one.body, one.day, ((one.day, one.rules),))
    for _, one in _by_day(found[f.SeatChanged] + found[f.SeatAbolished]):
        assert isinstance(one, f.SeatChanged | f.SeatAbolished)  # noqa: S101  sorted by type
        line = _known(made, one.seat)
        if one.day <= line.created or line.abolished is not None:
            msg = f"“{line.rules[-1][1].name}” begins on {line.created} and is abolished once, after all its changes."
            raise RuleError(msg)
        rules = (*line.rules, (one.day, one.rules)) if isinstance(one, f.SeatChanged) else line.rules
        abolished = one.day if isinstance(one, f.SeatAbolished) else None
        made[one.seat] = SeatLine(line.id, line.body, line.created, rules, abolished)
    return made


def _known(seats: Mapping[str, SeatLine], seat: str) -> SeatLine:
    if seat not in seats:
        msg = f"There is no seat “{seat}” in the register."
        raise RuleError(msg)
    return seats[seat]


_Event = f.Accepted | f.Declined | f.Declared | f.Excepted | f.NotGiven | f.Taken | f.Ended
_EVENTS = (f.Accepted, f.Declined, f.Excepted, f.NotGiven, f.Taken, f.Ended)
_NAMES: Mapping[type[Fact], str] = {f.Taken: "seated", f.NotGiven: "declined"}


def _holdings(found: Mapping[type[Fact], list[tuple[int, Fact]]]) -> dict[str, Holding]:
    made: dict[str, Holding] = {}
    for number, one in found[f.Offered] + found[f.Seated]:
        assert isinstance(one, f.Offered | f.Seated)  # noqa: S101  sorted by type
        if one.holding in made:
            msg = f"The holding {one.holding} stands in the register already."
            raise RuleError(msg)
        offered = isinstance(one, f.Offered)
        made[one.holding] = Holding(
            id=one.holding,
            seat=one.seat,
            person=one.person,
            start=one.start if isinstance(one, f.Offered) else one.day,
            until=one.until,
            instrument=one.instrument,
            remainder=one.remainder,
            exception=one.exception,
            entry=number,
            offered=one.day if offered else None,
            seated=not offered,
        )
    more: dict[str, dict[str, object]] = {}
    for kind in (*_EVENTS, f.Declared):
        for _, one in found[kind]:
            assert isinstance(one, _Event)  # noqa: S101  sorted by type
            if one.holding not in made:
                msg = f"There is no holding {one.holding} in the register."
                raise RuleError(msg)
            _take(more.setdefault(one.holding, {}), one)
    return {name: _with(one, more.get(name, {})) for name, one in made.items()}


def _take(said: dict[str, object], one: _Event) -> None:
    if isinstance(one, f.Declared):
        told = said.setdefault("declared", {})
        assert isinstance(told, dict)  # noqa: S101  set as one in the line above
        told.setdefault(one.what, one.day)
        return
    name = _NAMES.get(type(one), one.kind)
    if name in said:
        msg = f"That was entered already ({one.kind})."
        raise RuleError(msg)
    said[name] = one.day
    if isinstance(one, f.NotGiven):
        said["refused"] = True
    if isinstance(one, f.Ended):
        said["how"] = one.how


def _with(one: Holding, said: Mapping[str, object]) -> Holding:
    values = {name: getattr(one, name) for name in Holding.__slots__} | dict(said)
    if isinstance(since := said.get("seated"), date):  # whoever answers late sits from then on
        values |= {"seated": True, "start": max(one.start, since)}
    made = Holding(**values)
    answered = made.accepted or made.declined or made.excepted
    if one.seated and (answered or "seated" in said or made.declared):
        msg = "Who was seated without an offer neither accepts nor declines one."
        raise RuleError(msg)
    given_up = made.declined and (bool(made.accepted) is not made.refused or made.seated)
    if given_up or ((made.seated or made.excepted) and not one.seated and not made.accepted):
        msg = "An offer is accepted before the seat is taken, and accepted or declined once."
        raise RuleError(msg)
    if made.ended and not made.seated:
        msg = "Only what somebody holds can end."
        raise RuleError(msg)
    return made
