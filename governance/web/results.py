"""The front page: what an election decided, how, and how to check it.

It shows a record file. That of the newest finished election of the database is written beside the others first, and
again when its board has grown.
"""

import secrets
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from flask import Blueprint, Response, current_app, render_template, send_file
from werkzeug.exceptions import ServiceUnavailable

from governance.domain.phases import Phase
from governance.errors import MalformedError, NotFoundError
from governance.services import boards, elections, publication, records
from governance.services.records import RecordSummary
from governance.web.access import public
from governance.web.extensions import has_database, reading
from governance.web.rounds import rows

bp = Blueprint("results", __name__)


class Shown(NamedTuple):
    path: Path
    size: int
    summary: RecordSummary


def shown() -> Shown | None:
    """The record that this server shows, read again only when the file has changed."""
    folder = Path(current_app.config["RECORDS"])
    path = (_published(folder) if has_database() else None) or records.find_record(folder)
    if path is None:
        return None
    stat = path.stat()
    try:
        return Shown(path, stat.st_size, _read(path, stat.st_mtime_ns, stat.st_size))
    except MalformedError as error:
        current_app.logger.error("%r: %s", path, error)  # noqa: TRY400  the sentence says it; no trace is needed
        raise ServiceUnavailable from error


def _published(folder: Path) -> Path | None:
    """The record of the newest finished election; written once for each size of its board, whole or not at all."""
    with reading() as reader:
        counted = (one for one in elections.every(reader) if one.phase is Phase.COUNTED)
        newest = max(counted, key=lambda one: one.progress.closed, default=None)
        if newest is None:
            return None
        path = folder / "published" / f"{newest.id}-{boards.size(reader, newest.id)}.record.zip"
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            new = path.with_suffix(f".{secrets.token_hex(4)}")
            with new.open("wb") as file:
                publication.write(reader, newest.id, file)
            new.replace(path)
    return path


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int, _size: int) -> RecordSummary:
    return records.read_summary(path)


@bp.get("/")
@public
def front() -> str:
    record = shown()
    if record is None:
        return render_template("results/none.html")
    return render_template("results/front.html", record=record.summary, size=record.size, rows=rows)


@bp.get("/records/<election>.record.zip")
@public
def download(election: str) -> Response:
    """The record's very bytes; the address only says which, and is never a path."""
    record = shown()
    if record is None or record.summary.election != election:
        raise NotFoundError("There is no record of that name here.")
    name = f"{record.summary.election}.record.zip"
    return send_file(record.path.absolute(), mimetype="application/zip", as_attachment=True, download_name=name)
