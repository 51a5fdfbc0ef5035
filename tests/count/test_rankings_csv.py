"""Tables of ranks: what is read, what is refused; and the table of rounds, which no spreadsheet takes for formulas."""

import csv
import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.count import forms, rankings_csv, rules, table_csv
from governance.count.ballots import profile
from governance.count.blt import Election, LoosePaper
from governance.errors import MalformedError
from tests.count.polls import OFTEN

GOOD = b'Ann,"Bob, Jr.",Cy\n1,,2\n,1,\n2,3,1\n,,\n'
READ = Election("", ("Ann", "Bob, Jr.", "Cy"), 0, papers=((1, (0, 2)), (1, (1,)), (1, (2, 0, 1)), (1, ())))


def outcome(data: bytes) -> Election | str:
    """What a file says, or why it is refused."""
    try:
        return rankings_csv.read(data)
    except MalformedError as error:
        return str(error)


def row(text: bytes) -> bytes:
    return GOOD.replace(b"1,,2", text, 1)


@pytest.mark.parametrize(
    "data",
    [
        GOOD,
        b"\xef\xbb\xbf" + GOOD,
        GOOD.replace(b"\n", b"\r\n"),
        GOOD.replace(b"1,,2", b' 01 , ,"2"'),
        GOOD.replace(b"\n", b"\n\n"),
    ],
    ids=["plain", "byte order mark", "CRLF", "spaces, zeros and quotes", "empty lines"],
)
def test_one_election_may_be_written_in_many_ways(data: bytes) -> None:
    assert forms.read(data, forms.of_name("Votes.CSV")) == READ


def test_a_first_column_may_say_how_many_papers_are_alike() -> None:
    assert rankings_csv.read(b"Papers,Ann,Bob\n12,2,1\n3,,\n").papers == ((12, (1, 0)), (3, ()))


@pytest.mark.parametrize(
    ("text", "ranking", "words"),
    [
        (b"1,1,2", ((0, 1), (2,)), "line 2: the paper ranks candidates equally"),
        (b"1,,3", ((0,), (), (2,)), "line 2: the paper leaves a preference out"),
        (b"2,,", ((), (0,)), "line 2: the paper leaves a preference out"),
    ],
)
def test_papers_that_are_not_strict_are_kept_apart_and_refused_by_rules(
    text: bytes, ranking: tuple[tuple[int, ...], ...], words: str
) -> None:
    election = rankings_csv.read(row(text))

    assert election.loose == (LoosePaper(1, ranking),)
    with pytest.raises(MalformedError, match=words):
        election.profile(election.names)


MALFORMED = [
    pytest.param(b"", 1, "the names of the candidates are expected", id="empty"),
    pytest.param(b"papers\n", 1, "the names of the candidates are expected", id="papers alone"),
    pytest.param(b"1,,2\n,1,\n", 1, "'1' is a number, not a candidate's name", id="no names"),
    pytest.param(GOOD.replace(b"Ann", b" "), 1, "the name of candidate 1 is empty", id="an empty name"),
    pytest.param(GOOD.replace(b"Ann", b"Cy"), 1, "the name 'Cy' stands twice", id="a name twice"),
    pytest.param(GOOD.replace(b"Ann", b"=1+1"), 1, "'=1+1' begins like a formula", id="a formula for a name"),
    pytest.param(GOOD.replace(b"Ann", b"@SUM(A1)"), 1, "begins like a formula", id="another formula"),
    pytest.param(GOOD.replace(b"Ann", b"+44 20"), 1, "begins like a formula", id="a plus first"),
    pytest.param(GOOD.replace(b"Ann", "A\u0085n".encode()), 1, "holds a control character", id="a hidden line end"),
    pytest.param(b"Ann;Bob\n1;2\n", 1, "the names must be divided by commas", id="semicolons"),
    pytest.param(b"Ann\tBob\n1\t2\n", 1, "the names must be divided by commas", id="tabs"),
    pytest.param(b",".join(b"c%d" % n for n in range(2001)) + b"\n", 1, "2001 candidates: not between", id="too many"),
    pytest.param(b"c," * 500_000 + b"\n", 1, "500001 candidates: not between", id="half a million"),
    pytest.param(row(b"1,2"), 2, "the line has 2 cells, but the first has 3", id="a cell too few"),
    pytest.param(row(b"1,2,3,4"), 2, "the line has 4 cells, but the first has 3", id="a cell too many"),
    pytest.param(row(b"1,4,2"), 2, "the rank of 'Bob, Jr.' is '4', not a whole number from 1 to 3", id="rank 4 of 3"),
    pytest.param(row(b"0,1,2"), 2, "is '0', not a whole number", id="rank 0"),
    pytest.param(row(b"-1,1,2"), 2, "is '-1', not a whole number", id="a rank below zero"),
    pytest.param(row(b"1.5,1,2"), 2, "is '1.5', not a whole number", id="half a rank"),
    pytest.param(row(b"1st,,"), 2, "is '1st', not a whole number", id="an ordinal"),
    pytest.param(row(b"=1+1,,"), 2, "is '=1+1', not a whole number", id="a formula for a rank"),
    pytest.param(row("\u0661,,".encode()), 2, "not a whole number", id="other digits"),
    pytest.param(row(b"9" * 5000 + b",,"), 2, "…', not a whole number", id="a rank without end"),
    pytest.param(row(b"Ann,Cy,"), 2, "is 'Ann', not a whole number", id="names for ranks"),
    pytest.param(b"papers,Ann\n-2,1\n", 2, "'-2' is not a whole number of papers", id="papers below zero"),
    pytest.param(b"papers,Ann\n0,1\n", 2, "'0' is not a whole number of papers", id="no papers"),
    pytest.param(b"papers,Ann\n,1\n", 2, "'' is not a whole number of papers", id="papers left out"),
    pytest.param(b"papers,Ann\n1000000001,1\n", 2, "is not a whole number of papers from", id="a huge number"),
    pytest.param(b"papers,Ann\n1000000000,1\n1,1\n", 3, "more than 1000000000 papers", id="a huge sum"),
    pytest.param(row(b'"1,,2'), 2, "the quotes of the line do not fit together (unexpected end", id="an open quote"),
    pytest.param(row(b'"1"x,,2'), 2, "the quotes of the line do not fit together", id="quotes within"),
    pytest.param(GOOD.replace(b"Ann", b'"A\nnn"'), 1, "a cell holds a line end", id="a line end in a name"),
    pytest.param(GOOD.decode().encode("utf-16"), 1, "it is in UTF-16: save it as UTF-8", id="UTF-16"),
    pytest.param(GOOD.decode().encode("utf-16-le"), 1, "a zero byte: this is no text file", id="bare UTF-16"),
    pytest.param(GOOD.replace(b"Ann", "Änn".encode("latin-1")), 1, "0xC4 is not UTF-8; if it is Latin-1", id="Latin-1"),
    pytest.param(row(b"1\0,,2"), 2, "a zero byte", id="a zero byte"),
    pytest.param(b"PK\x03\x04" + bytes(100), 1, "a zip archive", id="a workbook"),
    pytest.param(b"\x89PNG\x0d\x0a\x1a\x0a\xff", 1, "the byte 0x89 is not UTF-8", id="a picture"),
    pytest.param(GOOD.replace(b"Ann", b"A" * 2**20), 1, "bytes, more than 1048576", id="a line without end"),
    pytest.param(GOOD.replace(b"Ann", b"A" * 200_000), 1, "field larger than", id="a cell without end"),
]


@pytest.mark.parametrize(("data", "line", "words"), MALFORMED)
def test_what_is_wrong_is_said_with_its_line(data: bytes, line: int, words: str) -> None:
    with pytest.raises(MalformedError) as refusal:
        rankings_csv.read(data)

    assert str(refusal.value).startswith(f"line {line}: ")
    assert words in str(refusal.value)
    assert len(str(refusal.value)) < 200


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"c," * 500_000 + b"\n", id="names"),
        pytest.param(GOOD + b'"' + b"\n" * 500_000, id="an open quote"),
        pytest.param(GOOD + b"1,2,3\n" * 100_000 + b"x", id="papers"),
    ],
)
def test_a_hostile_file_is_refused_within_a_few_times_its_size(data: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(MalformedError):
            rankings_csv.read(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 120 * len(data) + 10**6


@OFTEN
@given(data=st.text(alphabet='0123,;"\nAb=\t\r', max_size=60).map(str.encode) | st.binary(max_size=40))
def test_any_bytes_are_read_or_refused_in_words(data: bytes) -> None:
    found = outcome(data)

    assert found.startswith("line ") if isinstance(found, str) else found.names


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@A1", "\t=1", " =1", "=cmd|' /C calc'!A0", "\u00a0=2"])
def test_a_table_disarms_what_a_spreadsheet_would_run(name: str) -> None:
    count = rules.count("irv", profile([name, "Bob"], [(3, [name]), (1, ["Bob"])]), seats=1, order=[0, 1])

    cells = [cell for line in csv.reader(io.StringIO(table_csv.write(count).decode("utf-8-sig"))) for cell in line]

    assert f"'{name}" in cells
    assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@"))]


def test_a_table_has_every_vote_of_every_stage() -> None:
    papers = [(5, ["Ann", "Cy"]), (4, ["Bob"]), (3, ["Cy", "Bob"])]
    count = rules.count("irv", profile(["Ann", "Bob", "Cy"], papers), seats=1, order=[0, 1, 2])

    lines = [*csv.reader(io.StringIO(table_csv.write(count).decode("utf-8-sig")))]

    assert lines == [
        ["", "Outcome", "Stage 1", "Stage 2"],
        ["What happened", "", "first preferences", "exclusion"],
        ["Whose votes moved", "", "", "Cy"],
        ["Ann", "not elected", "5", "5"],
        ["Bob", "elected at stage 2", "4", "7"],
        ["Cy", "excluded at stage 2", "3", "0"],
        ["Non-transferable", "", "0", "0"],
        ["Quota", "", "7", "7"],
    ]
