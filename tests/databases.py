"""An empty database for a test: a file of SQLite, or one of a PostgreSQL server, copied from a template.

Everything runs on SQLite unless GOVERNANCE_TEST_DATABASE names a server, by the address of a database whose user may create
others (`postgresql+psycopg://` alone asks the environment, as libpq does):

    pg_virtualenv -o fsync=off sh -c 'GOVERNANCE_TEST_DATABASE=postgresql+psycopg:// .venv/bin/pytest tests/services'

A few are of SQLite by name (PRAGMA, INSERT OR REPLACE), or take of two letters of one moment the one whose row is newer.
The tests in tests/postgresql start a server by themselves (`a_server`) and run there whatever the variable says.
"""

import os
import secrets
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import Session

from governance.store import database, schema
from governance.store.models import Base

VARIABLE = "GOVERNANCE_TEST_DATABASE"
TOLD = ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE")
"""What pg_virtualenv tells the command that it runs."""
READY = "server: "
QUICK = ("fsync=off", "full_page_writes=off", "shared_buffers=32MB", "max_connections=200")
"""For a server that lives no longer than its tests. Commits are as durable as ever towards a client that is killed."""


class Server:
    """A PostgreSQL server, and the migrated database on it of which tests get copies."""

    def __init__(self, url: URL) -> None:
        self._admin = create_engine(url, isolation_level="AUTOCOMMIT")
        self.url = self._admin.url
        self._template = ""

    def close(self) -> None:
        """Remove the template and let go."""
        if self._template:
            self.drop(self._template)
        self._admin.dispose()

    @property
    def version(self) -> int:
        """Of the server: 15, 17."""
        with self._admin.connect() as connection:
            return int(connection.scalar(text("SHOW server_version_num"))) // 10_000

    def create(self, template: str = "template0", form: str = "ENCODING 'UTF8' LOCALE 'C'") -> URL:
        """A new database: empty, or a copy of another one, to which nobody may be connected."""
        name = f"test_{secrets.token_hex(8)}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {form if template == "template0" else ""}')
        return self.url.set(database=name)

    def migrated(self) -> URL:
        """A new database with every migration done."""
        if not self._template:
            url = self.create()
            made = database.engine(address(url))
            schema.prepare(made)
            made.dispose()
            self._template = str(url.database)
        return self.create(self._template)

    def copied(self, name: str) -> URL:
        """A copy of a database in use: its connections end first."""
        with self._admin.connect() as connection:
            activity = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
            connection.execute(text(activity), {"name": name})
        return self.create(name)

    def drop(self, name: str) -> None:
        """Remove a database, whoever is connected to it."""
        self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))


class _Current:
    """The server that tests use just now; None: SQLite."""

    server: Server | None = None


def _current() -> Server | None:
    if _Current.server is None and (url := os.environ.get(VARIABLE)):
        _Current.server = Server(make_url(url))
    return _Current.server


@contextmanager
def on(server: Server) -> Iterator[None]:
    """Have `a_database` make databases there."""
    before, _Current.server = _Current.server, server
    try:
        yield
    finally:
        _Current.server = before


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def a_server() -> Iterator[Server]:
    """Start a server of Debian's, for as long as it is wanted; as root too, where PostgreSQL itself refuses to run."""
    free = _free_port()
    # Several processes run tests, and each has a server: by itself each would take the first port, and one file for its number.
    own = (*QUICK, f"external_pid_file=/tmp/governance-tests-{free}.pid")
    options = [word for setting in own for word in ("-o", setting)]
    told = " ".join(f"${name}" for name in TOLD)
    command = ["pg_virtualenv", "-t", *options, "-i", "--no-sync", "sh", "-c", f'echo "{READY}{told}"; cat']
    given = {**os.environ, "PGPORT": str(free)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=given) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        line = next((line for line in process.stdout if line.startswith(READY)), "")
        assert line, "the server did not start: see above"
        host, port, user, password, name = line.removeprefix(READY).split()
        server = Server(URL.create("postgresql+psycopg", user, password, host, int(port), name))
        try:
            yield server
        finally:
            server.close()
            process.stdin.close()  # `cat` ends, and the server with it
            process.stdout.read()
            process.wait()


@contextmanager
def a_database(folder: Path, like: Engine | None = None) -> Iterator[Engine]:
    """A migrated database; `folder` is where SQLite's file goes. With `like`, everything in that one is in it."""
    server = _current()
    if server is None:
        made = database.engine(f"sqlite:///{folder / 'test.sqlite'}")
        schema.prepare(made)
        if like is not None:
            names = [str(one.url.database) for one in (like, made)]
            with closing(sqlite3.connect(names[0])) as old, closing(sqlite3.connect(names[1])) as new:
                old.backup(new)
        try:
            yield made
        finally:
            made.dispose()
        return
    if like is not None:
        like.dispose()
    url = server.copied(str(like.url.database)) if like is not None else server.migrated()
    made = database.engine(address(url))
    try:
        yield made
    finally:
        made.dispose()
        server.drop(str(url.database))


def unlock(session: Session, table: str) -> None:
    """Let a table that only grows be changed, as whoever owns the database can."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"DROP TRIGGER {table}_only_grows ON {table}"))
        return
    for deed in ("update", "delete"):
        session.execute(text(f"DROP TRIGGER {table}_no_{deed}"))


def on_disk(engine: Engine) -> bytes:
    """All that is kept: SQLite's files (what was written lately is in the log beside), or every table's rows."""
    if engine.dialect.name == "sqlite":
        path = Path(str(engine.url.database))
        return b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))
    with psycopg.connect(address(engine.url.set(drivername="postgresql"))) as connection, connection.cursor() as cursor:
        parts: list[bytes] = []
        for table in Base.metadata.tables:
            with cursor.copy(SQL("COPY {} TO STDOUT (FORMAT binary)").format(Identifier(table))) as rows:
                parts.extend(bytes(row) for row in rows)
        return b"".join(parts)


def address(url: URL) -> str:
    """A URL in full, for another process or another engine."""
    return url.render_as_string(hide_password=False)
