"""What the laws share that move papers from one candidate to the next (counting.md 8.4, A4)."""

from collections.abc import Callable
from dataclasses import dataclass

from .stages import Law, Papers, Stage, Terms


@dataclass(frozen=True, slots=True)
class Pile:
    """Papers that are alike and arrived together: now with the candidate at `place` of their ranking."""

    ranking: tuple[str, ...]
    place: int
    number: int
    value: int
    """In units, of one paper."""
    stage: int
    """The stage in which they arrived."""


class TransferLaw(Law):
    """A law under which a candidate holds papers."""

    def __init__(self, papers: Papers, terms: Terms) -> None:
        super().__init__(papers, terms)
        self._held: dict[str, list[Pile]] = {name: [] for name in terms.candidates}

    def _count_first_preferences(self) -> None:
        for ranking, number in self._papers.items():
            self._give(Pile(ranking, 0, number, self._unit, 1))
        self._end(Stage("first preferences"))

    def _give(self, pile: Pile) -> None:
        name = pile.ranking[pile.place]
        self._held[name].append(pile)
        self._tallies[name] += pile.number * pile.value

    def _next_place(self, pile: Pile) -> int:
        """Return the place of the next preference that continues, -1 when there is none (A4)."""
        for place in range(pile.place + 1, len(pile.ranking)):
            if self._standing.get(pile.ranking[place]) is False:
                return place
        return -1

    def _pass_on(self, pile: Pile, value: int) -> int:
        """Give the papers to their next preference at this value; return the votes credited, 0 when there is none."""
        place = self._next_place(pile)
        if place < 0:
            return 0
        self._give(Pile(pile.ranking, place, pile.number, value, len(self._stages) + 1))
        return pile.number * value

    def _transfer_from_all(self, name: str, value: Callable[[Pile], int]) -> None:
        """Transfer a surplus: all the candidate's papers go on, each at its new value; the tally becomes the quota."""
        surplus = self._tallies[name] - self._quota
        credited = sum(self._pass_on(pile, value(pile)) for pile in self._held[name])
        self._held[name] = []
        self._tallies[name] = self._quota
        self._non_transferable += surplus - credited
        self._end(Stage("surplus", [name]))

    def _move_papers(self, names: list[str]) -> None:
        """All the papers of those excluded go on at their present value, in one stage."""
        for name in names:
            for pile in self._held[name]:
                self._non_transferable += pile.number * pile.value - self._pass_on(pile, pile.value)
            self._held[name] = []
            self._tallies[name] = 0
        self._end(Stage("exclusion", names, excluded=names))
