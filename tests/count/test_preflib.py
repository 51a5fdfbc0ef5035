"""PrefLib files: what is read, what is refused and in which words."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.count import forms, preflib
from governance.count.blt import Election, LoosePaper
from governance.errors import MalformedError
from tests.count.polls import OFTEN

GOOD = b"""# FILE NAME: 00001-00000001.soi
# TITLE: Board
# DESCRIPTION: a remark: with a colon
# DATA TYPE: soi
# MODIFICATION TYPE: original
# RELATES TO:
# PUBLICATION DATE: 2022-09-25
# NUMBER ALTERNATIVES: 3
# NUMBER VOTERS: 6
# NUMBER UNIQUE ORDERS: 3
# ALTERNATIVE NAME 1: Ann
# ALTERNATIVE NAME 2: Bob
# ALTERNATIVE NAME 3: Cy: the third
3: 1,3
2: 2, 1 ,3
1: 3
"""
READ = Election("Board", ("Ann", "Bob", "Cy: the third"), 0, papers=((3, (0, 2)), (2, (1, 0, 2)), (1, (2,))))
TIED = GOOD.replace(b"soi", b"toi")


def said(old: bytes, new: bytes, data: bytes = GOOD) -> bytes:
    assert old in data
    return data.replace(old, new, 1)


def refusal(data: bytes, kind: str | None = None) -> str:
    with pytest.raises(MalformedError) as found:
        preflib.read(data, kind)
    return str(found.value)


def outcome(data: bytes) -> Election | str:
    """What a file says, or why it is refused."""
    try:
        return preflib.read(data)
    except MalformedError as error:
        return str(error)


@pytest.mark.parametrize(
    "data",
    [GOOD, b"\xef\xbb\xbf" + GOOD, GOOD.replace(b"\n", b"\r\n"), GOOD.replace(b"\n1: 3", b"\n\n1:3"), TIED],
    ids=["plain", "byte order mark", "CRLF", "an empty line", "without ties in a file that may have some"],
)
def test_one_election_may_be_written_in_many_ways(data: bytes) -> None:
    assert preflib.read(data) == READ


def test_complete_orders_are_read() -> None:
    data = said(b"1: 3\n", b"1: 3,2,1\n", said(b"3: 1,3", b"3: 1,3,2")).replace(b"soi", b"soc")

    assert forms.read(data, "soc").papers == ((3, (0, 2, 1)), (2, (1, 0, 2)), (1, (2, 1, 0)))


@pytest.mark.parametrize(
    ("order", "ranking"),
    [
        (b"3: 1,{2,3}", ((0,), (1, 2))),
        (b"3: {1,2},3", ((0, 1), (2,))),
        (b"3:{ 1 , 2 , 3 }", ((0, 1, 2),)),
    ],
)
def test_ties_are_kept_apart_and_refused_by_rules_with_their_line(
    order: bytes, ranking: tuple[tuple[int, ...], ...]
) -> None:
    election = preflib.read(said(b"3: 1,3", order, TIED), "toi")

    assert election.loose == (LoosePaper(3, ranking),)
    with pytest.raises(MalformedError, match=r"line 14: the paper ranks candidates equally"):
        election.profile(election.names)


def test_a_tie_with_oneself_is_none() -> None:
    assert preflib.read(said(b"3: 1,3", b"3: {1},{3}", TIED)) == READ


def test_a_blank_order_is_a_blank_paper() -> None:
    assert preflib.read(said(b"1: 3\n", b"1:\n")).papers[-1] == (1, ())


MALFORMED = [
    pytest.param(b"", 1, "no NUMBER ALTERNATIVES: this is no PrefLib file", id="empty"),
    pytest.param(b"3\n1,Ann\n2,Bob\n3,Cy\n", 1, "of the form before 2022", id="the old form"),
    pytest.param(b'3 2\n1 1 0\n0\n"a"\n"b"\n"c"\n"t"\n', 1, "no NUMBER ALTERNATIVES", id="BLT"),
    pytest.param(said(b"ALTERNATIVES: 3", b"ALTERNATIVES: 0"), 8, "0 candidates: not between 1 and", id="nobody"),
    pytest.param(said(b"ALTERNATIVES: 3", b"ALTERNATIVES: 1000000"), 8, "1000000 candidates", id="a million"),
    pytest.param(said(b"ALTERNATIVES: 3", b"ALTERNATIVES: " + b"9" * 500), 8, "not a whole number", id="endless"),
    pytest.param(said(b"ALTERNATIVES: 3", b"ALTERNATIVES: three"), 8, "is 'three', not a whole number", id="a word"),
    pytest.param(said(b"ALTERNATIVES: 3", b"ALTERNATIVES: -3"), 8, "is '-3', not a whole number", id="below zero"),
    pytest.param(said(b"ALTERNATIVES: 3", b"ALTERNATIVES: 4"), 14, "candidate 4 of 4 has no name", id="one too many"),
    pytest.param(said(b"ALTERNATIVES: 3", b"ALTERNATIVES: 2"), 13, "for candidate 3, but there are 2", id="too few"),
    pytest.param(said(b"# NUMBER ALTERNATIVES: 3\n", b""), 10, "a name comes before the NUMBER", id="no number"),
    pytest.param(said(b"NUMBER VOTERS", b"NUMBER ALTERNATIVES"), 9, "a second NUMBER ALTERNATIVES", id="two numbers"),
    pytest.param(said(b"# NUMBER VOTERS: 6\n", b""), 15, "ends without saying its NUMBER VOTERS", id="no voters"),
    pytest.param(said(b"VOTERS: 6", b"VOTERS: 7"), 16, "NUMBER VOTERS is 7, but the file has 6", id="wrong voters"),
    pytest.param(said(b"ORDERS: 3", b"ORDERS: 4"), 16, "NUMBER UNIQUE ORDERS is 4, but the file", id="wrong orders"),
    pytest.param(GOOD[:-5], 15, "but the file has 5: it may have been cut short", id="cut among orders"),
    pytest.param(
        GOOD[: GOOD.index(b"# ALTERNATIVE NAME 2")], 11, "candidate 2 of 3 has no name", id="cut among the facts"
    ),
    pytest.param(said(b"NAME 2: Bob", b"NAME 2:"), 12, "the name of candidate 2 is empty", id="an empty name"),
    pytest.param(said(b"NAME 2", b"NAME 1"), 12, "a second name for candidate 1", id="a name twice"),
    pytest.param(said(b"Bob", "B\u0085b".encode()), 12, "holds a control character", id="a hidden line end"),
    pytest.param(said(b"TYPE: soi", b"TYPE: wmd"), 4, "the DATA TYPE is 'wmd', none of soc", id="another type"),
    pytest.param(said(b"3: 1,3", b"3: 1,1"), 14, "candidate 1 stands twice in the order", id="a preference twice"),
    pytest.param(said(b"3: 1,3", b"3: 1,4"), 14, "'4' is not a candidate; the file has 3", id="an unknown one"),
    pytest.param(said(b"3: 1,3", b"3: 1,-3"), 14, "'-3' is not a candidate", id="a preference below zero"),
    pytest.param(said(b"3: 1,3", b"3: 1,,3"), 14, "'' is not a candidate", id="a preference left out"),
    pytest.param(said(b"3: 1,3", b"3: 1,3,"), 14, "'' is not a candidate", id="a comma at the end"),
    pytest.param(said(b"3: 1,3", b"3: Ann"), 14, "'Ann' is not a candidate", id="a name for a number"),
    pytest.param(said(b"3: 1,3", b"-3: 1,3"), 14, "begins with '-3', not a whole number", id="papers below zero"),
    pytest.param(said(b"3: 1,3", b"0: 1,3"), 14, "begins with '0', not a whole number", id="no papers"),
    pytest.param(said(b"3: 1,3", b"2.5: 1,3"), 14, "begins with '2.5', not a whole number", id="half a paper"),
    pytest.param(said(b"3: 1,3", b"1000000001: 1,3"), 14, "begins with '1000000001'", id="a huge number"),
    pytest.param(said(b"2: 2,", b"1000000000: 2,"), 15, "more than 1000000000 papers", id="a huge sum"),
    pytest.param(said(b"3: 1,3", b"3,1,3"), 14, "'number: candidate, candidate, …' is expected", id="no colon"),
    pytest.param(said(b"3: 1,3", b"3: {1,3}"), 14, "candidates are tied ({…}), which a .soi file", id="an odd tie"),
    pytest.param(said(b"3: 1,3", b"3: {1,3", TIED), 14, "are expected, not '{1,3'", id="an open tie"),
    pytest.param(said(b"3: 1,3", b"3: {1,{2},3}", TIED), 14, "are expected, not '{1,{2},3}'", id="a tie in a tie"),
    pytest.param(said(b"3: 1,3", b"3: {}", TIED), 14, "'' is not a candidate", id="an empty tie"),
    pytest.param(GOOD.replace(b"soi", b"soc"), 14, "names 2 of 3 candidates; a .soc file names all", id="incomplete"),
    pytest.param(GOOD.decode().encode("utf-16"), 1, "it is in UTF-16: save it as UTF-8", id="UTF-16"),
    pytest.param(said(b"Bob", "Bö".encode("latin-1")), 12, "0xF6 is not UTF-8; if it is Latin-1", id="Latin-1"),
    pytest.param(said(b"Bob", b"B\0b"), 12, "a zero byte", id="a zero byte"),
    pytest.param(b"\x7fELF" + bytes(100), 1, "a zero byte: this is no text file", id="a program"),
    pytest.param(b"\x1f\x8b\x08\x00" + bytes(100), 1, "compressed by gzip", id="gzip"),
    pytest.param(said(b"Bob", b"B" * 2**20), 12, "bytes, more than 1048576", id="a line without end"),
]


@pytest.mark.parametrize(("data", "line", "words"), MALFORMED)
def test_what_is_wrong_is_said_with_its_line(data: bytes, line: int, words: str) -> None:
    found = refusal(data)

    assert found.startswith(f"line {line}: ")
    assert words in found
    assert len(found) < 200


def test_a_file_must_be_of_the_kind_that_its_name_says() -> None:
    assert refusal(GOOD, "toc") == "line 4: the DATA TYPE is soi, but the file is called .toc"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(said(b"3: 1,3", b"3: " + b"1," * 500_000), id="preferences"),
        pytest.param(said(b"3: 1,3", b"3: " + b"{" * 1_000_000), id="ties"),
        pytest.param(said(b"3: 1,3", b"4: 1\n" * 200_000), id="orders"),
        pytest.param(said(b"# ALTERNATIVE NAME 2", b"# A REMARK: x\n" * 100_000), id="facts"),
    ],
)
def test_a_hostile_file_is_refused_within_a_few_times_its_size(data: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(MalformedError):
            preflib.read(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 70 * len(data) + 10**6


@OFTEN
@given(cut=st.integers(0, len(GOOD) - 2), junk=st.binary(max_size=3) | st.sampled_from([b"{", b",", b"#", b":", b"9"]))
def test_a_damaged_file_is_read_or_refused_in_words(cut: int, junk: bytes) -> None:
    found = outcome(GOOD[:cut] + junk + GOOD[cut + 1 :])

    if isinstance(found, str):
        assert found.startswith("line ")
    else:
        assert len(found.names) == 3
        assert sum(number for number, _ in found.papers) == 6
