"""The drill: a copy made while members vote, the server killed, the copy put back, looked at, and voted on to a result."""

import json
import os
import sqlite3
import stat
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from governance.board import checkpoint, verify
from governance.board.record import RecordFile
from governance.cli.main import main
from governance.services import boards, continuity, inspection, voting
from governance.services.voting import Received
from governance.store import database
from governance.store.vault import Vault
from governance.verifier.__main__ import main as independent
from governance.web import clock, keyfile
from governance.web.app import create_app
from governance.web.extensions import db, desk
from tests import databases
from tests.services.stage import ELECTION, KEY, Stage, a_stage, sealed
from tests.web.browser import AT, Someone, application, words
from tests.web.test_voting import hand_in

ROOT = Path(__file__).parents[2]
VOTERS = 64
RECORD = f"{AT}/record"

pytestmark = pytest.mark.skipif(bool(os.environ.get(databases.VARIABLE)), reason="PostgreSQL has its own copies")


@dataclass(slots=True)
class Place:
    """An instance folder with a database in it, and the application over it."""

    stage: Stage
    app: Flask
    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / "test.sqlite"

    @property
    def published(self) -> Path:
        return self.folder / "published"

    def run(self, *line: str) -> Result:
        return CliRunner().invoke(main, list(line), obj=self.app)

    def cast(self, member: str, raw: bytes) -> Received:
        with self.app.app_context():
            return desk().cast(member, ELECTION, raw, now=self.stage.now)

    def tend(self) -> None:
        """What the clock does each minute."""
        with self.app.app_context():
            clock.advance()

    def stop(self) -> None:
        """Nobody has the database open any more."""
        self.stage.engine.dispose()
        with self.app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with a_stage(tmp_path_factory.mktemp("opened")) as made:
        made.until_open(VOTERS)
        yield made


@pytest.fixture
def place(tmp_path: Path, opened: Stage) -> Iterator[Place]:
    (tmp_path / "here").mkdir()
    with a_stage(tmp_path / "here", opened) as made:
        made.troupe, made.now = opened.troupe, opened.now
        yield Place(made, application(made), made.folder)


@pytest.fixture
def elsewhere(place: Place, tmp_path: Path) -> Iterator[Place]:
    """An empty folder on another machine, with nothing in it but the key."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    engine = database.engine(f"sqlite:///{folder / 'test.sqlite'}")
    with ExitStack() as ending:
        ending.callback(engine.dispose)
        made = Stage(engine, database.sessions(engine, Vault(KEY)), folder, ending)
        made.troupe, made.now = place.stage.troupe, place.stage.now
        yield Place(made, application(made), folder)


def answer(raw: bytes, received: Received) -> tuple[int, str, str]:
    return received.index, sha256(raw).hexdigest(), sha256(received.checkpoint).hexdigest()


def kill_while_casting(
    place: Place, ballots: list[tuple[str, bytes]], copy: Path | None = None
) -> list[tuple[int, str, str]]:
    """A server with eight clients that is killed, once a copy was made while they cast. What it acknowledged, as `answer`."""
    part = place.folder / "part"
    part.write_bytes(b"".join(member.encode() + b" " + raw + b"\n" for member, raw in ballots))
    command = [sys.executable, "-m", "tests.services.killed", place.stage.url, str(part)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
    ) as server:
        assert server.stdout is not None
        lines = [server.stdout.readline().decode() for _ in range(1 + len(ballots) // 8)]
        if copy is not None:
            made = place.run("db", "backup", str(copy))
            assert made.exit_code == 0, made.output
        server.kill()
        lines += server.stdout.read().decode().splitlines()
    told = [line.split() for line in lines if line.count(" ") == 2]
    return [(int(index), ballot, signed) for index, ballot, signed in told]


def test_the_drill(place: Place, elsewhere: Place, tmp_path: Path) -> None:
    ballots = sealed(place.stage, range(1, VOTERS + 1))
    copy, record = tmp_path / "copy.sqlite", tmp_path / f"{ELECTION}.record.zip"
    early = kill_while_casting(place, ballots[: VOTERS // 2], copy)
    late = kill_while_casting(place, ballots[VOTERS // 2 :])

    restored = elsewhere.run("db", "restore", str(copy))
    checked = elsewhere.run("db", "check")

    assert stat.S_IMODE(copy.stat().st_mode) == stat.S_IMODE(elsewhere.file.stat().st_mode) == 0o600
    assert restored.exit_code == 0, restored.output
    assert checked.exit_code == 0, checked.output
    assert "NO" not in checked.output
    size = elsewhere.stage.size()
    kept = {told for told in early if told[0] < size}
    assert kept
    assert late
    assert all(index >= size for index, _, _ in late), "the copy was to be of the middle"
    again = {answer(raw, elsewhere.cast(member, raw)) for member, raw in ballots}
    assert kept <= again
    assert len({index for index, _, _ in again}) == VOTERS

    elsewhere.stage.close()
    with elsewhere.stage.writing() as session:
        elsewhere.stage.troupe.tally(session, elsewhere.stage.now)
    record.write_bytes(elsewhere.app.test_client().get(RECORD, buffered=True).data)
    with record.open("rb") as file:
        report = verify.check(RecordFile(file))
    assert report.failure is None
    assert report.contests["board"].ballots == VOTERS
    assert independent([str(record)]) == 0


def test_an_older_copy_is_not_voted_on(place: Place, tmp_path: Path) -> None:
    (one, first), (two, second), (three, third) = sealed(place.stage, [1, 2, 3])
    place.cast(one, first)
    copy = tmp_path / "older.sqlite"
    assert place.run("db", "backup", str(copy)).exit_code == 0
    before = place.stage.size()
    lost = place.cast(two, second)
    place.tend()
    place.stop()

    told = place.run("db", "restore", str(copy))
    checked = place.run("db", "check")

    aside = next(place.folder.glob("test.sqlite.before-*"))
    assert str(aside) in told.output
    assert checked.exit_code == 1
    assert f"it has {lost.index + 1} entries, the database {before} of {ELECTION}" in checked.output
    client = Someone(place.app, place.stage).let_in(three).client
    refused = hand_in(client, third)
    assert refused.status_code == 503
    assert "later" in refused.get_json()["error"]
    assert hand_in(Someone(place.app, place.stage).let_in(one).client, first).status_code == 200, (
        "the receipt that is there"
    )
    with place.app.app_context():
        place.stage.now += timedelta(days=30)
        assert clock.advance() == ([], [ELECTION]), "it does not close either"
    assert place.stage.size() == before
    page = words(Someone(place.app, place.stage).let_in("officer").get(f"/officer{AT}"))
    assert f"The database has {before} entries of this board; {lost.index + 1} were published" in page

    place.stop()
    place.stage.now -= timedelta(days=30)
    assert place.run("db", "restore", str(aside)).exit_code == 0
    assert place.run("db", "check").exit_code == 0
    assert place.cast(three, third).index == lost.index + 1
    assert "is older than what was published" not in words(
        Someone(place.app, place.stage).let_in("officer").get(f"/officer{AT}")
    )


def test_another_history_of_the_same_length_is_not_voted_on(place: Place, tmp_path: Path) -> None:
    (one, first), (two, second), (three, third) = sealed(place.stage, [1, 2, 3])
    copy = tmp_path / "older.sqlite"
    place.run("db", "backup", str(copy))
    number = place.cast(one, first).index
    place.tend()
    assert place.app.test_client().get(RECORD, buffered=True).status_code == 200
    place.stop()
    place.run("db", "restore", str(copy))
    with place.stage.writing() as session:  # as a server that was not told where records are published
        voting.cast(session, two, ELECTION, second, now=place.stage.now)

    with pytest.raises(continuity.BehindError):
        place.cast(three, third)

    told = place.run("db", "check").output
    assert f"{ELECTION}.checkpoint: the first {number + 1} entries of {ELECTION} in the database are others." in told
    assert f".record.zip: its entry {number} is another one than in the database." in told


def test_what_was_published_stays_published(place: Place, tmp_path: Path) -> None:
    (one, first), *_ = sealed(place.stage, [1])
    copy = tmp_path / "older.sqlite"
    place.run("db", "backup", str(copy))
    place.cast(one, first)
    published = place.app.test_client().get(RECORD, buffered=True).data
    place.stop()
    place.run("db", "restore", str(copy))
    place.stage.now += timedelta(hours=1)

    assert place.app.test_client().get(RECORD, buffered=True).data == published
    assert f"{ELECTION}." in place.run("db", "check").output
    with pytest.raises(continuity.BehindError):
        place.cast(one, first)


def test_a_mark_only_grows_and_a_damaged_one_is_named(place: Place) -> None:
    place.tend()
    path = place.published / f"{ELECTION}.checkpoint"
    first = checkpoint.parse(path.read_bytes())
    place.cast(*sealed(place.stage, [1])[0])
    place.tend()
    assert checkpoint.parse(path.read_bytes()).size == first.size + 1

    path.write_bytes(b"")
    found = place.run("db", "check")

    assert (found.exit_code, f"{path.name}: it cannot be read" in found.output) == (1, True)
    place.tend()
    assert place.run("db", "check").exit_code == 0


# ---- the key ---------------------------------------------------------------------------------------------------------


def test_a_missing_key_is_named(tmp_path: Path, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, copy = tmp_path / "new", tmp_path / "copy.sqlite"
    place.run("db", "backup", str(copy))
    monkeypatch.setattr(Flask, "auto_find_instance_path", lambda _: str(folder))

    for line in (["db", "restore", str(copy)], ["db", "check"], ["db", "backup", str(tmp_path / "another")]):
        told = CliRunner().invoke(main, line)
        assert (told.exit_code, f"The key {folder / keyfile.NAME} is missing" in told.output) == (2, True)
    assert not folder.exists()


def test_another_key_is_noticed_on_the_day_of_the_drill(place: Place) -> None:
    other = create_app({"SECRET": bytes(32), "DATABASE_URL": place.stage.url, "RECORDS": place.folder})

    told = CliRunner().invoke(main, ["db", "check"], obj=other)

    assert told.exit_code == 1
    assert "does not open: log seed, declared attributes" in told.output
    assert f"ok  Board of {ELECTION}" in told.output, "the boards need no key"


def test_everything_that_is_encrypted_is_tried() -> None:
    purposes = {
        line.split('"')[1]
        for path in (ROOT / "governance" / "services").glob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if line.startswith(("SEALED = ", "_SEALED = ", "DECLARED = ", "SEED = "))
    }

    assert purposes == set(inspection.SEALED)
    assert "log seed" in purposes


# ---- damage ----------------------------------------------------------------------------------------------------------


def a_page_of(file: Path, table: str) -> int:
    """Where the last page of a table lies in a file."""
    with closing(sqlite3.connect(file)) as opened:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = opened.execute("PRAGMA page_size").fetchone()
        (root,) = opened.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [table]).fetchone()
    return int((root - 1) * size)


@pytest.mark.parametrize("table", ["board_entry", "member"])
def test_a_damaged_page_is_named(place: Place, tmp_path: Path, table: str) -> None:
    place.stop()
    at = a_page_of(place.file, table)
    with place.file.open("r+b") as file:
        file.seek(at)
        file.write(b"\xff" * 512)

    told, copied = place.run("db", "check"), place.run("db", "backup", str(tmp_path / "copy"))

    assert (told.exit_code, "The database is damaged: " in told.output) == (1, True)
    assert (copied.exit_code, "damaged" in copied.output or "cannot be copied" in copied.output) == (2, True)
    assert not list(tmp_path.glob("*copy*"))
    assert "Traceback" not in told.output + copied.output
    assert isinstance(told.exception, SystemExit)
    assert isinstance(copied.exception, SystemExit)


def test_a_file_that_is_no_database_is_named_and_not_put_back(place: Place, tmp_path: Path) -> None:
    wrong, cut = tmp_path / "wrong", tmp_path / "cut"
    wrong.write_bytes(b"not a database " * 300)
    place.run("db", "backup", str(cut))
    os.truncate(cut, cut.stat().st_size // 2)
    place.stop()
    before = place.file.read_bytes()

    for file in (wrong, cut, tmp_path / "none"):
        told = place.run("db", "restore", str(file))
        assert (told.exit_code, str(file) in told.output) == (2, True)
        assert isinstance(told.exception, SystemExit)

    assert place.file.read_bytes() == before
    assert not list(place.folder.glob(".*"))


def test_a_row_that_was_changed_by_hand_is_found_though_the_file_is_whole(place: Place) -> None:
    (member, raw), *_ = sealed(place.stage, [1])
    place.cast(member, raw)
    place.stop()
    with closing(sqlite3.connect(place.file)) as opened:
        opened.execute("DELETE FROM receipt")
        opened.commit()

    told = place.run("db", "check")

    assert told.exit_code == 1
    assert "ok  The file of the database is whole." in told.output
    assert "the receipt of the ballot at entry" in told.output


# ---- what others kept ------------------------------------------------------------------------------------------------


def test_a_receipt_or_a_witness_tells_an_older_copy(place: Place, tmp_path: Path) -> None:
    (one, first), (two, second) = sealed(place.stage, [1, 2])
    early = place.cast(one, first)
    copy = tmp_path / "older.sqlite"
    place.run("db", "backup", str(copy))
    late = place.cast(two, second)
    kept = {"ballot": b64encode(second).decode(), "election": ELECTION, "receipt": _canonical(late)}
    (tmp_path / "receipt.json").write_text(json.dumps(kept))
    (tmp_path / "witness").write_bytes(early.checkpoint)
    against = ["--against", str(tmp_path / "receipt.json"), "--against", str(tmp_path / "witness")]
    assert place.run("db", "check", *against).exit_code == 0
    place.stop()
    place.run("db", "restore", str(copy))  # and what was published is lost too

    told = place.run("db", "check", *against)

    assert told.exit_code == 1
    assert f"NO  receipt.json: it has {late.index + 1} entries" in told.output
    assert f"ok  witness: the board of {ELECTION} goes on from it" in told.output
    forged = early.checkpoint.replace(early.checkpoint.split(b"\n")[2], b"A" * 43 + b"=")
    (tmp_path / "witness").write_bytes(forged)
    assert "NO  witness: " in place.run("db", "check", *against).output
    (tmp_path / "witness").write_bytes(second)
    assert "without a receipt" in place.run("db", "check", *against).output


def _canonical(received: Received) -> str:
    told = received.as_dict()
    given = {"checkpoint": told["checkpoint"], "index": told["index"], "proof": told["proof"]}
    return json.dumps(given, separators=(",", ":"), ensure_ascii=False)


# ---- the edges -------------------------------------------------------------------------------------------------------


def test_a_copy_takes_no_other_ones_place(place: Place, tmp_path: Path) -> None:
    (tmp_path / "copy").write_bytes(b"kept")

    told = place.run("db", "backup", str(tmp_path / "copy"))

    assert (told.exit_code, (tmp_path / "copy").read_bytes()) == (2, b"kept")
    assert place.run("db", "backup", str(tmp_path / "none" / "copy")).exit_code == 2


def test_nothing_is_put_back_while_somebody_has_the_database_open(place: Place, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    place.run("db", "backup", str(copy))
    assert place.stage.size()

    told = place.run("db", "restore", str(copy))

    assert (told.exit_code, "stop the server" in told.output) == (2, True)
    assert place.stage.size()


def test_a_log_that_was_left_beside_is_not_played_into_the_copy(place: Place, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    place.run("db", "backup", str(copy))
    (member, raw), *_ = sealed(place.stage, [1])
    size = place.stage.size()
    place.cast(member, raw)
    log = place.file.with_name("test.sqlite-wal").read_bytes()
    place.stop()
    place.file.unlink()
    place.file.with_name("test.sqlite-wal").write_bytes(log)

    assert place.run("db", "restore", str(copy)).exit_code == 0

    assert not place.file.with_name("test.sqlite-wal").exists()
    assert place.stage.size() == size


def test_postgresql_has_a_tool_of_its_own(tmp_path: Path) -> None:
    url = "postgresql+psycopg://clerk:a-secret@db.example.org/governance"
    app = create_app({"SECRET": KEY, "DATABASE_URL": url, "RECORDS": tmp_path})

    told = CliRunner().invoke(main, ["db", "backup", str(tmp_path / "copy")], obj=app)
    back = CliRunner().invoke(main, ["db", "restore", str(tmp_path / "copy")], obj=app)

    assert (told.exit_code, back.exit_code) == (2, 2)
    assert (
        f"pg_dump --format=custom --file={tmp_path / 'copy'} postgresql://clerk@db.example.org/governance"
        in told.output
    )
    assert "a-secret" not in told.output
    assert "pg_restore" in back.output


def test_a_database_that_is_not_there_is_said(tmp_path: Path) -> None:
    app = create_app({"SECRET": KEY, "DATABASE_URL": f"sqlite:///{tmp_path / 'g.sqlite'}", "RECORDS": tmp_path})

    for line in (["db", "check"], ["db", "backup", str(tmp_path / "copy")]):
        told = CliRunner().invoke(main, line, obj=app)
        assert (told.exit_code, "There is no database yet" in told.output) == (2, True)
    assert not (tmp_path / "g.sqlite").exists()


def test_a_board_is_judged_without_being_kept_open(place: Place) -> None:
    with place.stage.reading() as session:
        board = boards.judged(session, ELECTION)

    assert board.tree.size == place.stage.size()
