"""Scottish STV (counting.md section 1) with withdrawn candidates, constraints and re-opened nominations.

Votes are integers in units of 0.00001. The steps' numbers are those of counting.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from .constraints import Bound, Watch

UNIT: Final = 100_000
"""One vote."""

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


@dataclass(frozen=True, slots=True)
class _Bundle:
    """Papers that are alike and arrived together: now with the candidate at `place` of their ranking."""

    ranking: tuple[str, ...]
    place: int
    number: int
    value: int


@dataclass(slots=True)
class _Stage:
    """One stage, as it is published."""

    action: str
    moved: list[str]
    tallies: dict[str, int]
    non_transferable: int
    elected: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    guarded: list[str] = field(default_factory=list)
    doomed: list[str] = field(default_factory=list)


def _votes(units: int) -> str:
    return f"{units // UNIT}.{units % UNIT:05d}"


class Count:
    """A count that has been run; `result` is the count object of interfaces.md."""

    def __init__(self, papers: Papers, terms: Terms) -> None:
        self._terms = terms
        self._lot = {name: place for place, name in enumerate(terms.order)}
        self._standing = {name: False for name in terms.candidates if name not in terms.withdrawn}
        self._tallies = dict.fromkeys(terms.candidates, 0)
        self._held: dict[str, list[_Bundle]] = {name: [] for name in terms.candidates}
        self._watch = Watch(terms.constraints, tuple(self._standing), terms.seats)
        self._guarded: set[str] = set()
        self._doomed: set[str] = set()
        self._non_transferable = 0
        self._vacancies = terms.seats
        self._over = False
        self._stages: list[_Stage] = []
        self._ties: list[dict[str, object]] = []
        self._elected: list[str] = []
        self._stage_size = sum(len(name) + len('"":"0.00000"') for name in terms.candidates)
        self._valid = self._sort_papers(papers)
        # Step 2. A whole number of votes, never computed again.
        self._quota = (self._valid // (terms.seats + 1) + 1) * UNIT
        self._run()

    def _sort_papers(self, papers: Papers) -> int:
        """Step 1: first preferences, withdrawn candidates passed over; return the number of valid papers."""
        valid = 0
        for number, ranking in papers:
            kept = tuple(name for name in ranking if name in self._standing)
            if kept:
                valid += number
                self._give(_Bundle(kept, 0, number, UNIT))
        return valid

    def _give(self, bundle: _Bundle) -> None:
        name = bundle.ranking[bundle.place]
        self._held[name].append(bundle)
        self._tallies[name] += bundle.number * bundle.value

    def _continuing(self) -> list[str]:
        return [name for name, is_elected in self._standing.items() if not is_elected]

    def _judge(self) -> None:
        self._guarded, self._doomed = self._watch.judge(self._standing)

    # --- Stages ------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        self._judge()
        self._finish(_Stage("first preferences", [], {}, 0))
        while not self._over:
            doomed = [name for name in self._continuing() if name in self._doomed]
            surpluses = [
                name for name, is_elected in self._standing.items() if is_elected and self._tallies[name] > self._quota
            ]
            if doomed:
                self._exclude(self._choose(doomed, highest=False))
            elif surpluses:
                self._transfer_surplus(self._choose(surpluses, highest=True))
            else:
                self._exclude(
                    self._choose([name for name in self._continuing() if name not in self._guarded], highest=False)
                )

    def _finish(self, stage: _Stage) -> None:
        """Do steps 3 and 4: who is elected after a stage, and whether the count is over."""
        if len(self._stages) * self._stage_size > MAX_RESULT:
            raise CountTooLongError
        stage.tallies = dict(self._tallies)
        stage.non_transferable = self._non_transferable
        self._stages.append(stage)
        for name in self._ranked([name for name in self._continuing() if self._tallies[name] >= self._quota]):
            # One at a time: electing one may doom the next.
            if not self._over and name not in self._doomed:
                self._elect(name, stage)
        remaining = [name for name in self._continuing() if name not in self._doomed]
        if not self._over and len(remaining) <= self._vacancies:
            for name in self._ranked(remaining):
                if not self._over:
                    self._elect(name, stage)
            self._over = True
        if not self._over:
            stage.guarded = [name for name in self._continuing() if name in self._guarded]
            stage.doomed = [name for name in self._continuing() if name in self._doomed]

    def _elect(self, name: str, stage: _Stage) -> None:
        self._standing[name] = True
        self._vacancies -= 1
        stage.elected.append(name)
        self._elected.append(name)
        # When re-open nominations is elected, its seat and all that are unfilled stay vacant.
        self._over = self._vacancies == 0 or name == self._terms.reopen
        if not self._over:
            self._judge()

    def _transfer_surplus(self, name: str) -> None:
        """Step 5: every paper goes on at surplus * value // tally, cut to a unit; the tally becomes the quota."""
        tally = self._tallies[name]
        surplus = tally - self._quota
        credited = 0
        for bundle in self._held[name]:
            value = surplus * bundle.value // tally
            moved = self._next(bundle, value)
            if moved is not None:
                self._give(moved)
                credited += moved.number * value
        self._held[name] = []
        self._tallies[name] = self._quota
        self._non_transferable += surplus - credited
        self._finish(_Stage("surplus", [name], {}, 0))

    def _exclude(self, name: str) -> None:
        """Step 6: every paper goes on at its present value."""
        del self._standing[name]
        for bundle in self._held[name]:
            moved = self._next(bundle, bundle.value)
            if moved is None:
                self._non_transferable += bundle.number * bundle.value
            else:
                self._give(moved)
        self._held[name] = []
        self._tallies[name] = 0
        self._judge()
        self._finish(_Stage("exclusion", [name], {}, 0, excluded=[name]))

    def _next(self, bundle: _Bundle, value: int) -> _Bundle | None:
        """Return the papers with their next continuing preference, None when they have none."""
        for place in range(bundle.place + 1, len(bundle.ranking)):
            if self._standing.get(bundle.ranking[place]) is False:
                return _Bundle(bundle.ranking, place, bundle.number, value)
        return None

    # --- Choices -----------------------------------------------------------------------------------------------

    def _history(self, name: str) -> list[int]:
        """Tallies now and at the ends of the stages before, the latest first."""
        return [stage.tallies[name] for stage in reversed(self._stages)]

    def _ranked(self, names: list[str]) -> list[str]:
        """Order of election: higher tally, then earlier stages backwards, then the order of lots."""
        return sorted(names, key=lambda name: ([-tally for tally in self._history(name)], self._lot[name]))

    def _choose(self, names: list[str], *, highest: bool) -> str:
        """Choose whom to transfer (highest) or to exclude (lowest), narrowing ties stage by stage backwards."""
        extreme = max if highest else min
        tied = names
        among: list[str] = []
        by = ""
        for number, stage in reversed(list(enumerate(self._stages, 1))):
            wanted = extreme(stage.tallies[name] for name in tied)
            tied = [name for name in tied if stage.tallies[name] == wanted]
            # The first look is at the tallies as they are now: whoever is equal there is in the tie.
            among = among or tied
            if len(tied) == 1:
                by = f"stage {number}"
                break
        chosen = min(tied, key=self._lot.__getitem__)
        if len(among) > 1:
            self._ties.append(
                {
                    "stage": len(self._stages) + 1,
                    "among": sorted(among, key=self._terms.candidates.index),
                    "chosen": chosen,
                    "by": by or "lot",
                }
            )
        return chosen

    # --- The count object --------------------------------------------------------------------------------------

    def result(self, rule: str) -> dict[str, object]:
        """Return the count object of interfaces.md."""
        quota = _votes(self._quota)
        return {
            "rule": rule,
            "seats": self._terms.seats,
            "valid": self._valid,
            "quota": quota,
            "withdrawn": [name for name in self._terms.candidates if name in self._terms.withdrawn],
            "elected": list(self._elected),
            "stages": [self._stage(number, stage, quota) for number, stage in enumerate(self._stages, 1)],
            "ties": self._ties,
        }

    @staticmethod
    def _stage(number: int, stage: _Stage, quota: str) -> dict[str, object]:
        tallies: Mapping[str, int] = stage.tallies
        return {
            "number": number,
            "action": stage.action,
            "candidates": stage.moved,
            "tallies": {name: _votes(units) for name, units in tallies.items()},
            "non_transferable": _votes(stage.non_transferable),
            "quota": quota,
            "elected": stage.elected,
            "excluded": stage.excluded,
            "guarded": stage.guarded,
            "doomed": stage.doomed,
        }
