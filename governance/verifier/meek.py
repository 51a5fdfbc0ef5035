"""The PR Foundation's reference Meek rule (counting.md section 2a, and 8.4 M1 to M4), `meek-prf`."""

from collections import Counter
from typing import Final

from .stages import Law, Papers, Stage, Terms

OMEGA: Final = 1000
"""0.000001 of a vote, in units: the surplus at which an iteration may stop."""


def _ceiling(number: int, divisor: int) -> int:
    return -(-number // divisor)


class Meek(Law):
    """Units of 0.000000001 of a vote and of a keep factor."""

    PLACES = 9
    TIES = "lots"
    FINAL = True

    def __init__(self, papers: Papers, terms: Terms) -> None:
        super().__init__(papers, terms)
        # Step A.
        self._keep = dict.fromkeys(self._standing, self._unit)
        self._surplus = 0

    def _quota_now(self) -> int:
        """B2b: of what the candidates hold, a unit above its even share, anew in every iteration."""
        return sum(self._tallies.values()) // (self._terms.seats + 1) + 1

    def _count_first_preferences(self) -> None:
        self._iterate(Stage("first preferences"))

    def _proceed(self) -> None:
        """Step B (M1)."""
        if self._stages[-1].elected:
            self._iterate(Stage("iteration", self._winners()))
            return
        # B3 (M4).
        may_go = self._may_go()
        least = min(self._tallies[name] for name in may_go)
        tied = [name for name in may_go if self._tallies[name] <= least + self._surplus]
        self._exclude([self._untie(tied, highest=False)])

    def _move_papers(self, names: list[str]) -> None:
        """After a defeat the papers are distributed anew, by iteration; whoever is excluded is passed over."""
        self._iterate(Stage("exclusion", names, excluded=names))

    # --- Step B2 -----------------------------------------------------------------------------------------------

    def _iterate(self, stage: Stage) -> None:
        """B2 (M2)."""
        shortened = self._shortened()
        before = None
        while True:
            self._distribute(shortened)  # a
            self._quota = self._quota_now()  # b
            self._surplus = max(0, sum(self._tallies[name] - self._quota for name in self._winners()))  # d
            # c, e: somebody is elected, or the surplus is small or no longer falls.
            if any(self._tallies[name] >= self._quota for name in self._open()):
                break
            if self._surplus < OMEGA or (before is not None and self._surplus >= before):
                break
            before = self._surplus
            for name in self._winners():  # f
                self._keep[name] = self._new_keep(self._keep[name], self._tallies[name])
        self._end(stage)

    def _shortened(self) -> Counter[tuple[str, ...]]:
        """Cut every paper after its first hopeful candidate, who keeps all that is left; put together those alike.

        A paper is then distributed as before, and far fewer are different.
        """
        shortened: Counter[tuple[str, ...]] = Counter()
        for ranking, number in self._papers.items():
            reached = []
            for name in ranking:
                is_elected = self._standing.get(name)
                if is_elected is not None:
                    reached.append(name)
                if is_elected is False:
                    break
            shortened[tuple(reached)] += number
        return shortened

    def _distribute(self, papers: Counter[tuple[str, ...]]) -> None:
        """B2a: each candidate keeps his share of what has come to him, rounded up."""
        unit, keep = self._unit, self._keep
        tallies = dict.fromkeys(self._terms.candidates, 0)
        left = 0
        for ranking, number in papers.items():
            weight = unit
            for name in ranking:
                kept = -(-weight * keep[name] // unit)
                tallies[name] += kept * number
                weight -= kept
                if not weight:
                    break
            left += weight * number
        self._tallies = tallies
        self._non_transferable = left

    def _new_keep(self, keep: int, votes: int) -> int:
        """B2f: both divisions rounded up; never above 1."""
        if not votes:
            return keep
        return min(_ceiling(_ceiling(keep * self._quota, self._unit) * self._unit, votes), self._unit)
