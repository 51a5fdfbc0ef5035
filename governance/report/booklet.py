"""What the booklet of candidates shows: plain values, for its page and its PDF."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How the places of a contest are filled."""

    VOTE = "vote"
    CONFIRM = "confirm"
    """By a vote on each, yes or “re-open nominations”."""
    ELECTED = "elected"
    """Without a vote."""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says in one language.

    Attributes:
        language: Its code; `name` is what the language calls itself.
        dir: `ltr` or `rtl`.
    """

    language: str
    name: str
    dir: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A declaration of interest that is published."""

    question: str
    yes: bool
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo: where it lies, how large it is, and what it shows."""

    digest: str
    width: int
    height: int
    about: str


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody who stands in a contest.

    Attributes:
        itself: Whether they nominated themselves.
        nominators: Names of others who nominated them.
        seconders: Names, in the order in which they came.
        withdrawn: Whether they withdrew after the list was announced.
    """

    id: str
    name: str
    said: tuple[Said, ...] = ()
    photo: Picture | None = None
    itself: bool = False
    nominators: tuple[str, ...] = ()
    seconders: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A contest with everybody who stands in it.

    Attributes:
        vacant: How many places stay empty because too few stand.
        reopen: Whether voters can choose “re-open nominations” too.
    """

    id: str
    title: str
    seats: int
    kind: Kind
    entries: tuple[Entry, ...]
    vacant: int = 0
    reopen: bool = False


@dataclass(frozen=True, slots=True)
class Booklet:
    """The booklet of an election.

    Attributes:
        public: Whether everybody may see it, and not members alone.
        others: What is published of all nominations, those not in it too, in sentences.
    """

    election: str
    title: str
    parts: tuple[Part, ...]
    public: bool
    others: tuple[str, ...] = ()

    def entries(self) -> Iterator[Entry]:
        """Everybody, contest by contest."""
        return (entry for part in self.parts for entry in part.entries)


ORDER = "Within each contest candidates stand in the order of their names. On the ballot the order is shuffled anew for each voter."


def kind(part: Part) -> str:
    """How the places of a contest are filled, in sentences."""
    places = _several(part.seats, "place", "places")
    if not part.entries:
        return f"{places}. Nobody stands."
    told = {
        Kind.VOTE: f"{places}, filled by a vote.",
        Kind.CONFIRM: f"{places}. No more people stand than there are places: members vote on each, yes or “re-open nominations”.",
        Kind.ELECTED: f"{places}. No more people stand than there are places: they are elected without a vote.",
    }[part.kind]
    if part.kind is Kind.VOTE and part.reopen:
        told += " Voters can also choose to open nominations again."
    if part.vacant:
        told += f" {_several(part.vacant, 'place stays', 'places stay')} empty."
    return told


def _several(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"
