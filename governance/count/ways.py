"""Whether the places can still be filled within the constraints (docs/counting.md 6).

The question is one of whole numbers: one for each cell, each within its bounds, and each row (the sum over some cells)
within its own. `Ways` answers it exactly, however the constraints overlap: it solves the fractional problem by the
general simplex method with Bland's rule (Dutertre and de Moura, "A fast linear-arithmetic solver for DPLL(T)", CAV
2006, section 3), in exact fractions, and branches where the solution is not whole. With one or two attributes the
fractional solution is whole at once (a flow problem); with more, branching is rare.
"""

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor, gcd

from governance.errors import RuleError

Bounds = tuple[int, int]

MAX_PIVOTS = 10_000
"""Steps of the solver for one contest: real constraints take a few hundred, hostile ones would take for ever."""


class Ways:
    """All ways to choose a whole number for each cell, within bounds that can be narrowed.

    Variables 0..n-1 are the cells, the following ones the rows. `_rows` and `_scales` write each basic variable as a sum
    over nonbasic ones, in whole numbers: scale x basic = sum of coefficient x nonbasic, the scale above 0. The values of
    nonbasic variables are always within their bounds; those of basic ones have to be brought there.
    """

    def __init__(self, cells: Sequence[Bounds], rows: Sequence[tuple[Collection[int], Bounds]]) -> None:
        self._cells = len(cells)
        self._bounds = [*cells, *(bounds for _, bounds in rows)]
        self._value = [Fraction(low) for low, _ in cells]
        self._value += [Fraction(sum(cells[cell][0] for cell in members)) for members, _ in rows]
        self._rows = {self._cells + row: dict.fromkeys(members, 1) for row, (members, _) in enumerate(rows)}
        self._scales = dict.fromkeys(self._rows, 1)
        self._pivots = 0

    def narrow(self, cell: int, bounds: Bounds) -> None:
        """Keep only the ways that choose a number within these bounds for this cell, for good."""
        self._bound(cell, bounds)

    def find(self) -> tuple[int, ...] | None:
        """One way, a number for each cell; None if there is none.

        Raises:
            RuleError: The constraints are so entangled that it would take too long to tell.
        """
        if any(low > high for low, high in self._bounds) or not self._repair():
            return None
        values = self._value[: self._cells]
        split = next((cell for cell, value in enumerate(values) if value.denominator != 1), None)
        if split is None:
            return tuple(int(value) for value in values)
        # Branch on the first cell whose number is not whole.
        low, high = self._bounds[split]
        below, above = (low, floor(values[split])), (ceil(values[split]), high)
        return self.find_within({split: below}) or self.find_within({split: above})

    def find_within(self, bounds: Mapping[int, Bounds]) -> tuple[int, ...] | None:
        """One way with numbers within these narrower bounds for these cells, or None."""
        before = {cell: self._bounds[cell] for cell in bounds}
        for cell, narrower in bounds.items():
            self._bound(cell, narrower)
        found = self.find()
        for cell, wider in before.items():
            self._bound(cell, wider)
        return found

    def _bound(self, variable: int, bounds: Bounds) -> None:
        """Change a variable's bounds; if it is nonbasic, bring its value within them."""
        self._bounds[variable] = bounds
        low, high = bounds
        if variable in self._rows or low > high:
            return
        value = self._value[variable]
        step = max(low - value, Fraction(0)) + min(high - value, Fraction(0))
        if step:
            self._value[variable] += step
            self._carry(variable, step)

    def _carry(self, variable: int, step: Fraction) -> None:
        """Let the basic variables follow a nonbasic one that has moved by `step`."""
        for basic, row in self._rows.items():
            if variable in row:
                self._value[basic] += step * row[variable] / self._scales[basic]

    def _repair(self) -> bool:
        """Bring every variable within its bounds; False if that cannot be done."""
        while True:
            outside = [basic for basic in self._rows if not self._within(basic)]
            if not outside:
                return True
            # Bland: always the least index, so that it cannot go round in circles.
            leaving = min(outside)
            low, high = self._bounds[leaving]
            up = self._value[leaving] < low
            row = self._rows[leaving].items()
            entering = min((v for v, a in row if self._can_move(v, up=up is (a > 0))), default=None)
            if entering is None:
                return False
            self._pivot(leaving, entering, low if up else high)

    def _within(self, variable: int) -> bool:
        low, high = self._bounds[variable]
        return low <= self._value[variable] <= high

    def _can_move(self, variable: int, *, up: bool) -> bool:
        low, high = self._bounds[variable]
        return self._value[variable] < high if up else self._value[variable] > low

    def _pivot(self, leaving: int, entering: int, target: int) -> None:
        """Set the basic variable `leaving` to `target`, and let `entering` take its place."""
        self._pivots += 1
        if self._pivots > MAX_PIVOTS:
            raise RuleError("the constraints are so entangled that nobody can tell in time who may still be elected")
        row, scale = self._rows.pop(leaving), self._scales.pop(leaving)
        coefficient = row.pop(entering)
        step = (target - self._value[leaving]) * scale / coefficient
        self._value[leaving] = Fraction(target)
        self._value[entering] += step
        self._carry(entering, step)
        sign = 1 if coefficient > 0 else -1
        solved = {variable: -sign * a for variable, a in row.items()}
        solved[leaving] = sign * scale
        for basic, other in self._rows.items():
            if entering in other:
                self._replace(basic, entering, solved, abs(coefficient))
        self._rows[entering], self._scales[entering] = solved, abs(coefficient)

    def _replace(self, basic: int, variable: int, solved: dict[int, int], scale: int) -> None:
        """Put scale x variable = solved into a row, and keep its numbers small."""
        row = self._rows[basic]
        factor = row.pop(variable)
        if scale != 1:
            self._scales[basic] *= scale
            for other in row:
                row[other] *= scale
        for other, a in solved.items():
            row[other] = row.get(other, 0) + factor * a
            if not row[other]:
                del row[other]
        common = gcd(self._scales[basic], *row.values()) if self._scales[basic] != 1 else 1
        if common != 1:
            self._scales[basic] //= common
            for other in row:
                row[other] //= common
