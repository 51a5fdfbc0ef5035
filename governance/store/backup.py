"""A copy of SQLite's file while it is in use, put back from a copy, and whether a file is whole.

Its newest commits lie in a log beside the file, so the file alone, copied, is no copy. SQLite's own backup reads one
moment of both, and keeps nobody from writing. PostgreSQL has `pg_dump`.
"""

import os
import secrets
import shlex
import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.engine import URL

from governance.errors import GovernanceError, NotFoundError, RuleError
from governance.store.schema import config

BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a file. A log of another file, left there, would be played into it."""
_MOST = 5
"""Lines that are told of one damaged file."""


class DamagedError(GovernanceError):
    """The file is no whole database."""


def file_of(url: URL) -> Path | None:
    """Where SQLite keeps a database; None if something else does."""
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def dump_command(url: URL, to: Path) -> str:
    """What to type for a copy of a database of PostgreSQL; the password is not in it."""
    address = URL.create(
        "postgresql", url.username, None, url.host, url.port, url.database, url.query
    ).render_as_string()
    return shlex.join(["pg_dump", "--format=custom", f"--file={to}", address])


def copy(made: Engine, to: Path) -> int:
    """Copy a database in use into a new file for its owner alone: looked through, on the disk, then named. Its size.

    Raises:
        RuleError: It is not SQLite's, or the file is there already.
        DamagedError: The database is damaged; nothing was written.
    """
    if file_of(made.url) is None:
        msg = f"This database is not SQLite's, so its own tool copies it. Please type: {dump_command(made.url, to)}"
        raise RuleError(msg)
    if to.exists():
        msg = f"{to} is there already, and a copy never takes another one's place: give it another name."
        raise RuleError(msg)
    new = to.with_name(f".{to.name}.{secrets.token_hex(4)}")
    try:
        with closing(_new(new)) as copied, closing(made.raw_connection()) as kept:
            driver = kept.driver_connection
            assert isinstance(driver, sqlite3.Connection)  # noqa: S101  it is SQLite's
            try:
                driver.backup(copied)
                copied.execute("PRAGMA journal_mode = DELETE")  # all of it in one file
            except sqlite3.DatabaseError as error:
                raise DamagedError(f"The database cannot be copied: {error}. Nothing was written.") from error
        if found := damage(new):
            raise DamagedError(f"The database is damaged, so nothing was written: {found[0]}")
        _sync(new)
        os.link(new, to)
    finally:
        for left in (new, *(new.with_name(new.name + end) for end in BESIDE)):
            left.unlink(missing_ok=True)
    _sync(to.parent)
    return to.stat().st_size


def put_back(copied: Path, place: Path, now: datetime) -> Path | None:
    """Put a copy in a database's place; what stood there stays beside it, under a name with the time.

    Returns:
        Where the one that stood there is now; None if there was none.

    Raises:
        NotFoundError: There is no such copy.
        DamagedError: The copy is damaged, or no database of ours.
        RuleError: Somebody has the database open.
    """
    if not copied.is_file():
        msg = f"{copied}: there is no such file."
        raise NotFoundError(msg)
    new = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        with closing(sqlite3.connect(copied)) as source, closing(_new(new)) as made:
            try:
                source.backup(made)
                made.execute("SELECT version_num FROM alembic_version").fetchone()
                made.execute("PRAGMA journal_mode = DELETE")
            except sqlite3.DatabaseError as error:
                raise DamagedError(f"{copied} is no whole database of this program: {error}") from error
        if found := damage(new):
            raise DamagedError(f"{copied} is damaged: {found[0]}")
        _sync(new)
        aside = _set_aside(place, f"{place.name}.before-{now:%Y%m%dT%H%M%SZ}")
        new.replace(place)
    finally:
        new.unlink(missing_ok=True)
    _sync(place.parent)
    return aside


def _set_aside(place: Path, name: str) -> Path | None:
    """Move a database out of the way with all that lies beside it; a log without its file is moved too."""
    if place.is_file():
        with (
            closing(sqlite3.connect(place, timeout=1)) as old,
            suppress(sqlite3.DatabaseError),
        ):  # damaged: moved as it is
            try:
                old.execute("PRAGMA journal_mode = DELETE")  # only who is alone with it may; and then it is one file
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                    msg = "Somebody has the database open: stop the server, `governance mail` and the timer first."
                    raise RuleError(msg) from error
    there = [(place, place.with_name(name))]
    there += [(place.with_name(place.name + end), place.with_name(name + end)) for end in BESIDE]
    moved = [(here, aside) for here, aside in there if here.exists()]
    for here, aside in moved:
        here.rename(aside)
    return there[0][1] if moved else None


def damage(place: Path) -> list[str]:
    """What is wrong with a file of SQLite, in SQLite's words; nothing if it is whole."""
    if not place.is_file():
        return ["there is no such file"]
    try:
        with closing(sqlite3.connect(place)) as opened:
            told = [str(row[0]) for row in opened.execute(f"PRAGMA integrity_check({_MOST})")]
            lines = [" ".join(line.split()) for text in told for line in text.splitlines()]
            found = [line for line in lines if line != "ok" and not line.startswith("***")]
            for table, row, parent, _ in opened.execute("PRAGMA foreign_key_check"):
                found.append(f"row {row} of {table} names a row of {parent} that is not there")
    except sqlite3.DatabaseError as error:
        return [str(error)]
    return found[:_MOST]


def is_current(made: Engine) -> bool:
    """Whether a database has the form that this version of the program needs."""
    with made.connect() as connection:
        wanted = ScriptDirectory.from_config(config(connection)).get_current_head()
        return MigrationContext.configure(connection).get_current_revision() == wanted


def _new(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return sqlite3.connect(path)


def _sync(path: Path) -> None:
    """Wait until a file, or a folder's names, have reached the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
