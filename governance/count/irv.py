"""The alternative vote, one place (docs/counting.md 5, steps 1 to 3, and 8.4). The unit is a vote."""

from collections.abc import Iterable

from governance.count.ballots import Contest
from governance.count.papers import Parcels, unread
from governance.count.progress import EXCLUSION, FIRST_PREFERENCES, Progress
from governance.count.report import Count
from governance.count.ties import lowest
from governance.errors import MalformedError

ID = "irv"


def count(contest: Contest) -> Count:
    """Count a contest: exclude the lowest until somebody has more than half of what is not exhausted.

    Raises:
        MalformedError: There is more than one place.
    """
    if contest.seats > 1:
        raise MalformedError(f"the rule {ID!r} fills one place, and there are {contest.seats}")
    sheet = _Sheet(contest)
    progress = sheet.progress
    while not progress.over:
        sheet.exclude(progress.limits.doomed or progress.may_go)
    return progress.report()


class _Sheet:
    """The papers and the stages while the count is under way."""

    def __init__(self, contest: Contest) -> None:
        self.progress = Progress(contest, ID, 0)
        self._parcels = Parcels(len(contest.profile.candidates))
        self._parcels.deal({1: unread(contest.profile.papers)}, self.progress.continuing)
        self.progress.valid = sum(self._parcels.tallies)
        self._close(FIRST_PREFERENCES)

    def exclude(self, candidates: Iterable[int]) -> None:
        """Step 3: exclude the lowest, looking back where there is a tie; move the papers."""
        giver = self.progress.choose(lowest(candidates, self.progress.history, self.progress.lots))
        self.progress.exclude((giver,))
        self._parcels.deal(self._parcels.take(giver), self.progress.continuing)
        self._close(EXCLUSION, moved=(giver,))

    def _close(self, action: str, *, moved: tuple[int, ...] = ()) -> None:
        """Steps 1 and 2: who has more than half of the papers not exhausted is elected."""
        tallies = self._parcels.tallies
        majority = sum(tallies) // 2 + 1
        self.progress.tally(tallies)
        self.progress.elect([one for one in self.progress.continuing if tallies[one] >= majority])
        self.progress.close(action, majority, moved=moved, excluded=moved)
