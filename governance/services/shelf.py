"""Records as files, for everybody: written once for each checkpoint, verified before a result is shown, handed out as is.

A file is named after its election, how many entries it has, and its checkpoint, so it never changes and need never be
written twice. While people vote the board grows with every ballot: then a file that is a few minutes old will do, so
that whoever asks again and again costs the server nothing. Beside a file lies its verdict, once it has been verified.
"""

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from threading import Lock

from sqlalchemy.orm import Session

from governance.board import checkpoint, verify
from governance.board.record import RecordFile
from governance.domain.phases import Phase
from governance.errors import MalformedError
from governance.services import continuity, elections, publication, witnesses

FRESH = timedelta(minutes=5)
"""While people vote, a file of this age is new enough."""
AT_ONCE = 1000
"""Ballots whose proofs are checked while a reader waits (about a second); more are left to `governance advance`."""
KEPT = 3
"""Files of one election that stay: somebody may be reading the one before."""
_UNFINISHED = timedelta(hours=1)
_working = Lock()


class State(StrEnum):
    """Whether a result may be shown."""

    SHOWN = "shown"
    CHECKING = "checking"
    """Its proofs are to be checked first, which takes minutes."""
    WITNESSES = "witnesses"
    """Not enough witnesses have confirmed the board as it is."""
    REFUSED = "refused"
    """Its record does not verify."""


@dataclass(frozen=True, slots=True)
class File:
    """A record file.

    Attributes:
        size: How many entries it has.
        mark: Differs between any two files: for conditional requests.
    """

    path: Path
    size: int
    mark: str


@dataclass(frozen=True, slots=True)
class Result:
    """The file of a finished election whose record holds, or why none is shown."""

    state: State
    file: File | None = None
    why: str = ""
    """Which check failed; a sentence for those who know the protocol."""


def current(session: Session, election: str, folder: Path, *, now: datetime) -> File:
    """The record as far as it has come; while people vote, as it was a few minutes ago at most.

    Args:
        session: The database.
        election: Which.
        folder: Where record files are kept; made if it is missing.
        now: The time.

    Raises:
        NotFoundError: There is no such election, or its board is empty.
    """
    shown = elections.show(session, election)
    signed = publication.Source(session, election).checkpoint()
    file = _file(folder, election, signed)
    newest = max(_files(folder, election), key=lambda one: one.size, default=None)
    if newest is not None and newest.size > file.size:
        return newest  # the database was put back from an older copy: what was published stays published
    if shown.phase is Phase.OPEN and newest is not None and timedelta(0) <= now - _written(newest.path) < FRESH:
        return newest
    with _working:
        if not file.path.is_file():
            _write(session, election, file, now)
    return file


def _write(session: Session, election: str, file: File, now: datetime) -> None:
    """Write the file whole or not at all, then clear what is no longer wanted."""
    folder = file.path.parent
    folder.mkdir(parents=True, exist_ok=True)
    new = folder / f".{file.path.name}.{secrets.token_hex(4)}"
    try:
        with new.open("xb") as made:
            publication.write(session, election, made)
        os.utime(new, (now.timestamp(), now.timestamp()))
        new.replace(file.path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    for old in sorted(_files(folder, election), key=lambda one: one.size)[:-KEPT]:
        if old != _holding(folder, election):
            for path in (old.path, _verdict_path(old)):
                path.unlink(missing_ok=True)
    for left in folder.glob(f".{election}.*"):  # by a process that was killed
        with suppress(OSError):
            if now - _written(left) > _UNFINISHED:
                left.unlink()


def _file(folder: Path, election: str, signed: bytes) -> File:
    head, digest = checkpoint.parse(signed), sha256(signed).hexdigest()[:16]
    return File(folder / f"{election}.{head.size}.{digest}.record.zip", head.size, f"{head.size}-{digest}")


def _files(folder: Path, election: str) -> Iterator[File]:
    for path in folder.glob(f"{election}.*.record.zip"):
        named = continuity.NAME.fullmatch(path.name)
        if named and named[1] == election:
            yield File(path, int(named[2]), f"{named[2]}-{named[3]}")


def _written(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


# ---- results ---------------------------------------------------------------------------------------------------------


def result(session: Session, election: str, folder: Path, *, now: datetime, patient: bool = False) -> Result | None:
    """The record of a finished or cancelled election, once it has been verified; None if there is nothing to show yet.

    Where something was added after the result (a notice, say), the file before it is shown until the new one holds.

    Args:
        session: The database.
        election: Which.
        folder: Where record files are kept.
        now: The time.
        patient: Whether to verify however long it takes.

    Raises:
        NotFoundError: There is no such election.
    """
    shown = elections.show(session, election)
    if shown.phase not in (Phase.COUNTED, Phase.CANCELLED):
        return None
    file = current(session, election, folder, now=now)
    before = _holding(folder, election)
    if before is not None and before.path == file.path:
        return Result(State.SHOWN, file)
    waits = _waits(session, election)
    if waits or (_verdict(file) is None and shown.progress.ballots > AT_ONCE and not patient):
        return Result(State.SHOWN, before) if before else Result(State.WITNESSES if waits else State.CHECKING)
    with _working:
        why = _verdict(file)
        if why is None:
            why = _verify(file)
    return Result(State.REFUSED, why=why) if why else Result(State.SHOWN, file)


def is_new(session: Session, election: str, folder: Path) -> bool:
    """Whether an election has an outcome whose record nobody has verified as it is now."""
    if elections.show(session, election).phase not in (Phase.COUNTED, Phase.CANCELLED):
        return False
    file = _file(folder, election, publication.Source(session, election).checkpoint())
    return _verdict(file) is None and not _waits(session, election)


def _waits(session: Session, election: str) -> bool:
    """Whether the record cannot hold yet, because witnesses have still to cosign it."""
    return not witnesses.has_quorum(session, election, publication.Source(session, election).checkpoint())


def _verify(file: File) -> str:
    """Check everything, and keep the verdict; empty if everything holds."""
    with file.path.open("rb") as opened:
        try:
            failure = verify.check(RecordFile(opened)).failure
            why = f"section {failure.check.section}, {failure.check.title}: {failure.detail}" if failure else ""
        except MalformedError as error:
            why = str(error)
    path = _verdict_path(file)
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    new.write_text(json.dumps({"why": why}), "utf-8")
    new.replace(path)
    return why


def _verdict(file: File) -> str | None:
    """What was found: empty if everything holds; None if nobody has looked yet."""
    try:
        return str(json.loads(_verdict_path(file).read_text("utf-8"))["why"])
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _verdict_path(file: File) -> Path:
    return file.path.with_name(file.path.name.removesuffix(".record.zip") + ".verdict")


def _holding(folder: Path, election: str) -> File | None:
    """The longest record that has been verified."""
    held = (one for one in _files(folder, election) if _verdict(one) == "")
    return max(held, key=lambda one: one.size, default=None)
