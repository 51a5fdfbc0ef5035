"""The Electoral Reform Society's rules of 1997 (counting.md section 4, and 8.4 E1 to E8), `ers97`."""

from .stages import Papers, Stage, Terms
from .transfers import Pile, TransferLaw


def _ceiling(number: int, divisor: int) -> int:
    return -(-number // divisor)


class Ers97(TransferLaw):
    """Units of 0.01 of a vote. A pile's `stage` says of which bundle it is (E1)."""

    PLACES = 2
    TIES = "forwards"  # (E6)
    FINAL = True  # (E7)

    def __init__(self, papers: Papers, terms: Terms) -> None:
        super().__init__(papers, terms)
        self._leaving: list[str] = []
        self._batches: list[list[Pile]] = []
        """Of the exclusion under way, those still to move, the lowest value first."""

    # --- Quota and elections -----------------------------------------------------------------------------------

    def _quota_now(self) -> int:
        """5.1.6, 5.4.8 (E3): until somebody is elected, of the votes that are still transferable."""
        if self._elected:
            return self._quota
        return _ceiling(self._total - self._non_transferable, self._terms.seats + 1)

    def _elect_reached(self, stage: Stage) -> None:
        """5.1.7, 5.3.13, 5.4.9 (E4)."""
        while not self._over:
            active = self._active_vote()
            reached = [
                name
                for name in self._open()
                if self._tallies[name] > 0
                and (self._tallies[name] >= self._quota or self._tallies[name] * (self._vacancies + 1) >= active)
            ]
            most = max((self._tallies[name] for name in reached), default=0)
            first = [name for name in reached if self._tallies[name] == most]
            if len(first) > self._vacancies:
                first = self._those_who_fit(first)
            if not first:
                return
            self._elect(self._ranked(first)[0], stage)

    def _active_vote(self) -> int:
        """All votes but those with which the elected keep their places."""
        kept = sum(min(self._tallies[name], self._quota) for name in self._winners())
        return self._total - self._non_transferable - kept

    def _those_who_fit(self, tied: list[str]) -> list[str]:
        """5.6.2 (E4): of more than there are places, the classes that were ahead first, as long as they fit."""
        classes: dict[tuple[int, ...], list[str]] = {}
        for name in tied:
            classes.setdefault(tuple(stage.tallies[name] for stage in self._stages), []).append(name)
        taken: list[str] = []
        for history in sorted(classes, reverse=True):
            if len(taken) + len(classes[history]) > self._vacancies:
                break
            taken += classes[history]
        return taken

    # --- What comes next ---------------------------------------------------------------------------------------

    def _proceed(self) -> None:
        """5.2.2 to 5.2.5 (E5)."""
        surpluses = [name for name in self._winners() if self._tallies[name] > self._quota]
        waiting = sum(self._tallies[name] - self._quota for name in surpluses)
        together = self._largest_group(waiting, or_equal=True)
        if together:
            self._exclude(together)
        elif surpluses:
            self._transfer(self._pick(surpluses, highest=True))
        else:
            self._exclude([self._pick(self._may_go(), highest=False)])

    def _transfer(self, name: str) -> None:
        """5.3 (E8): of the last bundle, the papers that can move share the surplus; none is worth more than before."""
        surplus = self._tallies[name] - self._quota
        last = max(pile.stage for pile in self._held[name])
        moving = [pile for pile in self._held[name] if pile.stage == last and self._next_place(pile) >= 0]
        number = sum(pile.number for pile in moving)
        value = moving[0].value if moving else 0
        if number * value > surplus:
            value = surplus // number
        credited = sum(self._pass_on(pile, value) for pile in moving)
        self._held[name] = []
        self._tallies[name] = self._quota
        self._non_transferable += surplus - credited
        self._end(Stage("surplus", [name]))

    # --- Exclusion, batch by batch -----------------------------------------------------------------------------

    def _move_papers(self, names: list[str]) -> None:
        """5.4 (E2): all their papers of one value are one batch, the highest value first."""
        batches: dict[int, list[Pile]] = {}
        for name in names:
            for pile in self._held[name]:
                batches.setdefault(pile.value, []).append(pile)
            self._held[name] = []
        self._leaving = names
        self._batches = [batches[value] for value in sorted(batches)] or [[]]
        self._move_batch(excluded=names)

    def _continue_exclusion(self) -> bool:
        if not self._batches:
            return False
        self._move_batch(excluded=[])
        return True

    def _move_batch(self, excluded: list[str]) -> None:
        for pile in self._batches.pop():
            votes = pile.number * pile.value
            self._tallies[pile.ranking[pile.place]] -= votes
            self._non_transferable += votes - self._pass_on(pile, pile.value)
        self._end(Stage("exclusion", self._leaving, excluded=excluded))
