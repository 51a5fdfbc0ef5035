"""Constraints on who may be elected (counting.md sections 6 and 8.1): guarded and doomed candidates.

Candidates who stand in the same constraints are alike; they form a cell. With e elected and h continuing in each
cell, an assignment x (e <= x <= e + h for each cell) is feasible when it fills the seats and keeps every constraint's
sum within its bounds. A cell is guarded when every feasible x has x = e + h, doomed when every one has x = e.

A set of candidates is an integer used as a set of bits: every cell has as many neighbouring bits as it has members,
and of members that are alike the lower bits are taken first. So an assignment is one integer, and it is possible in
a state exactly when it has all bits of the elected and none of those who are out.

The search is exact, but the problem is hard (it holds exact cover), so its work is bounded: beyond the bound it gives
up with TooHardError, and nothing is ever counted that passes over a constraint.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

MAX_WORK: Final = 16_000_000
"""Times that one contest's search may look at a constraint: some seconds. Real constraints need a thousandth."""

_MAX_FAMILIES: Final = 16
"""More attributes than this are not looked at together; it is only to find sooner what does not fit."""

Signature = tuple[int, ...]
"""The numbers of the constraints that a cell's candidates stand in."""


class TooHardError(Exception):
    """Whether the constraints can be met was not found within the bounded work."""


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


@dataclass(frozen=True, slots=True)
class _Limit:
    """A bound with the bits of those whom it counts; the seats are one too."""

    mask: int
    least: int
    most: int


Found = tuple[frozenset[int], frozenset[int]]
"""The places of the guarded and of the doomed cells, of those that have continuing candidates."""


class Judge:
    """Judges the states of one count, one after another.

    From state to state candidates are only elected or excluded, and so that the state stays feasible. Hence feasible
    assignments only become fewer: what is guarded or doomed stays so, and an assignment found once needs only be
    compared with the state.
    """

    __slots__ = (
        "_doomed",
        "_families",
        "_fields",
        "_guarded",
        "_known",
        "_left",
        "_limits",
        "_limits_of",
        "_starts",
        "_to_fill",
    )

    def __init__(self, cells: Sequence[Cell], bounds: Sequence[Bound], seats: int) -> None:
        """Take the cells before anybody is excluded."""
        self._left = MAX_WORK
        self._starts: list[int] = []
        self._fields: list[int] = []
        masks = [0] * len(bounds)
        end = 0
        for cell in cells:
            size = cell.elected + cell.continuing
            field = ((1 << size) - 1) << end
            self._starts.append(end)
            self._fields.append(field)
            for number in cell.signature:
                masks[number] |= field
            end += size
        self._limits = [_Limit(mask, bound.least, bound.most) for mask, bound in zip(masks, bounds, strict=True)]
        to_fill = min(seats, end)
        self._families = _families(self._limits, (1 << end) - 1)
        self._to_fill = to_fill
        self._limits.append(_Limit((1 << end) - 1, to_fill, to_fill))
        self._limits_of = [[*(self._limits[number] for number in cell.signature), self._limits[-1]] for cell in cells]
        self._known: list[int] = []
        self._guarded: set[int] = set()
        self._doomed: set[int] = set()

    def judge(self, counts: Sequence[tuple[int, int]]) -> Found | None:
        """Judge a state, given each cell's (elected, continuing); None when nothing is feasible."""
        chosen, free = self._bits(counts)
        possible = chosen | free
        self._known = [found for found in self._known if found & chosen == chosen and found & possible == found]
        if not self._known and not self._find(chosen, free):
            return None
        guarded, doomed = set(), set()
        for place, (elected, continuing) in enumerate(counts):
            if not continuing:
                continue
            first = 1 << self._starts[place] + elected
            last = first << continuing - 1
            # Not doomed when some assignment has one more than the elected, not guarded when some leaves one out.
            if place in self._doomed or (
                not self._shown(first, first) and not self._find(chosen | first, free ^ first)
            ):
                doomed.add(place)
            if place in self._guarded or (not self._shown(last, 0) and not self._find(chosen, free ^ last)):
                guarded.add(place)
        self._guarded |= guarded
        self._doomed |= doomed
        return frozenset(guarded), frozenset(doomed)

    def is_feasible(self, counts: Sequence[tuple[int, int]]) -> bool:
        """Say whether a state that may come of the one judged last would be feasible."""
        chosen, free = self._bits(counts)
        possible = chosen | free
        self._spend(len(self._known))
        return any(found & chosen == chosen and found & possible == found for found in self._known) or self._find(
            chosen, free
        )

    def _bits(self, counts: Sequence[tuple[int, int]]) -> tuple[int, int]:
        """Return the bits of the elected and those of the continuing."""
        chosen = free = 0
        for start, (elected, continuing) in zip(self._starts, counts, strict=True):
            chosen |= ((1 << elected) - 1) << start
            free |= ((1 << continuing) - 1) << start + elected
        return chosen, free

    def _shown(self, bit: int, wanted: int) -> bool:
        """Say whether some known assignment has this bit (wanted = bit) or lacks it (wanted = 0)."""
        self._spend(len(self._known))
        return any(found & bit == wanted for found in self._known)

    def _spend(self, work: int) -> None:
        self._left -= work
        if self._left < 0:
            raise TooHardError

    def _find(self, chosen: int, free: int) -> bool:
        """Search for an assignment with all of `chosen` and some of `free`; note it, say whether there is one."""
        pending = [(chosen, free)]
        while pending:
            settled = self._settle(*pending.pop())
            if settled is None:
                continue
            if not settled[1]:
                self._known.append(settled[0])
                return True
            pending += self._branches(*settled)
        return False

    def _settle(self, chosen: int, free: int) -> tuple[int, int] | None:
        """Choose whom a bound needs and drop whom it leaves no room for, until nothing follows; None when it fails."""
        changed = True
        while changed:
            changed = False
            self._spend(len(self._limits))
            for limit in self._limits:
                open_here = free & limit.mask
                have, more = (chosen & limit.mask).bit_count(), open_here.bit_count()
                if have > limit.most or have + more < limit.least:
                    return None
                if not more:
                    continue
                if have == limit.most:
                    free ^= open_here
                    changed = True
                elif have + more == limit.least:
                    chosen |= open_here
                    free ^= open_here
                    changed = True
        return (chosen, free) if self._fits(chosen, chosen | free) else None

    def _fits(self, chosen: int, possible: int) -> bool:
        """Say whether the seats fit what bounds that share nobody ask for together, and what they allow together."""
        self._spend(len(self._limits))
        for family, others in self._families:
            least, most = (chosen & others).bit_count(), (possible & others).bit_count()
            for limit in family:
                least += max((chosen & limit.mask).bit_count(), limit.least)
                most += min((possible & limit.mask).bit_count(), limit.most)
            if not least <= self._to_fill <= most:
                return False
        return True

    def _branches(self, chosen: int, free: int) -> Iterator[tuple[int, int]]:
        """Yield what may become of one open cell, the fewest members first: what comes last is tried first."""
        self._spend(len(self._limits))
        possible = chosen | free
        # Of the bounds that ask for more, the one with the fewest to spare. The seats always ask for more here.
        _, options = min(
            ((possible & limit.mask).bit_count() - limit.least, free & limit.mask)
            for limit in self._limits
            if (chosen & limit.mask).bit_count() < limit.least
        )
        place = bisect_right(self._starts, (options & -options).bit_length() - 1) - 1
        members = free & self._fields[place]
        count = members.bit_count()
        fewest, most = 0, count
        for limit in self._limits_of[place]:
            have = (chosen & limit.mask).bit_count()
            fewest = max(fewest, limit.least - have - (free & limit.mask).bit_count() + count)
            most = min(most, limit.most - have)
        lowest = members & -members
        for number in range(fewest, most + 1):
            yield chosen | lowest * ((1 << number) - 1), free ^ members


def _families(limits: Sequence[_Limit], everybody: int) -> list[tuple[list[_Limit], int]]:
    """Put bounds that share nobody together (an attribute's values, as a rule), each with all whom they do not name."""
    families: list[tuple[list[_Limit], int]] = []
    for limit in limits:
        for place, (family, others) in enumerate(families):
            if limit.mask & others == limit.mask:
                family.append(limit)
                families[place] = family, others ^ limit.mask
                break
        else:
            if len(families) < _MAX_FAMILIES:
                families.append(([limit], everybody ^ limit.mask))
    return families


class Watch:
    """The constraints of one contest while it is counted; if they cannot be met they have no effect."""

    __slots__ = ("_cell_of", "_cells", "_in_force", "_judge")

    def __init__(
        self, constraints: Sequence[tuple[Bound, frozenset[str]]], candidates: Sequence[str], seats: int
    ) -> None:
        """Each constraint is its bounds and those of the candidates that stand in it."""
        members: dict[Signature, list[str]] = {}
        for name in candidates:
            signature = tuple(number for number, (_, named) in enumerate(constraints) if name in named)
            members.setdefault(signature, []).append(name)
        self._cells = len(members)
        self._cell_of = {name: place for place, names in enumerate(members.values()) for name in names}
        self._in_force = bool(constraints)
        self._judge = Judge(
            [Cell(signature, 0, len(names)) for signature, names in members.items()],
            [bound for bound, _ in constraints],
            seats,
        )

    def judge(self, standing: Mapping[str, bool]) -> tuple[set[str], set[str]]:
        """Return who is guarded and who doomed; `standing` maps the elected to True, the continuing to False."""
        if not self._in_force:
            return set(), set()
        found = self._judge.judge(self._counts(standing, set()))
        if found is None:
            self._in_force = False
            return set(), set()
        open_names = [name for name, is_elected in standing.items() if not is_elected]
        guarded, doomed = ({name for name in open_names if self._cell_of[name] in places} for places in found)
        return guarded, doomed

    def can_spare(self, standing: Mapping[str, bool], leaving: AbstractSet[str]) -> bool:
        """Say whether the constraints could be met, or have no effect, if all of these were excluded together."""
        return not self._in_force or self._judge.is_feasible(self._counts(standing, leaving))

    def _counts(self, standing: Mapping[str, bool], leaving: AbstractSet[str]) -> list[tuple[int, int]]:
        """Return each cell's (elected, continuing) without those who leave."""
        elected, continuing = [0] * self._cells, [0] * self._cells
        for name, is_elected in standing.items():
            if name not in leaving:
                (elected if is_elected else continuing)[self._cell_of[name]] += 1
        return list(zip(elected, continuing, strict=True))


def judge(cells: Sequence[Cell], bounds: Sequence[Bound], seats: int) -> Found | None:
    """Judge one state."""
    return Judge(cells, bounds, seats).judge([(cell.elected, cell.continuing) for cell in cells])
