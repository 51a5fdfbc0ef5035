"""What every rule's naive count does alike after each stage: docs/counting.md 8.1 and 8.4, and nothing else.

Every paper by itself, constraints by trying every subset; it shares nothing with `governance.count`.
"""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import cmp_to_key
from math import ceil, floor
from typing import Any

from tests.count.naive import Poll, ways


class Paper:
    """One paper: what it says, what it is worth, who holds it, and since which stage."""

    def __init__(self, ranking: tuple[int, ...]) -> None:
        self.ranking = ranking
        self.value = Fraction(1)
        self.holder: int | None = None
        self.since = 0


def cut(number: Fraction, places: int) -> Fraction:
    return Fraction(floor(number * 10**places), 10**places)


def up(number: Fraction, places: int) -> Fraction:
    return Fraction(ceil(number * 10**places), 10**places)


class Naive:
    """What 8.1 and 8.4 say of every rule."""

    places = 0

    def __init__(self, poll: Poll, rule: str) -> None:
        self.poll, self.rule = poll, rule
        self.continuing = [one for one in range(poll.candidates) if one not in poll.withdrawn]
        self.total = min(poll.seats, len(self.continuing))
        self.elected: list[int] = []
        self.history: list[list[Fraction]] = []
        self.stages: list[dict[str, Any]] = []
        self.ties: list[dict[str, Any]] = []
        self.over = False
        self.bound = bool(poll.limits) and bool(ways(poll, [], self.continuing, self.total))
        self.papers = [
            Paper(ranking)
            for number, ranking in poll.papers
            for _ in range(number)
            if any(one in self.continuing for one in ranking)
        ]
        self.quota = Fraction(0)

    def found(self, without: Iterable[int] = ()) -> list[set[int]]:
        return ways(self.poll, self.elected, [one for one in self.continuing if one not in without], self.total)

    @property
    def guarded(self) -> list[int]:
        return [one for one in self.continuing if self.bound and all(one in way for way in self.found())]

    @property
    def doomed(self) -> list[int]:
        return [one for one in self.continuing if self.bound and not any(one in way for way in self.found())]

    @property
    def open(self) -> list[int]:
        return [one for one in self.continuing if one not in self.doomed]

    @property
    def may_go(self) -> list[int]:
        return [one for one in self.continuing if one not in self.guarded]

    @property
    def vacant(self) -> int:
        return self.poll.seats - len(self.elected)

    def names(self, candidates: Iterable[int]) -> list[str]:
        return [f"c{one}" for one in candidates]

    def decimals(self, votes: Fraction) -> str:
        units = votes * 10**self.places
        assert units.denominator == 1
        assert units >= 0
        whole, part = divmod(int(units), 10**self.places)
        return f"{whole}.{str(part).zfill(self.places)}" if self.places else str(whole)

    def held(self) -> list[Fraction]:
        return [
            sum((paper.value for paper in self.papers if paper.holder == one), Fraction(0))
            for one in range(self.poll.candidates)
        ]

    def deal(self, papers: Iterable[Paper]) -> None:
        for paper in papers:
            start = 0 if paper.holder is None else paper.ranking.index(paper.holder) + 1
            paper.holder = next((one for one in paper.ranking[start:] if one in self.continuing), -1)
            paper.since = len(self.stages) + 1

    def in_order(self, candidates: Iterable[int]) -> list[int]:
        def before(one: int, other: int) -> int:
            for tallies in reversed(self.history):
                if tallies[one] != tallies[other]:
                    return -1 if tallies[one] > tallies[other] else 1
            return self.poll.order.index(one) - self.poll.order.index(other)

        return sorted(candidates, key=cmp_to_key(before))

    def elect(self, candidate: int) -> None:
        self.continuing.remove(candidate)
        self.elected.append(candidate)
        self.over = candidate == self.poll.reopen or self.vacant == 0

    def elect_those(self, reached: Callable[[int], bool]) -> None:
        for one in self.in_order(one for one in self.continuing if reached(one)):
            if not self.over and one not in self.doomed:
                self.elect(one)

    def end_stage(self, action: str, moved: Sequence[int], excluded: Sequence[int], before: int) -> None:
        if not self.over and len(self.open) <= self.vacant:
            for one in self.in_order(self.open):
                if not self.over:
                    self.elect(one)
            self.over = True
        tallies = self.history[-1]
        self.stages.append(
            {
                "number": len(self.stages) + 1,
                "action": action,
                "candidates": self.names(sorted(moved)),
                "tallies": {f"c{one}": self.decimals(votes) for one, votes in enumerate(tallies)},
                "non_transferable": self.decimals(len(self.papers) - sum(tallies, Fraction(0))),
                "quota": self.decimals(self.quota),
                "elected": self.names(self.elected[before:]),
                "excluded": self.names(sorted(excluded)),
                "guarded": [] if self.over else self.names(self.guarded),
                "doomed": [] if self.over else self.names(self.doomed),
            }
        )

    def final(self, excluded: Sequence[int]) -> bool:
        """8.4 F, once these are excluded."""
        if len(self.open) > self.vacant:
            return False
        self.history.append(self.history[-1])
        self.end_stage("final", [], excluded, len(self.elected))
        return True

    def one_of(self, tied: list[int], stages: Iterable[int], extreme: Callable[[Iterable[Fraction]], Fraction]) -> int:
        if len(tied) == 1:
            return tied[0]
        left, by = sorted(tied), "lot"
        for stage in stages:
            best = extreme(self.history[stage - 1][one] for one in left)
            left = [one for one in left if self.history[stage - 1][one] == best]
            if len(left) == 1:
                by = f"stage {stage}"
                break
        chosen = min(left, key=self.poll.order.index)
        self.ties.append(
            {"stage": len(self.stages) + 1, "among": self.names(sorted(tied)), "chosen": f"c{chosen}", "by": by}
        )
        return chosen

    def level(self, candidates: Iterable[int], extreme: Callable[[Iterable[Fraction]], Fraction]) -> list[int]:
        candidates = list(candidates)
        best = extreme(self.history[-1][one] for one in candidates)
        return [one for one in candidates if self.history[-1][one] == best]

    def set_that_fits(self, fits: Callable[[Fraction, Fraction], bool]) -> list[int]:
        """W3 and E5: of all sets closed downwards, the largest that may go."""
        tallies = self.history[-1]
        largest: list[int] = []
        for highest in {tallies[one] for one in self.may_go}:
            members = [one for one in self.may_go if tallies[one] <= highest]
            outside = [one for one in self.may_go if one not in members]
            if (
                outside
                and len(self.continuing) - len(members) >= self.vacant
                and fits(sum((tallies[one] for one in members), Fraction(0)), min(tallies[one] for one in outside))
                and (not self.bound or self.found(members))
                and len(members) > len(largest)
            ):
                largest = members
        return largest

    def result(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "seats": self.poll.seats,
            "valid": len(self.papers),
            "quota": self.stages[-1]["quota"],
            "withdrawn": self.names(sorted(self.poll.withdrawn)),
            "elected": self.names(self.elected),
            "stages": self.stages,
            "ties": self.ties,
        }
