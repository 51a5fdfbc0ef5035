"""Laws of the small parts that no vector shows: each was missed by the tests until mutation testing (docs/mutation.md)."""

import multiprocessing
import os
import time
from math import ceil, perm
from pathlib import Path
from typing import Any

import pytest

from governance.verifier import canonical, count, form, manifest, meek, parallel, proofs, ranking, record
from governance.verifier.group import is_valid

# --- Rankings as numbers and points (protocol.md section 4)


def test_only_the_first_encoding_that_is_valid_holds_a_vote() -> None:
    """A later one, of whichever byte 0 and byte 31, is INVALID: nobody may mark a ballot by choosing among them."""
    seen = 0
    for number in range(3):
        payload = number.to_bytes(30, "little")
        first = ranking.embed(payload)
        assert ranking.code_of(first) == number
        for high in (0, 1, 2, 63):
            for low in range(0, 256, 2):
                other = bytes((low,)) + payload + bytes((high,))
                if other != first and is_valid(other) and any(other):
                    assert ranking.code_of(other) is None, (number, low, high)
                    seen += 1
    assert seen > 100


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 10, 26, 40, 54])
def test_total_is_the_sum_of_all_arrangements(limit: int) -> None:
    """Up to 2^240 exactly; beyond it stands any number that is too many."""
    for size in range(limit, 60):
        wanted = sum(perm(size, length) for length in range(limit + 1))
        found = ranking.total_codes(size, limit)
        assert found == wanted if wanted <= 2**240 else found > 2**240
    assert ranking.MAX_TOTAL == 2**240


# --- The count (counting.md sections 1 and 8.1)


def counted(papers: list[tuple[int, str]], seats: int, names: str) -> Any:
    terms = count.Terms(seats, tuple(names), tuple(names))
    return count.count([(number, tuple(ranked)) for number, ranked in papers], terms, "scottish-stv")


def test_order_of_election_is_by_the_tallies_of_the_latest_stage() -> None:
    """b overtakes a by d's exclusion, which elects both."""
    papers = [(30, "a"), (29, "b"), (28, "c"), (9, "da"), (12, "db"), (6, "d")]
    assert counted(papers, 2, "abcd")["elected"] == ["b", "a"]


def test_order_of_election_where_they_are_equal_is_by_the_stage_before() -> None:
    """a and b end at 40; a was ahead. By name, and by lot, b's place is after a's: so with the roles changed too."""
    papers = [(30, "a"), (29, "b"), (28, "c"), (10, "da"), (11, "db"), (6, "d")]
    assert counted(papers, 2, "abcd")["elected"] == ["a", "b"]
    turned = [(number, ranked.translate(str.maketrans("ab", "ba"))) for number, ranked in papers]
    assert counted(turned, 2, "abcd")["elected"] == ["b", "a"]


# --- Sizes of the text that no test can afford to reach (protocol.md sections 1, 7, 11, 13)


def test_bounds_are_the_texts() -> None:
    assert form.MAX_ENTRY == 2**20
    assert count.MAX_RESULT == record.MAX_EAGER_BLOB == 64 * 2**20
    assert record.MAX_BLOBS == 4 * 2**30
    assert (manifest.MAX_CANDIDATES, manifest.MAX_SEATS) == (1000, 1000)
    assert proofs.RUN == 32_768
    assert meek.OMEGA == 1000


# --- Canonical JSON (protocol.md section 1)


def nested(levels: int, *, objects: bool) -> bytes:
    return b'{"a":' * (levels - 1) + b"{}" + b"}" * (levels - 1) if objects else b"[" * levels + b"]" * levels


@pytest.mark.parametrize("objects", [False, True])
def test_json_of_sixteen_levels_and_no_more(*, objects: bool) -> None:
    assert canonical.write(canonical.parse(nested(16, objects=objects))) == nested(16, objects=objects)
    canonical.parse(nested(16, objects=objects).replace(b"[]", b"[1]").replace(b"{}", b'{"a":"b"}'))
    for levels in (17, 18, 500, 200_000):
        with pytest.raises(canonical.NotCanonicalError, match="16 deep"):
            canonical.parse(nested(levels, objects=objects))


@pytest.mark.parametrize("literal", [b"0", b"1", b"-1", b"9007199254740991", b"-9007199254740991"])
def test_json_integers_below_2_to_the_53(literal: bytes) -> None:
    assert canonical.write(canonical.parse(literal)) == literal


@pytest.mark.parametrize(
    "literal",
    [
        b"9007199254740992",
        b"-9007199254740992",
        b"90071992547409910",
        b"-0",
        b"01",
        b"1.0",
        b"1e3",
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b"1" * 5000,
        b"null",
        b'{"a":null}',
        b"[null]",
    ],
)
def test_json_numbers_that_are_none_of_the_subset(literal: bytes) -> None:
    with pytest.raises(canonical.NotCanonicalError):
        canonical.parse(literal)


ASCENDING = ["", "A", "a", "\x7f", "\u0080", "\ud7ff", "\U00010000", "\U0010ffff", "\ue000", "\uffff"]
"""By UTF-16 code unit, which is neither the order of code points nor that of UTF-8."""


@pytest.mark.parametrize("place", range(len(ASCENDING) - 1))
def test_json_names_ascend_by_utf_16(place: int) -> None:
    low, high = ASCENDING[place : place + 2]
    good = canonical.write({high: 1, low: [{high: True, low: "x"}]})
    assert canonical.parse(good) == {low: [{low: "x", high: True}], high: 1}
    for names in ((high, low), (low, low), (high, high), (low, high, high), (low, high, low)):
        with pytest.raises(canonical.NotCanonicalError, match="order"):
            canonical.parse(object_of(*names))


def object_of(*names: str) -> bytes:
    return b"{" + b",".join(canonical.write(name) + b":1" for name in names) + b"}"


def test_json_names_of_both_sorts_in_one_object() -> None:
    canonical.parse(object_of(*ASCENDING))
    turned = [*ASCENDING]
    turned[6:9] = turned[8], turned[6], turned[7]
    with pytest.raises(canonical.NotCanonicalError, match="order"):
        canonical.parse(object_of(*turned))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" 1",
        b"1 ",
        b"[1, 2]",
        b'"\\u0061"',
        b'"\\ud800"',
        b'{"\\ud800":1,"\\udfff":1}',
        b'"\\/"',
        b"\xff",
        b'"\xed\xa0\x80"',
        b"[1]]",
        b"'a'",
    ],
)
def test_json_other_spellings_are_refused(data: bytes) -> None:
    with pytest.raises(canonical.NotCanonicalError):
        canonical.parse(data)


# --- Work on both processors


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("most", [0, 1, 2, 5])
def test_slices_are_the_whole_range_once_and_in_order(monkeypatch: pytest.MonkeyPatch, workers: int, most: int) -> None:
    """A slice left out would be ballots that nobody has proved."""
    monkeypatch.setattr(parallel, "processors", lambda: workers)
    monkeypatch.setattr(parallel, "WORTH_FORKING", 2)
    for size in (0, 1, 2, 7, 10):
        found = parallel.over_range(lambda low, high: list(range(low, high)), size, most)
        assert [number for part in found for number in part] == list(range(size))
        assert all(0 < len(part) <= (most or size) for part in found)
        # No more of them than the bound asks for, in rounds that give every processor one.
        rounds = max(1, ceil(ceil(size / most) / (workers if size > 1 else 1))) if most else 1
        assert len(found) == min(size, rounds * (workers if size > 1 else 1))


@pytest.mark.parametrize("workers", [2, 3])
def test_children_work_on_all_slices_of_a_long_range_but_the_last(
    workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel, "processors", lambda: workers)
    here = os.getpid()
    assert parallel.over_range(lambda *_: os.getpid(), parallel.WORTH_FORKING - 1) == [here]
    for _ in range(2):
        found = parallel.over_range(lambda *_: os.getpid(), parallel.WORTH_FORKING)
        assert len(set(found)) == workers
        assert found.index(here) == workers - 1
        assert multiprocessing.active_children() == []
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    assert parallel.over_range(lambda *_: os.getpid(), parallel.WORTH_FORKING) == [here] * workers


def test_children_end_when_their_answers_are_wanted_no_more(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(parallel, "processors", lambda: 3)

    def part(low: int, high: int) -> int:
        if high < parallel.WORTH_FORKING:
            time.sleep(1.5)
            (tmp_path / str(low)).touch()
            return low
        msg = "the parent's own slice fails"
        raise ValueError(msg)

    with pytest.raises(ValueError, match="own slice"):
        parallel.over_range(part, parallel.WORTH_FORKING)
    assert multiprocessing.active_children() == []
    assert list(tmp_path.iterdir()) == []


def test_processors_are_those_this_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    for usable, wanted in ((1, 1), (3, 3), (8, 8), (9, 8), (64, 8)):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _, usable=usable: set(range(usable)))
        assert parallel.processors() == wanted
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 5)
    assert parallel.processors() == 5
