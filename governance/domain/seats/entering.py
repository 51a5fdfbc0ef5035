"""From a page of text to facts: what would be entered, what stands there already, what contradicts it; nothing twice."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256

from governance.domain.names import alike
from governance.domain.seats import facts as f
from governance.domain.seats import laws, terms
from governance.domain.seats.book import Book, fold
from governance.domain.seats.facts import End, Fact, Seat, SeatClass
from governance.domain.seats.page import Held, Mistake, Page
from governance.errors import RuleError

_SLUG = re.compile(r"[^a-z0-9]+")
_LONGEST = 50
_HEX = 12
_CLASSES: Mapping[f.How, SeatClass] = {
    f.How.APPOINTMENT: SeatClass.APPOINTED,
    f.How.EX_OFFICIO: SeatClass.EX_OFFICIO,
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a page would enter.

    Attributes:
        facts: In the order in which they are entered.
        seats: Names of new seats; `people`, of new people; `held`, the lines of new holdings.
        unchanged: Lines that stand in the register already.
        conflicts: Lines that are well formed, and contradict each other or the register.
        doubts: Lines that somebody should look at; they do not stop the page.
    """

    facts: tuple[Fact, ...]
    seats: tuple[str, ...]
    people: tuple[str, ...]
    held: tuple[Held, ...]
    unchanged: int
    mistakes: tuple[Mistake, ...]
    conflicts: tuple[Mistake, ...]
    doubts: tuple[Mistake, ...]


def seat_id(body: str, name: str) -> str:
    """The id that a seat of this name gets."""
    return f"{body}-{_slug(name)}"[:64]


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return _SLUG.sub("-", plain).strip("-")[:_LONGEST] or "seat-" + _mark(name)


def _mark(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()[:_HEX]


def plan(page: Page, book: Book, body: str, today: date, members: Mapping[str, str]) -> Plan:
    """What a page would enter into a body.

    Args:
        page: The page.
        book: The register as it stands.
        body: Whose history it is.
        today: What ends later is a planned end.
        members: The ids of members by what the page calls them.
    """
    made = _Planning(page, book, body, today, members)
    made.rules()
    made.seats()
    for one in sorted(page.held, key=lambda held: (held.start, held.line)):
        made.held(one)
    return made.plan()


_Both = tuple[f.Seated, *tuple[f.Ended, ...]]
"""That somebody held a seat, and that it ended, if it has."""


class _Planning:
    def __init__(self, page: Page, book: Book, body: str, today: date, members: Mapping[str, str]) -> None:
        self.page, self.book, self.body, self.today, self.members = page, book, body, today, members
        self.facts: list[Fact] = []
        self.new_seats: dict[str, str] = {}
        self.new_people: dict[str, str] = {}
        self.new_held: list[tuple[Held, _Both]] = []
        self.conflicts: list[Mistake] = []
        self.doubts: list[Mistake] = []
        self.unchanged = 0
        self.ids = {line.id: line for line in book.seats.values() if line.body == body}
        self.lines = {alike(line.rules[-1][1].name).casefold(): line for line in self.ids.values()}
        self.known = {alike(one.name).casefold(): one for one in book.people.values()}
        self.by_member = {one.member: one for one in book.people.values() if one.member}
        self.said = {alike(one.name).casefold(): one.rules for one in page.seats}
        self.last = {alike(one.name).casefold(): one.last for one in page.seats if one.last}
        self.seat_rules: dict[str, Seat] = {}
        self.abolished: list[Fact] = []

    def rules(self) -> None:
        """The body, where the register has nothing of it yet."""
        if self.body not in self.book.bodies and (days := self._days()):
            self.facts.append(f.BodyRuled(self.body, min(days), self.page.name or self.body))

    def _days(self) -> list[date]:
        return [one.start for one in self.page.held]

    def seats(self) -> None:
        """Seats that are new; they begin on the first day that anybody held one."""
        for one in self.page.seats:
            line = self.lines.get(alike(one.name).casefold())
            if line is not None and (
                line.rules[-1][1] != one.rules or (one.last and line.abolished != _after(one.last))
            ):
                why = f"“{one.name}” stands in the register with other rules; change them there"
                self.conflicts.append(Mistake(one.line, why))
            if line is None and not any(alike(h.seat).casefold() == alike(one.name).casefold() for h in self.page.held):
                self.conflicts.append(Mistake(one.line, f"nobody on this page ever held “{one.name}”: is it spelt so?"))
        first: dict[str, Held] = {}
        for held in sorted(self.page.held, key=lambda one: one.start):
            first.setdefault(alike(held.seat).casefold(), held)
        for name, held in first.items():
            if name in self.lines or held.seat in self.ids:
                continue
            rules = self.said.get(name) or Seat(held.seat, _CLASSES.get(held.instrument.how, SeatClass.ELECTED))
            if name not in self.said:
                why = f"“{held.seat}” is a new seat ({rules.chosen}, {rules.months} months): is that so?"
                self.doubts.append(Mistake(held.line, why))
            made = seat_id(self.body, held.seat)
            if made in self.book.seats or made in self.new_seats:
                why = f"“{held.seat}” is too like the name of another seat: the register could not tell them apart"
                self.conflicts.append(Mistake(held.line, why))
                continue
            self.new_seats[made], self.seat_rules[name] = held.seat, rules
            self.facts.append(f.SeatCreated(made, self.body, held.start, rules))
            if name in self.last:
                self.abolished.append(f.SeatAbolished(made, _after(self.last[name])))

    def held(self, one: Held) -> None:
        name = alike(one.seat).casefold()
        line = self.ids.get(one.seat) or self.lines.get(name)
        if line is None and name not in self.seat_rules:
            return  # its seat is in conflict
        if one.seat not in self.ids and len(same := self._called(name)) > 1:
            why = f"{len(same)} seats are called “{one.seat}”: write one of these instead: {', '.join(same)}"
            self.conflicts.append(Mistake(one.line, why, "seat"))
            return
        seat = line.id if line else seat_id(self.body, one.seat)
        person = self._person(one)
        if not person:
            return
        rules = line.on(one.start) if line else self.seat_rules[name]
        seated = self._seated(one, seat, person, rules)
        there = next((h for h in self.book.of(seat) if (h.person, h.start) == (person, one.start)), None)
        if there is None:
            ended = self._ended(one, seated)
            self.new_held.append((one, (seated, *([ended] if ended else []))))
        elif there.end == seated.until or (there.ended and there.ended == one.until) or one.until is None:
            self.unchanged += 1
        else:
            why = f"{one.person} stands in the register with another end ({there.end or 'none yet'}): correct it there"
            self.conflicts.append(Mistake(one.line, why, "last"))

    def _called(self, name: str) -> list[str]:
        """The ids of the seats of this name."""
        return [line.id for line in self.ids.values() if alike(line.rules[-1][1].name).casefold() == name]

    def _person(self, one: Held) -> str:
        member = self.members.get(one.member, "") if one.member else ""
        if one.member and not member:
            self.conflicts.append(Mistake(one.line, f"nobody on the members' list is “{one.member}”", "member"))
            return ""
        name = alike(one.person).casefold()
        found = self.by_member.get(member) if member else self.known.get(name)
        if found is None and member and name in self.known and not self.known[name].member:
            why = f"“{one.person}” stands in the register without being linked to a member: are they the same?"
            self.doubts.append(Mistake(one.line, why, "member"))
        if found is not None:
            return found.id
        made = f"p-{_mark('member', member)}" if member else f"p-{_mark('name', name)}"
        if made not in self.new_people:
            self.new_people[made] = one.person
            self.facts.append(f.Named(made, one.start, one.person, member))
        return made

    def _seated(self, one: Held, seat: str, person: str, rules: Seat) -> f.Seated:
        regular = terms.ends(rules, one.start)
        until = one.until
        if until is None:
            until = regular
            if until is not None and until <= self.today:
                why = (
                    f"{one.person} still sits, and their term would have passed on {until}: its end is left open. "
                    f"If they left then, write {until - timedelta(days=1)} as their last day"
                )
                self.doubts.append(Mistake(one.line, why, "last"))
                until = None
        elif one.end not in (None, End.EXPIRED) and until <= self.today:
            until = regular if regular and regular > until else None
        holding = "h-" + _mark(seat, person, one.start.isoformat())
        return f.Seated(holding, seat, person, one.start, until, one.instrument, one.remainder, one.exception)

    def _ended(self, one: Held, seated: f.Seated) -> f.Ended | None:
        if one.until is None or one.until > self.today:
            if one.end not in (None, End.EXPIRED):
                self.conflicts.append(Mistake(one.line, f"it says “{one.end}”, and that day is still to come", "end"))
            return None
        return f.Ended(seated.holding, one.until, one.end or End.EXPIRED)

    def plan(self) -> Plan:
        facts = [*self.facts, *self.abolished, *(fact for _, both in self.new_held for fact in both)]
        standing = list(_standing(self.book, [*self.facts, *self.abolished]))
        self.conflicts += self._blame(standing)
        return Plan(
            facts=tuple(facts),
            seats=tuple(self.new_seats.values()),
            people=tuple(self.new_people.values()),
            held=tuple(held for held, _ in self.new_held),
            unchanged=self.unchanged,
            mistakes=self.page.mistakes,
            conflicts=tuple(sorted(self.conflicts, key=lambda one: one.line)),
            doubts=tuple(sorted(self.doubts, key=lambda one: one.line)),
        )

    def _blame(self, standing: list[Fact]) -> Iterator[Mistake]:
        """The lines that a law refuses, beside those before them."""
        for held, both in self.new_held:
            tried = [*standing, *both]
            try:
                why = next(laws.broken(fold(enumerate(tried)), date.min), "")
            except RuleError as error:
                why = str(error)
            if why:
                yield Mistake(held.line, why, self._part(standing, both))
            else:
                standing = tried

    def _part(self, standing: list[Fact], both: _Both) -> str:
        """Which part of a line a law refuses: an exception would mend it, the seat has ended by then, else its days."""
        seated, *ended = both
        with suppress(RuleError):
            excused = replace(seated, exception="a decision")
            if not next(laws.broken(fold(enumerate([*standing, excused, *ended])), date.min), ""):
                return "exception"
        line = self.book.seats.get(seated.seat)
        gone = line.abolished if line else None
        end = next((one.day for one in ended), seated.until)
        return "last" if gone and seated.day < gone and (end is None or gone < end) else "start"


def _after(last: date) -> date:
    return last + timedelta(days=1)


def _standing(book: Book, more: Iterable[Fact]) -> Iterator[Fact]:
    """The seats, people and holdings that stand, as facts, and more of them: all that the laws but that of gaps ask."""
    for line in book.seats.values():
        yield f.SeatCreated(line.id, line.body, line.created, line.rules[0][1])
        yield from (f.SeatChanged(line.id, day, rules) for day, rules in line.rules[1:])
        if line.abolished:
            yield f.SeatAbolished(line.id, line.abolished)
    for one in book.people.values():
        yield from (f.Named(one.id, day, name, one.member) for day, name in one.names)
    for held in book.holdings.values():
        if held.seated:
            yield f.Seated(
                held.id, held.seat, held.person, held.start, held.until, held.instrument, held.remainder, held.exception
            )
            if held.ended and held.how:
                yield f.Ended(held.id, held.ended, held.how)
    yield from more
