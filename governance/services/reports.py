"""The report of a contest, from its published record (docs/counting.md 8.6)."""

from pathlib import Path
from typing import Any

from governance.board import canonical, tally
from governance.count import blt_reader, follow, table_csv
from governance.errors import GovernanceError, NotFoundError
from governance.report import page, pdf, rctab, trail
from governance.report.subject import Subject, distinct, from_json, papers
from governance.services import records
from governance.services.records import Contest

KINDS = {
    "csv": "text/csv",
    "rctab": "application/json",
    "html": "text/html",
    "pdf": "application/pdf",
}
"""The files of a report, and what they are."""


def subject(path: Path, contest: Contest, *, made_up: bool) -> Subject:
    """What a report of this contest of a record shows.

    Raises:
        NotFoundError: It has no count.
        MalformedError: The record is not of the form that one has.
    """
    counted, cast = records.count_file(path, contest), records.papers_file(path, contest)
    if counted is None or cast is None or contest.count is None:
        raise NotFoundError("This contest has no count.")
    reopen = next((one.id for one in contest.candidates.values() if one.reopen), None)
    return Subject(
        title=contest.title,
        count=from_json(canonical.parse(counted), tuple(contest.candidates), reopen),
        names=distinct([one.name for one in contest.candidates.values()]),
        papers=papers(
            blt_reader.read(cast).papers,
            invalid=contest.count.invalid,
            voters=contest.voters,
            least=contest.min_ballots,
        ),
        max_ranks=contest.max_ranks if contest.max_ranks < len(contest.candidates) else None,
        constrained=contest.constrained,
        made_up=made_up,
    )


def travels(path: Path, contest: Contest, shown: Subject) -> dict[str, Any] | None:
    """What a browser needs to follow a ranking through this contest's count; None if the record does not tell it."""
    told = None if shown.count.rule in trail.IN_THE_SHEETS else _counted_anew(path, contest)
    return trail.data(shown.count, shown.names, told)


def _counted_anew(path: Path, contest: Contest) -> follow.Trail | None:
    """The papers counted once more, with whoever follows them; None if that is not the count which was published.

    A record may lie here that nobody has verified, so whatever is wrong with its papers comes to the same.
    """
    told = follow.Told()
    try:
        result = canonical.parse(records.result_file(path, contest) or b"")
        opened = tally.Opened(result["blank"], result["invalid"], {tuple(ids): n for n, ids in result["papers"]})
        count = tally.count_papers(contest.terms, opened, contest.ctx, contest.gone, contest.before, told)
    except (GovernanceError, LookupError, TypeError, ValueError):
        return None
    return told.trail(count) if tally.count_blob(count) == records.count_file(path, contest) else None


def write(kind: str, shown: Subject, ballots: int) -> bytes:
    """The report as one of `KINDS`; `ballots` are those in the count."""
    if kind == "csv":
        return table_csv.write(shown.count, shown.names)
    if kind == "rctab":
        return rctab.write(shown.title, shown.count, shown.names, ballots=ballots)
    return page.write(shown) if kind == "html" else pdf.write(shown)
