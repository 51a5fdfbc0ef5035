"""Tables come from migrations alone, and a board and the officers' log only grow."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, insert, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import Session

from governance.store import schema
from governance.store.models import Base, BoardEntry, Body, Deed, Election, Letter, Organisation
from tests.databases import a_database

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with a_database(tmp_path) as made:
        yield made


@pytest.fixture
def filled(engine: Engine) -> Engine:
    with Session(engine) as session:
        session.add(Body(id="group", name="Group"))
        session.flush()
        session.add(Election(id="e1", body_id="group", draft={}, version=1, created=NOW, frozen=None, forgotten=None))
        session.flush()
        session.add(BoardEntry(election_id="e1", seq=0, kind="notice", raw=b"{}", leaf=bytes(32), credential=None))
        session.add(Deed(at=NOW, who="clock", what="open", election_id="e1", why=""))
        session.commit()
    return engine


def test_the_migrations_make_exactly_the_tables_of_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_an_upgrade_can_be_repeated(engine: Engine) -> None:
    schema.prepare(engine)

    with engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == "0013"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE board_entry SET raw = 'x'",
        "DELETE FROM board_entry",
        "INSERT OR REPLACE INTO board_entry (election_id, seq, kind, raw, leaf) VALUES ('e1', 0, 'x', 'x', 'x')",
        "UPDATE deed SET why = 'x'",
        "DELETE FROM deed",
        "INSERT OR REPLACE INTO deed (id, at, who, what, why) VALUES (1, '2026-03-01', 'x', 'x', 'x')",
    ],
)
def test_what_stands_is_never_changed_or_deleted(filled: Engine, statement: str) -> None:
    with filled.connect() as connection, pytest.raises(DBAPIError, match="only grows"):
        connection.execute(text(statement))


def test_of_two_entries_at_one_place_the_database_keeps_one(filled: Engine) -> None:
    row = {"election_id": "e1", "seq": 0, "kind": "notice", "raw": b"[]", "leaf": bytes(32), "credential": None}

    with filled.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(insert(BoardEntry), row)


def test_there_is_one_organisation(engine: Engine) -> None:
    with Session(engine) as session:
        session.add(Organisation(id=2, name="Another", host="x", contact=""))

        with pytest.raises(IntegrityError):
            session.flush()


def test_a_row_cannot_refer_to_what_is_not_there(engine: Engine) -> None:
    with Session(engine) as session:
        session.add(BoardEntry(election_id="none", seq=0, kind="notice", raw=b"", leaf=bytes(32), credential=None))

        with pytest.raises(IntegrityError):
            session.flush()


def test_a_moment_without_a_time_zone_is_refused(engine: Engine) -> None:
    letter = Letter(id="1", recipient="", subject="", text="", due=datetime(2026, 3, 1), expires=None, tries=0)  # noqa: DTZ001

    with Session(engine) as session:
        session.add(letter)

        with pytest.raises(StatementError, match="time zone"):
            session.flush()


def test_a_moment_comes_back_as_it_went_in(engine: Engine) -> None:
    with Session(engine) as session:
        session.add(Letter(id="1", recipient="", subject="", text="", due=NOW, expires=None, tries=0))
        session.commit()

        assert session.get_one(Letter, "1").due == NOW
