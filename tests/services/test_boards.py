"""The server's own board: memory never ahead of the database, several processes at once, proofs for readers."""

import io
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from governance.board import checkpoint, merkle, verify
from governance.board import entries as e
from governance.board.checks import CheckError
from governance.board.record import RecordFile
from governance.errors import NotFoundError
from governance.offline import prefix
from governance.services import boards, proofs, publication, voting
from governance.store import database
from governance.store.boards import BoardEntry
from governance.store.vault import Vault
from tests.databases import unlock
from tests.services.stage import ELECTION, KEY, OPEN, Stage, sealed


@pytest.fixture
def opened(stage: Stage) -> Stage:
    stage.until_open(12)
    return stage


@pytest.fixture
def other(opened: Stage) -> Iterator[sessionmaker[Session]]:
    """Another process on the same database, as far as memory is concerned."""
    engine = database.engine(opened.url)
    yield database.sessions(engine, Vault(KEY))
    engine.dispose()


APART = ("blob", "_pending")
"""What of a judge is no state: how it reads, and proofs that it has checked once and will check again."""
NOTICE = e.Notice("2026-03-03T09:00:00Z", "A notice", "")


def test_a_board_is_opened_only_to_write(opened: Stage) -> None:
    with opened.reading() as session, pytest.raises(RuntimeError, match=r"database\.writing"):
        boards.opened(session, ELECTION)


def test_there_is_no_board_before_the_ceremony(stage: Stage) -> None:
    stage.set_up()
    stage.draft()

    with stage.writing() as session, pytest.raises(NotFoundError, match="no board yet"):
        boards.opened(session, ELECTION)
    with stage.reading() as session:
        for ask in (boards.head, boards.cer, boards.manifest):
            with pytest.raises(NotFoundError):
                ask(session, ELECTION)


def test_what_was_rolled_back_is_not_in_memory(opened: Stage) -> None:
    size = opened.size()
    with suppress(ZeroDivisionError), opened.writing() as session:
        boards.opened(session, ELECTION).append(NOTICE)
        raise ZeroDivisionError

    with opened.writing() as session:
        board = boards.opened(session, ELECTION)
        assert (board.tree.size, board.judge.number) == (size, size)
        assert board.append(NOTICE).index == size


def test_what_a_savepoint_took_back_is_not_in_memory(opened: Stage) -> None:
    size = opened.size()
    with opened.writing() as session:
        with suppress(ZeroDivisionError), session.begin_nested():
            boards.opened(session, ELECTION).append(NOTICE)
            raise ZeroDivisionError
        with session.begin_nested():
            assert boards.opened(session, ELECTION).append(NOTICE).index == size

        assert boards.opened(session, ELECTION).tree.size == size + 1
    assert opened.size() == size + 1


def test_two_processes_cast_in_turns(opened: Stage, other: sessionmaker[Session]) -> None:
    ballots = sealed(opened, range(1, 9))
    for i, (member, raw) in enumerate(ballots):
        with other() if i % 2 else opened.make() as session, database.writing(session):
            voting.cast(session, member, ELECTION, raw, now=OPEN)

    with opened.reading() as session:
        assert voting.turnout(session, ELECTION)[0] == 8
        file = io.BytesIO()
        publication.write(session, ELECTION, file)
    assert verify.judge(RecordFile(file))[0].failure is None


def test_a_refused_ballot_leaves_the_judge_as_it_was(opened: Stage) -> None:
    (_, first), (_, second) = sealed(opened, (1, 1))
    with opened.writing() as session:
        board = boards.opened(session, ELECTION)
        board.append(first, proven=True)
        before = deepcopy({name: getattr(board.judge, name) for name in board.judge.__slots__ if name not in APART})

        with pytest.raises(CheckError, match="does not follow"):
            board.append(second, proven=True)

        assert {name: getattr(board.judge, name) for name in before} == before
        assert boards.opened(session, ELECTION) is board


def test_an_entry_that_may_not_stand_is_refused_and_the_next_is_taken(opened: Stage) -> None:
    with opened.writing() as session:
        with pytest.raises(CheckError, match="open may not stand here"):
            boards.opened(session, ELECTION).append(e.Open("2026-03-03T09:00:00Z"))

        boards.opened(session, ELECTION).append(NOTICE)


@pytest.mark.parametrize(("kind", "old", "new"), [("ceremony", b":2", b":3"), ("notice", b"A notice", b"A lie")])
def test_a_board_that_was_tampered_with_is_not_gone_on_with(
    opened: Stage, other: sessionmaker[Session], kind: str, old: bytes, new: bytes
) -> None:
    with opened.writing() as session:
        unlock(session, "board_entry")
        boards.opened(session, ELECTION).append(NOTICE)
        entry = session.scalars(select(BoardEntry).filter_by(kind=kind)).one()
        assert old in entry.raw
        entry.raw = entry.raw.replace(old, new)

    with other() as session, database.writing(session), pytest.raises(CheckError):
        boards.opened(session, ELECTION)


def test_a_board_without_its_last_checkpoint_is_not_gone_on_with(opened: Stage, other: sessionmaker[Session]) -> None:
    with opened.writing() as session:
        session.execute(text("DELETE FROM checkpoint WHERE size = (SELECT max(size) FROM checkpoint)"))

    with other() as session, database.writing(session), pytest.raises(CheckError):
        boards.opened(session, ELECTION)


def test_a_board_with_a_gap_is_not_gone_on_with(opened: Stage, other: sessionmaker[Session]) -> None:
    with opened.writing() as session:
        unlock(session, "board_entry")
        session.execute(text("DELETE FROM board_entry WHERE seq = 0"))

    with other() as session, database.writing(session), pytest.raises(CheckError):
        boards.opened(session, ELECTION)


def test_every_entry_has_its_signed_checkpoint(opened: Stage) -> None:
    with opened.reading() as session:
        manifest = e.parse(boards.manifest(session, ELECTION))
        assert isinstance(manifest, e.Manifest)
        log = checkpoint.read_key(manifest.board.key, checkpoint.LOG)
        leaves = boards.leaves(session, ELECTION)
        for size in range(1, len(leaves) + 1):
            head = checkpoint.parse(boards.head(session, ELECTION, size))
            checkpoint.check_log(head, log)
            assert (head.size, head.root) == (size, merkle.root(leaves[:size]))


def test_readers_are_given_proofs_that_hold(opened: Stage) -> None:
    with opened.reading() as session:
        leaves = boards.leaves(session, ELECTION)
        path, signed = proofs.inclusion(session, ELECTION, 3)
        merkle.check_inclusion(leaves[3], 3, len(leaves), path, checkpoint.parse(signed).root)
        steps, newest = proofs.consistency(session, ELECTION, 5)
        old = checkpoint.parse(boards.head(session, ELECTION, 5)).root
        merkle.check_consistency(5, len(leaves), old, checkpoint.parse(newest).root, steps)

        assert [index for index, _ in boards.entries(session, ELECTION, start=2, limit=3)] == [2, 3, 4]
        for ask in (proofs.inclusion, proofs.consistency):
            with pytest.raises(NotFoundError):
                ask(session, ELECTION, 10_000)


def test_officials_tools_read_the_record_as_far_as_it_has_come(stage: Stage, tmp_path: Path) -> None:
    stage.set_up()
    stage.draft()
    stage.freeze()
    stage.announce()
    path = tmp_path / publication.name(ELECTION)
    with stage.reading() as session, path.open("wb") as file:
        publication.write(session, ELECTION, file)

    so_far = prefix.read(path)

    assert so_far.manifest.election == ELECTION
    assert so_far.size == stage.size()


def test_a_log_key_is_not_readable_in_the_database(opened: Stage) -> None:
    with opened.writing() as session:
        seed = boards.opened(session, ELECTION).seed
        kept = session.execute(text("SELECT seed FROM log")).scalar_one()
        shown = repr(boards.opened(session, ELECTION))

    assert seed not in kept
    assert repr(seed) not in shown
