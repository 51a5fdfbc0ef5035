"""Transactions, the form of the database, and what it refuses, on PostgreSQL."""

import subprocess
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, delete, event, func, select, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from governance.errors import GovernanceError, MalformedError
from governance.store import database, schema
from governance.store.models import Base, Body, Letter
from governance.store.vault import Vault
from tests.conftest import program
from tests.databases import Server, a_database, address
from tests.store.test_database import (
    engine,
    make,
    test_a_reader_does_not_wait_for_a_writer,
    test_the_next_one_can_write_after_a_failure,
    test_two_who_count_do_not_lose_a_step,
    test_what_fails_leaves_nothing,
    test_whoever_has_read_begins_anew_to_write,
)
from tests.store.test_schema import (
    NOW,
    filled,
    test_a_moment_comes_back_as_it_went_in,
    test_a_moment_without_a_time_zone_is_refused,
    test_a_row_cannot_refer_to_what_is_not_there,
    test_an_upgrade_can_be_repeated,
    test_of_two_entries_at_one_place_the_database_keeps_one,
    test_the_migrations_make_exactly_the_tables_of_the_models,
    test_there_is_one_organisation,
)


@pytest.fixture
def others(engine: Engine) -> Iterator[list[sessionmaker[Session]]]:
    """Four other processes, as far as locks in memory are concerned."""
    engines = [database.engine(address(engine.url)) for _ in range(4)]
    yield [database.sessions(one, Vault(bytes(32))) for one in engines]
    for one in engines:
        one.dispose()


# ---- transactions ----------------------------------------------------------------------------------------------------


def test_a_commit_is_durable_even_if_the_server_would_not_wait(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{engine.url.database}" SET synchronous_commit = off'))
        connection.commit()
    engine.dispose()

    with engine.connect() as connection:
        assert connection.scalar(text("SHOW synchronous_commit")) == "on"


def test_processes_that_count_do_not_lose_a_step(
    make: sessionmaker[Session], others: list[sessionmaker[Session]]
) -> None:
    """Each reads what was committed while it waited, not what was there when it began to wait."""
    with make() as session, database.writing(session):
        session.add(Body(id="group", name="0"))

    def count(mine: sessionmaker[Session]) -> None:
        for _ in range(20):
            with mine() as session, database.writing(session):
                body = session.get_one(Body, "group")
                body.name = str(int(body.name) + 1)

    with ThreadPoolExecutor(len(others)) as pool:
        list(pool.map(count, others))

    with make() as session:
        assert session.get_one(Body, "group").name == "80"


def test_whoever_reads_sees_one_moment(make: sessionmaker[Session]) -> None:
    with make() as reader:
        assert reader.scalar(select(func.count()).select_from(Body)) == 0
        with make() as session, database.writing(session):
            session.add(Body(id="group", name="Group"))

        assert reader.scalar(select(func.count()).select_from(Body)) == 0
    with make() as reader:
        assert reader.scalar(select(func.count()).select_from(Body)) == 1


def test_nobody_waits_for_ever(make: sessionmaker[Session], engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW lock_timeout")) == "30s"
    hasty = database.engine(address(engine.url))

    @event.listens_for(hasty, "connect")
    def _waits_less(connection: DBAPIConnection, _: object) -> None:
        connection.cursor().execute("SET lock_timeout = 50")
        connection.commit()

    refused = pytest.raises(OperationalError, match="lock timeout")
    with make() as first, database.writing(first), Session(hasty) as second, refused:
        database.begin_writing(second)

    with Session(hasty) as second, database.writing(second):
        assert database.is_writing(second)
    hasty.dispose()


def test_a_connection_that_the_server_ended_is_replaced(make: sessionmaker[Session]) -> None:
    with make() as session, suppress(OperationalError), database.writing(session):
        session.add(Body(id="group", name="Group"))
        session.flush()
        with make() as other:
            pid = session.scalar(select(func.pg_backend_pid()))
            assert other.scalar(select(func.pg_terminate_backend(pid)))

    with make() as session, database.writing(session):
        assert session.get(Body, "group") is None


# ---- what stands is never changed ------------------------------------------------------------------------------------


def test_tables_that_only_grow_are_those_of_sqlite_and_refuse_every_change(filled: Engine, tmp_path: Path) -> None:
    lite = database.engine(f"sqlite:///{tmp_path / 'lite.sqlite'}")
    schema.prepare(lite)
    with lite.connect() as connection:
        tables = set(connection.scalars(text("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'")))
    lite.dispose()
    assert {"board_entry", "deed", "seat_entry"} <= tables

    for name in tables:
        table = Base.metadata.tables[name]
        key = next(iter(table.primary_key))
        for statement in (table.update().values({key: key}), table.delete(), text(f"TRUNCATE {name} CASCADE")):
            with filled.connect() as connection, pytest.raises(IntegrityError, match=f"{name} only grows"):
                connection.execute(statement)


def test_nothing_is_put_in_the_place_of_an_entry(filled: Engine) -> None:
    statement = (
        "INSERT INTO board_entry (election_id, seq, kind, raw, leaf) VALUES ('e1', 0, 'x', 'x', 'x') "
        "ON CONFLICT (election_id, seq) DO UPDATE SET raw = 'x'"
    )

    with filled.connect() as connection, pytest.raises(IntegrityError, match="only grows"):
        connection.execute(text(statement))


# ---- what PostgreSQL refuses and SQLite keeps ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"subject": "a\0b"}, id="a character that nobody sees"),
        pytest.param({"id": "x" * 65}, id="a long id"),
        pytest.param({"tries": 2**40}, id="a large number"),
    ],
)
def test_what_cannot_be_kept_is_somebodys_input(make: sessionmaker[Session], change: dict[str, object]) -> None:
    told = {"id": "1", "recipient": "", "subject": "", "text": "", "due": NOW, "expires": None, "tries": 0}
    with make() as session, pytest.raises(MalformedError, match="cannot be kept"), database.writing(session):
        session.add(Letter(**{**told, **change}))

    with make() as session, database.writing(session):
        session.add(Letter(**told))


def test_an_error_tells_the_log_nothing_about_anybody(make: sessionmaker[Session]) -> None:
    """PostgreSQL adds the row to its errors."""
    with make() as session, database.writing(session):
        session.add(Body(id="group", name="Ruth Lindqvist"))
    with make() as session, pytest.raises(IntegrityError) as caught:
        session.execute(text("UPDATE body SET id = NULL"))

    told = "".join(traceback.format_exception(caught.value))
    assert "violates not-null constraint" in told
    assert "Failing row" not in told
    assert "Lindqvist" not in told


# ---- the form of a database ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form",
    [
        pytest.param("ENCODING 'LATIN1' LOCALE 'C'", id="another encoding"),
        pytest.param("ENCODING 'UTF8' LOCALE 'C' LOCALE_PROVIDER icu ICU_LOCALE 'en'", id="another order"),
    ],
)
def test_a_database_that_would_sort_otherwise_is_refused(server: Server, form: str) -> None:
    if "icu" in form and server.version < 15:
        pytest.skip("before PostgreSQL 15 a database has no order of ICU")
    made = database.engine(address(server.create(form=form)))

    with pytest.raises(GovernanceError, match="createdb --template template0"):
        schema.prepare(made)

    made.dispose()
    server.drop(str(made.url.database))


def test_two_who_upgrade_at_once_do_it_once(server: Server) -> None:
    url = server.create()
    engines = [database.engine(address(url)) for _ in range(2)]

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(schema.prepare, engines))

    with engines[0].connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1
    for one in engines:
        one.dispose()
    server.drop(str(url.database))


def test_texts_stand_in_the_order_of_sqlite(make: sessionmaker[Session]) -> None:
    names = ["", "A", "B", "Z", "a", "a b", "aa", "z", "É", "é", "İ", "中"]
    with make() as session, database.writing(session):
        session.add_all(Body(id=str(i), name=name) for i, name in enumerate(reversed(names)))

    with make() as session:
        assert list(session.scalars(select(Body.name).order_by(Body.name))) == sorted(names) == names


def test_a_backup_that_is_put_back_is_whole(filled: Engine, server: Server, tmp_path: Path) -> None:
    dump, put_back = program("pg_dump"), program("pg_restore")
    url = server.create()
    file = str(tmp_path / "backup")

    def plain(one: object) -> str:
        return str(one).replace("+psycopg", "")

    subprocess.run([dump, "--format=custom", "--file", file, plain(address(filled.url))], check=True)
    subprocess.run([put_back, "--exit-on-error", "--dbname", plain(address(url)), file], check=True)
    made = database.engine(address(url))
    schema.prepare(made)
    with made.connect() as connection:
        assert connection.scalar(text("SELECT raw FROM board_entry")) == b"{}"
        with pytest.raises(IntegrityError, match="only grows"):
            connection.execute(text("DELETE FROM board_entry"))
    made.dispose()
    server.drop(str(url.database))


def test_a_copy_has_everything_and_is_apart(filled: Engine, tmp_path: Path) -> None:
    """Of the tests' own: `a_database` with `like`."""
    with a_database(tmp_path, filled) as copy:
        with Session(copy) as session:
            session.add(Body(id="other", name="Other"))
            session.commit()
        with Session(filled) as session:
            assert list(session.scalars(select(Body.id))) == ["group"]


def test_what_was_deleted_is_in_its_file_until_the_table_is_made_anew(
    make: sessionmaker[Session], engine: Engine
) -> None:
    """What docs/officer.md says of PostgreSQL; SQLite overwrites at once (PRAGMA secure_delete)."""
    secret = "m1@example.org"  # 14 letters: too short to be kept apart or compressed
    with make() as session, database.writing(session):
        session.add(Letter(id="1", recipient=secret, subject="", text="", due=NOW, expires=None, tries=0))
    with make() as session, database.writing(session):
        session.execute(delete(Letter))

    assert secret.encode() in _file(make, "letter")
    with psycopg.connect(address(engine.url.set(drivername="postgresql")), autocommit=True) as connection:
        connection.execute("VACUUM FULL letter")
    assert secret.encode() not in _file(make, "letter")


def _file(make: sessionmaker[Session], table: str) -> bytes:
    """What lies on the server's disk of a table."""
    with make() as session:
        session.execute(text("CHECKPOINT"))
        read = func.pg_read_binary_file(func.pg_relation_filepath(table))
        return bytes(session.scalars(select(read)).one())
