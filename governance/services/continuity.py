"""Whether the database still has all that was published of a board: one put back from an older copy has not.

What was published lies in a folder beside the database: the record files (`shelf`), and a mark for each board, the signed
head of its tree as it was a minute ago. Nothing is added to a board that does not go on from them: it would get a second
history, in which ballots are missing that voters hold receipts of, and every verifier and witness would refuse it.
A folder that is lost with the database tells nothing: receipts and witnesses do (`governance db check --against`).
"""

import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.board import checkpoint
from governance.board.record import RecordFile
from governance.errors import GovernanceError, MalformedError
from governance.store.boards import Checkpoint, Log

INFO = "published"
"""Where a session keeps the folder; one without it is not compared."""
NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]{0,63})\.([0-9]{1,12})\.([0-9a-f]{16})\.record\.zip", re.ASCII)
"""Of a record file: the election, how many entries, the beginning of its checkpoint's SHA-256."""
_MARK = ".checkpoint"


class BehindError(GovernanceError):
    """The database lacks what was published of a board."""

    def __init__(self) -> None:
        """Say it to whoever wanted to add something, voters too."""
        super().__init__(
            "The board of this election is shut for now: the server holds less of it than was published before, so it takes "
            "nothing until that is put right. Nothing of yours is lost by waiting. Please try again later; officers "
            "find on the election's page what to do."
        )


@dataclass(frozen=True, slots=True)
class Behind:
    """What was published of a board, and does not stand in the database.

    Attributes:
        has: How many entries the database has.
        published: How many were published; if not more, they are others.
        file: Where.
    """

    election: str
    has: int
    published: int
    file: Path


def behind(session: Session, election: str, folder: Path) -> Behind | None:
    """What was published of a board and the database lacks; None if it has everything.

    The files are read first, so a session that has not read before sees no less than they say. Those that cannot be read
    say nothing here; `governance db check` names them.
    """
    heads = [(path, head_of(path)) for path in _newest(folder, election)]
    for path, told in heads:
        if told is None:
            continue
        own = session.scalar(select(Checkpoint.signed).filter_by(election_id=election, size=told.size))
        if own is None or checkpoint.parse(own).root != told.root:
            return Behind(election, _size(session, election), told.size, path)
    return None


def require(session: Session, election: str) -> None:
    """Check that a board may grow.

    Raises:
        BehindError: It lacks what was published.
    """
    folder = session.info.get(INFO)
    if folder is not None and behind(session, election, folder) is not None:
        raise BehindError


def marked(folder: Path) -> Iterator[tuple[str, Path]]:
    """(election, mark) of every board."""
    for path in sorted(folder.glob(f"*{_MARK}")):
        if not path.name.startswith("."):
            yield path.name.removesuffix(_MARK), path


def mark(session: Session, folder: Path) -> int:
    """Write down how far each board has come; how many marks moved. Only what is committed may be read here."""
    moved = 0
    for election in session.scalars(select(Log.election_id).order_by(Log.election_id)).all():
        path = folder / f"{election}{_MARK}"
        before = head_of(path)
        size = _size(session, election)
        if size > (before.size if before else 0) and behind(session, election, folder) is None:
            signed = session.scalar(select(Checkpoint.signed).filter_by(election_id=election, size=size))
            _write(path, signed or b"")
            moved += 1
    return moved


def head_of(path: Path) -> checkpoint.Checkpoint | None:
    """The head of the tree that a record file or a mark has; None if it cannot be read."""
    try:
        return _of_record(path) if path.name.endswith(".zip") else checkpoint.parse(path.read_bytes())
    except (OSError, MalformedError):
        return None


@lru_cache(maxsize=64)
def _of_record(path: Path) -> checkpoint.Checkpoint:
    """Of a record file, which never changes."""
    with path.open("rb") as opened:
        return checkpoint.parse(RecordFile(opened).checkpoint())


def _newest(folder: Path, election: str) -> Iterator[Path]:
    """The mark, and the longest record file."""
    longest, size = None, -1
    try:
        names = os.listdir(folder)  # noqa: PTH208  before every change of a board: the quickest
    except FileNotFoundError:
        return
    for name in names:
        named = NAME.fullmatch(name) if name.startswith(election) else None
        if named and named[1] == election and int(named[2]) > size:
            longest, size = name, int(named[2])
    if election + _MARK in names:
        yield folder / f"{election}{_MARK}"
    if longest is not None:
        yield folder / longest


def _size(session: Session, election: str) -> int:
    query = select(Checkpoint.size).filter_by(election_id=election).order_by(Checkpoint.size.desc())
    return session.scalar(query.limit(1)) or 0


def _write(path: Path, signed: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with new.open("xb") as file:
            file.write(signed)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
