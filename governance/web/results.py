"""Results: what an election decided, how, and how to check it; and the files of it.

Of the database, an election is shown once its record has been verified (`services.shelf`). A server without elections of
its own shows the record file that lies in RECORDS.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from flask import Blueprint, Response, current_app, render_template, send_file
from sqlalchemy.orm import Session
from werkzeug.exceptions import ServiceUnavailable

from governance.domain.phases import Phase
from governance.errors import MalformedError, NotFoundError
from governance.report.page import drawing_style
from governance.services import elections, nominations, officers, records, reports, shelf
from governance.services.elections import Shown as Election
from governance.services.nominations import Open
from governance.services.records import Contest, RecordSummary
from governance.services.shelf import State
from governance.web import masthead
from governance.web.access import public
from governance.web.compression import same_for_all
from governance.web.extensions import has_database, now, published, reading
from governance.web.files import integrity
from governance.web.reports import Drawn, drawn, file
from governance.web.rounds import rows

bp = Blueprint("results", __name__)
_ENDED = (Phase.COUNTED, Phase.CANCELLED)


class Shown(NamedTuple):
    """A record that may be shown."""

    path: Path
    size: int
    summary: RecordSummary


class Objections(NamedTuple):
    """Until when one may object to a result, and to whom."""

    until: datetime
    over: bool
    contact: str


def folder() -> Path:
    """Where records of the database are kept as files."""
    return published()


def verify_new() -> list[tuple[str, str]]:
    """Verify every result that nobody has looked at yet, however long it takes: (election, what does not hold)."""
    with reading() as reader:
        new = [one.id for one in elections.every(reader) if shelf.is_new(reader, one.id, folder())]
    done = []
    for one in new:
        with reading() as reader:
            done.append((one, shelf.result(reader, one, folder(), now=now(), patient=True)))
    return [(one, found.why) for one, found in done if found and found.state in (State.SHOWN, State.REFUSED)]


@bp.get("/")
@public
def front() -> Response | str | tuple[str, int]:
    """The newest result, and the way to the others and to the elections under way."""
    under_way: list[Election] = []
    nominating: list[Open] = []
    if has_database():
        with reading() as reader:
            every = elections.every(reader)
            counted = [one for one in every if one.phase is Phase.COUNTED]
            under_way = [one for one in every if one.progress.manifest and one.phase not in _ENDED]
            nominating = nominations.in_time(reader, now=now())
            if counted:
                newest = max(counted, key=lambda one: one.progress.closed)
                others = [one for one in counted if one is not newest]
                return _page(reader, newest, others, under_way, nominating)
    path = records.find_record(Path(current_app.config["RECORDS"]))
    if path is None:
        return render_template("results/none.html", under_way=under_way, nominating=nominating)
    found = _read(path)
    return render_template(
        "results/front.html",
        record=found.summary,
        size=found.size,
        rows=rows,
        drawn=_drawn(found),
        follow_script=_follow_script(),
        objections=None,
        others=[],
        under_way=under_way,
        nominating=nominating,
    )


@bp.get("/elections/<election>/result")
@public
def result(election: str) -> str | tuple[str, int]:
    with reading() as reader:
        return _page(reader, elections.show(reader, election))


def _page(
    reader: Session,
    one: Election,
    others: Sequence[Election] = (),
    under_way: Sequence[Election] = (),
    nominating: Sequence[Open] = (),
) -> str | tuple[str, int]:
    """The result of an election of the database, or why it is not shown."""
    found = shelf.result(reader, one.id, folder(), now=now())
    if found is None:
        raise NotFoundError("This election has no result yet: it is shown here once the votes have been counted.")
    contact = officers.organisation(reader).contact
    if found.file is None:
        refused = found.state is State.REFUSED
        if refused:
            current_app.logger.error("The record of %s does not verify: %s", one.id, found.why)
        page = render_template(
            "results/waiting.html",
            one=one,
            state=found.state,
            why=found.why,
            contact=contact,
            others=others,
            under_way=under_way,
            nominating=nominating,
        )
        return page, 503 if refused else 200
    shown = _read(found.file.path)
    appeals = one.draft.calendar.appeals
    return render_template(
        "results/front.html",
        record=shown.summary,
        size=shown.size,
        rows=rows,
        drawn=_drawn(shown),
        follow_script=_follow_script(),
        objections=Objections(appeals, now() >= appeals, contact),
        others=others,
        under_way=under_way,
        nominating=nominating,
    )


# ---- files -----------------------------------------------------------------------------------------------------------


@bp.get("/records/<election>.record.zip")
@public
def download(election: str) -> Response:
    """The record's very bytes; the address only says which, and is never a path."""
    found = _found(election)
    name = f"{found.summary.election}.record.zip"
    return send_file(found.path.absolute(), mimetype="application/zip", as_attachment=True, download_name=name)


@bp.get("/records/<election>/<contest>.blt")
@public
def papers(election: str, contest: str) -> Response:
    """Every ranking that was counted, as other programs read it."""
    return _of_contest(election, contest, "blt", "text/plain", records.papers_file)


@bp.get("/records/<election>/<contest>.json")
@public
def count(election: str, contest: str) -> Response:
    """The count as the record has it."""
    return _of_contest(election, contest, "json", "application/json", records.count_file)


@bp.get("/records/<election>/<contest>.<any(csv,rctab,html,pdf):kind>")
@public
def report(election: str, contest: str, kind: str) -> Response:
    """The count as a table, a report, or in the form that RCVis draws."""
    ending = "rctab.json" if kind == "rctab" else kind
    return _of_contest(election, contest, ending, reports.KINDS[kind], file(kind, made_up=masthead.read().made_up))


@bp.get("/drawing.css")
@public
@same_for_all
def style() -> Response:
    """How the drawings look: the same on a page as in a report."""
    return Response(drawing_style(), mimetype="text/css")


def _follow_script() -> str:
    return integrity("follow.js")


def _drawn(found: Shown) -> Callable[[Contest], Drawn]:
    return lambda contest: drawn(found.path, contest, made_up=masthead.read().made_up)


def _of_contest(
    election: str, contest: str, kind: str, mimetype: str, make: Callable[[Path, Contest], bytes | None]
) -> Response:
    found = _found(election)
    one = found.summary.contest(contest)
    data = None if one is None else make(found.path, one)
    if one is None or data is None:
        raise NotFoundError("There is no such file here.")
    name = f"{found.summary.election}-{one.id}.{kind}"
    return Response(data, mimetype=mimetype, headers={"Content-Disposition": f"attachment; filename={name}"})


def _found(election: str) -> Shown:
    """The record of an election of the database that may be shown, or the one in RECORDS.

    Raises:
        NotFoundError: There is none of that name.
    """
    if has_database():
        with reading() as reader:
            if any(one.id == election for one in elections.every(reader)):
                found = shelf.result(reader, election, folder(), now=now())
                if found is None or found.file is None:
                    raise NotFoundError("There is no record of that name here.")
                return _read(found.file.path)
    path = records.find_record(Path(current_app.config["RECORDS"]))
    shown = _read(path) if path is not None else None
    if shown is None or shown.summary.election != election:
        raise NotFoundError("There is no record of that name here.")
    return shown


def _read(path: Path) -> Shown:
    """A record, read again only when its file has changed."""
    stat = path.stat()
    try:
        return Shown(path, stat.st_size, _summary(path, stat.st_mtime_ns, stat.st_size))
    except MalformedError as error:
        current_app.logger.error("%r: %s", path, error)  # noqa: TRY400  the sentence says it; no trace is needed
        raise ServiceUnavailable from error


@lru_cache(maxsize=16)
def _summary(path: Path, _changed: int, _size: int) -> RecordSummary:
    return records.read_summary(path)
