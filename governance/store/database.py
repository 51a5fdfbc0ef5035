"""Engines and transactions; the one module that knows what is special about SQLite.

A transaction that writes says so before it reads: `writing` takes the database's write lock at once (BEGIN IMMEDIATE),
so that what it reads stays so until it commits. A transaction that only reads never waits for one that writes (WAL).
Threads of one process wait for each other at a lock of ours: SQLite's own makes waiters sleep in growing steps.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from governance.store.vault import INFO, Vault

WAIT = 30_000
"""Milliseconds that a process waits for another one's transaction."""
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # a commit has reached the disk before it returns
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {WAIT}",
    "PRAGMA secure_delete = ON",  # what is deleted is overwritten
    "PRAGMA trusted_schema = OFF",
    "PRAGMA recursive_triggers = ON",  # INSERT OR REPLACE deletes, and is refused as well
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
    return made


def _connected(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver begins no transaction of its own
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begun(connection: Connection) -> None:
    immediate = connection.get_execution_options().get(_IMMEDIATE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


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
