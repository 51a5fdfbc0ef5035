"""The Proportional Representation Foundation's reference Meek rule (docs/counting.md 2a and 8.4 M1 to M4).

The unit is 0.000000001 of a vote; a keep factor is a number of units too.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from governance.count.ballots import Contest
from governance.count.meek_papers import Tree
from governance.count.progress import EXCLUSION, FIRST_PREFERENCES, ITERATION, Progress
from governance.count.report import Count
from governance.count.ties import by_lot

ID = "meek-prf"
PLACES = 9
VOTE = 10**PLACES
OMEGA = VOTE // 10**6


@dataclass(frozen=True, slots=True)
class Shares:
    """How a stage shares papers out, as whoever follows one is told (`watching.Keeps`).

    Attributes:
        keep: The keep factors, in units; 0 of who is out.
    """

    keep: tuple[int, ...]

    def __call__(self, left: int, candidate: int) -> int:
        """What a candidate keeps of what is left of a paper."""
        kept: int = -(-left * self.keep[candidate] // VOTE)
        return kept


def count(contest: Contest) -> Count:
    """Count a contest by steps A to C."""
    sheet = _Sheet(contest)
    progress = sheet.progress
    while not progress.over:
        if doomed := progress.limits.doomed:
            # Section 6 defeats them wherever the iteration stands, so the surplus says nothing about who is level.
            sheet.defeat(doomed, window=0)
        elif sheet.elects:
            sheet.share_out()
        else:
            sheet.defeat(progress.may_go, window=sheet.surplus)
    return progress.report()


class _Sheet:
    """The papers, the keep factors and the stages while the count is under way.

    Attributes:
        surplus: s of step B2d, at the last iteration.
        elects: Whether the last stage elected somebody.
    """

    def __init__(self, contest: Contest) -> None:
        """Step A; the first round has one iteration and is stage 1."""
        self.progress = Progress(contest, ID, PLACES)
        self.surplus = 0
        self.elects = False
        self._seats = contest.seats
        self._keep = [VOTE for _ in contest.profile.candidates]
        self._tree = Tree(len(self._keep), contest.profile.papers, self.progress.continuing)
        self._votes = self._tree.distribute(self._keep, VOTE)
        self.progress.valid = sum(self._votes) // VOTE
        self._iterate(FIRST_PREFERENCES)

    def share_out(self) -> None:
        """Step B2 after an election: the surpluses of all elected are shared out."""
        self._iterate(ITERATION, moved=self.progress.elected)

    def defeat(self, candidates: Iterable[int], *, window: int) -> None:
        """Step B3: defeat the lowest; level with it is who has no more than `window` more. Then B1, and B2 again."""
        among = sorted(candidates)
        level = min(self._votes[candidate] for candidate in among) + window
        tied = [candidate for candidate in among if self._votes[candidate] <= level]
        defeated = self.progress.choose(by_lot(tied, self.progress.lots))
        self.progress.exclude((defeated,))
        if self.progress.decided:
            self.progress.finish((defeated,))
            return
        self._tree.exclude(defeated)
        self._iterate(EXCLUSION, moved=(defeated,), excluded=(defeated,))

    def _iterate(self, action: str, *, moved: Iterable[int] = (), excluded: tuple[int, ...] = ()) -> None:
        """Step B2: iterate until somebody is elected, or the surplus is too small or no longer shrinks."""
        progress = self.progress
        moved = tuple(moved)
        before = len(progress.elected)
        last: int | None = None
        while True:
            self._votes = votes = self._tree.distribute(self._keep, VOTE)  # B2a
            quota = sum(votes) // (self._seats + 1) + 1  # B2b
            progress.tally(votes)
            progress.elect([one for one in progress.continuing if votes[one] >= quota])  # B2c
            self.surplus = max(0, sum(votes[one] - quota for one in progress.elected))  # B2d
            if len(progress.elected) > before or self.surplus < OMEGA:  # B2e
                break
            if last is not None and self.surplus >= last:
                break
            last = self.surplus
            progress.history.pop()
            self._reduce(quota)
        standing = progress.continuing.union(progress.elected)
        progress.tell_shares(Shares(tuple(kept if one in standing else 0 for one, kept in enumerate(self._keep))))
        progress.close(action, quota, moved=moved, excluded=excluded)
        self.elects = len(progress.elected) > before
        if not progress.over:
            for candidate in progress.elected[before:]:
                self._tree.elect(candidate)

    def _reduce(self, quota: int) -> None:
        """Step B2f: keep factors x quota / votes, rounded up twice, and never more than the whole paper."""
        for candidate in self.progress.elected:
            if votes := self._votes[candidate]:
                product = -(-self._keep[candidate] * quota // VOTE)
                self._keep[candidate] = min(VOTE, -(-product * VOTE // votes))
