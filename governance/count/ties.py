"""Ties: earlier stages, then the order of lots (docs/counting.md 1(a) and (b), 8.4 A7)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

Tallies = Sequence[int]
"""Every candidate's votes at the end of a stage, in the rule's unit."""

LOT = "lot"


@dataclass(frozen=True, slots=True)
class Choice:
    """One chosen among several with equal votes.

    Attributes:
        chosen: An index, as all here.
        among: All who tied at first; one alone if there was no tie.
        by: "stage n", the stage that left one alone, or "lot"; "" if there was no tie.
    """

    chosen: int
    among: tuple[int, ...]
    by: str


Look = Callable[[int], Iterable[int]]
"""Which stages are looked at, and in which order, for a tie after so many stages."""


def backwards(now: int) -> range:
    """From the stage before back to the first."""
    return range(now - 1, 0, -1)


def forwards(now: int) -> range:
    """From the first stage on."""
    return range(1, now)


def nowhere(_: int) -> range:
    """No stage: the lot decides at once."""
    return range(0)


def lowest(
    candidates: Iterable[int], history: Sequence[Tallies], lots: Sequence[int], look: Look = backwards
) -> Choice:
    """Who has least votes now; of several, who had least where they differed first as one looks.

    Args:
        candidates: At least one.
        history: The tallies after each stage, from stage 1 to now.
        lots: Of every candidate, the place in the order of lots: the first is chosen.
        look: At each stage only those who are still left are looked at.
    """
    return _extreme(min, candidates, history, lots, look)


def highest(
    candidates: Iterable[int], history: Sequence[Tallies], lots: Sequence[int], look: Look = backwards
) -> Choice:
    """The same for most votes; of several still tied, again the first in the order of lots."""
    return _extreme(max, candidates, history, lots, look)


def by_lot(tied: Iterable[int], lots: Sequence[int]) -> Choice:
    """The first in the order of lots among all of these."""
    among = tuple(sorted(tied))
    return Choice(min(among, key=lots.__getitem__), among, LOT if len(among) > 1 else "")


def _extreme(
    extreme: Callable[[Iterable[int]], int],
    candidates: Iterable[int],
    history: Sequence[Tallies],
    lots: Sequence[int],
    look: Look,
) -> Choice:
    """Narrow down stage by stage; each stage looks only at who is still left."""

    def best(left: Sequence[int], stage: int) -> tuple[int, ...]:
        tallies = history[stage - 1]
        most = extreme(tallies[candidate] for candidate in left)
        return tuple(candidate for candidate in left if tallies[candidate] == most)

    now = len(history)
    among = left = best(sorted(candidates), now)
    if len(among) == 1:
        return Choice(among[0], among, "")
    for stage in look(now):
        left = best(left, stage)
        if len(left) == 1:
            return Choice(left[0], among, f"stage {stage}")
    return Choice(min(left, key=lots.__getitem__), among, LOT)


def in_order(candidates: Iterable[int], history: Sequence[Tallies], lots: Sequence[int]) -> list[int]:
    """Candidates in order of election: more votes now, then earlier backwards, then by lot."""
    backward = history[::-1]
    return sorted(candidates, key=lambda c: ([-tallies[c] for tallies in backward], lots[c]))
