"""Candidates who are excluded together (docs/counting.md 8.4 W3, E5 and G)."""

from collections.abc import Callable, Sequence
from itertools import accumulate

from governance.count.progress import Progress


def together(progress: Progress, tallies: Sequence[int], fits: Callable[[int, int], bool]) -> tuple[int, ...]:
    """The largest set of the lowest that may go together; () if there is none.

    Candidates with equal tallies are in it together or not at all. Enough candidates stay to fill the places, at least
    one of those who may go is among them, and the constraints can be met without the set.

    Args:
        progress: Nobody is doomed.
        tallies: In units.
        fits: Whether the rule lets a set go: the sum of its tallies, and the lowest tally outside it.
    """
    rising = sorted(progress.may_go, key=tallies.__getitem__)
    sums = [*accumulate(tallies[candidate] for candidate in rising)]
    most = min(len(rising) - 1, len(progress.continuing) - progress.vacancies)
    for size in range(most, 0, -1):
        highest, above = tallies[rising[size - 1]], tallies[rising[size]]
        if highest < above and fits(sums[size - 1], above) and progress.limits.can_spare(rising[:size]):
            return tuple(sorted(rising[:size]))
    return ()
