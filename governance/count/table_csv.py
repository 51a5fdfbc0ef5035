"""The table of rounds as CSV, for a spreadsheet: a line for each candidate, a column for each stage (docs/counting.md 8.5)."""

import csv
from collections.abc import Sequence
from io import StringIO

from governance.count.rankings_csv import FORMULA
from governance.count.report import Count


def write(count: Count, names: Sequence[str] = ()) -> bytes:
    """The table, in UTF-8 with a byte order mark, without which Excel takes it for Latin-1.

    Args:
        count: What to write.
        names: Of the candidates, in the count's order; its ids if there are none.
    """
    names = names or count.candidates
    stages = count.stages
    lines = [
        ["", "Outcome", *(f"Stage {stage.number}" for stage in stages)],
        ["What happened", "", *(stage.action for stage in stages)],
        ["Whose votes moved", "", *("; ".join(names[one] for one in stage.candidates) for stage in stages)],
        *(
            [name, outcome(count, candidate), *(count.votes(stage.tallies[candidate]) for stage in stages)]
            for candidate, name in enumerate(names)
        ),
        ["Non-transferable", "", *(count.votes(stage.non_transferable) for stage in stages)],
        ["Quota", "", *(count.votes(stage.quota) for stage in stages)],
    ]
    text = StringIO()
    csv.writer(text).writerows([disarmed(cell) for cell in line] for line in lines)
    return text.getvalue().encode("utf-8-sig")


def outcome(count: Count, candidate: int) -> str:
    """What became of a candidate, and at which stage."""
    if candidate in count.withdrawn:
        return "withdrawn"
    for stage in count.stages:
        if candidate in stage.elected:
            return f"elected at stage {stage.number}"
        if candidate in stage.excluded:
            return f"excluded at stage {stage.number}"
    return "not elected"


def disarmed(cell: str) -> str:
    """A cell that no spreadsheet program takes for a formula: one that looks like it gets an apostrophe first."""
    return f"'{cell}" if cell.lstrip().startswith(FORMULA) or cell.startswith(FORMULA) else cell
