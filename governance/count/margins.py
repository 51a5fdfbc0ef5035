"""What each stage of a count turned on: who was elected or excluded, and by how much (docs/counting.md 10.2)."""

from collections.abc import Iterator
from dataclasses import dataclass

from governance.count.report import Count, Stage

ELECTED = "elected"
EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Margin:
    """The smallest difference between what a stage did and what it might have done instead.

    Attributes:
        stage: Its number.
        what: `ELECTED` or `EXCLUDED`.
        candidate: The elected one with the fewest votes, or the excluded one with the most.
        other: Who would have been it instead: the one with the next fewer, or more, votes.
        votes: The difference, in units, >= 0.
    """

    stage: int
    what: str
    candidate: int
    other: int
    votes: int


def margins(count: Count) -> Iterator[Margin]:
    """In order of stage, exclusions before elections; none where nobody else could have been elected or excluded."""
    continuing = {*range(len(count.candidates))}.difference(count.withdrawn)
    before = count.stages[0]
    for stage in count.stages:
        if stage.excluded:
            yield from _excluded(stage, before, continuing)
        continuing.difference_update(stage.excluded)
        if stage.elected:
            yield from _elected(stage, before, continuing)
        continuing.difference_update(stage.elected)
        before = stage


def _excluded(stage: Stage, before: Stage, continuing: set[int]) -> Iterator[Margin]:
    """An exclusion was decided by the votes before it, among the doomed if there were any, else among who was not guarded."""
    votes = before.tallies
    others = ({*before.doomed} or continuing.difference(before.guarded)).difference(stage.excluded)
    if others:
        candidate = max(sorted(stage.excluded), key=votes.__getitem__)
        other = min(sorted(others), key=votes.__getitem__)
        # Meek's window for ties may put out one who has a little more than another.
        yield Margin(stage.number, EXCLUDED, candidate, other, max(0, votes[other] - votes[candidate]))


def _elected(stage: Stage, before: Stage, continuing: set[int]) -> Iterator[Margin]:
    """Who had more votes and was not elected was doomed: that was no matter of votes."""
    votes = stage.tallies
    candidate = min(sorted(stage.elected), key=votes.__getitem__)
    others = continuing.difference(stage.elected, before.doomed, stage.doomed)
    below = [one for one in sorted(others) if votes[one] <= votes[candidate]]
    if below:
        other = max(below, key=votes.__getitem__)
        yield Margin(stage.number, ELECTED, candidate, other, votes[candidate] - votes[other])
