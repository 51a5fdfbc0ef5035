"""Ties: earlier stages first, then the order of lots (docs/counting.md 1(a) and (b))."""

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


def lowest(candidates: Iterable[int], history: Sequence[Tallies], lots: Sequence[int]) -> Choice:
    """Who has least votes now; of several, who had least at the last stage where they differed.

    Args:
        candidates: At least one.
        history: The tallies after each stage, from stage 1 to now.
        lots: Of every candidate, the place in the order of lots: the first is chosen.
    """
    return _extreme(min, candidates, history, lots)


def highest(candidates: Iterable[int], history: Sequence[Tallies], lots: Sequence[int]) -> Choice:
    """The same for most votes; of several still tied, again the first in the order of lots."""
    return _extreme(max, candidates, history, lots)


def _extreme(
    extreme: Callable[[Iterable[int]], int],
    candidates: Iterable[int],
    history: Sequence[Tallies],
    lots: Sequence[int],
) -> Choice:
    """Narrow down stage by stage, backwards; each earlier stage looks only at who is still left."""
    now = len(history)
    left = sorted(candidates)
    among: tuple[int, ...] = ()
    for stage in range(now, 0, -1):
        tallies = history[stage - 1]
        best = extreme(tallies[candidate] for candidate in left)
        left = [candidate for candidate in left if tallies[candidate] == best]
        among = among or tuple(left)
        if len(left) == 1:
            return Choice(left[0], among, "" if stage == now else f"stage {stage}")
    return Choice(min(left, key=lots.__getitem__), among, LOT)


def in_order(candidates: Iterable[int], history: Sequence[Tallies], lots: Sequence[int]) -> list[int]:
    """Candidates in order of election: more votes now, then earlier backwards, then by lot."""
    backwards = history[::-1]
    return sorted(candidates, key=lambda c: ([-tallies[c] for tallies in backwards], lots[c]))
