"""A member as rules look at them, and the facts that the members' list and the draft of an election give."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from governance.domain.capacity import listed_as
from governance.domain.draft import BUILT_IN
from governance.domain.eligibility.facts import Facts, Term, Value
from governance.domain.membership import Status

_TRUE = ("yes", "true", "1")
_NEVER = "never"
_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Person:
    """What the rules look at.

    Attributes:
        status: As the members' list has it; where it is empty, `active` says all that is known.
        delegate: Who votes for an organisation; empty for a person.
    """

    id: str
    name: str
    active: bool
    joined: date
    country: str
    region: str
    attributes: Mapping[str, str]
    status: str = ""
    delegate: str = ""

    @property
    def listed_as(self) -> str:
        """The name as the roll has it."""
        return listed_as(self.name, self.delegate)

    def value(self, attribute: str) -> str:
        """What this person has or has declared; empty if nothing."""
        return str(getattr(self, attribute)) if attribute in BUILT_IN else self.attributes.get(attribute, "")


@dataclass(frozen=True, slots=True)
class Around:
    """What an election gives beside the members' list.

    Attributes:
        officials: The offices that members hold in it, by their ids.
        standing: The members who stand in it.
        seated: The members who sit in its body when the new ones take their seats; None while the register has no
            such body. Of a holder who is no member, the attributes are what was entered.
        terms: The terms of members, by their ids and by what a rule can name: a seat, an office, a body.
        known: The names of which the register knows who served; of all others it says nothing.
    """

    officials: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    standing: tuple[Person, ...] = ()
    seated: tuple[Person, ...] | None = None
    terms: Mapping[str, Mapping[str, tuple[Term, ...]]] = field(default_factory=dict)
    known: frozenset[str] = frozenset()

    def sharing(self, person: Person, attribute: str, among: str = "candidates") -> int | None:
        """How many others stand, or sit, with the same value; None where one of them has said nothing."""
        people = self.standing if among == "candidates" else self.seated
        if people is None:
            return None
        others = Counter(one.value(attribute).casefold() for one in people if one.id != person.id)
        return None if "" in others else others[person.value(attribute).casefold()]


def facts(person: Person, around: Around, names: Iterable[str]) -> Facts:
    """The facts of these names that are known of a person; what is not known is left out."""
    found: dict[str, Value] = {}
    for name in names:
        value = _fact(person, around, name)
        if value is not None:
            found[name] = value
    return found


def _fact(person: Person, around: Around, name: str) -> Value | None:
    kind, _, rest = name.partition(":")
    if kind == "terms":
        return around.terms.get(person.id, {}).get(rest, ()) if rest in around.known else None
    if kind in ("official", "standing", "sharing"):
        return _of_election(person, around, kind, rest)
    return _declared(person, kind, rest) if rest else _of_membership(person, kind)


def _of_election(person: Person, around: Around, kind: str, rest: str) -> Value | None:
    if kind == "official":
        return around.officials.get(person.id, ())
    if kind == "standing":
        return any(one.id == person.id for one in around.standing)
    among, _, attribute = rest.partition(":")
    return around.sharing(person, attribute, among)


def _declared(person: Person, kind: str, rest: str) -> Value | None:
    match kind:
        case "attribute":
            return person.value(rest)
        case "exception" | "declaration":
            # The office enters both; what it has not entered was not granted, or not made.
            return person.value(f"{kind}_{rest}").casefold() in _TRUE
        case "count":
            digits = person.value(rest)
            return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS else None
        case _:
            return None


def _of_membership(person: Person, name: str) -> Value | None:
    status = person.status or (Status.ACTIVE if person.active else "")
    match name:
        case "joined":
            return person.joined
        case "country" | "region":
            return person.value(name)
        case "status":
            return str(status) or "not active"
        case "suspended":
            return status == Status.SUSPENDED if status else None
        case "last_suspended":
            last = person.value(name)
            return "" if last == _NEVER else last or None
        case _:
            return None
