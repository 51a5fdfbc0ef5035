"""BLT files: what is read, what is refused and in which words, and that what is written is read again."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.count import blt, blt_reader
from governance.count.blt import Election, LoosePaper
from governance.errors import GovernanceError, MalformedError
from tests.count import cases
from tests.count.polls import OFTEN

GOOD = b'3 2\n2 1 3 0\n1 2 0\n0\n"Ann"\n"Bob"\n"Cy"\n"Board"\n'
READ = Election(title="Board", names=("Ann", "Bob", "Cy"), seats=2, papers=((2, (0, 2)), (1, (1,))))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(GOOD, id="plain"),
        pytest.param(b"\xef\xbb\xbf" + GOOD, id="byte order mark"),
        pytest.param(GOOD.replace(b"\n", b"\r\n"), id="CRLF"),
        pytest.param(GOOD.replace(b"\n", b"\r"), id="CR"),
        pytest.param(GOOD.rstrip(b"\n"), id="no last line end"),
        pytest.param(GOOD.replace(b"\n", b"\n\n \t\n"), id="empty lines"),
        pytest.param(GOOD.replace(b"\n", b' # a 0 "comment"\n'), id="comments"),
        pytest.param(b"# first\n" + GOOD, id="a comment first"),
        pytest.param(GOOD.replace(b"2 1 3 0", b"2 1\n3\n0"), id="a wrapped paper"),
        pytest.param(GOOD.replace(b"0\n1 2 0\n0\n", b"0 1 2 0 0 "), id="all on one line"),
        pytest.param(GOOD.replace(b'"\n"', b'" "'), id="names on one line"),
        pytest.param(
            GOOD.replace(b"2 1 3 0", b"1 1 3 0\n1 1 3 0").replace(b"1 1 3 0\n1 1", b"02 01", 1), id="zeros first"
        ),
        pytest.param(
            GOOD.replace(b"3 2\n", b"3 2\n[nick a b-1 \xc3\xa9]\n").replace(b"1 3 0", b"a \xc3\xa9 0"), id="nicknames"
        ),
        pytest.param(GOOD.replace(b"1 2 0", b"(paper 7) 1 2 0"), id="a paper's mark"),
        pytest.param(GOOD + b'"the source"\n1 2 3\nanything', id="remarks"),
    ],
)
def test_one_election_may_be_written_in_many_ways(data: bytes) -> None:
    assert blt_reader.read(data) == READ


@pytest.mark.parametrize(
    ("lines", "withdrawn", "tie"),
    [
        (b"-2\n", (1,), ()),
        (b"-3 -1\n-2\n", (0, 1, 2), ()),
        (b"[withdrawn 3 1]\n-1\n", (0, 2), ()),
        (b"[tie 3 1 2 ]\n", (), (2, 0, 1)),
        (b"[tie 3\n1\n2]\n[withdrawn 2]\n", (1,), (2, 0, 1)),
        (b"[withdrawn 2] [tie 3 1] # both\n", (1,), (2, 0)),
        (b"[tie c b a]\n[nick a b c]\n", (), (2, 1, 0)),
    ],
)
def test_options_are_read(lines: bytes, withdrawn: tuple[int, ...], tie: tuple[int, ...]) -> None:
    election = blt_reader.read(GOOD.replace(b"3 2\n", b"3 2\n" + lines))

    assert election.withdrawn == withdrawn
    assert election.tie == tie


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (b"Ann", "Ann"),
        (b'Ann \\"Red\\" Hill', 'Ann "Red" Hill'),
        (b"back\\\\slash", "back\\slash"),
        (b"C:\\Temp", "C:\\Temp"),
        (b'\\\\\\"', '\\"'),
        (b"# no comment", "# no comment"),
        (b" Ann ", " Ann "),
        ("Zoë Ñ 李".encode(), "Zoë Ñ 李"),
    ],
)
def test_names_stand_in_quotes(written: bytes, name: str) -> None:
    assert blt_reader.read(GOOD.replace(b"Ann", written)).names[0] == name


@pytest.mark.parametrize(
    ("paper", "loose"),
    [
        (b"3 1=2 3 0", LoosePaper(3, ((0, 1), (2,)))),
        (b"3 1 -\n3 0", LoosePaper(3, ((0,), (), (2,)))),
        (b"3 3=2=1 0", LoosePaper(3, ((2, 1, 0),))),
    ],
)
def test_papers_that_are_not_strict_are_kept_apart_and_refused_by_rules(paper: bytes, loose: LoosePaper) -> None:
    election = blt_reader.read(GOOD.replace(b"1 2 0", paper))

    assert election.loose == (loose,)
    with pytest.raises(MalformedError, match=r"^line 3: the paper (ranks candidates equally|leaves a preference out)"):
        election.profile(election.names)


def test_blank_papers_are_read() -> None:
    assert blt_reader.read(GOOD.replace(b"1 2 0", b"7 0\n0003 0")).papers == ((2, (0, 2)), (7, ()), (3, ()))


def header(text: bytes) -> bytes:
    return GOOD.replace(b"3 2", text, 1)


def paper(text: bytes) -> bytes:
    return GOOD.replace(b"2 1 3 0", text, 1)


MALFORMED = [
    pytest.param(b"", 1, "ends here, before the numbers", id="empty"),
    pytest.param(b"\n\n# nothing\n", 3, "ends here, before the numbers", id="comments alone"),
    pytest.param(header(b"3"), 1, "candidates and seats are expected", id="one number in the header"),
    pytest.param(header(b"3 2 1"), 1, "candidates and seats are expected", id="three numbers in the header"),
    pytest.param(header(b"three two"), 1, "candidates and seats are expected", id="words in the header"),
    pytest.param(header(b"-3 2"), 1, "candidates and seats are expected", id="a header below zero"),
    pytest.param(header("٣ ٢".encode()), 1, "candidates and seats are expected", id="other digits"),
    pytest.param(header(b"0 1"), 1, "0 candidates: not between 1 and", id="no candidates"),
    pytest.param(header(b"1000000 2"), 1, "1000000 candidates: not between 1 and", id="a million candidates"),
    pytest.param(header(b"9" * 400 + b" 2"), 1, "candidates and seats are expected", id="a header without end"),
    pytest.param(header(b"3 0"), 1, "0 seats: not between 1 and", id="no seats"),
    pytest.param(header(b"3 1001"), 1, "1001 seats: not between 1 and", id="too many seats"),
    pytest.param(header(b"2 2"), 2, "'3' is not a candidate; the file has 2", id="one candidate too few"),
    pytest.param(header(b"4 2"), 8, "ends here, before the title", id="one candidate too many"),
    pytest.param(header(b"9 2"), 8, "ends here, before name 5 of 9", id="many candidates too many"),
    pytest.param(header(b"3 2\n-4"), 2, "'4' is not a candidate", id="an unknown one withdrawn"),
    pytest.param(header(b"3 2\n-1 2"), 2, "a number of papers is below 0, or", id="withdrawn and more"),
    pytest.param(header(b"3 2\n[withdrawn 0]"), 2, "'0' is not a candidate", id="nobody withdrawn"),
    pytest.param(header(b"3 2\n[undeclared 3]"), 2, "the option 'undeclared' is none of", id="an unknown option"),
    pytest.param(header(b"3 2\n[]"), 2, "the option '' is none of", id="an empty option"),
    pytest.param(
        header(b"3 2\n[tie 1 2 3"), 9, "before the ] of the option that begins on line 2", id="an open option"
    ),
    pytest.param(header(b"3 2\n[tie 1 2 3] 4"), 2, "after an option comes '4'", id="an option and more"),
    pytest.param(header(b"3 2\n[tie 1 2]"), 2, "must name every candidate not withdrawn, once", id="a short order"),
    pytest.param(
        header(b"3 2\n[tie 1 2 2 3]"), 2, "must name every candidate not withdrawn, once", id="an order with one twice"
    ),
    pytest.param(header(b"3 2\n[tie 1 2 3]\n[tie 1 2 3]"), 3, "a second", id="two orders"),
    pytest.param(header(b"3 2\n[nick a b]"), 2, "must give 3 different nicknames", id="too few nicknames"),
    pytest.param(header(b"3 2\n[nick a b b]"), 2, "must give 3 different nicknames", id="one nickname for two"),
    pytest.param(header(b"3 2\n[nick a b 1]"), 2, "'1' cannot be a nickname", id="a number for a nickname"),
    pytest.param(header(b"3 2\n[nick a b c=d]"), 2, "'c=d' cannot be a nickname", id="an odd nickname"),
    pytest.param(paper(b"2 1 1 0"), 2, "candidate 1 stands twice", id="a preference twice"),
    pytest.param(paper(b"2 1 0\n2 1 1 0"), 3, "candidate 1 stands twice", id="a preference twice on a usual line"),
    pytest.param(paper(b"2 1=1 0"), 2, "candidate 1 stands twice", id="equal to itself"),
    pytest.param(paper(b"2 1 3 1 - 2 0"), 2, "more preferences than candidates", id="too many preferences"),
    pytest.param(paper(b"2 1 4 0"), 2, "'4' is not a candidate; the file has 3", id="an unknown preference"),
    pytest.param(paper(b"2 1 -3 0"), 2, "'-3' is not a candidate", id="a preference below zero"),
    pytest.param(paper(b"2 1 = 3 0"), 2, "'' is not a candidate", id="a lonely ="),
    pytest.param(paper(b"2 1 x 0"), 2, "'x' is not a candidate", id="a word for a preference"),
    pytest.param(paper(b"2 1 " + b"9" * 5000 + b" 0"), 2, "…' is not a candidate", id="a preference without end"),
    pytest.param(
        paper(b"1 1 0\n-2 1 0"), 3, "begins with '-2', not a whole number", id="a number of papers below zero"
    ),
    pytest.param(paper(b"-2 1 3 0"), 2, "a number of papers is below 0, or", id="the first number below zero"),
    pytest.param(paper(b"0.5 1 0"), 2, "begins with '0.5', not a whole number", id="half a paper"),
    pytest.param(paper(b"1000000001 1 0"), 2, "begins with '1000000001', not a whole number", id="a huge number"),
    pytest.param(paper(b"1000000000 1 0"), 4, "there are 1000000001 papers, more than", id="a huge sum"),
    pytest.param(paper(b"(a) 2 1 0"), 2, "one paper has a mark of its own, but stands for 2", id="a mark for two"),
    pytest.param(paper(b"[tie 1 2 3]\n1 0\n[withdrawn 1]"), 4, "begins with '[withdrawn'", id="an option among papers"),
    pytest.param(paper(b"2 1 3"), 3, "has more preferences than candidates (a 0 may be missing)", id="a 0 is missing"),
    pytest.param(GOOD[:8], 2, "ends inside the paper that begins on line 2", id="cut within a paper"),
    pytest.param(GOOD[:12], 2, "ends without the 0 that ends the papers", id="cut among papers"),
    pytest.param(GOOD[:4], 1, "before the papers and the 0", id="cut after the header"),
    pytest.param(GOOD[:20], 4, "before name 1 of 3", id="cut before the names"),
    pytest.param(GOOD.replace(b'"Board"\n', b""), 7, "ends here, before the title", id="no title"),
    pytest.param(GOOD.replace(b"\n0\n", b"\n"), 4, "a name comes before the 0", id="no end of papers"),
    pytest.param(
        GOOD.replace(b"2 0\n0\n", b"2\n"), 4, "a name comes before the 0 that ends the paper", id="no end at all"
    ),
    pytest.param(GOOD.replace(b'"Bob"', b"Bob"), 6, "name 2 of 3 is expected, in double quotes", id="no quotes"),
    pytest.param(GOOD.replace(b'"Bob"', b'"Bob'), 6, "name 2 of 3 is expected, in double quotes", id="an open quote"),
    pytest.param(GOOD.replace(b"Bob", b'B "B" B'), 6, "in double quotes (one within is", id="quotes within quotes"),
    pytest.param(
        GOOD.replace(b"Bob", b'B ""B"" B'), 6, "name 2 of 3 is expected, in double quotes", id="quotes as in CSV"
    ),
    pytest.param(GOOD.replace(b"Bob", b" "), 6, "name 2 of 3 is empty", id="an empty name"),
    pytest.param(
        GOOD.replace(b"Bob", "B\u0085b".encode()), 6, "name 2 of 3 holds a control character", id="a hidden line end"
    ),
    pytest.param(GOOD.replace(b"Bob", b"B\x1b[2Jb"), 6, "a control character (0x1B)", id="an escape sequence"),
    pytest.param(GOOD.replace(b"Bob", "Bö".encode("latin-1")), 6, "0xF6 is not UTF-8; if it is Latin-1", id="Latin-1"),
    pytest.param(GOOD.decode().encode("utf-16"), 1, "it is in UTF-16: save it as UTF-8", id="UTF-16"),
    pytest.param(
        GOOD.decode().encode("utf-16-be"), 1, "a zero byte: this is no text file, or it is in UTF-16", id="bare UTF-16"
    ),
    pytest.param(b"\x1f\x8b\x08\x00" + bytes(100), 1, "compressed by gzip", id="gzip"),
    pytest.param(b"PK\x03\x04" + bytes(100), 1, "a zip archive", id="zip"),
    pytest.param(b"\x89PNG\x0d\x0a\x1a\x0a\xff", 1, "the byte 0x89 is not UTF-8", id="a picture"),
    pytest.param(b"\x7fELF" + bytes(100), 1, "a zero byte: this is no text file", id="a program"),
    pytest.param(b"rank,name\n1,Ann\n", 1, "candidates and seats are expected, not 'rank,name'", id="CSV"),
    pytest.param(GOOD.replace(b"Bob", b"B" * 2**20), 6, "bytes, more than 1048576", id="a line without end"),
]


@pytest.mark.parametrize(("data", "line", "words"), MALFORMED)
def test_what_is_wrong_is_said_with_its_line(data: bytes, line: int, words: str) -> None:
    with pytest.raises(MalformedError) as refusal:
        blt_reader.read(data)

    assert str(refusal.value).startswith(f"line {line}: ")
    assert words in str(refusal.value)
    assert len(str(refusal.value)) < 200


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"1000000 2\n" + GOOD[4:], id="header"),
        pytest.param(b"3 2\n" + b"1 0\n" * 30 + b"1 " + b"1 " * 500_000, id="preferences on one line"),
        pytest.param(b"3 2\n1 " + b"-\n" * 500_000, id="preferences on many lines"),
        pytest.param(b"3 2\n1 " + b"1=" * 500_000 + b"1 0\n", id="equal rankings"),
        pytest.param(b"3 2\n[tie " + b"1 \n" * 300_000, id="an option"),
        pytest.param(b"3 2\n1 1 0\n0\n" + b'"a\\' * 300_000, id="quotes"),
    ],
)
def test_a_hostile_file_is_refused_within_a_few_times_its_size(data: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(MalformedError):
            blt_reader.read(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 70 * len(data) + 10**6


def test_a_file_that_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(MalformedError, match="more than 67108864"):
        blt_reader.read(b" " * (2**26 + 1))


def outcome(data: bytes) -> Election | str:
    """What a file says, or why it is refused."""
    try:
        return blt_reader.read(data)
    except GovernanceError as error:
        return str(error)


@OFTEN
@given(data=st.binary(max_size=60) | st.text(alphabet='0123 -=[]()"\\\n#tienck', max_size=80).map(str.encode))
def test_any_bytes_are_read_or_refused_in_words(data: bytes) -> None:
    found = outcome(data)

    assert found.startswith("line ") if isinstance(found, str) else blt_reader.read(blt.write(found)) == found


@OFTEN
@given(cut=st.integers(0, len(GOOD) - 2), junk=st.binary(max_size=3))
def test_a_damaged_file_is_read_or_refused_in_words(cut: int, junk: bytes) -> None:
    found = outcome(GOOD[:cut] + junk + GOOD[cut + 1 :])

    assert found.startswith("line ") if isinstance(found, str) else len(found.names) in {1, 2, 3}


@pytest.mark.parametrize("cut", range(len(GOOD) - 3))
def test_no_file_that_is_cut_short_is_taken_for_whole(cut: int) -> None:
    with pytest.raises(MalformedError):
        blt_reader.read(GOOD[:cut])


NAMES = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1).filter(str.strip)


@st.composite
def elections(draw: st.DrawFn) -> Election:
    """Anything a BLT file can say."""
    names = draw(st.lists(NAMES, min_size=1, max_size=6))
    everybody = st.permutations(range(len(names)))
    withdrawn = draw(st.sets(st.sampled_from(range(len(names)))))
    papers = st.tuples(st.integers(1, 10**6), everybody.map(lambda ranking: tuple(ranking[: draw(st.integers(0, 6))])))
    groups = st.lists(st.lists(st.sampled_from(range(len(names))), max_size=3).map(tuple), max_size=len(names)).map(
        tuple
    )
    return Election(
        title=draw(st.just("") | NAMES),
        names=tuple(names),
        seats=draw(st.integers(1, 1000)),
        withdrawn=tuple(sorted(withdrawn)),
        tie=draw(st.just(()) | everybody.map(tuple)),
        papers=tuple(draw(st.lists(papers, max_size=6))),
        loose=tuple(LoosePaper(7, ranking) for ranking in draw(st.lists(groups, max_size=3)) if is_loose(ranking)),
    )


def is_loose(ranking: tuple[tuple[int, ...], ...]) -> bool:
    named = [one for group in ranking for one in group]
    return len(set(named)) == len(named) and any(len(group) != 1 for group in ranking)


@OFTEN
@given(election=elections())
def test_what_is_written_is_read_again(election: Election) -> None:
    assert blt_reader.read(blt.write(election)) == election


FILES = sorted(cases.CASES.rglob("*.blt")) + sorted(cases.CASES.rglob("*.blt.gz"))
EQUAL = {"always_behind", "rand_2x10", "transfer_is_blocked"}


@cases.needs_cases
def test_every_file_of_the_cases_is_read_or_refused_in_the_right_words() -> None:
    strict = []
    refused: dict[str, str] = {}
    for path in FILES:
        try:
            election = blt_reader.read(cases.content(path))
            election.profile(election.names)
            strict.append(path)
            assert blt_reader.read(blt.write(election)) == election
        except MalformedError as error:
            refused[path.parent.name] = str(error)

    assert len(FILES) == 407
    assert len(strict) == 400
    assert refused.pop("mpls_undeclared") == "line 2: the option 'undeclared' is none of withdrawn, tie and nick"
    assert {name.partition(".")[0] for name in refused} == EQUAL
    assert len(refused) == 6
    assert all("ranks candidates equally (=), which no rule offered here allows" in words for words in refused.values())


@cases.needs_cases
def test_the_numbers_are_those_of_the_manifests() -> None:
    checked = 0
    for case in cases.entries("manifest.json") + cases.entries("scot-bulk/manifest.json"):
        name = case.get("ballots_file") or case["blt"]
        if "undeclared" in name:
            continue
        election = cases.election(name)
        number = sum(number for number, _ in election.papers) + sum(paper.number for paper in election.loose)
        assert (len(election.names), election.seats, number) == (case["candidates"], case["seats"], case["ballots"])
        checked += 1

    assert checked == 406
