"""The table of rounds as rows and cells, in blocks that fit a page."""

from collections.abc import Iterator
from dataclasses import dataclass

from governance.count.report import Count, Stage
from governance.report.subject import Subject
from governance.report.words import short


@dataclass(frozen=True, slots=True)
class Cell:
    """Votes as text, "" for who has left, and a word: "elected", "out" or "not counted"."""

    votes: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Of a candidate, or (at the foot) of a sum."""

    name: str
    elected: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Some rounds, one after the other."""

    stages: tuple[Stage, ...]
    rows: tuple[Row, ...]
    foot: tuple[Row, ...]


def blocks(subject: Subject, fit: int) -> Iterator[Table]:
    """The whole table, at most `fit` rounds at a time; in later blocks whoever has left long ago has no row."""
    stages = subject.count.stages
    for start in range(0, len(stages), fit):
        yield _table(subject, stages[start : start + fit])


def _table(subject: Subject, stages: tuple[Stage, ...]) -> Table:
    count = subject.count
    left = {one: stage.number for stage in count.stages for one in stage.excluded}
    start = stages[0].number
    rows = tuple(
        Row(
            subject.names[one], one in count.elected, tuple(_cell(count, stage, one, left.get(one)) for stage in stages)
        )
        for one in subject.order()
        if start == 1 or (one not in count.withdrawn and (left.get(one, start) >= start or any(_votes(stages, one))))
    )
    foot = (
        _sum("No further choice", [count.votes(stage.non_transferable) for stage in stages]),
        _sum("All votes", [count.votes(sum(stage.tallies) + stage.non_transferable) for stage in stages]),
        _sum("Needed to be elected", [count.votes(stage.quota) for stage in stages]),
    )
    return Table(stages, rows, foot)


def _votes(stages: tuple[Stage, ...], one: int) -> list[int]:
    return [stage.tallies[one] for stage in stages]


def _cell(count: Count, stage: Stage, one: int, left: int | None) -> Cell:
    if one in count.withdrawn:
        return Cell("", "not counted")
    votes = stage.tallies[one]
    if left is not None and stage.number >= left:
        # Who is out may hold votes for some rounds more (ERS97), or to the end.
        return Cell(short(count.votes(votes)) if votes else "", "out")
    return Cell(short(count.votes(votes)), "elected" if one in stage.elected else "")


def _sum(name: str, votes: list[str]) -> Row:
    return Row(name, elected=False, cells=tuple(Cell(short(one)) for one in votes))
