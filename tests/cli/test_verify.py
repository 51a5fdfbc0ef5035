"""`governance verify` as an outside script calls it: exit codes, one line, `--earlier`."""

import io
import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner, Result

from governance.board import checkpoint, merkle
from governance.board.record import RecordFile
from governance.cli.main import main
from governance.domain.draft import Candidate, Contest
from governance.services import boards, publication, running
from tests.services.stage import ELECTION, TWO, a_draft, a_stage


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["verify", *map(str, words)])


class Election(NamedTuple):
    """A small finished election, and the key of its log."""

    record: bytes
    origin: str
    seed: bytes

    def entries(self) -> list[bytes]:
        return list(RecordFile(io.BytesIO(self.record)).entries())


@pytest.fixture(scope="module")
def election(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Election]:
    standing = tuple(Candidate(f"c{i}", name) for i, name in enumerate(("Ada", "Bo", "Cy"), 1))
    contest = Contest("board", "A small election", 1, standing, min_ballots=2)
    with a_stage(tmp_path_factory.mktemp("small")) as stage:
        stage.until_open(4, a_draft(contests=(contest,)))
        with stage.writing() as session:
            for member, choice in (("m1", (0, 1)), ("m2", (2,)), ("m1", (1, 0)), ("m3", ())):
                stage.troupe.vote(session, member, [choice], stage.now)
            running.withdraw(session, TWO, ELECTION, contest="board", candidate="c3", reason="ill", now=stage.now)
        stage.close()
        with stage.writing() as session:
            stage.troupe.tally(session, stage.now)
        with stage.writing() as session:
            file = io.BytesIO()
            publication.write(session, ELECTION, file)
            board = boards.opened(session, ELECTION)
            yield Election(file.getvalue(), board.origin, board.seed)


@pytest.fixture
def record(election: Election, tmp_path: Path) -> Path:
    path = tmp_path / "small.record.zip"
    path.write_bytes(election.record)
    return path


def head(election: Election, size: int, root: bytes | None = None) -> bytes:
    """A checkpoint that the log signed when it had `size` entries; `root` forges another."""
    leaves = [merkle.leaf(entry) for entry in election.entries()][:size]
    return checkpoint.sign(election.origin, size, root or merkle.root(leaves), election.seed)


def test_a_good_record(record: Path) -> None:
    result = run(record)

    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "Everything holds."
    assert "elected: c2" in result.stdout
    report = json.loads(run(record, "--json").stdout)
    assert report["ok"] is True
    assert report["contests"] == {"board": {"ballots": 3, "blank": 1, "invalid": 0, "elected": ["c2"]}}
    assert not report["cancelled"]
    assert {len(report["ceremony"]), len(report["manifest"])} == {128}
    assert len(report["root"]) == 64


def test_it_extends_what_was_seen_earlier(election: Election, record: Path, tmp_path: Path) -> None:
    whole = len(election.entries())
    words: list[object] = [record]
    for size in (0, 1, whole // 2, whole):
        path = tmp_path / f"{size}.checkpoint"
        path.write_bytes(head(election, size))
        words += ["--earlier", path]

    assert run(*words).exit_code == 0


@pytest.mark.parametrize("size", [0, 3, 1000])
def test_it_does_not_extend_another_past(election: Election, record: Path, tmp_path: Path, size: int) -> None:
    path = tmp_path / "other.checkpoint"
    path.write_bytes(head(election, size, root=sha256(b"another past").digest()))
    result = run(record, "--json", "--earlier", path)
    last = json.loads(result.stdout)["checks"][-1]

    assert result.exit_code == 1
    assert (last["section"], last["name"], last["ok"]) == ("13", "board", False)


def test_an_earlier_checkpoint_of_another_log(election: Election, record: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.checkpoint"
    leaves = [merkle.leaf(entry) for entry in election.entries()]
    path.write_bytes(checkpoint.sign(election.origin, 3, merkle.root(leaves[:3]), bytes(32)))
    assert election.seed != bytes(32)
    result = run(record, "--earlier", path)

    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1].startswith("REFUSED: section 13, board: ")


@pytest.mark.parametrize(
    "data", [b"", b"\xff\n1\nAA==\n", b"origin\n1\nAAAA\n", b"x" * 70_000, b"origin\n-1\n" + b"A" * 43 + b"=\n"]
)
def test_what_is_no_checkpoint_is_a_wrong_call(record: Path, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "no.checkpoint"
    path.write_bytes(data)
    result = run(record, "--earlier", path)

    assert result.exit_code == 2
    assert "is no checkpoint" in result.stderr
    assert not result.stdout


def test_a_wrong_call(record: Path, tmp_path: Path) -> None:
    for words in [
        (),
        (tmp_path / "nowhere.zip",),
        (tmp_path,),
        (record, "--unknown"),
        (record, "--earlier", "nowhere"),
    ]:
        result = run(*words)
        assert result.exit_code == 2
        assert not result.stdout


def test_the_first_failure_is_the_last_line(record: Path) -> None:
    data = bytearray(record.read_bytes())
    at = data.index(b"checkpoint") - 200
    data[at] ^= 1
    record.write_bytes(data)
    result = run(record)

    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1].startswith("REFUSED: section ")
    assert "Traceback" not in result.output
