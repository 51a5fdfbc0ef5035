"""How far the support of a nomination has come: seconders and their independence, or a petition."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from governance.domain.eligibility.facts import shown
from governance.domain.terms import Terms

_MANY = {"country": "countries"}


class Known(Protocol):
    """A member of whom it is known what they are, by attribute; empty if nothing."""

    def value(self, attribute: str) -> str:
        """Of one attribute."""
        ...


@dataclass(frozen=True, slots=True)
class Spread:
    """Of an attribute: how many different values the seconders have, and how many are asked for."""

    attribute: str
    have: int
    least: int

    @property
    def many(self) -> str:
        """What there have to be several of: “countries”."""
        return _MANY.get(self.attribute, f"{shown(self.attribute)}s")


@dataclass(frozen=True, slots=True)
class Support:
    """Seconders so far, and what the terms ask for.

    Attributes:
        petition: So many supporters are enough without independence; 0: no such way.
    """

    have: int
    needed: int
    spread: tuple[Spread, ...] = ()
    petition: int = 0

    @property
    def enough(self) -> bool:
        """Whether nothing is missing."""
        return not self.lacks

    @property
    def lacks(self) -> tuple[str, ...]:
        """What is missing, each a few words; empty if nothing is."""
        if 0 < self.petition <= self.have:
            return ()
        missing = self.needed - self.have
        found = [f"{missing} more {_seconders(missing)}"] if missing > 0 else []
        found += [f"seconders from {one.least} {one.many}" for one in self.spread if one.have < one.least]
        return tuple(found)

    @property
    def words(self) -> str:
        """Like “2 of 3 seconders, from 1 of 2 countries”; empty where none are asked for and there are none."""
        if not self.needed:
            return f"{self.have} {_seconders(self.have)}" if self.have else ""
        told = _of(self.have, self.needed, _seconders(max(self.have, self.needed)))
        return told + "".join(f", from {_of(one.have, one.least, one.many)}" for one in self.spread)


def _of(have: int, needed: int, many: str) -> str:
    return f"{have} of {needed} {many}" if have <= needed else f"{have} {many} ({needed} needed)"


def _seconders(number: int) -> str:
    return "seconder" if number == 1 else "seconders"


def support(terms: Terms, seconders: Iterable[Known]) -> Support:
    """What these seconders amount to; who has declared no value of an attribute adds none."""
    people = list(seconders)
    spread = tuple(
        Spread(one.attribute, len({p.value(one.attribute).casefold() for p in people} - {""}), one.least)
        for one in terms.independent
        if terms.seconders
    )
    return Support(len(people), terms.seconders, spread, terms.petition)
