"""The forms that `governance count` reads and writes (docs/counting.md 8.5)."""

import json
import shutil
from collections.abc import Mapping
from typing import Any

from governance.count import blt, forms, sheet, table_csv
from governance.count.blt import Election
from governance.count.report import Count
from governance.errors import MalformedError
from governance.offline.edge import shown_lines

READ = forms.FORMS
WRITE = ("text", "json", "csv", "rctab", "blt", "html", "pdf")


def read(data: bytes, name: str, form: str | None, seats: int | None) -> Election:
    """What a file of papers says, its form being asked for or told by its name; and that it is known how many places there are.

    Raises:
        MalformedError: It is not of that form, or nobody says how many places there are.
    """
    election = forms.read(data, form or forms.of_name(name))
    if not (seats or election.seats):
        raise MalformedError("this form does not say how many places there are to fill: give --seats")
    return election


def write(form: str, election: Election, count: Count, *, constrained: bool, more: Mapping[str, Any]) -> bytes:
    """The count in one of `WRITE`; of "blt" the papers.

    Args:
        form: Which.
        election: The papers that were counted.
        count: What came of them; its candidates are labels, all different.
        constrained: Whether constraints were asked for.
        more: Fields that JSON has besides.
    """
    if form == "json":
        return (
            json.dumps({**count.as_dict(), **more}, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
            + b"\n"
        )
    if form == "text":
        return shown_lines(sheet.text(election.title, count, shutil.get_terminal_size().columns)).encode() + b"\n"
    if form == "csv":
        return table_csv.write(count)
    if form == "blt":
        return blt.write(_as_counted(election, count))
    return _report(form, election, count, constrained=constrained)


def _report(form: str, election: Election, count: Count, *, constrained: bool) -> bytes:
    # Loaded only here: what draws takes longer to load than most counts take.
    from governance.report import page, pdf, rctab  # noqa: PLC0415
    from governance.report.subject import Subject, papers  # noqa: PLC0415

    if form == "rctab":
        ballots = sum(number for number, _ in election.papers)
        return rctab.write(election.title, count, count.candidates, ballots=ballots)
    found = papers(election.papers)
    subject = Subject(election.title, count, count.candidates, papers=found, constrained=constrained)
    return page.write(subject) if form == "html" else pdf.write(subject)


def _as_counted(election: Election, count: Count) -> Election:
    return Election(
        election.title,
        election.names,
        count.seats,
        withdrawn=count.withdrawn,
        tie=election.tie,
        papers=election.papers,
        loose=election.loose,
    )
