"""`governance countback`: from a file of papers and from a published record."""

import json
import zipfile
from datetime import UTC, datetime
from hashlib import sha512
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from governance.cli.main import main
from governance.count import countback, rules
from governance.count.ballots import profile
from governance.crypto import lots, randomness
from governance.services.rehearsal import Plan, Rehearsal

BOARD = b"""4 2
6 1 2 0
2 1 3 0
1 2 0
3 3 0
2 4 2 0
0
"Ann"
"Bo"
"Cy, Jr."
"Di"
"Board"
"""

NAMES = ("Ann", "Bo", "Cy, Jr.", "Di")
BALLOTS = [(0, (0, 1)), (1, (0, 1, 2)), (2, (0, 2)), (3, (2,)), (4, (1, 2)), (5, (3, 1)), (6, ())]


@pytest.fixture
def board(tmp_path: Path) -> Path:
    """Two of four were elected: Ann, then Bo."""
    path = tmp_path / "board.blt"
    path.write_bytes(BOARD)
    return path


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published record of one contest."""
    path = tmp_path_factory.mktemp("records") / "small.record.zip"
    plan = Plan(
        election="small",
        title="A small election",
        names=NAMES,
        seats=2,
        ballots=BALLOTS,
        voters=7,
        withdrawn=(),
        opens=datetime(2026, 3, 1, 9, tzinfo=UTC),
        rule="ers97",
    )
    with path.open("wb") as file:
        Rehearsal(plan, randomness.stream(b"countback"), lambda *_: None).run(file)
    return path


def run(*arguments: object) -> Result:
    """Run the command; whatever happens, there is no traceback."""
    result = CliRunner().invoke(main, ["countback", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def filled(*arguments: object) -> dict[str, Any]:
    """The countback that a call prints."""
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def refusal(*arguments: object) -> str:
    """The one line with which a call is refused."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    return result.stderr.removeprefix("Error: ").removesuffix("\n")


def test_who_takes_the_seat_comes_first(board: Path) -> None:
    result = run(board, "--rule", "scottish-stv", "--vacating", "Ann")

    assert result.exit_code == 0
    assert result.stderr == ""
    assert result.stdout.startswith("The seat of Ann goes to: Cy, Jr.\nSitting: Bo\n\nElected, in this order:\n")


def test_json_is_the_countback_on_one_line(board: Path) -> None:
    result = run(board, "--rule", "meek-prf", "--vacating", "Bo", "--declined", "Di", "--json")
    papers = profile(NAMES, [(6, NAMES[:2]), (2, ["Ann", "Cy, Jr."]), (1, ["Bo"]), (3, ["Cy, Jr."]), (2, ["Di", "Bo"])])
    expected = countback.recount(
        "meek-prf", papers, vacating="Bo", sitting=["Ann"], order=NAMES, declined=["Di"]
    ).as_dict()

    assert expected["kind"] == "recount"
    assert result.stdout == json.dumps(expected, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def test_only_the_papers_of_the_one_who_leaves(board: Path) -> None:
    asked = (board, "--rule", "scottish-stv", "--vacating", "Bo", "--kind", "papers")

    assert filled(*asked)["filled"] == "Di"
    assert filled(*asked)["held"] == "5.25000"
    assert run(*asked).stdout.startswith(
        "The seat of Bo goes to: Di\nCounted are the 9 papers that elected Bo, at 5.25000 votes in all.\nSitting: Ann\n"
    )
    assert filled(*asked, "--declined", "Di", "--declined", "Cy, Jr.")["filled"] is None
    assert (
        "The seat of Bo stays empty: nobody is left to take it.\n"
        in run(*asked, "--declined", "Di", "--declined", "Cy, Jr.").stdout
    )


def test_who_came_in_since_sits_and_may_leave(board: Path) -> None:
    came = ("--rule", "scottish-stv", "--sitting", "Ann", "--sitting", "Cy, Jr.")

    result = run(board, *came, "--vacating", "Cy, Jr.", "--json")

    assert json.loads(result.stdout)["filled"] == "Bo"
    assert result.stderr == "Note: these were elected and do not sit now, so they may be chosen: Bo.\n"
    again = run(board, *came, "--vacating", "Cy, Jr.", "--declined", "Bo", "--json")
    assert (again.stderr, json.loads(again.stdout)["filled"]) == ("", "Di")
    assert "only a recount can" in run(board, *came, "--vacating", "Cy, Jr.", "--kind", "papers").stderr


def test_the_board_keeps_its_constraints(board: Path, tmp_path: Path) -> None:
    limits = tmp_path / "constraints.json"
    north = {"attribute": "region", "value": "north", "min": 1, "max": 1, "candidates": ["Ann", "Di"], "seated": 0}
    limits.write_text(json.dumps([north]))
    asked = (board, "--rule", "wigm-prf", "--vacating", "Ann", "--constraints", limits)

    for kind in countback.KINDS:
        assert filled(*asked, "--kind", kind)["filled"] == "Di"
        assert refusal(*asked, "--kind", kind, "--declined", "Di") == (
            "the constraints leave nobody who could take the seat"
        )
    assert (
        "Passed over, as the board would not meet its constraints: Cy, Jr.\n" in run(*asked, "--kind", "papers").stdout
    )


def test_options_say_otherwise_than_the_file(board: Path) -> None:
    asked = (board, "--rule", "ers97", "--vacating", "Ann")

    assert filled(*asked, "--seats", 1)["sitting"] == []
    assert filled(*asked, "--withdrawn", "Cy, Jr.")["filled"] == "Di"
    assert filled(*asked, "--order", "Di,Cy, Jr.,Bo,Ann")["filled"] == "Cy, Jr."
    assert "re-open nominations has it" in run(*asked, "--reopen", "Cy, Jr.", "--declined", "Di").stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["--vacating", "Ann"], "--rule is missing", id="no rule"),
        pytest.param(["--rule", "meek", "--vacating", "Ann"], "the rule 'meek' is not offered", id="unknown rule"),
        pytest.param(
            ["--rule", "ers97", "--vacating", "Eve"], "no candidate in the file is called 'Eve'", id="unknown"
        ),
        pytest.param(
            ["--rule", "ers97", "--vacating", "Di"],
            "'Di' is not elected by these papers, and --sitting",
            id="no member",
        ),
        pytest.param(["--rule", "ers97", "--vacating", "Ann", "--declined", "Bo"], "cannot sit and have", id="both"),
        pytest.param(["--rule", "ers97", "--vacating", "Ann", "--declined", "Ann"], "leaves the seat", id="leaver"),
        pytest.param(["--rule", "ers97", "--vacating", "Ann", "--contest", "x"], "is for a record", id="contest"),
        pytest.param(["--rule", "irv", "--vacating", "Ann"], "fills one place, and there are 2", id="irv"),
    ],
)
def test_a_wrong_call_is_refused_in_a_line(board: Path, arguments: list[str], words: str) -> None:
    assert words in refusal(board, *arguments)


def test_a_file_that_is_missing_or_none_ends_with_2(board: Path, tmp_path: Path) -> None:
    (tmp_path / "no.zip").write_bytes(b"PK\x03\x04 no archive")

    assert run(tmp_path / "none.blt", "--vacating", "Ann").exit_code == 2
    assert run(board).exit_code == 2
    assert "record" in refusal(tmp_path / "no.zip", "--vacating", "Ann")
    assert run("--help").exit_code == 0


@pytest.mark.parametrize("kind", countback.KINDS)
def test_a_record_says_all_but_who_leaves(record: Path, kind: str) -> None:
    """Its papers, rule and order of lots are those of the count in it."""
    with zipfile.ZipFile(record) as inside:
        lines = inside.read("entries.jsonl").splitlines()
        entries = {entry["kind"]: (entry, line) for line in lines for entry in [json.loads(line)]}
        manifest, raw = entries["manifest"]
        result = inside.read(f"blobs/{entries['result'][0]['ballots']['sha256']}")
    contest = manifest["contests"][0]
    name = {candidate["id"]: candidate["name"] for candidate in contest["candidates"]}
    elected = [name[one] for one in entries["count"][0]["elected"]]
    order = [name[one] for one in lots.order(lots.seed(sha512(raw).digest(), contest["id"], result), name)]
    papers = profile(NAMES, [(1, [NAMES[one] for one in ranking]) for _, ranking in BALLOTS])
    asked: dict[str, Any] = {"vacating": elected[0], "sitting": elected[1:], "order": order}
    expected = (
        countback.recount("ers97", papers, **asked)
        if kind == countback.RECOUNT
        else countback.papers("ers97", papers, seats=2, **asked)
    )

    found = filled(record, "--vacating", elected[0], "--kind", kind)

    assert rules.DEFAULT != "ers97"
    assert found == expected.as_dict()
    assert filled(record, "--contest", contest["id"], "--vacating", elected[0], "--kind", kind) == found


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--contest", "other"], "--contest must be one that was counted: "),
        (["--rule", "ers97", "--seats", "2"], "a record says itself what --rule, --seats would"),
        (["--order", "Ann"], "a record says itself what --order would"),
    ],
)
def test_a_record_is_not_told_otherwise(record: Path, arguments: list[str], words: str) -> None:
    assert words in refusal(record, "--vacating", "Ann", *arguments)


def test_a_record_that_does_not_verify_fills_no_seat(record: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.record.zip"
    with zipfile.ZipFile(record) as before, zipfile.ZipFile(damaged, "w", zipfile.ZIP_STORED) as after:
        for info in before.infolist():
            data = before.read(info)
            after.writestr(info, data.replace(b'"ers97"', b'"wigm9"') if info.filename == "entries.jsonl" else data)

    result = run(damaged, "--vacating", "Ann")

    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("The record does not verify: section ")
    assert result.stderr.count("\n") == 1
