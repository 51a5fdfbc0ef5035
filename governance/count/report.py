"""What a count leaves behind: every stage, every vote, every tie (docs/interfaces.md)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Stage:
    """The result sheet at the end of one stage. Candidates are indices, votes whole units.

    Attributes:
        number: From 1.
        action: "first preferences", "surplus", "exclusion", "iteration" or "final".
        candidates: Whose votes moved.
        tallies: Of every candidate.
        non_transferable: Votes that are with nobody, what rounding lost included.
        quota: As the rule has it at this stage.
        elected: At this stage, in order of election.
        excluded: At this stage.
        guarded: Continuing candidates who cannot be excluded any more.
        doomed: Continuing candidates who cannot be elected any more.
    """

    number: int
    action: str
    candidates: tuple[int, ...]
    tallies: tuple[int, ...]
    non_transferable: int
    quota: int
    elected: tuple[int, ...]
    excluded: tuple[int, ...]
    guarded: tuple[int, ...]
    doomed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tie:
    """A choice of whom to transfer or exclude, among several with equal votes.

    Attributes:
        stage: The number of the stage that the choice makes.
        among: All who tied at first, in order of index.
        chosen: Whose votes move at that stage.
        by: "stage n", the stage that left one alone, or "lot".
    """

    stage: int
    among: tuple[int, ...]
    chosen: int
    by: str


@dataclass(frozen=True, slots=True)
class Count:
    """A whole count.

    Attributes:
        rule: The rule's id.
        candidates: All ids, in order of index.
        seats: Places there were to fill.
        valid: Papers with a usable preference.
        places: How many decimal places of a vote the rule keeps: its unit is 10**-places.
        withdrawn: In order of index.
        reopen: The candidate who is "re-open nominations"; if elected, the last and nobody's seat.
        elected: In order of election.
        stages: At least one.
        ties: In order of stage.
        unconstrained: There were constraints, but they could not be met and had no effect.
    """

    rule: str
    candidates: tuple[str, ...]
    seats: int
    valid: int
    places: int
    withdrawn: tuple[int, ...]
    reopen: int | None
    elected: tuple[int, ...]
    stages: tuple[Stage, ...]
    ties: tuple[Tie, ...]
    unconstrained: bool

    def votes(self, units: int) -> str:
        """A number of units as a decimal string of votes, with all the rule's places."""
        return decimal(units, self.places)

    def names(self, indices: Iterable[int]) -> list[str]:
        """The ids of these candidates."""
        return [self.candidates[index] for index in indices]

    def as_dict(self) -> dict[str, Any]:
        """Exactly the object of docs/interfaces.md, "A count as JSON"."""
        return {
            "rule": self.rule,
            "seats": self.seats,
            "valid": self.valid,
            "quota": self.votes(self.stages[-1].quota),
            "withdrawn": self.names(self.withdrawn),
            "elected": self.names(self.elected),
            "stages": [self._stage(stage) for stage in self.stages],
            "ties": [self._tie(tie) for tie in self.ties],
        }

    def _stage(self, stage: Stage) -> dict[str, Any]:
        return {
            "number": stage.number,
            "action": stage.action,
            "candidates": self.names(stage.candidates),
            "tallies": dict(zip(self.candidates, map(self.votes, stage.tallies), strict=True)),
            "non_transferable": self.votes(stage.non_transferable),
            "quota": self.votes(stage.quota),
            "elected": self.names(stage.elected),
            "excluded": self.names(stage.excluded),
            "guarded": self.names(stage.guarded),
            "doomed": self.names(stage.doomed),
        }

    def _tie(self, tie: Tie) -> dict[str, Any]:
        return {
            "stage": tie.stage,
            "among": self.names(tie.among),
            "chosen": self.candidates[tie.chosen],
            "by": tie.by,
        }


def decimal(units: int, places: int) -> str:
    """Units of 10**-places, >= 0, as a decimal string with all its places."""
    if places == 0:
        return str(units)
    whole, part = divmod(units, 10**places)
    return f"{whole}.{part:0{places}d}"
