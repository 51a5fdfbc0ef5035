"""Engines and transactions; the one module that knows what is special about SQLite and about PostgreSQL.

A transaction that writes says so before it reads: `writing` takes the database's write lock at once, so that what it reads
stays so until it commits. A transaction that only reads never waits for one that writes, and sees one moment throughout.

- SQLite: BEGIN IMMEDIATE, and WAL for those who read.
- PostgreSQL: an advisory lock that ends with the transaction, under READ COMMITTED: each statement after it sees whatever
  was committed before the lock was had. (REPEATABLE READ would look back to the moment at which it began to wait.)
  Whoever only reads has REPEATABLE READ.

Threads of one process wait for each other at a lock of ours: SQLite's own makes waiters sleep in growing steps.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, inspect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from governance.errors import GovernanceError, MalformedError
from governance.store.vault import INFO, Vault

WAIT = 30_000
"""Milliseconds that a process waits for another one's transaction."""
UNKEPT = (
    "Something in it cannot be kept: a text that is too long, a number that is too large, or a character that nobody sees. "
    "Please look through it, and try once more."
)
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # a commit has reached the disk before it returns
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {WAIT}",
    "PRAGMA secure_delete = ON",  # what is deleted is overwritten
    "PRAGMA trusted_schema = OFF",
    "PRAGMA recursive_triggers = ON",  # INSERT OR REPLACE deletes, and is refused as well
)
_SETTINGS = (
    f"SET lock_timeout = {WAIT}",
    # A commit has reached the disk before it returns, whatever the server or the role says; what is stricter stays.
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
)
_ALONE = f"SELECT pg_advisory_xact_lock({int.from_bytes(b'governan')})"  # of this database alone: any number would do
_FORM = "SELECT current_setting('server_encoding') = 'UTF8' AND 'Z' < 'a' AND 'a b' < 'aa'"  # by code points, as SQLite
WRONG_FORM = (
    "This database of PostgreSQL has another encoding or order of letters than ours. Make an empty one: "
    "createdb --template template0 --encoding UTF8 --locale C NAME"
)
_IMMEDIATE = "governance_immediate"
_LOCK = "writing"

_locks: WeakKeyDictionary[Engine, Lock] = WeakKeyDictionary()


def engine(url: str, **options: Any) -> Engine:
    """An engine whose commits are durable."""
    return prepare(create_engine(url, **options))


def prepare(made: Engine) -> Engine:
    """Set up an engine that something else made (Flask-SQLAlchemy); once."""
    if made not in _locks:
        _locks[made] = Lock()
        made.hide_parameters = True  # what a statement was given is not for the log: addresses, links, digits
        if made.dialect.name == "sqlite":
            event.listen(made, "connect", _connected)
            event.listen(made, "begin", _begun)
        elif made.dialect.name == "postgresql":
            event.listen(made, "connect", _connected_to_server)
            event.listen(made, "begin", _begun_on_server)
            event.listen(made, "handle_error", _refused, retval=True)
    return made


def is_there(url: str) -> bool:
    """Whether there is a database already: a file of SQLite, or tables of ours on a server."""
    made = create_engine(url)
    if made.dialect.name == "sqlite":
        return Path(made.url.database or "").is_file()
    try:
        with made.connect() as connection:
            return inspect(connection).has_table("alembic_version")
    finally:
        made.dispose()


def _connected(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver begins no transaction of its own
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begun(connection: Connection) -> None:
    immediate = connection.get_execution_options().get(_IMMEDIATE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _connected_to_server(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for setting in _SETTINGS:
        cursor.execute(setting)
    cursor.close()
    connection.commit()


def _begun_on_server(connection: Connection) -> None:
    """Comes before the driver's BEGIN, which goes out with the first statement and names the level."""
    immediate = connection.get_execution_options().get(_IMMEDIATE)
    driver = connection.connection.dbapi_connection
    assert driver is not None  # noqa: S101  it is open
    connection.dialect.set_isolation_level(driver, "READ COMMITTED" if immediate else "REPEATABLE READ")
    if immediate:
        connection.exec_driver_sql(_ALONE)


def _refused(context: ExceptionContext) -> MalformedError | None:
    """What PostgreSQL refuses and SQLite keeps is somebody's input, not our fault; and an error tells nobody's data.

    Below its first line it has the values of the row ("Key (address)=(…) already exists").
    """
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args:
            error.args = (str(error.args[0]).partition("\n")[0],)
    return MalformedError(UNKEPT) if isinstance(context.sqlalchemy_exception, DataError) else None


def sessions(made: Engine, vault: Vault) -> sessionmaker[Session]:
    """What makes sessions for the services."""
    return sessionmaker(made, info={INFO: vault})


@contextmanager
def writing(session: Session) -> Iterator[Session]:
    """One use case, one commit; any error rolls back. A transaction that has only read before ends first."""
    session.rollback()
    begin_writing(session)
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


@contextmanager
def alone(made: Engine) -> Iterator[Connection]:
    """A connection with one transaction that writes, for migrations; any error rolls back.

    Raises:
        GovernanceError: The database is one of PostgreSQL in which texts would stand in another order than everywhere else.
    """
    with made.connect() as plain:
        connection = plain.execution_options(**{_IMMEDIATE: True})
        with connection.begin():
            if made.dialect.name == "postgresql" and connection.exec_driver_sql(_FORM).scalar_one() is not True:
                raise GovernanceError(WRONG_FORM)
            yield connection


def begin_writing(session: Session) -> None:
    """Begin a transaction that writes: from here on nobody else does."""
    if session.in_transaction():
        msg = "begin_writing comes before anything is read"
        raise RuntimeError(msg)
    bind = session.get_bind()
    lock = _locks[bind.engine]
    lock.acquire()
    session.info[_LOCK] = lock
    try:
        session.connection(execution_options={_IMMEDIATE: True})
    except BaseException:
        session.close()
        _release(session)
        raise


def is_writing(session: Session) -> bool:
    """Whether this session has begun to write."""
    return _LOCK in session.info


@event.listens_for(Session, "after_transaction_end")
def _ended(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        _release(session)


def _release(session: Session) -> None:
    lock = session.info.pop(_LOCK, None)
    if lock is not None:
        lock.release()
