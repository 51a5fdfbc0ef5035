"""Input and calls that somebody outside got a traceback, a wrong reason or silence for."""

import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from governance.cli import demo
from governance.cli.main import main
from governance.offline import registrar, safe, witness
from tests.cli.test_streams import PAPERS, record

__all__ = ["record"]

SMALL = ("demo", "--ballots", "3", "--candidates", "3", "--seats", "1", "--out")
MARK = "\u202e"


def run(*words: object) -> Result:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def refusal(*words: object, code: int = 2) -> str:
    result = run(*words)
    assert (result.exit_code, result.stdout) == (code, "")
    return result.stderr


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    path = tmp_path / "board.blt"
    path.write_text(PAPERS, "utf-8")
    return path


# ---- where a demonstration is written --------------------------------------------------------------------------------


@pytest.fixture
def _no_election(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is wrong with the target is said before the election runs."""
    monkeypatch.setattr(demo, "Rehearsal", None)


@pytest.mark.usefixtures("_no_election")
@pytest.mark.parametrize("out", ["board.blt/x", "/dev/null/x", "/proc/x", "n" * 300])
def test_an_election_is_not_run_for_a_target_that_cannot_be(papers: Path, out: str) -> None:
    assert refusal(*SMALL, papers.parent / out).startswith("Error: ")


@pytest.mark.usefixtures("_no_election")
def test_a_folder_in_the_place_of_the_record(tmp_path: Path) -> None:
    (tmp_path / "demo.record.zip").mkdir()

    assert "demo.record.zip is a folder" in refusal(*SMALL, tmp_path)


def test_a_name_with_a_mark_in_it_is_called_by_its_fault(papers: Path, tmp_path: Path) -> None:
    papers.write_text(PAPERS.replace('"Bo"', f'"Bo{MARK}"'), "utf-8")

    told = refusal("demo", "--papers", papers, "--out", tmp_path / "out")

    assert "candidate c2 has a letter in their name that cannot be shown" in told


# ---- addresses -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["http://[::1/vote", "https://x:99999/vote", "x", ""])
def test_an_address_that_is_none(url: str) -> None:
    assert refusal("check-booth", url).startswith("Error: URL: an address that begins with https:// is needed")


@pytest.mark.parametrize("url", ["https://[::1", "https://x:99999"])
def test_a_server_for_letters_that_is_none(url: str) -> None:
    words = ["--title", "T", "--contact", "C", "--smtp", "smtp://localhost", "--from", "a@example.org"]
    result = CliRunner().invoke(registrar.main, ["send", "--base-url", url, *words])

    assert (result.exit_code, result.stderr) == (
        2,
        "Error: --base-url: an address like https://vote.example.org is needed\n",
    )


# ---- records that are played with ------------------------------------------------------------------------------------


def tricked(whole: bytes, tmp_path: Path) -> dict[str, tuple[bytes, int]]:
    """Files made of a record, and with which code a tool that reads records ends."""
    bare = tmp_path / "bare.zip"
    with zipfile.ZipFile(bare, "w") as file:
        file.writestr("entries.jsonl", "{}\n")
    return {
        "after": (whole + b"tail", 1),
        "before": (b"head" + whole, 1),
        "bare": (bare.read_bytes(), 1),
        "empty": (b"PK\x05\x06" + bytes(18), 2),
        "cut": (whole[: len(whole) // 2], 2),
        "text": (b"no zip", 2),
    }


def test_a_record_that_is_played_with_is_one_for_every_tool(
    record: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(safe, "COST", safe.Cost(memory=8, passes=1, lanes=1))  # it guards nothing here
    secret = ["--secret", str(tmp_path / "w"), "--passphrase-file", str(tmp_path / "pp")]
    (tmp_path / "pp").write_text("five words nobody has ever said\n")
    made = CliRunner().invoke(witness.main, ["key", *secret, "--name", "witness.example"])
    assert made.exit_code == 0
    for name, (data, code) in tricked(record.read_bytes(), tmp_path).items():
        path = tmp_path / f"{name}.zip"
        path.write_bytes(data)

        assert run("verify", path).exit_code == code, name
        assert run("countback", path, "--vacating", "Ann").exit_code == code, name
        cosigned = CliRunner().invoke(witness.main, ["cosign", *secret, "--record", str(path)])
        assert (cosigned.exit_code, cosigned.stdout) == (code, ""), name


def test_a_record_with_bytes_before_it_is_no_file_of_papers(record: Path, tmp_path: Path) -> None:
    path = tmp_path / "before.zip"
    path.write_bytes(b"head" + record.read_bytes())

    assert "does not verify: section 1, form" in refusal("countback", path, "--vacating", "Ann", code=1)


# ---- words -----------------------------------------------------------------------------------------------------------


def test_a_mark_in_a_name_is_not_shown_to_the_terminal(papers: Path) -> None:
    papers.write_text(PAPERS.replace("Ann", f"Ann{MARK}"), "utf-8")
    back = ("countback", papers, "--rule", "irv", "--vacating", f"Ann{MARK}")

    for words in (("count", papers, "--firmness", "--follow", f"Ann{MARK}"), back):
        text = run(*words)
        assert text.exit_code == 0
        assert MARK not in text.output
        assert "Ann\N{REPLACEMENT CHARACTER}" in text.stdout
    assert json.loads(run("count", papers, "--json").stdout)["elected"] == [f"Ann{MARK}"]
    assert json.loads(run(*back, "--json").stdout)["vacating"] == f"Ann{MARK}"


def test_who_had_withdrawn_leaves_no_seat(papers: Path) -> None:
    words = ("countback", papers, "--rule", "irv", "--withdrawn", "Ann", "--vacating", "Ann", "--sitting", "Ann")

    assert refusal(*words).splitlines()[-1].startswith("Error: 'Ann' had withdrawn")


def test_one_seat_is_filled_at_a_time(papers: Path) -> None:
    told = refusal("countback", papers, "--rule", "irv", "--vacating", "Ann", "--vacating", "Bo")

    assert "--vacating is given twice" in told


@pytest.mark.parametrize("option", ["--order", "--reopen", "--rule"])
def test_a_record_says_itself_what_an_empty_option_would(record: Path, option: str) -> None:
    assert f"a record says itself what {option} would" in refusal("countback", record, "--vacating", "Ann", option, "")


def test_every_command_knows_the_short_word_for_help() -> None:
    for words in ([], ["count"], ["roll", "check"]):
        assert run(*words, "-h").stdout.startswith("Usage: main")
