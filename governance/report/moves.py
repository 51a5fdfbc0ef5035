"""Which votes moved in a stage: exactly what two tallies, one after the other, say (docs/counting.md 8.6).

One who lost and several who gained: then it is known how many went from whom to whom. Where several lose at once, the tallies
say only what each lost and what each gained, and no more is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from governance.count.report import Count, Stage

NOBODY = -1
"""In place of a candidate: the votes that are with nobody."""


@dataclass(frozen=True, slots=True)
class Moves:
    """What changed between the stage before and this one; units, all above 0, both sums equal.

    Attributes:
        stage: The stage at whose end the votes lay where they moved to.
        lost: Who lost, and how much; candidates or `NOBODY`.
        gained: Who gained, and how much.
    """

    stage: Stage
    lost: tuple[tuple[int, int], ...]
    gained: tuple[tuple[int, int], ...]

    @property
    def total(self) -> int:
        """All that moved, in units."""
        return sum(units for _, units in self.gained)


def moves(count: Count) -> list[Moves]:
    """Of every stage but the first."""
    return [between(before, after) for before, after in zip(count.stages, count.stages[1:], strict=False)]


def between(before: Stage, after: Stage) -> Moves:
    """What changed from one stage to a later one."""
    change = [(one, new - old) for one, (old, new) in enumerate(zip(before.tallies, after.tallies, strict=True))]
    # With nobody is what is with no candidate: the first count's valid papers are all there are. Meek's rounding up
    # may make a unit; it is taken from there, so that the sums hold.
    change.append((NOBODY, -sum(units for _, units in change)))
    return Moves(
        after,
        tuple((one, -units) for one, units in change if units < 0),
        tuple((one, units) for one, units in change if units > 0),
    )


def shared(lost: Sequence[int], gained: Sequence[int]) -> list[list[int]]:
    """A row for each who lost: an estimate of what went to each who gained, in proportion; every sum is exact.

    For forms that ask for it. Who can take what is left is always enough: the last row takes all of the rest.
    """
    rest, rows = [*gained], []
    for units in lost:
        total = sum(rest)
        row = [units * one // total if total else 0 for one in rest]
        by_fraction = sorted(range(len(rest)), key=lambda at: (-(units * rest[at] % total) if total else 0, at))
        for at in by_fraction[: units - sum(row)]:
            row[at] += 1
        rest = [left - given for left, given in zip(rest, row, strict=True)]
        rows.append(row)
    return rows
