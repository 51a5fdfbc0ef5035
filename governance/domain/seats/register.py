"""The register: entries that only grow, what they say, and what was known of it on a day (docs/seats.md, section 2)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from governance.domain.seats import facts as f
from governance.domain.seats import laws
from governance.domain.seats.book import Book, fold
from governance.domain.seats.facts import Fact
from governance.errors import RuleError


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry.

    Attributes:
        number: From 1, without a gap.
        recorded: When it was entered.
        by: Who did it, and `second`, who approved it: ids of members, or “clock”.
        supersedes: The entry that it corrects; 0 for none.
    """

    number: int
    recorded: datetime
    by: str
    fact: Fact
    supersedes: int = 0
    second: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """A fact to be entered; as a correction of the entry of that number, if one is given."""

    fact: Fact
    supersedes: int = 0


@dataclass(frozen=True, slots=True)
class Register:
    """All entries, the first one first; `enter` alone makes one longer."""

    entries: tuple[Entry, ...] = ()

    @property
    def standing(self) -> dict[int, Fact]:
        """The facts that hold, by the number of their entry: not superseded, and not struck out."""
        gone = {one.supersedes for one in self.entries}
        return {
            one.number: one.fact
            for one in self.entries
            if one.number not in gone and not isinstance(one.fact, f.Struck)
        }

    @property
    def corrected(self) -> dict[int, int]:
        """The number of the entry that corrects it, of each that was corrected."""
        return {one.supersedes: one.number for one in self.entries if one.supersedes}

    def concerning(self, things: Collection[str]) -> list[Entry]:
        """The entries about one of these things, the first one first; one that strikes out is about what it strikes."""
        facts = {one.number: one.fact for one in self.entries}
        return [
            one
            for one in self.entries
            if about(facts[one.supersedes] if isinstance(one.fact, f.Struck) else one.fact) in things
        ]

    def book(self) -> Book:
        """What it says."""
        return fold(self.standing.items())

    @property
    def last(self) -> date | None:
        """The day on which something was recorded last."""
        return _day(self.entries[-1].recorded) if self.entries else None


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def as_known_on(register: Register, day: date) -> Register:
    """What was known at the end of a day (UTC). Later entries never change it."""
    return Register(tuple(one for one in register.entries if _day(one.recorded) <= day))


def enter(  # noqa: PLR0913  who, when, why
    register: Register, wishes: Iterable[Wish | Fact], *, recorded: datetime, by: str, second: str = "", why: str = ""
) -> Register:
    """Enter facts, and what follows from them: terms that have expired, vacancies that have begun or are moot.

    Raises:
        RuleError: The laws forbid it, or a correction names an entry that does not stand.
    """
    if register.entries and recorded < register.entries[-1].recorded:
        msg = "The register has entries of a later moment: is the clock right?"
        raise RuleError(msg)
    made = _Writing(register, recorded, by, second, why)
    for wish in wishes:
        made.add(wish if isinstance(wish, Wish) else Wish(wish))
    upto = _day(recorded)
    made.settle(upto)
    laws.check(made.register.book(), upto)
    return made.register


def settle(register: Register, *, recorded: datetime, by: str) -> Register:
    """What the clock enters: terms that have expired, and vacancies that have begun."""
    return enter(register, (), recorded=recorded, by=by)


@dataclass(slots=True)
class _Writing:
    """A register that grows by one batch."""

    register: Register
    recorded: datetime
    by: str
    second: str
    why: str

    def add(self, wish: Wish) -> None:
        if wish.supersedes or isinstance(wish.fact, f.Struck):
            _check_correction(self.register, wish)
        number = len(self.register.entries) + 1
        entry = Entry(number, self.recorded, self.by, wish.fact, wish.supersedes, self.second, self.why)
        self.register = Register((*self.register.entries, entry))

    def strike(self, numbers: Sequence[int], day: date) -> None:
        for number in numbers:
            self.add(Wish(f.Struck(day), number))

    def settle(self, upto: date) -> None:
        self.strike(laws.outlived(self.register.book(), self.register.standing), upto)
        for fact in laws.due(self.register.book(), upto):
            self.add(Wish(fact))
        self.strike(laws.moot(self.register.book(), self.register.standing), upto)
        for fact in laws.vacancies(self.register.book(), upto):
            self.add(Wish(fact))


def _check_correction(register: Register, wish: Wish) -> None:
    old = register.standing.get(wish.supersedes)
    if old is None:
        msg = "A correction names an entry that stands. This one does not: look for the one that corrected it."
        raise RuleError(msg)
    if isinstance(wish.fact, f.Struck):
        return
    if type(old) is not type(wish.fact) or about(old) != about(wish.fact):
        msg = "A correction says something else of the same thing; of another thing, enter a fact of its own."
        raise RuleError(msg)


def about(fact: Fact) -> str:
    """The id of what a fact is about."""
    match fact:
        case f.Struck():
            return ""
        case f.BodyRuled():
            return fact.body
        case f.Named():
            return fact.person
        case f.SeatCreated() | f.SeatChanged() | f.SeatAbolished() | f.Vacant() | f.Planned():
            return fact.seat
        case _:
            return fact.holding


# ---- corrections, put together ---------------------------------------------------------------------------------------


def entry_of(register: Register, holding: str, kind: type[Fact]) -> int:
    """The number of the standing entry of a kind about a holding.

    Raises:
        RuleError: There is none.
    """
    for number, fact in register.standing.items():
        if isinstance(fact, kind) and about(fact) == holding:
            return number
    msg = "The register says nothing like that of this holding."
    raise RuleError(msg)


def struck(register: Register, thing: str, day: date) -> list[Wish]:
    """All that is said of a holding, a seat or a person, struck out: it never was so."""
    found = [number for number, fact in register.standing.items() if about(fact) == thing]
    if not found:
        msg = f"The register says nothing of “{thing}”."
        raise RuleError(msg)
    return [Wish(f.Struck(day), number) for number in reversed(found)]
