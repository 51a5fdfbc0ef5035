"""Transactions: durable, one writer at a time, readers never wait."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session, sessionmaker

from governance.store import database
from governance.store.models import Body
from governance.store.vault import Vault, VaultError, vault
from tests.databases import a_database


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with a_database(tmp_path) as made:
        yield made


@pytest.fixture
def make(engine: Engine) -> sessionmaker[Session]:
    return database.sessions(engine, Vault(bytes(32)))


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1)]
)
def test_a_commit_is_durable_and_references_hold(engine: Engine, pragma: str, value: object) -> None:
    with engine.connect() as connection:
        assert connection.scalar(text(f"PRAGMA {pragma}")) == value


def test_an_engine_of_somebody_else_is_set_up_once(tmp_path: Path) -> None:
    theirs = create_engine(f"sqlite:///{tmp_path / 'other.sqlite'}")

    assert database.prepare(database.prepare(theirs)) is theirs
    with theirs.connect() as connection:
        assert connection.scalar(text("PRAGMA synchronous")) == 2
    theirs.dispose()


def test_what_fails_leaves_nothing(make: sessionmaker[Session]) -> None:
    with make() as session, suppress(ZeroDivisionError), database.writing(session):
        session.add(Body(id="group", name="Group"))
        session.flush()
        raise ZeroDivisionError

    with make() as session:
        assert session.get(Body, "group") is None


def test_the_next_one_can_write_after_a_failure(make: sessionmaker[Session]) -> None:
    with make() as session, suppress(ZeroDivisionError), database.writing(session):
        raise ZeroDivisionError
    with make() as session, database.writing(session):
        session.add(Body(id="group", name="Group"))

    with make() as session:
        assert session.get(Body, "group") is not None


def test_whoever_has_read_begins_anew_to_write(make: sessionmaker[Session]) -> None:
    with make() as session:
        session.get(Body, "group")
        with pytest.raises(RuntimeError, match="before anything is read"):
            database.begin_writing(session)
        with database.writing(session):
            assert database.is_writing(session)

        assert not database.is_writing(session)


def test_two_who_count_do_not_lose_a_step(make: sessionmaker[Session]) -> None:
    with make() as session, database.writing(session):
        session.add(Body(id="group", name="0"))

    def count() -> None:
        for _ in range(20):
            with make() as session, database.writing(session):
                body = session.get_one(Body, "group")
                body.name = str(int(body.name) + 1)

    threads = [Thread(target=count) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    with make() as session:
        assert session.get_one(Body, "group").name == "80"


def test_a_reader_does_not_wait_for_a_writer(make: sessionmaker[Session]) -> None:
    with make() as writer, database.writing(writer), make() as reader:
        writer.add(Body(id="group", name="Group"))
        writer.flush()

        assert reader.get(Body, "group") is None


# ---- the vault -------------------------------------------------------------------------------------------------------


def test_what_is_sealed_is_opened_with_the_same_key_and_purpose() -> None:
    box = Vault(bytes(32))
    sealed = box.seal("seeds", b"a seed")

    assert box.open("seeds", sealed) == b"a seed"
    assert b"a seed" not in sealed


@pytest.mark.parametrize(
    ("key", "purpose", "change"),
    [
        pytest.param(bytes([1]) * 32, "seeds", 0, id="another key"),
        pytest.param(bytes(32), "letters", 0, id="another purpose"),
        pytest.param(bytes(32), "seeds", 1, id="another byte"),
    ],
)
def test_anything_else_is_refused(key: bytes, purpose: str, change: int) -> None:
    sealed = bytearray(Vault(bytes(32)).seal("seeds", b"a seed"))
    sealed[-1] ^= change

    with pytest.raises(VaultError, match="cannot be read"):
        Vault(key).open(purpose, bytes(sealed))


def test_a_tag_binds_its_purpose_and_each_part() -> None:
    box = Vault(bytes(32))
    tags = {box.tag("a", "b", "c"), box.tag("a", "bc"), box.tag("ab", "c"), box.tag("a", b"b", b"c")}

    assert len(tags) == 3
    assert Vault(bytes([1]) * 32).tag("a", "b", "c") not in tags


def test_a_key_has_32_bytes_and_is_never_shown() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Vault(b"short")

    assert repr(Vault(b"\x41" * 32)) == "Vault()"


def test_every_session_has_the_vault(make: sessionmaker[Session]) -> None:
    with make() as session:
        assert isinstance(vault(session), Vault)
