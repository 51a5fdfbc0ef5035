"""What election is made: everything that the maker is told, and nothing that it decides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

OPENS = "2026-03-01T09:00:00Z"
CLOSES = "2026-03-08T17:00:00Z"
EXTENDED = "2026-03-09T17:00:00Z"

Choice = tuple[str, ...] | bytes
"""Ids of candidates, first preference first, () for a blank vote; or 32 bytes of an element that is sealed as it is."""


@dataclass(frozen=True, slots=True)
class Contest:
    id: str = "board"
    candidates: tuple[str, ...] = ("a", "b", "c")
    seats: int = 1
    max_ranks: int = 0
    """0 for as many as there are candidates."""
    min_ballots: int = 2
    reopen: str = ""
    constraints: tuple[Mapping[str, Any], ...] = ()
    after: tuple[str, ...] = ()
    mixers: tuple[int, ...] = (1, 2)
    """Which trustees mix, in order."""
    openers: tuple[int, ...] = (3, 1)
    """Which trustees decrypt, in order."""

    @property
    def limit(self) -> int:
        return self.max_ranks or len(self.candidates)


@dataclass(frozen=True, slots=True)
class Style:
    contests: tuple[str, ...] = ("board",)
    voters: int = 6
    """How many credentials; voters are numbered through all styles from 0."""
    absent: int = 1
    """How many stand on the roll without a credential."""


@dataclass(frozen=True, slots=True)
class Cast:
    voter: int
    choices: tuple[Choice, ...]
    """One for each contest of the voter's style."""


@dataclass(frozen=True, slots=True)
class Withdraw:
    contest: str
    candidate: str


@dataclass(frozen=True, slots=True)
class Extend:
    closes: str = EXTENDED


@dataclass(frozen=True, slots=True)
class Notice:
    subject: str = "Notice"
    body: str = "Grüße, 選挙 ✓"


Event = Cast | Withdraw | Extend | Notice


@dataclass(frozen=True, slots=True)
class Plan:
    """An election from its first entry to its last.

    Attributes:
        early: What happens between the manifest and `open`.
        course: What happens while voting is open.
        cancel: Where it is cancelled: after "manifest", "ready", "open" (the course is run), "close", or "".
        interleave: Contests are tallied side by side, not one after the other.
        notices: Whether notices stand in every place where one may.
    """

    election: str = "forged"
    trustees: int = 3
    threshold: int = 2
    contests: tuple[Contest, ...] = (Contest(),)
    styles: tuple[Style, ...] = (Style(),)
    early: tuple[Withdraw | Notice, ...] = ()
    course: tuple[Event, ...] = ()
    revotes: bool = True
    opened: str = OPENS
    closed: str = CLOSES
    cancel: str = ""
    interleave: bool = False
    notices: bool = False
    witnesses: int = 0
    quorum: int = 0
    cosigned: tuple[int, ...] = ()
    """Which witnesses cosign, from 0."""
    seed: str = "forge"
    people: Mapping[str, bytes] = field(default_factory=dict)
    """Files of the record that are for people."""

    def style_of(self, voter: int) -> int:
        for number, style in enumerate(self.styles):
            if voter < style.voters:
                return number
            voter -= style.voters
        raise IndexError(voter)

    def contest(self, name: str) -> Contest:
        return next(contest for contest in self.contests if contest.id == name)
