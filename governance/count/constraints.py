"""Constraints on who may be elected: guarded and doomed candidates (docs/counting.md 6).

A doomed candidate cannot be elected, and a guarded one cannot be excluded, without making the
constraints impossible to meet. Both follow from the cells: candidates who stand under the same
constraints are alike, so all that matters is how many of each cell are elected.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from governance.count.ways import Bounds, Ways
from governance.errors import MalformedError


@dataclass(frozen=True, slots=True)
class Constraint:
    """One constraint of the manifest (docs/protocol.md 7).

    Attributes:
        attribute: What it is about, such as "region".
        value: The value it limits, such as "north".
        minimum: Least number of the body's seats for that value.
        maximum: Greatest number of them.
        candidates: Ids of those who have that value, in this contest or one counted before it.
        seated: How many of the body's other seats have it already.
    """

    attribute: str
    value: str
    minimum: int
    maximum: int
    candidates: tuple[str, ...]
    seated: int = 0

    def after(self, elected: Collection[str]) -> "Constraint":
        """The same once contests that are counted before have elected these ids."""
        return replace(self, seated=self.seated + len(set(self.candidates) & set(elected)))

    def group(self, candidates: Sequence[str]) -> "Group":
        """The same by index, for a contest of these candidates; others' ids drop out.

        Raises:
            MalformedError: Its minimum is above its maximum, or it names a candidate twice.
        """
        name = f"the constraint {self.attribute} = {self.value}"
        if self.minimum > self.maximum:
            raise MalformedError(f"{name} has a minimum above its maximum")
        if len(set(self.candidates)) != len(self.candidates):
            raise MalformedError(f"{name} names a candidate twice")
        members = set(self.candidates)
        return Group(
            frozenset(n for n, candidate in enumerate(candidates) if candidate in members),
            self.minimum - self.seated,
            self.maximum - self.seated,
        )


@dataclass(frozen=True, slots=True)
class Group:
    """A constraint by index: at least `low`, at most `high` of `members` may be elected.

    Both may be negative: what is seated already is taken off.
    """

    members: frozenset[int]
    low: int
    high: int


class Limits:
    """Who is guarded and who is doomed, as candidates are elected and excluded one by one.

    The rule of counting keeps to it: it elects nobody who is doomed, excludes nobody who is
    guarded, and excludes only while more continue than there are places. Then the ways that are
    left at each step are among those of the step before, so what was found then still helps:
    a way known to elect (or spare) somebody of a cell, or the proof that there is none.

    Attributes:
        feasible: Whether the constraints could be met at the start; if not, they bind nobody.
    """

    def __init__(self, candidates: Iterable[int], seats: int, groups: Sequence[Group]) -> None:
        """Begin with these candidates continuing and nobody elected, `seats` to fill."""
        cells: dict[tuple[int, ...], set[int]] = {}
        for candidate in sorted(candidates) if groups else ():
            named_by = tuple(n for n, group in enumerate(groups) if candidate in group.members)
            cells.setdefault(named_by, set()).add(candidate)
        self._continuing = list(cells.values())
        self._elected = [0] * len(cells)
        self._cell = {c: n for n, members in enumerate(cells.values()) for c in members}
        self._ways = Ways(
            [(0, len(members)) for members in cells.values()],
            _rows(list(cells), seats if groups else 0, len(self._cell), groups),
        )
        self._known: list[tuple[int, ...]] = []
        self._doomed: set[int] = set()
        self._guarded: set[int] = set()
        self.feasible = self._learn(self._ways.find())
        self._review()

    @property
    def doomed(self) -> list[int]:
        """The continuing candidates who cannot be elected, in order of index."""
        return sorted(c for cell in self._doomed for c in self._continuing[cell])

    @property
    def guarded(self) -> list[int]:
        """The continuing candidates who cannot be excluded, in order of index."""
        return sorted(c for cell in self._guarded for c in self._continuing[cell])

    def elect(self, candidate: int) -> None:
        """Take note that a continuing candidate is elected: x >= e goes up by one."""
        self._leave(candidate, elected=1)

    def exclude(self, candidate: int) -> None:
        """Take note that a continuing candidate is excluded: x <= e + h comes down by one."""
        self._leave(candidate, elected=0)

    def can_spare(self, candidates: Iterable[int]) -> bool:
        """Whether the constraints can still be met once all of these, who continue, are excluded together."""
        if not self._cell or not self.feasible:
            return True
        leaving = Counter(self._cell[candidate] for candidate in candidates)
        bounds = {cell: (self._elected[cell], self._bounds(cell)[1] - number) for cell, number in leaving.items()}
        return self._can(bounds)

    def _leave(self, candidate: int, *, elected: int) -> None:
        if not self._cell or not self.feasible:
            return
        cell = self._cell[candidate]
        self._continuing[cell].discard(candidate)
        self._elected[cell] += elected
        low, high = self._bounds(cell)
        self._ways.narrow(cell, (low, high))
        self._known = [way for way in self._known if low <= way[cell] <= high]
        self._review()

    def _bounds(self, cell: int) -> Bounds:
        """Between e and e + h of a cell are elected in the end."""
        return self._elected[cell], self._elected[cell] + len(self._continuing[cell])

    def _review(self) -> None:
        """Find the cells that have become doomed or guarded; none ever ceases to be."""
        if not self.feasible:
            return
        for cell, continuing in enumerate(self._continuing):
            low, high = self._bounds(cell)
            if continuing and cell not in self._doomed and not self._can({cell: (low + 1, high)}):
                self._doomed.add(cell)
            if continuing and cell not in self._guarded and not self._can({cell: (low, high - 1)}):
                self._guarded.add(cell)

    def _can(self, bounds: Mapping[int, Bounds]) -> bool:
        """Whether there is a way with these cells within bounds: known already, or else sought."""
        known = any(all(low <= way[cell] <= high for cell, (low, high) in bounds.items()) for way in self._known)
        return known or self._learn(self._ways.find_within(bounds))

    def _learn(self, way: tuple[int, ...] | None) -> bool:
        if way is not None:
            self._known.append(way)
        return way is not None


def _rows(
    cells: Sequence[tuple[int, ...]], seats: int, candidates: int, groups: Sequence[Group]
) -> list[tuple[list[int], Bounds]]:
    """Every constraint as a sum over cells, and the sum of all: min(seats, all candidates)."""
    rows = [
        (
            [cell for cell, named_by in enumerate(cells) if number in named_by],
            (group.low, group.high),
        )
        for number, group in enumerate(groups)
    ]
    total = min(seats, candidates)
    return [*rows, (list(range(len(cells))), (total, total))]
