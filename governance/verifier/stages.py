"""What the laws share (counting.md 8.1 and 8.4, A1 to A7, F and G): elections, choices, constraints, the report.

Votes are whole numbers of a law's unit, one in its last place. Letters and numbers beside the steps are the text's.
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import ClassVar, Final, Literal

from .constraints import Bound, Watch

MAX_RESULT: Final = 64 * 2**20
"""Bytes of a count object in a record (protocol.md section 13)."""

Papers = Sequence[tuple[int, tuple[str, ...]]]
"""(how many are alike, the candidates in order of preference)."""


class CountTooLongError(Exception):
    """The count object would be longer than a record may hold."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is counted besides the papers. `order` is the order of lots; candidates stand in manifest order."""

    seats: int
    candidates: tuple[str, ...]
    order: tuple[str, ...]
    withdrawn: frozenset[str] = frozenset()
    reopen: str = ""
    constraints: tuple[tuple[Bound, frozenset[str]], ...] = ()


@dataclass(slots=True)
class Stage:
    """One stage, as it is published; what a law does not say when it begins one is filled in when it ends."""

    action: str
    moved: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    tallies: dict[str, int] = field(default_factory=dict)
    non_transferable: int = 0
    quota: int = 0
    elected: list[str] = field(default_factory=list)
    guarded: list[str] = field(default_factory=list)
    doomed: list[str] = field(default_factory=list)


class Law(ABC):
    """One count under one law. What differs from law to law is a column of the table in 8.4."""

    PLACES: ClassVar[int]
    """Decimal places kept and printed."""
    TIES: ClassVar[Literal["backwards", "forwards", "lots"]]
    """Which stages break a tie before the lots do."""
    FINAL: ClassVar[bool]
    """Whether the law asks, once it is decided who is excluded, if the count is complete (F)."""

    def __init__(self, papers: Papers, terms: Terms) -> None:
        self._terms = terms
        self._unit: int = 10**self.PLACES
        self._lot = {name: place for place, name in enumerate(terms.order)}
        self._standing = {name: False for name in terms.candidates if name not in terms.withdrawn}
        """Those elected: True; those continuing: False; in candidate order."""
        self._watch = Watch(terms.constraints, tuple(self._standing), terms.seats)
        self._guarded: set[str] = set()
        self._doomed: set[str] = set()
        self._tallies = dict.fromkeys(terms.candidates, 0)
        self._non_transferable = 0
        self._vacancies = terms.seats
        self._over = False
        self._elected: list[str] = []
        self._stages: list[Stage] = []
        self._alike = dict.fromkeys(terms.candidates, 0)
        """A number that those share who were equal at every stage."""
        self._ties: list[dict[str, object]] = []
        self._stage_size = sum(len(f'"{name}":"{self._votes(0)}"') for name in terms.candidates)
        self._papers = self._usable(papers)
        self._valid: int = sum(self._papers.values())
        self._total: int = self._valid * self._unit
        self._quota = 0

    def _usable(self, papers: Papers) -> Counter[tuple[str, ...]]:
        """Pass over the withdrawn, leave out papers with nobody on them, put together those that are alike."""
        usable: Counter[tuple[str, ...]] = Counter()
        for number, ranking in papers:
            kept = tuple(name for name in ranking if name in self._standing)
            if kept and number:
                usable[kept] += number
        return usable

    # --- What a law says ---------------------------------------------------------------------------------------

    @abstractmethod
    def _quota_now(self) -> int:
        """Return the quota of the stage whose papers have just moved."""

    @abstractmethod
    def _count_first_preferences(self) -> None:
        """Make stage 1."""

    @abstractmethod
    def _proceed(self) -> None:
        """Make the next stage, when no exclusion is under way and nobody is doomed."""

    @abstractmethod
    def _move_papers(self, names: list[str]) -> None:
        """Make the stage in which papers of those just excluded move, or the first of several."""

    def _continue_exclusion(self) -> bool:
        """Make the next stage of an exclusion under way; False when none is."""
        return False

    # --- Stages ------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Count."""
        self._judge()
        self._count_first_preferences()
        while not self._over:
            # (A1 iii)
            if self._continue_exclusion():
                continue
            doomed = [name for name in self._continuing() if name in self._doomed]
            if doomed:
                self._exclude([self._pick(doomed, highest=False)])
            else:
                self._proceed()

    def _end(self, stage: Stage) -> None:
        """Do what follows when a stage's papers have moved (A1)."""
        self._quota = self._quota_now()
        self._note(stage)
        self._elect_reached(stage)  # (i)
        if not self._over and len(self._open()) <= self._vacancies:  # (ii)
            self._elect_remaining(stage)
        if not self._over:
            stage.guarded = [name for name in self._continuing() if name in self._guarded]
            stage.doomed = [name for name in self._continuing() if name in self._doomed]

    def _note(self, stage: Stage) -> None:
        if len(self._stages) * self._stage_size > MAX_RESULT:
            raise CountTooLongError
        stage.tallies = dict(self._tallies)
        stage.non_transferable = self._non_transferable
        stage.quota = self._quota
        self._stages.append(stage)
        classes: dict[tuple[int, int], int] = {}
        self._alike = {
            name: classes.setdefault((self._alike[name], votes), len(classes)) for name, votes in self._tallies.items()
        }

    def _elect_reached(self, stage: Stage) -> None:
        """Elect those who have the quota, one at a time: electing one may doom the next."""
        for name in self._ranked(name for name in self._open() if self._tallies[name] >= self._quota):
            if not self._over and name not in self._doomed:
                self._elect(name, stage)

    def _elect_remaining(self, stage: Stage) -> None:
        """Elect all who are open; the count is over."""
        for name in self._ranked(self._open()):
            if not self._over:
                self._elect(name, stage)
        self._over = True

    def _elect(self, name: str, stage: Stage) -> None:
        self._standing[name] = True
        self._vacancies -= 1
        stage.elected.append(name)
        self._elected.append(name)
        # When re-open nominations is elected, its seat and all that are unfilled stay vacant (8.1).
        self._over = self._vacancies == 0 or name == self._terms.reopen
        if not self._over:
            self._judge()

    def _exclude(self, names: list[str]) -> None:
        """Exclude; then the papers move, or (F) the count is complete before they do."""
        for name in names:
            del self._standing[name]
            self._judge()  # (A3)
        if self.FINAL and len(self._open()) <= self._vacancies:
            stage = Stage("final", excluded=names)
            self._note(stage)
            self._elect_remaining(stage)
        else:
            self._move_papers(names)

    # --- Who stands where --------------------------------------------------------------------------------------

    def _judge(self) -> None:
        self._guarded, self._doomed = self._watch.judge(self._standing)

    def _winners(self) -> list[str]:
        return [name for name, is_elected in self._standing.items() if is_elected]

    def _continuing(self) -> list[str]:
        return [name for name, is_elected in self._standing.items() if not is_elected]

    def _open(self) -> list[str]:
        return [name for name in self._continuing() if name not in self._doomed]

    def _may_go(self) -> list[str]:
        return [name for name in self._continuing() if name not in self._guarded]

    # --- Choices -----------------------------------------------------------------------------------------------

    def _ranked(self, names: Iterable[str]) -> list[str]:
        """Order of election (A2): higher tally, then earlier stages backwards, then the order of lots."""
        latest_first = self._stages[::-1]
        return sorted(names, key=lambda name: ([-stage.tallies[name] for stage in latest_first], self._lot[name]))

    def _pick(self, names: list[str], *, highest: bool) -> str:
        """Choose whom to transfer (highest) or to exclude (lowest)."""
        wanted = (max if highest else min)(self._tallies[name] for name in names)
        return self._untie([name for name in names if self._tallies[name] == wanted], highest=highest)

    def _untie(self, among: list[str], *, highest: bool) -> str:
        """Choose one of those tied, who are in candidate order; note the tie (A7)."""
        if len(among) == 1:
            return among[0]
        stages = [] if self.TIES == "lots" else list(enumerate(self._stages, 1))
        if self.TIES == "backwards":
            stages.reverse()
        by = "lot"
        # Those who were equal at every stage can be parted by none: looked at as one.
        alike: dict[int, list[str]] = {}
        for name in among:
            alike.setdefault(self._alike[name], []).append(name)
        tied = list(alike.values())
        for number, stage in stages:
            if len(tied) == 1:
                break
            wanted = (max if highest else min)(stage.tallies[one[0]] for one in tied)
            tied = [each for each in tied if stage.tallies[each[0]] == wanted]
            if len(tied) == len(tied[0]) == 1:
                by = f"stage {number}"
        chosen = min((name for each in tied for name in each), key=self._lot.__getitem__)
        self._ties.append({"stage": len(self._stages) + 1, "among": among, "chosen": chosen, "by": by})
        return chosen

    def _largest_group(self, waiting: int, *, or_equal: bool) -> list[str]:
        """Return the largest set that may go together (W3, E5), [] when there is none.

        `waiting`: the surpluses not yet transferred; `or_equal`: whether (c) says "at most", not "less than".
        """
        rising = sorted(self._may_go(), key=self._tallies.__getitem__)
        sums = list(accumulate((self._tallies[name] for name in rising), initial=waiting))
        spare = len(self._continuing()) - self._vacancies
        # (a) enough are left; (b) one of those who may go is left: the next one above.
        for size in range(min(spare, len(rising) - 1), 0, -1):
            above = self._tallies[rising[size]]
            if self._tallies[rising[size - 1]] == above:
                continue
            if sums[size] > above or (sums[size] == above and not or_equal):  # (c)
                continue
            group = set(rising[:size])
            if self._watch.can_spare(self._standing, group):  # (d)
                return [name for name in self._standing if name in group]
        return []

    # --- The count object --------------------------------------------------------------------------------------

    def _votes(self, units: int) -> str:
        whole, part = divmod(units, self._unit)
        return f"{whole}.{part:0{self.PLACES}d}" if self.PLACES else str(whole)

    def result(self, rule: str) -> dict[str, object]:
        """Return the count object of interfaces.md."""
        return {
            "rule": rule,
            "seats": self._terms.seats,
            "valid": self._valid,
            "quota": self._votes(self._quota),
            "withdrawn": [name for name in self._terms.candidates if name in self._terms.withdrawn],
            "elected": list(self._elected),
            "stages": [self._published(number, stage) for number, stage in enumerate(self._stages, 1)],
            "ties": self._ties,
        }

    def _published(self, number: int, stage: Stage) -> dict[str, object]:
        return {
            "number": number,
            "action": stage.action,
            "candidates": stage.moved,
            "tallies": {name: self._votes(units) for name, units in stage.tallies.items()},
            "non_transferable": self._votes(stage.non_transferable),
            "quota": self._votes(stage.quota),
            "elected": stage.elected,
            "excluded": stage.excluded,
            "guarded": stage.guarded,
            "doomed": stage.doomed,
        }
