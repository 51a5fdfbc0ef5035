"""Whole elections without a browser, by the command that outside scripts call."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from governance.cli.main import main
from tests.shared import SHARED, needs_shared


def run(*words: str) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def demo(out: Path, *words: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The demo's line, and what `governance verify --json` says of its record."""
    result = run("demo", *words, "--out", str(out))
    assert result.exit_code == 0, result.output
    (line,) = result.stdout.splitlines()
    told = json.loads(line)
    assert {"seal", "cast", "shuffle", "decrypt", "count", "verify"} <= told["seconds"].keys()
    verified = run("verify", "--json", told["record"])
    assert verified.exit_code == 0, verified.output
    return told, json.loads(verified.stdout)


def test_a_drawn_election(tmp_path: Path) -> None:
    told, report = demo(tmp_path, "--ballots", "60", "--candidates", "7", "--seats", "3", "--seed", "a")
    (contest,) = report["contests"].values()

    assert told["ballots"] == 60
    assert contest["ballots"] == 57  # three voted again
    assert contest["blank"] > 0
    assert contest["elected"] == told["elected"]
    assert len(contest["elected"]) == 3
    assert report["election"] == "demo"


def test_a_seed_makes_the_same_record_again_and_another_seed_another(tmp_path: Path) -> None:
    words = ["--ballots", "5", "--candidates", "3", "--seats", "1", "--seed"]
    one, _ = demo(tmp_path / "1", *words, "a")
    two, _ = demo(tmp_path / "2", *words, "a")
    three, _ = demo(tmp_path / "3", *words, "b")

    def entries(told: dict[str, Any]) -> bytes:
        with zipfile.ZipFile(told["record"]) as record:
            return record.read("entries.jsonl")

    assert entries(one) == entries(two)
    assert entries(one) != entries(three)


def test_without_a_seed_two_elections_share_nothing(tmp_path: Path) -> None:
    words = ["--ballots", "3", "--candidates", "2", "--seats", "1"]
    _, one = demo(tmp_path / "1", *words)
    _, two = demo(tmp_path / "2", *words)

    assert one["ceremony"] != two["ceremony"]
    assert one["log_key"] != two["log_key"]


def test_five_trustees_three_of_whom_open(tmp_path: Path) -> None:
    words = ["--ballots", "6", "--candidates", "3", "--seats", "2", "--seed", "a", "--trustees", "5", "--mixers", "4"]
    _, report = demo(tmp_path, *words)
    assert report["ok"]


def test_one_ballot_is_never_opened(tmp_path: Path) -> None:
    _, report = demo(tmp_path, "--ballots", "1", "--candidates", "2", "--seats", "1", "--seed", "a")
    assert report["contests"] == {"board": {"ballots": 1, "blank": 0, "invalid": 0, "elected": []}}


def test_more_candidates_than_whole_rankings_have_codes_for(tmp_path: Path) -> None:
    _, report = demo(tmp_path, "--ballots", "4", "--candidates", "90", "--seats", "2", "--seed", "a")
    assert report["ok"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--ballots", "5"], "give --ballots, --candidates and --seats"),
        ([], "give --ballots, --candidates and --seats"),
        (
            ["--ballots", "5", "--candidates", "3", "--seats", "1", "--trustees", "4", "--threshold", "2"],
            "more than half",
        ),
        (["--ballots", "5", "--candidates", "3", "--seats", "1", "--mixers", "4"], "mixers"),
        (["--ballots", "0", "--candidates", "3", "--seats", "1"], "0 is not in the range"),
        (["--papers", "nowhere.blt"], "does not exist"),
        (["--papers", __file__, "--ballots", "5"], "brings its own"),
        (["--papers", __file__], "line 1"),
    ],
)
def test_a_wrong_call_is_explained_and_writes_nothing(tmp_path: Path, words: list[str], why: str) -> None:
    result = run("demo", *words, "--out", str(tmp_path / "out"))

    assert result.exit_code == 2
    assert why in result.output
    assert not (tmp_path / "out").exists()


@needs_shared
def test_the_files_for_people_are_the_papers_and_the_count(tmp_path: Path) -> None:
    papers = SHARED / "stv-cases/droop/wigm-prf_513/ballots.blt"
    told, report = demo(tmp_path, "--papers", str(papers), "--seed", "a")
    with zipfile.ZipFile(told["record"]) as record:
        blt = tmp_path / "board.blt"
        blt.write_bytes(record.read("board.blt"))
        stages = json.loads(record.read("board.json"))
    counted = run("count", str(blt), "--json")

    assert counted.exit_code == 0
    assert len(stages["elected"]) == len(json.loads(counted.stdout)["elected"])
    assert stages["valid"] == json.loads(counted.stdout)["valid"] == report["contests"]["board"]["ballots"]
