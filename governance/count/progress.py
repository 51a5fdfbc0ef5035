"""A count under way: what every rule does alike after each stage (docs/counting.md 8.1 and 8.4 A1 to A3, A7, F)."""

from collections.abc import Collection, Iterable, Sequence

from governance.count.ballots import Contest
from governance.count.constraints import Limits
from governance.count.report import Count, Stage, Tie
from governance.count.ties import Choice, in_order
from governance.count.watching import Keeps, PassesOn

FIRST_PREFERENCES = "first preferences"
SURPLUS = "surplus"
EXCLUSION = "exclusion"
ITERATION = "iteration"
FINAL = "final"


class Progress:
    """The stages so far, who is elected and who continues.

    A rule ends each stage in three steps: `tally` writes the votes down, `elect` or `elect_one` elects whom the rule
    wants elected, `close` does the rest.

    Attributes:
        lots: Of every candidate, the place in the order of lots.
        continuing: Indices of who is not elected, excluded or withdrawn.
        limits: Who is guarded and who is doomed.
        elected: In order of election.
        history: The tallies after each stage, the one that is being closed included.
        valid: Papers with a usable preference; the rule sets it at stage 1.
        over: All is decided; no further transfer is made.
    """

    def __init__(self, contest: Contest, rule: str, places: int) -> None:
        self._contest = contest
        self._rule = rule
        self._places = places
        self.lots = contest.lots
        self.continuing = {*range(len(contest.profile.candidates))} - contest.withdrawn
        self.limits = Limits(self.continuing, contest.seats, contest.groups)
        self.elected: list[int] = []
        self.history: list[Sequence[int]] = []
        self.valid = 0
        self.over = False
        self._stages: list[Stage] = []
        self._ties: list[Tie] = []
        self._named = 0

    @property
    def stage(self) -> int:
        """The number of the stage under way."""
        return len(self._stages) + 1

    @property
    def vacancies(self) -> int:
        """Places not yet filled."""
        return self._contest.seats - len(self.elected)

    @property
    def open(self) -> set[int]:
        """Who continues and may still be elected."""
        return self.continuing.difference(self.limits.doomed)

    @property
    def may_go(self) -> set[int]:
        """Who continues and may be excluded."""
        return self.continuing.difference(self.limits.guarded)

    @property
    def decided(self) -> bool:
        """Whether no more are open than there are places left (step 4 of Scottish STV and its like)."""
        return len(self.open) <= self.vacancies

    def choose(self, choice: Choice) -> int:
        """Whose votes move in the coming stage; a tie is recorded."""
        if choice.by:
            self._ties.append(Tie(self.stage, choice.among, choice.chosen, choice.by))
        return choice.chosen

    def exclude(self, candidates: Iterable[int]) -> None:
        """Take them out; guarded and doomed are worked out anew after each."""
        for candidate in sorted(candidates):
            self.continuing.remove(candidate)
            self.limits.exclude(candidate)

    def tell(self, passes_on: PassesOn) -> None:
        """Tell who watches at what value papers move in the stage under way."""
        if watcher := self._contest.watcher:
            watcher.moves(self.stage, passes_on)

    def tell_shares(self, keeps: Keeps) -> None:
        """Tell who watches how papers are shared out in the stage under way."""
        if watcher := self._contest.watcher:
            watcher.shares(self.stage, keeps)

    def tally(self, tallies: Iterable[int]) -> None:
        """Begin to end a stage, with these votes, in units."""
        self.history.append(tuple(tallies))

    def elect(self, candidates: Iterable[int]) -> None:
        """Elect these one by one in order of election, but for the doomed: each may doom others."""
        for candidate in self.in_order(candidates):
            if not self.over and candidate not in self.limits.doomed:
                self.elect_one(candidate)

    def elect_one(self, candidate: int) -> None:
        """Elect a candidate who is open."""
        self.continuing.remove(candidate)
        self.elected.append(candidate)
        self.limits.elect(candidate)
        # Section 6: once re-open nominations is elected, all places not yet filled stay empty.
        self.over = not self.vacancies or candidate == self._contest.reopen

    def in_order(self, candidates: Iterable[int]) -> list[int]:
        """These in order of election."""
        return in_order(candidates, self.history, self.lots)

    def close(self, action: str, quota: int, *, moved: Collection[int] = (), excluded: Collection[int] = ()) -> None:
        """End a stage: if no more are open than places, all are elected; write the sheet."""
        if not self.over and self.decided:
            self.elect(self.open)
            self.over = True
        tallies = tuple(self.history[-1])
        stage = Stage(
            number=self.stage,
            action=action,
            candidates=tuple(sorted(moved)),
            tallies=tallies,
            non_transferable=self.valid * 10**self._places - sum(tallies),
            quota=quota,
            elected=tuple(self.elected[self._named :]),
            excluded=tuple(sorted(excluded)),
            guarded=() if self.over else tuple(self.limits.guarded),
            doomed=() if self.over else tuple(self.limits.doomed),
        )
        self._stages.append(stage)
        self._named = len(self.elected)

    def finish(self, excluded: Collection[int]) -> None:
        """The stage `final`: these are excluded, the rest are elected, and no vote moves."""
        self.tally(self.history[-1])
        self.close(FINAL, self._stages[-1].quota, excluded=excluded)

    def report(self) -> Count:
        """The whole count, once it is over."""
        return Count(
            rule=self._rule,
            candidates=self._contest.profile.candidates,
            seats=self._contest.seats,
            valid=self.valid,
            places=self._places,
            withdrawn=tuple(sorted(self._contest.withdrawn)),
            reopen=self._contest.reopen,
            elected=tuple(self.elected),
            stages=tuple(self._stages),
            ties=tuple(self._ties),
            unconstrained=not self.limits.feasible,
        )
