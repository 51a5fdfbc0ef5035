"""Where the drawing of the count has its lanes and ribbons: numbers alone, drawn as SVG or in a PDF.

Every candidate has a lane from left to right, as thick as the votes; votes that move cross to other lanes. A drawing shows some
rounds, the next one begins with the last of them. Lengths are in points of the drawing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from governance.count.report import Stage
from governance.report import words
from governance.report.moves import NOBODY, Moves, between
from governance.report.subject import Subject

LABELS = 150.0
COLUMN = 96.0
NODE = 8.0
GAP = 6.0
LEAST_LANE = 15.0
"""A lane must be high enough for its name."""
BODY = 360.0
HEAD = 22.0
ROUNDS = 8
"""Columns of one drawing: what a page takes."""


@dataclass(frozen=True, slots=True)
class Node:
    """The votes of a lane at the end of a round; `mark` says in a word what happened, `votes` how many they are."""

    x: float
    y: float
    height: float
    votes: str
    mark: str
    elected: bool


@dataclass(frozen=True, slots=True)
class Ribbon:
    """Votes on their way: from y1 at x1 to y2 at x2, as thick as they are many; `moved`: to another lane."""

    x1: float
    y1: float
    x2: float
    y2: float
    height: float
    moved: bool
    said: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A candidate's lane, or that of votes with no further choice."""

    name: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """Some rounds of a count."""

    first: int
    last: int
    width: float
    height: float
    heads: tuple[tuple[float, str], ...]
    lanes: tuple[Lane, ...]
    nodes: tuple[Node, ...]
    ribbons: tuple[Ribbon, ...]


def drawings(subject: Subject, rounds: int = ROUNDS) -> Iterator[Drawing]:
    """The whole count, some rounds at a time; none if there is only one round, for then nothing moved."""
    stages = subject.count.stages
    for start in range(0, len(stages) - 1, rounds - 1):
        yield _Draught(subject, stages[start : start + rounds]).drawing()


class _Draught:
    def __init__(self, subject: Subject, stages: tuple[Stage, ...]) -> None:
        self._subject = subject
        self._count = subject.count
        self._stages = stages
        shown = [one for one in subject.order() if any(stage.tallies[one] for stage in stages)]
        self._accounts = [*shown, NOBODY]
        # The fullest lanes together are as high as the body, but no lane is too thin for its name.
        most = {one: max(self._units(stage, one) for stage in stages) for one in self._accounts}
        self._scale = BODY / max(1, sum(most.values()))
        self._heights = {one: max(LEAST_LANE, units * self._scale) for one, units in most.items()}
        tops = accumulate((self._heights[one] + GAP for one in self._accounts), initial=HEAD)
        self._tops = dict(zip(self._accounts, tops, strict=False))

    @staticmethod
    def _units(stage: Stage, one: int) -> int:
        return stage.non_transferable if one == NOBODY else stage.tallies[one]

    def _x(self, at: int) -> float:
        return LABELS + at * COLUMN

    def drawing(self) -> Drawing:
        ribbons = [
            ribbon
            for at, (before, after) in enumerate(zip(self._stages, self._stages[1:], strict=False))
            for ribbon in self._ribbons(at, before, after)
        ]
        last = self._accounts[-1]
        return Drawing(
            first=self._stages[0].number,
            last=self._stages[-1].number,
            width=self._x(len(self._stages) - 1) + NODE + 104,
            height=self._tops[last] + self._heights[last] + GAP,
            heads=tuple((self._x(at), f"Round {stage.number}") for at, stage in enumerate(self._stages)),
            lanes=tuple(
                Lane(words.name(self._subject, one), self._tops[one], self._heights[one]) for one in self._accounts
            ),
            nodes=tuple(self._nodes()),
            ribbons=tuple(ribbons),
        )

    def _nodes(self) -> Iterator[Node]:
        for at, stage in enumerate(self._stages):
            for one in self._accounts:
                units = self._units(stage, one)
                mark = "elected" if one in stage.elected else "out" if one in stage.excluded else ""
                if units or mark:
                    yield Node(
                        self._x(at),
                        self._tops[one],
                        units * self._scale,
                        words.short(self._count.votes(units)),
                        mark,
                        one in self._count.elected,
                    )

    def _ribbons(self, at: int, before: Stage, after: Stage) -> Iterator[Ribbon]:
        """What stayed, along the lanes; then what moved, straight from the one who lost, or through one bundle."""
        moved = between(before, after)
        x1, x2 = self._x(at) + NODE, self._x(at + 1)
        lost = dict(moved.lost)
        stayed = {one: self._units(before, one) - lost.get(one, 0) for one in self._accounts}
        for one in self._accounts:
            if stayed[one] > 0:
                votes = words.short(self._count.votes(stayed[one]))
                said = f"{words.name(self._subject, one)} kept {votes}"
                y = self._tops[one]
                yield Ribbon(x1, y, x2, y, stayed[one] * self._scale, moved=False, said=said)
        yield from self._crossing(moved, stayed, x1, x2)

    def _crossing(self, moved: Moves, stayed: dict[int, int], x1: float, x2: float) -> Iterator[Ribbon]:
        if not moved.lost:
            return
        middle = (x1 + x2) / 2
        centre = sum((self._below(one, stayed)) * units for one, units in moved.lost) / moved.total
        y = centre
        for one, units in moved.lost:
            said = f"{self._said(units)} from {words.name(self._subject, one)}"
            height = units * self._scale
            start = self._below(one, stayed)
            if len(moved.lost) > 1:
                yield Ribbon(x1, start, middle, y, height, moved=True, said=said)
                y += height
        y = centre
        for one, units in moved.gained:
            height = units * self._scale
            origin = words.name(self._subject, moved.lost[0][0]) if len(moved.lost) == 1 else "several"
            said = f"{self._said(units)} from {origin} to {words.name(self._subject, one)}"
            start = middle if len(moved.lost) > 1 else x1
            yield Ribbon(start, y, x2, self._below(one, stayed), height, moved=True, said=said)
            y += height

    def _below(self, one: int, stayed: dict[int, int]) -> float:
        """Below what stays in a lane: there votes leave and arrive."""
        return self._tops[one] + max(0, stayed[one]) * self._scale

    def _said(self, units: int) -> str:
        votes = words.short(self._count.votes(units))
        return f"{votes} {'vote' if votes == '1' else 'votes'}"
