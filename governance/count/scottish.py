"""Scottish STV: SSI 2007/42, Schedule 1, Part III, rules 45 to 52 (docs/counting.md 1). The unit is 0.00001 of a vote."""

from collections import defaultdict
from collections.abc import Iterable

from governance.count.ballots import Contest
from governance.count.papers import Held, Parcels, unread
from governance.count.progress import EXCLUSION, FIRST_PREFERENCES, SURPLUS, Progress
from governance.count.report import Count
from governance.count.ties import highest, lowest

ID = "scottish-stv"
PLACES = 5
VOTE = 10**PLACES


def count(contest: Contest) -> Count:
    """Count a contest by rules 45 to 52, with section 6 for constraints and re-open nominations."""
    sheet = _Sheet(contest)
    progress = sheet.progress
    while not progress.over:
        if doomed := progress.limits.doomed:
            sheet.exclude(doomed)
        elif surpluses := sheet.surpluses():
            sheet.transfer(surpluses)
        else:
            sheet.exclude(progress.may_go)
    return progress.report()


class _Sheet:
    """The papers and the stages while the count is under way."""

    def __init__(self, contest: Contest) -> None:
        """Rules 45 and 46: the first stage, the number of valid papers, the quota."""
        self.progress = Progress(contest, ID, PLACES)
        self._parcels = Parcels(len(contest.profile.candidates))
        self._parcels.deal({VOTE: unread(contest.profile.papers)}, self.progress.continuing)
        self.progress.valid = sum(self._parcels.tallies) // VOTE
        self._quota = (self.progress.valid // (contest.seats + 1) + 1) * VOTE
        self._close(FIRST_PREFERENCES)

    def surpluses(self) -> list[int]:
        """Who is elected and holds more than the quota (rule 48(1))."""
        return [candidate for candidate in self.progress.elected if self._parcels.tallies[candidate] > self._quota]

    def transfer(self, candidates: Iterable[int]) -> None:
        """Rules 48 and 49: transfer the largest surplus, with all the papers, at a reduced value."""
        giver = self.progress.choose(highest(candidates, self.progress.history, self.progress.lots))
        total = self._parcels.tallies[giver]
        surplus: int = total - self._quota

        def transfer_value(value: int) -> int:
            # Rule 48(3): A = surplus x value when received, B = his total; A / B, the remainder ignored.
            return surplus * value // total

        parcels: defaultdict[int, list[Held]] = defaultdict(list)
        for value, papers in self._parcels.take(giver, leave=self._quota).items():
            parcels[transfer_value(value)] += papers
        self.progress.tell(lambda paper: transfer_value(paper.value))
        self._parcels.deal(parcels, self.progress.continuing)
        self._close(SURPLUS, moved=(giver,))

    def exclude(self, candidates: Iterable[int]) -> None:
        """Rules 50 and 51: exclude the lowest; the papers move at the value they have (rule 50(4))."""
        giver = self.progress.choose(lowest(candidates, self.progress.history, self.progress.lots))
        self.progress.exclude((giver,))
        self._parcels.deal(self._parcels.take(giver), self.progress.continuing)
        self._close(EXCLUSION, moved=(giver,), excluded=(giver,))

    def _close(self, action: str, *, moved: tuple[int, ...] = (), excluded: tuple[int, ...] = ()) -> None:
        """Rule 47(1): who has the quota is elected; then rule 52, which is `Progress.close`."""
        tallies = self._parcels.tallies
        self.progress.tally(tallies)
        self.progress.elect([one for one in self.progress.continuing if tallies[one] >= self._quota])
        self.progress.close(action, self._quota, moved=moved, excluded=excluded)
