"""What `governance db check` asks, and how far a board has to have come, on whichever database the tests run."""

from pathlib import Path

import pytest
from sqlalchemy import delete

from governance.board import checkpoint
from governance.services import boards, continuity, inspection, shelf
from governance.services import voting as casting
from governance.services.continuity import BehindError
from governance.store import database
from governance.store.boards import Checkpoint, Receipt
from governance.store.vault import Vault
from tests.services.stage import ELECTION, Stage, sealed


@pytest.fixture
def voting(stage: Stage) -> Stage:
    stage.until_open()
    for member, raw in sealed(stage, [1, 2, 3, 4]):
        with stage.writing() as session:
            casting.cast(session, member, ELECTION, raw, now=stage.now)
    return stage


def wrong(stage: Stage, folder: Path, *against: tuple[str, bytes]) -> list[str]:
    with stage.reading() as session:
        return [one.text for one in inspection.inspect(session, folder, against) if not one.holds]


def test_everything_holds_and_the_marks_go_along(voting: Stage, tmp_path: Path) -> None:
    folder = tmp_path / "published"
    with voting.reading() as session:
        assert continuity.mark(session, folder) == 1
        assert continuity.mark(session, folder) == 0
        shelf.current(session, ELECTION, folder, now=voting.now)
        head = boards.head(session, ELECTION)
    assert wrong(voting, folder, ("mine", head)) == []

    with voting.writing() as session:
        session.execute(delete(Receipt).filter_by(election_id=ELECTION, seq=voting.size() - 1))
    assert len(wrong(voting, folder)) == 1


def test_another_key_opens_nothing(voting: Stage, tmp_path: Path) -> None:
    other = database.sessions(voting.engine, Vault(bytes(32)))

    with other() as session:
        told = [one for one in inspection.inspect(session, tmp_path) if not one.holds]

    assert len(told) == 1
    assert "does not open: log seed, declared attributes" in told[0].text


@pytest.mark.parametrize("grown", [True, False])
def test_a_board_does_not_grow_beside_another_history(voting: Stage, tmp_path: Path, *, grown: bool) -> None:
    """Longer than what stands here, or of the same length and another root."""
    with voting.writing() as session:
        session.info[continuity.INFO] = tmp_path
        head = checkpoint.parse(boards.head(session, ELECTION))
        other = checkpoint.sign(head.origin, head.size + grown, bytes(32), bytes(32))
        (tmp_path / f"{ELECTION}.checkpoint").write_bytes(other)
        with pytest.raises(BehindError):
            boards.opened(session, ELECTION)
        (tmp_path / f"{ELECTION}.checkpoint").write_bytes(boards.head(session, ELECTION))
        assert boards.opened(session, ELECTION).tree.size == head.size


def test_a_mark_is_not_moved_by_a_database_that_lacks_it(voting: Stage, tmp_path: Path) -> None:
    path = tmp_path / f"{ELECTION}.checkpoint"
    with voting.reading() as session:
        continuity.mark(session, tmp_path)
        first = checkpoint.parse(boards.head(session, ELECTION, 1))
    before = path.read_bytes()
    path.write_bytes(checkpoint.sign(first.origin, 1, bytes(32), bytes(32)))
    with voting.reading() as session:
        assert continuity.mark(session, tmp_path) == 0
    assert path.read_bytes() != before
    assert len(wrong(voting, tmp_path)) == 1


def test_a_checkpoint_that_is_missing_is_named(voting: Stage, tmp_path: Path) -> None:
    with voting.writing() as session:
        session.execute(delete(Checkpoint).filter_by(election_id=ELECTION, size=3))

    assert wrong(voting, tmp_path) == [f"Board of {ELECTION}: a checkpoint is missing."]
