"""`governance count`: what it prints, and how it refuses."""

import gc
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.cli.main import main
from governance.count import blt_reader, rules
from tests.count import cases

BOARD = b"""4 2
5 1 2 0
4 2 1 0
3 3 4 0
3 4 3 0
0
"Ann"
"Bo, Jr."
"Bo"
"Dee \\"D\\" Zo\xc3\xab"
"Board"
"""


@pytest.fixture
def board(tmp_path: Path) -> Path:
    """A file of four candidates for two seats."""
    path = tmp_path / "board.blt"
    path.write_bytes(BOARD)
    return path


def run(*arguments: object) -> Result:
    """Run the command; whatever happens, there is no traceback."""
    result = CliRunner().invoke(main, ["count", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def refusal(*arguments: object) -> str:
    """The one line with which a call is refused."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    return result.stderr.removeprefix("Error: ").removesuffix("\n")


def counted(*arguments: object) -> dict[str, Any]:
    """The count that a call prints."""
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_the_winners_come_first(board: Path) -> None:
    result = run(board)

    assert result.exit_code == 0
    assert result.stderr == ""
    assert result.stdout.startswith(
        'Elected, in this order:\n  1. Dee "D" Zoë\n  2. Ann\n\nBoard\nscottish-stv: 2 seats,'
    )
    assert "Tie for stage 2: among Bo, Dee" in result.stdout


def test_json_is_the_count_with_names_on_one_line(board: Path) -> None:
    result = run(board, "--json")
    election = blt_reader.read(BOARD)

    expected = cases.count(election).as_dict()
    assert json.loads(result.stdout) == expected
    assert result.stdout == json.dumps(expected, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
    assert result.stderr == ""


@pytest.mark.parametrize("enabled", [True, False])
def test_garbage_is_collected_again_if_it_was_before(board: Path, *, enabled: bool) -> None:
    before = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        run(board)
        after = gc.isenabled()
    finally:
        (gc.enable if before else gc.disable)()

    assert after is enabled


def test_options_say_otherwise_than_the_file(board: Path) -> None:
    plain = counted(board)

    assert plain["seats"] == 2
    assert counted(board, "--seats", 3)["seats"] == 3
    assert counted(board, "--rule", "scottish-stv") == plain
    assert counted(board, "--withdrawn", "Ann", "--withdrawn", "Bo")["withdrawn"] == ["Ann", "Bo"]


def test_withdrawn_in_the_file_and_in_the_call_add_up(board: Path) -> None:
    board.write_bytes(BOARD.replace(b"4 2\n", b"4 2\n-1\n"))

    assert counted(board)["withdrawn"] == ["Ann"]
    assert counted(board, "--withdrawn", "Bo")["withdrawn"] == ["Ann", "Bo"]


@pytest.mark.parametrize(
    ("tie", "order", "chosen"),
    [
        pytest.param("", None, "Bo", id="the order in the file"),
        pytest.param("[tie 4 3 2 1]\n", None, 'Dee "D" Zoë', id="the file's order of lots"),
        pytest.param("", 'Dee "D" Zoë,Bo, Jr.,Ann,Bo', 'Dee "D" Zoë', id="asked for"),
        pytest.param("", 'Bo,Bo, Jr.,Dee "D" Zoë,Ann', "Bo", id="a name with a comma"),
        pytest.param("", 'Ann, Bo, Jr., Dee "D" Zoë, Bo', 'Dee "D" Zoë', id="spaces after commas"),
        pytest.param("[tie 4 3 2 1]\n", 'Ann,Bo, Jr.,Bo,Dee "D" Zoë', "Bo", id="asked for, against the file"),
    ],
)
def test_the_first_in_the_order_of_lots_is_chosen(board: Path, tie: str, order: str | None, chosen: str) -> None:
    board.write_bytes(BOARD.replace(b"4 2\n", b"4 2\n" + tie.encode()))

    found = counted(board) if order is None else counted(board, "--order", order)

    assert found["ties"][0]["chosen"] == chosen
    assert found["ties"][0]["by"] == "lot"


def test_who_has_withdrawn_may_be_missing_in_the_order(board: Path) -> None:
    order = 'Dee "D" Zoë,Bo,Bo, Jr.'

    assert counted(board, "--withdrawn", "Ann", "--order", order)["withdrawn"] == ["Ann"]
    assert refusal(board, "--order", order) == "--order does not name Ann"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["--rule", "meek-nz"], "the rule 'meek-nz' is not offered; offered: scottish-stv", id="rule"),
        pytest.param(["--rule", "irv"], "the rule 'irv' fills one place, and there are 2", id="too many places"),
        pytest.param(["--withdrawn", "Eve"], "no candidate in the file is called 'Eve'", id="withdrawn"),
        pytest.param(["--reopen", "Eve"], "no candidate in the file is called 'Eve'", id="reopen"),
        pytest.param(["--reopen", "Bo", "--withdrawn", "Bo"], "the re-open candidate cannot withdraw", id="both"),
        pytest.param(["--order", "Ann,Ann"], "--order: 'Ann' is named twice", id="twice"),
        pytest.param(
            ["--order", "Ann,Eve"],
            "--order: 'Eve' does not begin with the name of a candidate",
            id="unknown in the order",
        ),
        pytest.param(["--order", ""], "--order names nobody: give names", id="no order"),
        pytest.param(["--order", " "], "--order names nobody", id="only a space"),
        pytest.param(["--order", "Ann,Bo,"], "--order: there is a comma after the last name", id="comma"),
        pytest.param(["--follow", ""], "--follow names nobody", id="nothing to follow"),
    ],
)
def test_a_wrong_call_is_refused_in_a_line(board: Path, arguments: list[str], words: str) -> None:
    assert words in refusal(board, *arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--seats", "0"],
        ["--seats", "1001"],
        ["--seats", "two"],
        ["--tea"],
        ["another.blt"],
        ["--constraints", "none.json"],
    ],
)
def test_a_call_that_click_refuses_ends_with_2(board: Path, arguments: list[str]) -> None:
    assert run(board, *arguments).exit_code == 2


def test_a_file_that_is_missing_or_none_ends_with_2(tmp_path: Path) -> None:
    assert run(tmp_path / "none.blt").exit_code == 2
    assert run(tmp_path).exit_code == 2
    assert run().exit_code == 2
    assert run("--help").exit_code == 0


def test_a_file_that_cannot_be_read_is_refused() -> None:
    """Opening works, reading does not: the memory of a process, from address 0."""
    memory = Path("/proc/self/mem")
    if not memory.exists():
        pytest.skip("there is no /proc/self/mem here")

    assert refusal(memory) == "/proc/self/mem: Input/output error"


def test_what_is_wrong_in_the_file_is_said_with_its_line(board: Path) -> None:
    board.write_bytes(BOARD.replace(b"3 3 4 0", b"3 3=4 0"))

    assert refusal(board) == "line 4: the paper ranks candidates equally (=), which no rule offered here allows"


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, len(BOARD) - 1), junk=st.binary(max_size=3))
def test_a_damaged_file_never_ends_in_a_traceback(board: Path, at: int, junk: bytes) -> None:
    board.write_bytes(BOARD[:at] + junk + BOARD[at + 1 :])

    assert run(board).exit_code in {0, 2}


def test_candidates_of_one_name_are_told_apart_by_their_numbers(board: Path) -> None:
    board.write_bytes(BOARD.replace(b'"Bo, Jr."', b'"Bo"'))

    result = run(board, "--json")

    assert list(json.loads(result.stdout)["stages"][0]["tallies"]) == ["Ann", "Bo #2", "Bo #3", 'Dee "D" Zoë']
    assert result.stderr == "Note: several candidates have one name; they are called Bo #2, Bo #3.\n"
    assert counted(board, "--withdrawn", "Bo #3")["withdrawn"] == ["Bo #3"]
    assert run(board, "--withdrawn", "Bo").stderr.endswith("Error: 'Bo' may be any of Bo #2, Bo #3\n")


def test_names_that_look_like_numbered_ones_are_numbered_too(board: Path) -> None:
    board.write_bytes(BOARD.replace(b'"Bo, Jr."', b'"Bo"').replace(b"Ann", b"Bo #2"))

    found = counted(board)

    assert sorted(found["stages"][0]["tallies"]) == ["Bo #2", "Bo #2 #1", "Bo #3", 'Dee "D" Zoë #4']


def constraint(**changes: Any) -> dict[str, Any]:
    """A constraint that Ann or Bo must be elected, but not both, but for what the test changes."""
    fields = {"attribute": "region", "value": "north", "min": 1, "max": 1, "candidates": ["Ann", "Bo"], "seated": 0}
    return {key: value for key, value in (fields | changes).items() if value is not None}


@pytest.fixture
def limits(tmp_path: Path) -> Path:
    """A file of one constraint."""
    path = tmp_path / "constraints.json"
    path.write_text(json.dumps([constraint()]))
    return path


def test_constraints_are_kept(board: Path, limits: Path) -> None:
    no_ann = constraint(candidates=["Ann"], min=0, max=0)
    limits.write_text(json.dumps([no_ann, constraint(candidates=["Bo, Jr."])]))

    found = counted(board, "--constraints", limits)

    assert found["stages"][0]["guarded"] == ["Bo, Jr."]
    assert found["stages"][0]["doomed"] == ["Ann"]
    assert found["stages"][1]["excluded"] == ["Ann"]
    assert found["elected"][0] == "Bo, Jr."
    assert "first preferences; guarded: Bo, Jr.; doomed: Ann\n" in run(board, "--constraints", limits).stdout


def test_constraints_that_cannot_be_met_are_said_to_have_no_effect(board: Path, limits: Path) -> None:
    limits.write_text(json.dumps([constraint(seated=2)]))

    result = run(board, "--constraints", limits, "--json")

    assert result.exit_code == 0
    assert result.stderr == "Note: the constraints cannot be met, so they had no effect.\n"
    assert json.loads(result.stdout) == counted(board)


def test_reopen_nominations_ends_the_count(board: Path) -> None:
    found = counted(board, "--seats", 3, "--reopen", "Bo, Jr.")

    assert found["elected"] == ["Ann", "Bo, Jr."]


WRONG_FIELDS: list[tuple[dict[str, Any], str]] = [
    ({"seated": None}, "its fields must be"),
    ({"note": "new"}, "its fields must be attribute"),
    ({"min": -1}, "'min' must be a whole number, 0 or more"),
    ({"min": True}, "'min' must be a whole"),
    ({"max": 1.0}, "'max' must be a whole number"),
    ({"max": "1"}, "'max' must be a whole"),
    ({"value": 1}, "'value' must be a string"),
    ({"candidates": "Ann"}, "'candidates' must be a list of names"),
    ({"min": 2}, "its minimum is above its maximum"),
    ({"candidates": ["Ann", "Eve"]}, "no candidate in the file is called 'Eve'"),
    ({"candidates": ["Ann", ["Bo"]]}, "no candidate in the file is called ['Bo']"),
    ({"candidates": ["\ud800"]}, "no candidate in the file is called '\\ud800'"),
    ({"candidates": ["Ann", "Ann"]}, "it names a candidate twice"),
]

WRONG_FILES = [
    (b"", "is not JSON"),
    (b"\xff\xfe\xff", "is not JSON"),
    (b"[" * 100_000, "constraints.json has lists within lists"),
    (b"[" + b"9" * 10_000 + b"]", "constraints.json has a number of more digits"),
    (b"{}", "holds no list of constraints"),
    (b"[1]", "constraint 1: its fields must be attribute, value, min, max"),
    (b'[{"min": 1, "min": 2}]', "constraints.json: the field 'min' stands twice"),
    (b" " * (2**20 + 1), "has more than 1048576 bytes"),
]

BAD_CONSTRAINTS = WRONG_FILES + [
    (json.dumps([constraint(), constraint(**changes)]).encode(), f"constraint 2: {words}")
    for changes, words in WRONG_FIELDS
]


@pytest.mark.parametrize(("data", "words"), BAD_CONSTRAINTS, ids=range(len(BAD_CONSTRAINTS)))
def test_a_wrong_constraints_file_is_refused_in_a_line(board: Path, limits: Path, data: bytes, words: str) -> None:
    limits.write_bytes(data)

    assert words in refusal(board, "--constraints", limits)


@pytest.mark.parametrize("rule", rules.RULES)
def test_every_rule_counts_a_file(board: Path, rule: str) -> None:
    """Dee and Bo exclude each other's papers; whatever the rule, Ann's and Bo, Jr.'s nine papers win one seat."""
    found = counted(board, "--rule", rule, "--seats", 1)

    assert found["rule"] == rule
    assert found["elected"] == ["Ann"]
    assert run(board, "--rule", rule, "--seats", 1).stdout.startswith("Elected, in this order:\n  1. Ann\n")


@cases.needs_cases
def test_a_file_of_others_is_counted_as_it_was_declared() -> None:
    case = cases.entries("manifest.json", id="scot-official/dundee22_east_end")[0]

    assert counted(cases.CASES / case["ballots_file"])["elected"] == case["expected_winners"]


@cases.needs_cases
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("droop/mpls_undeclared/ballots.blt", "line 2: the option 'undeclared' is none of"),
        ("stv-rs/always_behind.fixed9/ballots.blt", "line 6: the paper ranks candidates equally (=)"),
        ("us-stv/portland_d1_2024/ballots.blt.gz", "it is compressed by gzip: unpack it first"),
    ],
)
def test_a_file_of_others_that_no_rule_can_count_is_refused(name: str, words: str) -> None:
    assert words in refusal(cases.CASES / name)


def test_how_firm_it_is_is_said_when_asked_for(board: Path) -> None:
    plain = counted(board)
    found = counted(board, "--firmness")

    firm = found.pop("firmness")
    assert found == plain
    assert [rule["rule"] for rule in firm["rules"]] == [rule for rule in rules.RULES if rule != "scottish-stv"]
    assert firm["at_least"] <= firm["at_most"]["papers"]
    said = run(board, "--firmness").stdout
    assert said.startswith(run(board).stdout.rstrip("\n") + "\n\nHow firm is it?\nBy meek-prf: the same\n")


def test_a_ranking_is_followed_when_asked_for(board: Path) -> None:
    plain = counted(board)
    found = counted(board, "--follow", "Bo, Jr.,Bo")

    stops = found.pop("follow")
    assert found == plain
    assert [stop["number"] for stop in stops] == [stage["number"] for stage in plain["stages"]]
    assert stops[0] == {"number": 1, "holder": "Bo, Jr.", "shares": {"Bo, Jr.": "1.00000"}, "lost": "0.00000"}
    said = run(board, "--follow", "Ann, Bo").stdout
    assert "\n\nA paper that ranks Ann, Bo:\n  stage 1: 1.00000 for Ann\n  stage 2: " in said
    assert refusal(board, "--follow", "Eve") == "--follow: 'Eve' does not begin with the name of a candidate"
    assert "go with text and JSON" in refusal(board, "--follow", "Ann", "--as", "csv")
    assert "go with text and JSON" in refusal(board, "--firmness", "--as", "blt")
    withdrawn = run(board, "--follow", "Ann", "--withdrawn", "Ann").stdout
    assert withdrawn.endswith("A paper that ranks Ann:\n  counts for nobody.\n")
