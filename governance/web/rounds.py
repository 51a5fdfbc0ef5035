"""The rows of the table that shows a count round by round."""

from decimal import Decimal
from typing import NamedTuple

from governance.services.records import Contest, Count, Stage


class Cell(NamedTuple):
    """Votes, or None for who is no longer there; `mark` is the word below the number."""

    votes: Decimal | None
    mark: str


class Row(NamedTuple):
    name: str
    elected: bool
    cells: list[tuple[Stage, Cell]]


def rows(contest: Contest, count: Count) -> list[Row]:
    """A row for each candidate: the elected in order, then the others, who stayed longest first."""
    left = {id_: stage.number for stage in count.stages for id_ in stage.excluded}
    never = len(count.stages) + 1

    def place(id_: str) -> tuple[bool, bool, int]:
        if id_ in count.elected:
            return False, False, count.elected.index(id_)
        return True, id_ in count.withdrawn, -left.get(id_, never)

    return [
        Row(
            name=contest.candidates[id_].name,
            elected=id_ in count.elected,
            cells=[(stage, _cell(count, stage, id_, left.get(id_, never))) for stage in count.stages],
        )
        for id_ in sorted(contest.candidates, key=place)
    ]


def _cell(count: Count, stage: Stage, id_: str, left: int) -> Cell:
    if id_ in count.withdrawn:
        return Cell(None, "not counted")
    if stage.number >= left:
        return Cell(None, "out")
    return Cell(stage.tallies[id_], "elected" if id_ in stage.elected else "")
