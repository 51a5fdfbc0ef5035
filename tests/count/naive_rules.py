"""The other rules, as naively as in `naive`: every paper by itself, fractions.

Written from docs/counting.md (sections 2a, 3, 4, 5 and 8.4) alone; it shares nothing with `governance.count`.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby
from math import floor
from typing import Any

from tests.count.naive import Poll
from tests.count.naive_stages import Naive, cut, up


def irv(poll: Poll) -> dict[str, Any]:
    """Section 5."""
    it = Naive(poll, "irv")
    it.deal(it.papers)
    moved: list[int] = []
    while True:
        tallies = it.held()
        it.history.append(tallies)
        active = sum(tallies, Fraction(0))
        it.quota = Fraction(floor(active / 2) + 1)
        before = len(it.elected)
        it.elect_those(lambda one, tallies=tallies, active=active: tallies[one] > active / 2)  # type: ignore[misc]
        it.end_stage("exclusion" if moved else "first preferences", moved, moved, before)
        if it.over:
            return it.result()
        now = len(it.history)
        moved = [it.one_of(it.level(it.doomed or it.may_go, min), range(now - 1, 0, -1), min)]
        it.continuing.remove(moved[0])
        it.deal([paper for paper in it.papers if paper.holder in moved])


class Wigm(Naive):
    """Section 3."""

    places = 4

    def stage(self, action: str, kept: dict[int, Fraction], moved: Sequence[int], excluded: Sequence[int]) -> None:
        tallies = [kept.get(one, votes) for one, votes in enumerate(self.held())]
        self.history.append(tallies)
        before = len(self.elected)
        self.elect_those(lambda one: tallies[one] >= self.quota)
        self.end_stage(action, moved, excluded, before)


def wigm(poll: Poll, *, batch: bool) -> dict[str, Any]:
    """Section 3, with or without B2."""
    it = Wigm(poll, "wigm-prf-batch" if batch else "wigm-prf")
    it.quota = cut(Fraction(len(it.papers), poll.seats + 1), 4) + Fraction(1, 10000)
    kept: dict[int, Fraction] = {}
    it.deal(it.papers)
    it.stage("first preferences", kept, [], [])
    while not it.over:
        tallies = it.history[-1]
        pending = [one for one in it.elected if one not in kept]
        surpluses = sum((tallies[one] - it.quota for one in pending), Fraction(0))
        doomed = it.doomed
        out: list[int] = []
        if doomed:
            out = [it.one_of(it.level(doomed, min), [], min)]
        elif batch:
            out = it.set_that_fits(lambda votes, above, surpluses=surpluses: votes + surpluses < above)  # type: ignore[misc]
        if not out and pending:
            giver = it.one_of(it.level(pending, max), [], max)
            surplus = tallies[giver] - it.quota
            papers = [paper for paper in it.papers if paper.holder == giver]
            for paper in papers:
                paper.value = cut(cut(paper.value * surplus, 4) / tallies[giver], 4)
            kept[giver] = it.quota
            it.deal(papers)
            it.stage("surplus", kept, [giver], [])
            continue
        if not out:
            out = [it.one_of(it.level(it.may_go, min), [], min)]
        it.continuing = [one for one in it.continuing if one not in out]
        if not it.final(out):
            it.deal([paper for paper in it.papers if paper.holder in out])
            it.stage("exclusion", kept, out, out)
    return it.result()


class Ers97(Naive):
    """Section 4."""

    places = 2

    def __init__(self, poll: Poll) -> None:
        super().__init__(poll, "ers97")
        self.kept: dict[int, Fraction] = {}

    def tallies(self) -> list[Fraction]:
        return [self.kept.get(one, votes) for one, votes in enumerate(self.held())]

    def stage(self, action: str, moved: Sequence[int], excluded: Sequence[int]) -> None:
        tallies = self.tallies()
        if action != "surplus" and not self.elected:
            self.quota = up(sum(tallies, Fraction(0)) / (self.poll.seats + 1), 2)
        self.history.append(tallies)
        before = len(self.elected)
        while not self.over and (candidates := self.next_elected()):
            self.elect(self.in_order(candidates)[0])
        self.end_stage(action, moved, excluded, before)

    def batches(self, out: Sequence[int]) -> None:
        """E2."""
        left = [paper for paper in self.papers if paper.holder in out]
        named = out
        for value in sorted({paper.value for paper in left}, reverse=True) or [Fraction(0)]:
            if not self.over:
                self.deal([paper for paper in left if paper.value == value])
                self.stage("exclusion", out, named)
                named = []

    def next_elected(self) -> list[int]:
        """E4."""
        tallies = self.history[-1]
        lesser = sum((min(tallies[one], self.quota) for one in self.elected), Fraction(0))
        needed = (sum(tallies, Fraction(0)) - lesser) / (self.vacant + 1)
        enough = [one for one in self.open if tallies[one] > 0 and tallies[one] >= min(needed, self.quota)]
        if not enough:
            return []
        best = self.level(enough, max)
        if len(best) <= self.vacant:
            return best

        def story(one: int) -> list[Fraction]:
            return [tallies[one] for tallies in self.history]

        taken: list[int] = []
        for _, group in groupby(sorted(best, key=story, reverse=True), key=story):
            alike = list(group)
            if len(taken) + len(alike) > self.vacant:
                break
            taken += alike
        return taken


def ers97(poll: Poll) -> dict[str, Any]:
    """Section 4 and E1 to E8."""
    it = Ers97(poll)
    it.deal(it.papers)
    it.stage("first preferences", [], [])
    while not it.over:
        tallies, now = it.history[-1], len(it.history)
        above = [one for one in it.elected if tallies[one] > it.quota]
        surpluses = sum((tallies[one] - it.quota for one in above), Fraction(0))
        doomed = it.doomed
        if doomed:
            out = [it.one_of(it.level(doomed, min), range(1, now), min)]
        else:
            out = it.set_that_fits(lambda votes, above, surpluses=surpluses: votes + surpluses <= above)  # type: ignore[misc]
        if not out and above:
            giver = it.one_of(it.level(above, max), range(1, now), max)
            surplus = tallies[giver] - it.quota
            mine = [paper for paper in it.papers if paper.holder == giver]
            last = max(paper.since for paper in mine)
            going = [
                paper
                for paper in mine
                if paper.since == last
                and any(one in it.continuing for one in paper.ranking[paper.ranking.index(giver) + 1 :])
            ]
            if sum((paper.value for paper in going), Fraction(0)) > surplus:
                for paper in going:
                    paper.value = cut(surplus / len(going), 2)
            it.deal(going)
            for paper in it.papers:
                if paper.holder == giver:
                    paper.holder = -1
            it.kept[giver] = it.quota
            it.stage("surplus", [giver], [])
            continue
        if not out:
            out = [it.one_of(it.level(it.may_go, min), range(1, now), min)]
        it.continuing = [one for one in it.continuing if one not in out]
        if it.final(out):
            break
        it.batches(out)
    return it.result()


class Meek(Naive):
    """Section 2a."""

    places = 9

    def __init__(self, poll: Poll) -> None:
        super().__init__(poll, "meek-prf")
        self.keep = {one: Fraction(0 if one in poll.withdrawn else 1) for one in range(poll.candidates)}
        self.surplus = Fraction(0)

    def distribute(self) -> list[Fraction]:
        """B2a."""
        votes = [Fraction(0)] * self.poll.candidates
        for paper in self.papers:
            weight = Fraction(1)
            for one in paper.ranking:
                kept = up(weight * self.keep[one], 9)
                votes[one] += kept
                weight -= kept
                assert weight >= 0
        return votes

    def stage(self, action: str, moved: Sequence[int], excluded: Sequence[int]) -> bool:
        """B2; whether it elected somebody."""
        before = len(self.elected)
        moved = list(moved)
        last: Fraction | None = None
        while True:
            votes = self.distribute()
            self.quota = quota = cut(sum(votes, Fraction(0)) / (self.poll.seats + 1), 9) + Fraction(1, 10**9)
            self.history.append(votes)
            self.elect_those(lambda one, votes=votes, quota=quota: votes[one] >= quota)  # type: ignore[misc]
            self.surplus = max(Fraction(0), sum((votes[one] - quota for one in self.elected), Fraction(0)))
            if (
                self.elected[before:]
                or self.surplus < Fraction(1, 10**6)
                or (last is not None and self.surplus >= last)
            ):
                elects = len(self.elected) > before
                self.end_stage(action, moved, excluded, before)
                return elects
            last = self.surplus
            self.history.pop()
            for one in self.elected:
                if votes[one]:
                    self.keep[one] = min(Fraction(1), up(up(self.keep[one] * quota, 9) / votes[one], 9))


def meek(poll: Poll) -> dict[str, Any]:
    """Section 2a and M1 to M4."""
    it = Meek(poll)
    elects = it.stage("first preferences", [], [])
    while not it.over:
        votes = it.history[-1]
        doomed = it.doomed
        if elects and not doomed:
            elects = it.stage("iteration", it.elected, [])
            continue
        window = Fraction(0) if doomed else it.surplus
        among = doomed or it.may_go
        low = min(votes[one] for one in among)
        out = it.one_of([one for one in among if votes[one] <= low + window], [], min)
        it.continuing.remove(out)
        it.keep[out] = Fraction(0)
        if not it.final([out]):
            elects = it.stage("exclusion", [out], [out])
    return it.result()


def count(poll: Poll) -> dict[str, Any]:
    """Count by the poll's rule, which is not Scottish STV."""
    if poll.rule == "irv":
        return irv(poll)
    if poll.rule == "ers97":
        return ers97(poll)
    if poll.rule == "meek-prf":
        return meek(poll)
    return wigm(poll, batch=poll.rule == "wigm-prf-batch")
