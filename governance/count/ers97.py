"""ERS97, the Electoral Reform Society's rules of 1997, sections 5 and 6 (docs/counting.md 4 and 8.4 E1 to E8).

The unit is 0.01 of a vote. Paragraph numbers are those of ERS97.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby

from governance.count.ballots import Contest
from governance.count.papers import Held, number_of, sort, unread
from governance.count.progress import EXCLUSION, FIRST_PREFERENCES, SURPLUS, Progress
from governance.count.report import Count
from governance.count.sets import together
from governance.count.ties import forwards, highest, lowest
from governance.count.watching import Lying

ID = "ers97"
PLACES = 2
VOTE = 10**PLACES

Bundle = tuple[int, list[Held]]
"""Papers of one value that came to a candidate, or go from one, in one stage; the value first."""

Batch = tuple[int, list[tuple[int, list[Held]]]]
"""6.1: all the papers of one value in a transfer: the value, and whose papers they were."""


@dataclass(frozen=True, slots=True)
class Surplus:
    """Which papers a surplus moves and how, as whoever follows one is told (`watching.PassesOn`).

    Attributes:
        value: At which they go on.
        since: The stage in which the giver's last bundle came.
        before: The value of its papers till now.
    """

    value: int
    since: int
    before: int

    def __call__(self, paper: Lying) -> int | None:
        """5.3: the last bundle alone, and of it what is transferable."""
        inside = paper.since == self.since and paper.value == self.before
        return self.value if inside and paper.goes_on else None


@dataclass(frozen=True, slots=True)
class Out:
    """Which papers a stage of an exclusion moves, told likewise.

    Attributes:
        least: The value below which they wait for a later stage.
    """

    least: int

    def __call__(self, paper: Lying) -> int | None:
        """5.4: the batch of the highest value, at its value."""
        return paper.value if paper.value >= self.least else None


def count(contest: Contest) -> Count:
    """Count a contest by section 5."""
    sheet = _Sheet(contest)
    progress = sheet.progress
    while not progress.over:
        if sheet.batches:
            sheet.move_batch()
        elif doomed := progress.limits.doomed:
            sheet.exclude_lowest(doomed)
        elif together_out := sheet.excludable():
            sheet.exclude(together_out)
        elif surpluses := sheet.surpluses():
            sheet.transfer(surpluses)
        else:
            sheet.exclude_lowest(progress.may_go)
    return progress.report()


class _Sheet:
    """The papers and the stages while the count is under way.

    Attributes:
        batches: Of the exclusion under way, those still to be moved, the highest value last.
    """

    def __init__(self, contest: Contest) -> None:
        """5.1: the first stage."""
        everybody = range(len(contest.profile.candidates))
        self.progress = Progress(contest, ID, PLACES)
        self.batches: list[Batch] = []
        self._leaving: tuple[int, ...] = ()
        self._seats = contest.seats
        self._tallies = [0 for _ in everybody]
        self._bundles: list[list[Bundle]] = [[] for _ in everybody]
        self._last = [0 for _ in everybody]
        self._give(VOTE, unread(contest.profile.papers))
        self.progress.valid = sum(self._tallies) // VOTE
        self._quota = self._new_quota()
        self._close(FIRST_PREFERENCES)

    def surpluses(self) -> list[int]:
        """6.18: who is elected and holds more than the quota."""
        return [candidate for candidate in self.progress.elected if self._tallies[candidate] > self._quota]

    def excludable(self) -> tuple[int, ...]:
        """5.2.5: the lowest who, with all surpluses, have no more than the next above; 5.2.2: these are then deferred."""
        deferred = sum(self._tallies[candidate] - self._quota for candidate in self.surpluses())
        return together(self.progress, self._tallies, lambda votes, above: votes + deferred <= above)

    def transfer(self, candidates: Collection[int]) -> None:
        """5.2.3 and 5.3: transfer the largest surplus, with the last bundle alone."""
        giver = self.progress.choose(highest(candidates, self.progress.history, self.progress.lots, forwards))
        surplus = self._tallies[giver] - self._quota
        value, papers = self._bundles[giver][-1]
        given = sort(papers, self.progress.continuing)
        number = sum(map(number_of, given.values()))
        # 5.3.7: divided by the number of transferable papers, the remainder ignored; never more than the present value.
        new = surplus // number if number * value > surplus else value
        self.progress.tell(Surplus(new, self._last[giver], value))
        self._credit(new, given)
        self._tallies[giver] = self._quota
        self._close(SURPLUS, moved=(giver,))

    def exclude_lowest(self, candidates: Collection[int]) -> None:
        """5.2.5, the last sentences: one alone."""
        choice = lowest(candidates, self.progress.history, self.progress.lots, forwards)
        self.exclude((self.progress.choose(choice),))

    def exclude(self, candidates: tuple[int, ...]) -> None:
        """5.5.1 and 5.4.1: unless that leaves only as many as places, arrange the papers in batches; move the first."""
        self.progress.exclude(candidates)
        if self.progress.decided:
            self.progress.finish(candidates)
            return
        batches: defaultdict[int, list[tuple[int, list[Held]]]] = defaultdict(list)
        for candidate in candidates:
            for value, papers in self._bundles[candidate]:
                batches[value].append((candidate, papers))
        self.batches = sorted(batches.items()) or [(0, [])]
        self._leaving = candidates
        self.move_batch(excluded=candidates)

    def move_batch(self, *, excluded: Collection[int] = ()) -> None:
        """5.4.2 to 5.4.11: the batch of the highest value."""
        value, bundles = self.batches.pop()
        self.progress.tell(Out(value if self.batches else 0))
        for giver, papers in bundles:
            self._tallies[giver] -= value * number_of(papers)
        self._give(value, [paper for _, papers in bundles for paper in papers])
        if not self.progress.elected:
            self._quota = self._new_quota()
        self._close(EXCLUSION, moved=self._leaving, excluded=excluded)

    def _new_quota(self) -> int:
        """5.1.6 and 5.4.8: what is not non-transferable by places plus one, rounded up to 0.01."""
        return -(-sum(self._tallies) // (self._seats + 1))

    def _give(self, value: int, papers: Sequence[Held]) -> None:
        self._credit(value, sort(papers, self.progress.continuing))

    def _credit(self, value: int, given: dict[int, list[Held]]) -> None:
        """Each candidate gets these papers as one bundle."""
        for candidate, papers in given.items():
            self._bundles[candidate].append((value, papers))
            self._last[candidate] = self.progress.stage
            self._tallies[candidate] += value * number_of(papers)

    def _close(self, action: str, *, moved: Collection[int] = (), excluded: Collection[int] = ()) -> None:
        """5.1.7, 5.3.13 and 5.4.9: see who is elected, in descending order of votes."""
        progress = self.progress
        progress.tally(self._tallies)
        while not progress.over and (elected := progress.in_order(self._highest_elected())):
            progress.elect_one(elected[0])
        progress.close(action, self._quota, moved=moved, excluded=excluded)

    def _highest_elected(self) -> list[int]:
        """Of those with enough votes now, the ones with most of them; the first in order is elected next."""
        places = self.progress.vacancies
        # 6.20 and 5.6.1: the total active vote.
        active = sum(self._tallies) - sum(min(self._tallies[one], self._quota) for one in self.progress.elected)
        enough = [
            candidate
            for candidate in self.progress.open
            if (votes := self._tallies[candidate]) and (votes >= self._quota or votes * (places + 1) >= active)
        ]
        most = max((self._tallies[candidate] for candidate in enough), default=0)
        highest_of_all = [candidate for candidate in enough if self._tallies[candidate] == most]
        return highest_of_all if len(highest_of_all) <= places else self._first_to_be_ahead(highest_of_all, places)

    def _first_to_be_ahead(self, candidates: list[int], places: int) -> list[int]:
        """5.6.2: more are equal than there are places; those who were ahead first, as far as that tells them apart."""

        def earlier(candidate: int) -> list[int]:
            return [-tallies[candidate] for tallies in self.progress.history]

        chosen: list[int] = []
        for _, equal in groupby(sorted(candidates, key=earlier), key=earlier):
            alike = list(equal)
            if len(chosen) + len(alike) > places:
                break
            chosen += alike
        return chosen
