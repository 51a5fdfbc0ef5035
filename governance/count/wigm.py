"""The Proportional Representation Foundation's reference WIGM rule (docs/counting.md 3 and 8.4 W1 to W4).

The unit is 0.0001 of a vote. With or without step B2, the defeat of sure losers together.
"""

from collections import defaultdict
from collections.abc import Collection
from functools import partial

from governance.count.ballots import Contest
from governance.count.papers import Held, Parcels, unread
from governance.count.progress import EXCLUSION, FIRST_PREFERENCES, SURPLUS, Progress
from governance.count.report import Count
from governance.count.sets import together
from governance.count.ties import highest, lowest, nowhere

ID = "wigm-prf"
ID_BATCH = "wigm-prf-batch"
PLACES = 4
VOTE = 10**PLACES


def count(contest: Contest, *, batch: bool = False) -> Count:
    """Count a contest by steps A to D; `batch` is step B2."""
    sheet = _Sheet(contest, ID_BATCH if batch else ID)
    progress = sheet.progress
    while not progress.over:
        if doomed := progress.limits.doomed:
            sheet.defeat_lowest(doomed)
        elif batch and (sure_losers := sheet.sure_losers()):
            sheet.defeat(sure_losers)
        elif sheet.pending:
            sheet.transfer()
        else:
            sheet.defeat_lowest(progress.may_go)
    return progress.report()


count_batch = partial(count, batch=True)


class _Sheet:
    """The papers and the stages while the count is under way."""

    def __init__(self, contest: Contest, rule: str) -> None:
        """Step A: the quota, and each paper with its first preference."""
        self.progress = Progress(contest, rule, PLACES)
        self._parcels = Parcels(len(contest.profile.candidates))
        self._transferred: set[int] = set()
        self._parcels.deal({VOTE: unread(contest.profile.papers)}, self.progress.continuing)
        total = sum(self._parcels.tallies)
        self.progress.valid = total // VOTE
        self._quota = total // (contest.seats + 1) + 1
        self._close(FIRST_PREFERENCES)

    @property
    def pending(self) -> list[int]:
        """Who is elected and whose surplus, possibly 0, has not been transferred."""
        return [candidate for candidate in self.progress.elected if candidate not in self._transferred]

    def sure_losers(self) -> tuple[int, ...]:
        """Step B2: the largest set that with all current surpluses has less than the next above."""
        surpluses = sum(self._parcels.tallies[candidate] - self._quota for candidate in self.pending)
        return together(self.progress, self._parcels.tallies, lambda votes, above: votes + surpluses < above)

    def transfer(self) -> None:
        """Step B3: the largest surplus; every product and quotient is cut to four places (D4)."""
        giver = self.progress.choose(highest(self.pending, self.progress.history, self.progress.lots, nowhere))
        self._transferred.add(giver)
        total = self._parcels.tallies[giver]
        surplus: int = total - self._quota

        def new_weight(weight: int) -> int:
            new: int = weight * surplus // VOTE * VOTE // total
            return new

        parcels: defaultdict[int, list[Held]] = defaultdict(list)
        for value, papers in self._parcels.take(giver, leave=self._quota).items():
            parcels[new_weight(value)] += papers
        self.progress.tell(lambda paper: new_weight(paper.value))
        self._parcels.deal(parcels, self.progress.continuing)
        self._close(SURPLUS, moved=(giver,))

    def defeat_lowest(self, candidates: Collection[int]) -> None:
        """Step B4."""
        choice = lowest(candidates, self.progress.history, self.progress.lots, nowhere)
        self.defeat((self.progress.choose(choice),))

    def defeat(self, candidates: Collection[int]) -> None:
        """Steps B2 and B4: defeat these, test whether the count is complete (D3), then transfer their papers (D2)."""
        self.progress.exclude(candidates)
        if self.progress.decided:
            self.progress.finish(candidates)
            return
        for candidate in candidates:
            self._parcels.deal(self._parcels.take(candidate), self.progress.continuing)
        self._close(EXCLUSION, moved=candidates, excluded=candidates)

    def _close(self, action: str, *, moved: Collection[int] = (), excluded: Collection[int] = ()) -> None:
        """Step B1: who has the quota is elected, with a transfer pending; then D3."""
        tallies = self._parcels.tallies
        self.progress.tally(tallies)
        self.progress.elect([one for one in self.progress.continuing if tallies[one] >= self._quota])
        self.progress.close(action, self._quota, moved=moved, excluded=excluded)
