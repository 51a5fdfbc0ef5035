"""A second Scottish STV, deliberately naive: every paper by itself, fractions, constraints by trying every subset.

Written from docs/counting.md and docs/interfaces.md alone; it shares nothing with `governance.count`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cmp_to_key
from itertools import combinations
from math import floor
from typing import Any


@dataclass
class Poll:
    """A small contest; candidates are "c0", "c1", …; `limits` are (members, minimum, maximum, seated)."""

    candidates: int
    seats: int
    papers: list[tuple[int, tuple[int, ...]]]
    order: list[int]
    withdrawn: set[int] = field(default_factory=set)
    reopen: int | None = None
    limits: list[tuple[set[int], int, int, int]] = field(default_factory=list)
    rule: str = "scottish-stv"

    @property
    def ids(self) -> list[str]:
        return [f"c{candidate}" for candidate in range(self.candidates)]


@dataclass
class Paper:
    ranking: tuple[int, ...]
    value: Fraction = Fraction(1)
    holder: int | None = None


Extreme = Callable[[Iterable[Fraction]], Fraction]


def ways(poll: Poll, elected: Sequence[int], continuing: Sequence[int], total: int) -> list[set[int]]:
    """Every set of continuing candidates whose election fills the places within all limits."""
    found = []
    for chosen in combinations(continuing, total - len(elected)):
        board = {*elected, *chosen}
        if all(low <= seated + len(board & members) <= high for members, low, high, seated in poll.limits):
            found.append(set(chosen))
    return found


def narrowed(tied: list[int], history: list[list[Fraction]], extreme: Extreme, order: list[int]) -> tuple[int, str]:
    """Docs/counting.md 1(a): recursively, the last stage of `history` first."""
    if not history:
        return min(tied, key=order.index), "lot"
    best = extreme(history[-1][candidate] for candidate in tied)
    left = [candidate for candidate in tied if history[-1][candidate] == best]
    return (left[0], f"stage {len(history)}") if len(left) == 1 else narrowed(left, history[:-1], extreme, order)


def count(poll: Poll) -> dict[str, Any]:  # noqa: C901, PLR0915  naive: one thing after the other
    """The whole count as interfaces.md has it."""
    papers = [Paper(ranking) for number, ranking in poll.papers for _ in range(number)]
    continuing = [candidate for candidate in range(poll.candidates) if candidate not in poll.withdrawn]
    total = min(poll.seats, len(continuing))
    bound = bool(poll.limits) and bool(ways(poll, [], continuing, total))
    kept = dict.fromkeys(range(poll.candidates), Fraction(0))
    elected: list[int] = []
    history: list[list[Fraction]] = []
    stages: list[dict[str, Any]] = []
    ties: list[dict[str, Any]] = []
    over = False

    def names(candidates: Iterable[int]) -> list[str]:
        return [f"c{candidate}" for candidate in candidates]

    def decimals(votes: Fraction) -> str:
        units = votes * 100000
        assert units.denominator == 1
        return f"{int(units) // 100000}.{int(units) % 100000:05d}"

    def guarded_and_doomed() -> tuple[list[int], list[int]]:
        if not bound:
            return [], []
        found = ways(poll, elected, continuing, total)
        guarded = [candidate for candidate in continuing if all(candidate in way for way in found)]
        return guarded, [candidate for candidate in continuing if not any(candidate in way for way in found)]

    def deal(pile: list[Paper]) -> None:
        for paper in pile:
            start = 0 if paper.holder is None else paper.ranking.index(paper.holder) + 1
            paper.holder = next((candidate for candidate in paper.ranking[start:] if candidate in continuing), -1)

    def earlier_is_better(one: int, other: int) -> int:
        for tallies in reversed(history):
            if tallies[one] != tallies[other]:
                return -1 if tallies[one] > tallies[other] else 1
        return poll.order.index(one) - poll.order.index(other)

    def in_order(candidates: Iterable[int]) -> list[int]:
        return sorted(candidates, key=cmp_to_key(earlier_is_better))

    def elect(candidate: int) -> bool:
        continuing.remove(candidate)
        elected.append(candidate)
        return candidate == poll.reopen or len(elected) == poll.seats

    def choose(candidates: list[int], extreme: Extreme) -> int:
        best = extreme(history[-1][candidate] for candidate in candidates)
        tied = [candidate for candidate in candidates if history[-1][candidate] == best]
        if len(tied) == 1:
            return tied[0]
        chosen, by = narrowed(tied, history[:-1], extreme, poll.order)
        ties.append({"stage": len(stages) + 1, "among": names(sorted(tied)), "chosen": f"c{chosen}", "by": by})
        return chosen

    deal(papers)
    papers = [paper for paper in papers if paper.holder != -1]
    quota = floor(Fraction(len(papers), poll.seats + 1)) + 1
    action, moved, excluded = "first preferences", list[int](), list[int]()
    while True:
        tallies = [
            kept[candidate] + sum((paper.value for paper in papers if paper.holder == candidate), Fraction(0))
            for candidate in range(poll.candidates)
        ]
        history.append(tallies)
        now: list[int] = []
        for candidate in in_order(one for one in continuing if tallies[one] >= quota):
            if not over and candidate not in guarded_and_doomed()[1]:
                over = elect(candidate)
                now.append(candidate)
        rest = [candidate for candidate in continuing if candidate not in guarded_and_doomed()[1]]
        if not over and len(rest) <= poll.seats - len(elected):
            for candidate in in_order(rest):
                if not over:
                    over = elect(candidate)
                    now.append(candidate)
            over = True
        guarded, doomed = ([], []) if over else guarded_and_doomed()
        stages.append(
            {
                "number": len(stages) + 1,
                "action": action,
                "candidates": names(moved),
                "tallies": {f"c{candidate}": decimals(votes) for candidate, votes in enumerate(tallies)},
                "non_transferable": decimals(len(papers) - sum(tallies, Fraction(0))),
                "quota": f"{quota}.00000",
                "elected": names(now),
                "excluded": names(excluded),
                "guarded": names(guarded),
                "doomed": names(doomed),
            }
        )
        if over:
            break
        surpluses = [candidate for candidate in elected if tallies[candidate] > quota]
        if surpluses and not doomed:
            giver = choose(surpluses, max)
            action, moved, excluded = "surplus", [giver], []
            for paper in papers:
                if paper.holder == giver:
                    value = (tallies[giver] - quota) * paper.value / tallies[giver]
                    paper.value = Fraction(floor(value * 100000), 100000)
            kept[giver] = Fraction(quota)
        else:
            giver = choose(doomed or [candidate for candidate in continuing if candidate not in guarded], min)
            action, moved, excluded = "exclusion", [giver], [giver]
            continuing.remove(giver)
        deal([paper for paper in papers if paper.holder == giver])
    return {
        "rule": "scottish-stv",
        "seats": poll.seats,
        "valid": len(papers),
        "quota": f"{quota}.00000",
        "withdrawn": names(sorted(poll.withdrawn)),
        "elected": names(elected),
        "stages": stages,
        "ties": ties,
    }
