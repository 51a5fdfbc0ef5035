"""Papers while they are counted.

A paper is looked at only when it moves: each candidate's papers lie in parcels, one for each value, and each paper
keeps its place in its own ranking. Whom it has passed over (elected, excluded, withdrawn) never comes back, so it never
looks back either.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from operator import itemgetter

from governance.count.ballots import Paper

Held = tuple[int, Iterator[int]]
"""How many papers are alike, and the preferences they have not yet come to."""


def unread(papers: Iterable[Paper]) -> list[Held]:
    """Papers of which no preference has been looked at."""
    return [(number, iter(ranking)) for number, ranking in papers]


def number_of(papers: Iterable[Held]) -> int:
    """How many papers these are."""
    return sum(map(itemgetter(0), papers))


def sort(papers: Iterable[Held], continuing: Collection[int]) -> dict[int, list[Held]]:
    """The papers by their next available preference; those without one are left out."""
    given: defaultdict[int, list[Held]] = defaultdict(list)
    for paper in papers:
        for candidate in paper[1]:
            if candidate in continuing:
                given[candidate].append(paper)
                break
    return given


class Parcels:
    """Who holds which papers, and how many votes they make.

    Attributes:
        tallies: Every candidate's votes, in units. What stays with somebody without papers is set by the rule.
    """

    def __init__(self, candidates: int) -> None:
        self.tallies = [0] * candidates
        self._parcels: list[dict[int, list[Held]]] = [{} for _ in range(candidates)]

    def deal(self, parcels: Mapping[int, Iterable[Held]], continuing: Collection[int]) -> None:
        """Give each paper to its next available preference.

        Args:
            parcels: By the value at which each of their papers moves.
            continuing: Who may receive papers.
        """
        for value, papers in parcels.items():
            for candidate, parcel in sort(papers, continuing).items():
                self._parcels[candidate].setdefault(value, []).extend(parcel)
                self.tallies[candidate] += value * number_of(parcel)

    def take(self, giver: int, *, leave: int = 0) -> dict[int, list[Held]]:
        """All parcels of a candidate, by value; what is left are these votes without a paper."""
        parcels, self._parcels[giver] = self._parcels[giver], {}
        self.tallies[giver] = leave
        return parcels
