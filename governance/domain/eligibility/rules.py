"""What a named rule is, and the look that it takes at the facts: at those that it names, and no other."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NoReturn

from governance.domain.eligibility import facts
from governance.domain.eligibility.facts import Days, Facts, Term, Value
from governance.domain.eligibility.parameters import Given, Parameter
from governance.errors import MalformedError

FOREVER = 10**7
"""Beyond every number and every day (as an ordinal) that a demand can name."""


class UnknownFactError(Exception):
    """A rule needs a fact that is not there."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(slots=True)
class Look:
    """One look of one rule at the facts; it keeps what was seen.

    Attributes:
        names: The facts that the rule names; no other can be seen.
    """

    names: tuple[str, ...]
    facts: Facts
    days: Days
    seen: dict[str, Value] = field(default_factory=dict)

    def _value(self, name: str) -> Value:
        if name not in self.names:
            msg = f"a rule looks at {name}, which it does not name"
            raise ValueError(msg)
        if name not in self.facts:
            raise UnknownFactError(name)
        self.seen[name] = self.facts[name]
        return self.seen[name]

    def text(self, name: str) -> str:
        """A text; one that is empty is not known."""
        value = self.said(name)
        return value or self.missing(name)

    def said(self, name: str) -> str:
        """A text, or an empty one where it is known that nothing was said."""
        value = self._value(name)
        return value if isinstance(value, str) else self.missing(name)

    def day(self, name: str) -> date:
        """A date."""
        value = self._value(name)
        return value if isinstance(value, date) else self.missing(name)

    def number(self, name: str) -> int:
        """A whole number."""
        value = self._value(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else self.missing(name)

    def flag(self, name: str) -> bool:
        """Yes or no."""
        value = self._value(name)
        return value if isinstance(value, bool) else self.missing(name)

    def words(self, name: str) -> tuple[str, ...]:
        """Several words."""
        value = self._value(name)
        if not isinstance(value, tuple):
            self.missing(name)
        return tuple(one for one in value if isinstance(one, str))

    def terms(self, name: str) -> list[Term]:
        """Times in a seat, the oldest first."""
        value = self._value(name)
        if not isinstance(value, tuple):
            self.missing(name)
        return sorted((one for one in value if isinstance(one, Term)), key=lambda term: term.began)

    def span(self, name: str) -> tuple[date, date]:
        """The first and last day that a declared date can mean."""
        found = facts.span(self.text(name))
        return found or self.missing(name)

    def missing(self, name: str) -> NoReturn:
        """Say that a fact is not known."""
        raise UnknownFactError(name)

    def at(self, day: str) -> date:
        """The day that a parameter means."""
        return resolve(day, self.days)


def resolve(day: str, days: Days) -> date:
    """The date that is written, or that the calendar has for a name.

    Raises:
        UnknownFactError: The calendar has none.
    """
    if day not in facts.DAYS:
        return facts.read_date(day)
    if day not in days:
        raise UnknownFactError(day)
    return days[day]


@dataclass(frozen=True, slots=True)
class Bound:
    """What a fact has to be for a rule to be answered as wished: one of `among`, none of `outside`, in a range."""

    fact: str
    among: frozenset[Any] | None = None
    outside: frozenset[Any] = frozenset()
    low: int = -FOREVER
    high: int = FOREVER

    def both(self, other: "Bound") -> "Bound":
        """What fulfils this and another one about the same fact."""
        sets = [one for one in (self.among, other.among) if one is not None]
        among = frozenset.intersection(*sets) if sets else None
        outside = self.outside | other.outside
        return Bound(self.fact, among, outside, max(self.low, other.low), min(self.high, other.high))

    @property
    def possible(self) -> bool:
        """Whether anything fulfils it."""
        return self.low <= self.high and (self.among is None or bool(self.among - self.outside))


Finding = tuple[bool, str]
"""Whether the rule holds, and what was found, to follow the rule's words after a semicolon."""


def _no_bounds(_given: Given, _holds: bool, _days: Days) -> Iterable[Bound]:  # noqa: FBT001  the shape of all of them
    return ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with a name.

    Attributes:
        title: What a form calls it.
        needs: The facts that it names.
        says: What it demands, in words, to begin a sentence with.
        judge: Whether it holds.
        bounds: What facts have to be for it to hold, or not to hold, where that can be said: for contradictions.
        clash: Why its parameters cannot go together; empty if they can.
    """

    name: str
    title: str
    parameters: tuple[Parameter, ...]
    needs: Callable[[Given], tuple[str, ...]]
    says: Callable[[Given, Callable[[str], str]], str]
    judge: Callable[[Given, Look], Finding]
    bounds: Callable[[Given, bool, Days], Iterable[Bound]] = _no_bounds
    clash: Callable[[Given], str] = lambda _given: ""


def table(*rules: Rule) -> Mapping[str, Rule]:
    """Rules by their names.

    Raises:
        MalformedError: Two have one name.
    """
    made = {rule.name: rule for rule in rules}
    if len(made) < len(rules):
        msg = "two rules have one name"
        raise MalformedError(msg)
    return made
