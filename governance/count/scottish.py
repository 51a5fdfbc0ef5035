"""Scottish STV: SSI 2007/42, Schedule 1, Part III, rules 45 to 52 (docs/counting.md 1).

Votes are whole numbers of 0.00001. A paper is looked at only when it moves: each candidate's papers lie in parcels, one
for each value, and each paper keeps its place in its own ranking. Whom it has passed over (elected, excluded,
withdrawn) never comes back, so it never looks back either.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from operator import itemgetter

from governance.count.ballots import Contest
from governance.count.constraints import Limits
from governance.count.report import Count, Stage, Tie
from governance.count.ties import Choice, highest, in_order, lowest

ID = "scottish-stv"
PLACES = 5
VOTE = 10**PLACES

Held = tuple[int, Iterator[int]]
"""How many papers are alike, and the preferences they have not yet come to."""


def count(contest: Contest) -> Count:
    """Count a contest by rules 45 to 52, with section 6 for constraints and re-open nominations."""
    sheet = _Sheet(contest)
    sheet.first_preferences()
    while not sheet.over:
        if doomed := sheet.limits.doomed:
            sheet.exclude(doomed)
        elif surpluses := sheet.surpluses():
            sheet.transfer(surpluses)
        else:
            sheet.exclude(sheet.continuing.difference(sheet.limits.guarded))
    return sheet.report()


class _Sheet:
    """The result sheet and the parcels of papers, while the count is under way.

    Attributes:
        continuing: Indices of who is not elected, excluded or withdrawn.
        limits: Who is guarded and who is doomed.
        over: All is decided; no further transfer is made.
    """

    def __init__(self, contest: Contest) -> None:
        candidates = range(len(contest.profile.candidates))
        self._contest = contest
        self.continuing = {*candidates} - contest.withdrawn
        self.limits = Limits(self.continuing, contest.seats, contest.groups)
        self.over = False
        self._valid = 0
        self._quota = 0
        self._tallies = [0 for _ in candidates]
        self._non_transferable = 0
        self._parcels: list[dict[int, list[Held]]] = [{} for _ in candidates]
        self._elected: list[int] = []
        self._history: list[tuple[int, ...]] = []
        self._stages: list[Stage] = []
        self._ties: list[Tie] = []

    def first_preferences(self) -> None:
        """Rules 45 and 46: the first stage, the number of valid papers, the quota."""
        papers = [(number, iter(ranking)) for number, ranking in self._contest.profile.papers]
        self._deal({VOTE: papers})
        self._valid = sum(self._tallies) // VOTE
        self._quota = (self._valid // (self._contest.seats + 1) + 1) * VOTE
        self._close("first preferences")

    def surpluses(self) -> list[int]:
        """Who is elected and holds more than the quota (rule 48(1))."""
        return [candidate for candidate in self._elected if self._tallies[candidate] > self._quota]

    def transfer(self, candidates: Iterable[int]) -> None:
        """Rules 48 and 49: transfer the largest surplus, with all the papers, at a reduced value."""
        giver = self._choose(highest(candidates, self._history, self._contest.lots))
        total = self._tallies[giver]
        surplus = total - self._quota
        self._tallies[giver] = self._quota
        parcels: defaultdict[int, list[Held]] = defaultdict(list)
        for value, papers in self._take(giver).items():
            # Rule 48(3): A = surplus x value when received, B = his total; A / B, the remainder ignored.
            parcels[surplus * value // total] += papers
        self._non_transferable += surplus - self._deal(parcels)
        self._close("surplus", moved=giver)

    def exclude(self, candidates: Iterable[int]) -> None:
        """Rules 50 and 51: exclude the lowest; the papers move at the value they have (rule 50(4))."""
        giver = self._choose(lowest(candidates, self._history, self._contest.lots))
        self.continuing.remove(giver)
        self.limits.exclude(giver)
        total, self._tallies[giver] = self._tallies[giver], 0
        self._non_transferable += total - self._deal(self._take(giver))
        self._close("exclusion", moved=giver, excluded=(giver,))

    def report(self) -> Count:
        """The whole count, once it is over."""
        return Count(
            rule=ID,
            candidates=self._contest.profile.candidates,
            seats=self._contest.seats,
            valid=self._valid,
            places=PLACES,
            withdrawn=tuple(sorted(self._contest.withdrawn)),
            reopen=self._contest.reopen,
            elected=tuple(self._elected),
            stages=tuple(self._stages),
            ties=tuple(self._ties),
            unconstrained=not self.limits.feasible,
        )

    def _take(self, giver: int) -> dict[int, list[Held]]:
        """All parcels of a candidate, who is left with none."""
        parcels, self._parcels[giver] = self._parcels[giver], {}
        return parcels

    def _deal(self, parcels: dict[int, list[Held]]) -> int:
        """Give each paper to its next available preference (rules 48(2), 50(3)).

        Args:
            parcels: By the value at which each of their papers moves.

        Returns:
            The votes so credited; the rest is not transferable.
        """
        credited = 0
        continuing = self.continuing
        for value, papers in parcels.items():
            given: defaultdict[int, list[Held]] = defaultdict(list)
            for paper in papers:
                for candidate in paper[1]:
                    if candidate in continuing:
                        given[candidate].append(paper)
                        break
            for candidate, parcel in given.items():
                self._parcels[candidate].setdefault(value, []).extend(parcel)
                votes = value * sum(map(itemgetter(0), parcel))
                self._tallies[candidate] += votes
                credited += votes
        return credited

    def _choose(self, choice: Choice) -> int:
        """Whose votes move in the coming stage; a tie is recorded (rules 49(2) and (3), 51(2))."""
        if choice.by:
            self._ties.append(Tie(len(self._stages) + 1, choice.among, choice.chosen, choice.by))
        return choice.chosen

    def _close(self, action: str, *, moved: int | None = None, excluded: tuple[int, ...] = ()) -> None:
        """End a stage: see who is elected, and write the sheet."""
        self._history.append(tuple(self._tallies))
        before = len(self._elected)
        self._elect_at_quota()
        self._elect_the_last()
        stage = Stage(
            number=len(self._stages) + 1,
            action=action,
            candidates=() if moved is None else (moved,),
            tallies=self._history[-1],
            non_transferable=self._non_transferable,
            quota=self._quota,
            elected=tuple(self._elected[before:]),
            excluded=excluded,
            guarded=() if self.over else tuple(self.limits.guarded),
            doomed=() if self.over else tuple(self.limits.doomed),
        )
        self._stages.append(stage)

    def _elect_at_quota(self) -> None:
        """Rule 47(1): who has the quota is elected, unless doomed; one by one, as each may doom others."""
        reached = [candidate for candidate in self.continuing if self._tallies[candidate] >= self._quota]
        for candidate in in_order(reached, self._history, self._contest.lots):
            if not self.over and candidate not in self.limits.doomed:
                self._elect(candidate)

    def _elect_the_last(self) -> None:
        """Rule 52: no more are left than places, so all are elected and nothing more is transferred."""
        left = self.continuing.difference(self.limits.doomed)
        if len(left) <= self._contest.seats - len(self._elected):
            for candidate in in_order(left, self._history, self._contest.lots):
                if not self.over:
                    self._elect(candidate)
            self.over = True

    def _elect(self, candidate: int) -> None:
        self.continuing.remove(candidate)
        self._elected.append(candidate)
        self.limits.elect(candidate)
        # Section 6: once re-open nominations is elected, all places not yet filled stay empty.
        full = len(self._elected) == self._contest.seats
        self.over = full or candidate == self._contest.reopen
