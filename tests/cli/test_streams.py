"""A verdict is the exit code, whoever listens; and what can never end, or be read twice, is refused at once."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from governance.board.record import RecordFile
from governance.crypto import randomness
from governance.services.rehearsal import Plan, Rehearsal

TOOLS = {
    "governance": "governance.cli.main",
    "governance-trustee": "governance.offline.trustee",
    "governance-registrar": "governance.offline.registrar",
    "governance-witness": "governance.offline.witness",
    "governance-vote": "governance.offline.vote",
}
PAPERS = '3 1\n2 1 2 0\n1 3 0\n0\n"Ann"\n"Bo"\n"Cy"\n"Board"\n'


def command(tool: str, *words: object) -> list[str]:
    return [sys.executable, "-c", f"from {TOOLS[tool]} import main; main()", *map(str, words)]


def ended(words: list[str], redirected: str = "") -> subprocess.CompletedProcess[str]:
    """Run by a shell, with its streams somewhere else and little memory; an endless wait fails the test."""
    script = f'ulimit -v 3000000; exec "$@" {redirected}'
    return subprocess.run(
        ["/bin/bash", "-c", script, "bash", *words], check=False, capture_output=True, text=True, timeout=120
    )


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("records") / "small.record.zip"
    ballots = [(voter, (voter % 3,)) for voter in range(4)]
    opens = datetime(2026, 3, 1, 9, tzinfo=UTC)
    plan = Plan("small", "A small election", ("Ann", "Bo", "Cy"), 1, ballots, 4, (), opens)
    with path.open("wb") as file:
        Rehearsal(plan, randomness.stream(b"streams"), lambda *_: None).run(file)
    return path


@pytest.fixture
def bad(record: Path, tmp_path: Path) -> Path:
    """A record that does not verify."""
    path = tmp_path / "bad.zip"
    path.write_bytes(record.read_bytes() + b"tail")
    return path


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    path = tmp_path / "board.blt"
    path.write_text(PAPERS, "utf-8")
    return path


@pytest.fixture
def unread() -> Iterator[int]:
    """The end of a pipe that nobody reads."""
    end, into = os.pipe()
    os.close(end)
    yield into
    os.close(into)


# ---- streams that are closed, left or full ---------------------------------------------------------------------------


def test_a_reader_who_left_changes_no_verdict(record: Path, bad: Path, unread: int) -> None:
    for path, code in ((record, 0), (bad, 1)):
        done = subprocess.run(command("governance", "verify", path), check=False, stdout=unread, stderr=unread)
        assert done.returncode == code


@pytest.mark.parametrize("closed", ["2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_changes_no_verdict(record: Path, bad: Path, closed: str) -> None:
    for path, code in ((record, 0), (bad, 1)):
        assert ended(command("governance", "verify", path), closed).returncode == code


def test_a_closed_stream_does_not_stop_an_election(tmp_path: Path) -> None:
    words = command("governance", "demo", "--ballots", 6, "--candidates", 3, "--seats", 1, "--out", tmp_path)

    assert ended(words, "2>&-").returncode == 0
    with (tmp_path / "demo.record.zip").open("rb") as file:
        assert RecordFile(file).checkpoint()


@pytest.mark.parametrize("tool", TOOLS)
def test_every_tool_goes_on_without_a_reader(tool: str, unread: int) -> None:
    assert subprocess.run(command(tool, "-h"), check=False, stdout=unread).returncode == 0


def test_what_cannot_be_written_is_said(record: Path, papers: Path) -> None:
    for words in (["count", papers], ["verify", record], ["--help"]):
        done = ended(command("governance", *words), ">/dev/full")
        assert (done.returncode, done.stderr) == (2, "Error: standard output: No space left on device\n")
    assert ended(command("governance", "count", papers), ">/dev/full 2>/dev/full").returncode == 2


def test_a_terminal_that_knows_no_other_letters_stops_nothing(papers: Path) -> None:
    papers.write_text(PAPERS.replace("Bo", "Zoë"), "utf-8")

    done = ended(["env", "PYTHONIOENCODING=ascii", *command("governance", "count", papers, "--withdrawn", "Zoe")])

    assert done.returncode == 2
    assert done.stderr == "Error: no candidate in the file is called 'Zoe'\n"


# ---- what never ends, or cannot be read twice ------------------------------------------------------------------------


def test_what_never_ends_is_refused(record: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for words in (
        ["verify", "/dev/zero"],
        ["verify", tmp_path / "pipe"],
        ["verify", record, "--earlier", "/dev/zero"],
        ["verify", record, "--earlier", tmp_path / "pipe"],
        ["countback", "/dev/zero", "--rule", "irv", "--vacating", "Ann"],
        ["demo", "--papers", "/dev/zero", "--out", tmp_path],
    ):
        done = ended(command("governance", *words))
        assert done.returncode == 2, words
        assert done.stderr.splitlines()[-1].startswith("Error: ")


def test_a_pipe_brings_a_checkpoint_but_no_record(record: Path, tmp_path: Path) -> None:
    with record.open("rb") as file:
        (tmp_path / "head").write_bytes(RecordFile(file).checkpoint())

    seen = ended(command("governance", "verify", record), f"--earlier <(sleep 1; cat {tmp_path / 'head'})")
    again = ended(command("governance", "verify"), f"<(cat {record})")

    assert seen.returncode == 0
    assert again.returncode == 2
    assert again.stderr.endswith("is no plain file\n")


def test_a_pipe_brings_papers_but_no_record(record: Path, papers: Path) -> None:
    words = command("governance", "countback", "--rule", "irv", "--vacating", "Ann")

    assert "goes to: Bo" in ended(words, f"<(cat {papers})").stdout
    refused = ended(words, f"<(cat {record})")
    assert (refused.returncode, refused.stderr) == (
        2,
        "Error: a record cannot be read from a pipe: save it as a file\n",
    )


# ---- bytes that are no text ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ["demo", "--ballots", "3", "--candidates", "3", "--seats", "1", "--out", "x", "--seed"],
        ["election", "show"],
    ],
    ids=lambda words: words[0],
)
def test_an_argument_that_is_not_utf_8_is_refused(words: list[str], tmp_path: Path) -> None:
    program = command("governance", *words)
    done = subprocess.run([*map(os.fsencode, program), b"\xff"], check=False, capture_output=True, cwd=tmp_path)

    assert done.returncode == 2
    assert b"has bytes that are not UTF-8 in it" in done.stderr
    assert not list(tmp_path.iterdir())
