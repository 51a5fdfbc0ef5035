"""`governance count` in other forms: what it reads by the file's name, what it prints, what it refuses."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from governance.cli.main import main
from governance.count import blt_reader

CSV = b"Ann,Bob,Cy\n1,2,\n1,,2\n,1,\n2,1,3\n"
TOI = (
    b"# NUMBER ALTERNATIVES: 2\n# NUMBER VOTERS: 3\n# NUMBER UNIQUE ORDERS: 2\n"
    b"# ALTERNATIVE NAME 1: Ann\n# ALTERNATIVE NAME 2: Bob\n2: 2\n1: 1,2\n"
)


def run(path: Path, data: bytes, *arguments: str) -> Result:
    path.write_bytes(data)
    result = CliRunner().invoke(main, ["count", str(path), *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_the_form_is_told_by_the_name_or_by_the_call(tmp_path: Path) -> None:
    by_name = run(tmp_path / "votes.csv", CSV, "--seats", "1", "--json")
    by_call = run(tmp_path / "votes.txt", CSV, "--seats", "1", "--as", "json", "--format", "csv")
    preflib = run(tmp_path / "votes.TOI", TOI, "--seats", "1", "--json")

    assert by_name.stdout == by_call.stdout
    assert json.loads(by_name.stdout)["valid"] == 4
    assert json.loads(preflib.stdout)["elected"] == ["Bob"]


@pytest.mark.parametrize(
    ("name", "data", "arguments", "words"),
    [
        ("v.csv", CSV, (), "this form does not say how many places there are to fill: give --seats"),
        ("v.csv", CSV.replace(b"1,2,", b"1,1,"), ("--seats", "1"), "line 2: the paper ranks candidates equally"),
        ("v.toi", TOI.replace(b"1,2\n", b"{1,2}\n"), ("--seats", "1"), "line 7: the paper ranks candidates equally"),
        ("v.soc", TOI, ("--seats", "1"), "line 6: the order names 1 of 2 candidates"),
        ("v.blt", CSV, (), "line 1: the numbers of candidates and seats are expected"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    tmp_path: Path, name: str, data: bytes, arguments: tuple[str, ...], words: str
) -> None:
    result = run(tmp_path / name, data, *arguments)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(f"Error: {words}")
    assert result.stderr.count("\n") == 1


def test_a_count_is_printed_in_every_form(tmp_path: Path) -> None:
    forms = {
        form: run(tmp_path / "votes.csv", CSV, "--seats", "1", "--as", form).stdout_bytes
        for form in ("text", "csv", "rctab", "blt", "html", "pdf")
    }

    assert forms["text"].startswith(b"Elected, in this order:\n  1. Bob\n")
    assert forms["csv"].startswith("\ufeff,Outcome,Stage 1".encode())
    assert json.loads(forms["rctab"])["summary"]["totalNumBallots"] == "4"
    assert b"<h1>" in forms["html"]
    assert forms["pdf"].startswith(b"%PDF-")
    again = blt_reader.read(forms["blt"])
    assert (again.names, again.seats, len(again.papers)) == (("Ann", "Bob", "Cy"), 1, 4)
