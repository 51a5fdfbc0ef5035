"""`governance verify` as an outside script calls it: exit codes, one line, `--earlier`."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from governance.board import checkpoint, merkle
from governance.cli.main import main
from governance.crypto import randomness, signature
from governance.services.rehearsal import Plan, Rehearsal

SEED = b"a seed for tests"


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["verify", *map(str, words)])


@pytest.fixture(scope="module")
def election() -> Rehearsal:
    """A small finished election, its ledger with it."""
    plan = Plan(
        election="small",
        title="A small election",
        names=("Ada", "Bo", "Cy"),
        seats=1,
        ballots=[(0, (0, 1)), (1, (2,)), (0, (1, 0)), (2, ())],
        voters=4,
        withdrawn=(2,),
        opens="2026-03-01T09:00:00Z",
        closes="2026-03-08T09:00:00Z",
    )
    rehearsal = Rehearsal(plan, randomness.stream(SEED), lambda *_: None)
    rehearsal.run()
    return rehearsal


@pytest.fixture
def record(election: Rehearsal, tmp_path: Path) -> Path:
    path = tmp_path / "small.record.zip"
    with path.open("wb") as file:
        election.ledger.write(file, election.people_files())
    return path


def head(election: Rehearsal, size: int, root: bytes | None = None) -> bytes:
    """A checkpoint that the log signed when it had `size` entries; `root` forges another."""
    leaves = [merkle.leaf(entry) for entry in election.ledger.entries()][:size]
    return checkpoint.sign(election.ledger.origin, size, root or merkle.root(leaves), election.ledger._seed)  # noqa: SLF001


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


def test_it_extends_what_was_seen_earlier(election: Rehearsal, record: Path, tmp_path: Path) -> None:
    whole = sum(1 for _ in election.ledger.entries())
    words: list[object] = [record]
    for size in (0, 1, whole // 2, whole):
        path = tmp_path / f"{size}.checkpoint"
        path.write_bytes(head(election, size))
        words += ["--earlier", path]

    assert run(*words).exit_code == 0


@pytest.mark.parametrize("size", [0, 3, 1000])
def test_it_does_not_extend_another_past(election: Rehearsal, record: Path, tmp_path: Path, size: int) -> None:
    path = tmp_path / "other.checkpoint"
    path.write_bytes(head(election, size, root=sha256(b"another past").digest()))
    result = run(record, "--json", "--earlier", path)
    last = json.loads(result.stdout)["checks"][-1]

    assert result.exit_code == 1
    assert (last["section"], last["name"], last["ok"]) == ("13", "board", False)


def test_an_earlier_checkpoint_of_another_log(election: Rehearsal, record: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.checkpoint"
    leaves = [merkle.leaf(entry) for entry in election.ledger.entries()]
    path.write_bytes(checkpoint.sign(election.ledger.origin, 3, merkle.root(leaves[:3]), bytes(32)))
    assert signature.public_key(bytes(32)) != election.ledger.key().key
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
