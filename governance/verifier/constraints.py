"""Constraints on who may be elected (counting.md section 6): guarded and doomed candidates.

Candidates who stand in the same constraints are alike; they form a cell. With e elected and h continuing in each
cell, an assignment x (e <= x <= e + h for each cell) is feasible when it fills the seats and keeps every
constraint's sum within its bounds. A cell is guarded when every feasible x has x = e + h, doomed when every one has
x = e. The search is exact; it walks the cells and remembers which remainders have failed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Signature = tuple[int, ...]
"""The numbers of the constraints that a cell's candidates stand in."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: the constraints it counts for, its elected and its continuing candidates."""

    signature: Signature
    elected: int
    continuing: int


@dataclass(frozen=True, slots=True)
class Bound:
    """What a constraint still asks of this contest's elected: least <= sum <= most (least may be negative)."""

    least: int
    most: int


def _solve(cells: Sequence[Cell], bounds: Sequence[Bound], seats: int) -> list[int] | None:
    """Return one feasible x per cell, None when there is none."""
    count = len(cells)
    # What the cells from each place on can still give, to each constraint and (last) to the seats.
    width = len(bounds) + 1
    low = [[0] * width for _ in range(count + 1)]
    high = [[0] * width for _ in range(count + 1)]
    for place in range(count - 1, -1, -1):
        cell = cells[place]
        low[place], high[place] = list(low[place + 1]), list(high[place + 1])
        for which in (*cell.signature, width - 1):
            low[place][which] += cell.elected
            high[place][which] += cell.elected + cell.continuing
    least = [*(bound.least for bound in bounds), seats]
    most = [*(bound.most for bound in bounds), seats]

    def fits(place: int, sums: Sequence[int]) -> bool:
        """Say whether no bound is out of reach yet, when the cells before `place` give these sums."""
        return all(
            given + low[place][which] <= most[which] and given + high[place][which] >= least[which]
            for which, given in enumerate(sums)
        )

    return _walk(cells, fits, width)


def _walk(cells: Sequence[Cell], fits: Callable[[int, Sequence[int]], bool], width: int) -> list[int] | None:
    """Depth first over the cells' values, with a stack of its own: there may be a thousand cells."""
    dead: set[tuple[int, tuple[int, ...]]] = set()
    values: list[int] = []
    sums = [(0,) * width]
    if not fits(0, sums[0]):
        return None
    if not cells:
        return values
    pending = [cells[0].elected]
    while pending:
        place, value = len(pending) - 1, pending[-1]
        cell = cells[place]
        if value > cell.elected + cell.continuing:
            dead.add((place, sums.pop()))
            pending.pop()
            del values[max(place - 1, 0) :]
            continue
        pending[-1] += 1
        after = list(sums[-1])
        for which in (*cell.signature, width - 1):
            after[which] += value
        if not fits(place + 1, after) or (place + 1, tuple(after)) in dead:
            continue
        values.append(value)
        if place + 1 == len(cells):
            return values
        sums.append(tuple(after))
        pending.append(cells[place + 1].elected)
    return None


def judge(cells: Sequence[Cell], bounds: Sequence[Bound], seats: int) -> tuple[frozenset[int], frozenset[int]] | None:
    """Return (places of guarded cells, places of doomed cells) with continuing candidates; None when infeasible."""
    to_fill = min(seats, sum(cell.elected + cell.continuing for cell in cells))
    first = _solve(cells, bounds, to_fill)
    if first is None:
        return None
    solutions = [first]

    def differs(place: int, changed: Cell, shown: Callable[[int], bool]) -> bool:
        """Say whether some feasible x takes another value at `place` than the extreme one."""
        if any(shown(found[place]) for found in solutions):
            return True
        narrowed = [*cells[:place], changed, *cells[place + 1 :]]
        another = _solve(narrowed, bounds, to_fill)
        if another is not None:
            solutions.append(another)
        return another is not None

    guarded, doomed = set(), set()
    for place, cell in enumerate(cells):
        if not cell.continuing:
            continue
        fewest, all_of = cell.elected, cell.elected + cell.continuing
        without_one = Cell(cell.signature, cell.elected, cell.continuing - 1)
        with_one = Cell(cell.signature, cell.elected + 1, cell.continuing - 1)
        if not differs(place, without_one, all_of.__gt__):
            guarded.add(place)
        if not differs(place, with_one, fewest.__lt__):
            doomed.add(place)
    return frozenset(guarded), frozenset(doomed)


class Watch:
    """The constraints of one contest while it is counted; once infeasible they have no effect any more."""

    __slots__ = ("_bounds", "_cell_of", "_in_force", "_seats", "_signatures")

    def __init__(
        self, constraints: Sequence[tuple[Bound, frozenset[str]]], candidates: Sequence[str], seats: int
    ) -> None:
        """Each constraint is its bounds and those of the candidates that stand in it."""
        self._bounds = [bound for bound, _ in constraints]
        signatures = {
            name: tuple(number for number, (_, members) in enumerate(constraints) if name in members)
            for name in candidates
        }
        self._signatures = sorted(set(signatures.values()))
        self._cell_of = {name: self._signatures.index(signature) for name, signature in signatures.items()}
        self._seats = seats
        self._in_force = bool(constraints)

    def judge(self, standing: Mapping[str, bool]) -> tuple[set[str], set[str]]:
        """Return who is guarded and who doomed; `standing` maps the elected to True, the continuing to False."""
        if not self._in_force:
            return set(), set()
        elected = [0] * len(self._signatures)
        continuing = [0] * len(self._signatures)
        for name, is_elected in standing.items():
            (elected if is_elected else continuing)[self._cell_of[name]] += 1
        cells = [Cell(*each) for each in zip(self._signatures, elected, continuing, strict=True)]
        found = judge(cells, self._bounds, self._seats)
        if found is None:
            self._in_force = False
            return set(), set()
        open_names = [name for name, is_elected in standing.items() if not is_elected]
        guarded = {name for name in open_names if self._cell_of[name] in found[0]}
        doomed = {name for name in open_names if self._cell_of[name] in found[1]}
        return guarded, doomed
