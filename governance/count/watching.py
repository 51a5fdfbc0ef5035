"""What a rule tells whoever follows papers through a count: whose papers move, and at what value.

A rule hands over the very function that it moves its papers by, so that no law is written twice; what is told can
change nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Lying:
    """A paper in the hands of a candidate whose papers move.

    Attributes:
        value: At which it counts there, in units.
        since: The number of the stage in which it came.
        goes_on: Whether it names a candidate who can receive it.
    """

    value: int
    since: int
    goes_on: bool


PassesOn = Callable[[Lying], int | None]
"""The value at which a paper goes on, the rest of its value staying; None: it does not move in this stage."""

Keeps = Callable[[int, int], int]
"""What a candidate keeps of so many units that are left of a paper (Meek)."""


class Watcher(Protocol):
    """Who is told, before the papers of a stage move or once they lie."""

    def moves(self, stage: int, passes_on: PassesOn) -> None:
        """A stage with this number moves papers of those whom its sheet names in `candidates`."""

    def shares(self, stage: int, keeps: Keeps) -> None:
        """In the stage of this number every paper is shared out among all, in order of preference."""
