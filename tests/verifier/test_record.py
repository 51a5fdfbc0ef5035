"""Reading a whole record (section 13, `form` and `tree`): entries in batches, lines, blobs in pieces."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from governance.verifier import board, canonical
from governance.verifier.failure import CheckFailedError
from governance.verifier.form import Entry
from governance.verifier.record import Record, _batches, _lines, fields
from tests.verifier.prover import zipped
from tests.verifier.test_form import TABLE, example
from tests.verifier.test_zips import noise

NOTICE: dict[str, Any] = {"kind": "notice", "at": "2026-01-01T00:00:00Z", "subject": "", "body": ""}
VOID = canonical.write({"kind": "void", "contest": "board", "ballots": 0})


def of_length(size: int) -> bytes:
    """A notice of so many bytes, not all of which can be packed."""
    body = noise(16_000).hex() + "x" * size
    return canonical.write(NOTICE | {"body": body[: size - len(canonical.write(NOTICE))]})


def result_of(*blobs: bytes) -> list[bytes]:
    """Entries that refer to these blobs."""
    refs = [{"sha256": hashlib.sha256(blob).hexdigest(), "size": len(blob)} for blob in blobs]
    return [canonical.write({"kind": "result", "contest": "board", "ballots": ref}) for ref in refs]


def written(tmp_path: Path, text: bytes, *blobs: bytes, **others: bytes) -> Path:
    path = tmp_path / "r.zip"
    files = {f"blobs/{hashlib.sha256(blob).hexdigest()}": blob for blob in blobs}
    path.write_bytes(zipped({"entries.jsonl": text, "checkpoint": b"x"} | files | others))
    return path


def refused(tmp_path: Path, text: bytes, *blobs: bytes, **others: bytes) -> str:
    """Why it is refused, "" when it is read."""
    try:
        with Record(written(tmp_path, text, *blobs, **others), lambda _: None):
            return ""
    except CheckFailedError as failure:
        assert failure.name == "form"  # noqa: PT017  both ends are looked at
        return failure.detail


@pytest.mark.parametrize("count", [1, 2, 4095, 4096, 4097, 9000])
def test_entries_in_batches(tmp_path: Path, count: int) -> None:
    entries = [canonical.write({"kind": "void", "contest": "board", "ballots": number}) for number in range(count)]
    said: list[str] = []
    with Record(written(tmp_path, b"".join(raw + b"\n" for raw in entries)), said.append) as record:
        assert record.size == count
        assert [entry.index for entry in record.entries] == list(range(count))
        assert [entry.raw for entry in record.entries if isinstance(entry, Entry)] == entries
        for size in {0, 1, count // 2, count}:
            assert record.root(size) == board.root(b"".join(map(board.leaf_hash, entries[:size])))
        assert record.checkpoint == b"x"
    assert said[-1] == f"{count} entries read"


def test_notices_are_in_the_tree_alone(tmp_path: Path) -> None:
    lines = [of_length(200), VOID, of_length(2**19), VOID, of_length(300)]
    with Record(written(tmp_path, b"\n".join(lines) + b"\n"), lambda _: None) as record:
        assert [entry.index for entry in record.entries] == [1, 3]
        assert record.root(5) == board.root(b"".join(map(board.leaf_hash, lines)))
        assert fields(record.entries[0]) == json.loads(VOID)  # type: ignore[arg-type]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_longest_entry(tmp_path: Path, place: int) -> None:
    for size, wanted in ((2**20, True), (2**20 + 1, False)):
        lines = [VOID] * 2
        lines.insert(place, of_length(size))
        assert (refused(tmp_path, b"\n".join(lines) + b"\n") == "") == wanted


@pytest.mark.parametrize(
    "text", [b"", b"\n", VOID, VOID + b"\n\n", b"\n" + VOID + b"\n", VOID + b"\r\n", VOID + b"\n" + VOID, VOID + b"\n "]
)
def test_lines_that_are_none(tmp_path: Path, text: bytes) -> None:
    assert refused(tmp_path, text)


@pytest.mark.parametrize("place", [0, 1, 4096, 4999])
def test_the_entry_that_is_malformed_is_named(tmp_path: Path, place: int) -> None:
    lines = [VOID] * 5000
    lines[place] = b"{}"
    lines[-1] = b"{}"
    assert refused(tmp_path, b"\n".join(lines) + b"\n").startswith(f"entry {place}: ")


def test_blobs_are_exactly_those_referred_to(tmp_path: Path) -> None:
    one, two = b"one", b"two!"
    lines = b"".join(raw + b"\n" for raw in result_of(one, two, one))
    assert refused(tmp_path, lines, one, two) == ""
    assert refused(tmp_path, lines, one)
    assert refused(tmp_path, lines, one, two, b"three")
    assert refused(tmp_path, lines.replace(b'"size":4', b'"size":5'), one, two)
    twofold = lines + result_of(one)[0].replace(b'"size":3', b'"size":4') + b"\n"
    assert "two sizes" in refused(tmp_path, twofold, one, two)


def test_blobs_of_four_gibibytes_are_too_many_only_beyond(tmp_path: Path) -> None:
    """By what the entries say: the first then fails only because it is not there."""
    for size, wanted in ((2**32, "not in the record"), (2**32 + 1, "4 GiB")):
        sizes = (2**31, size - 2**31)
        lines = [
            canonical.write({"kind": "result", "contest": "b", "ballots": {"sha256": f"{number:064x}", "size": each}})
            for number, each in enumerate(sizes)
        ]
        assert wanted in refused(tmp_path, b"\n".join(lines) + b"\n")


@pytest.mark.parametrize(("kind", "name"), [("shuffle", "input"), ("shuffle", "output"), ("decrypt", "input")])
def test_no_list_is_longer_than_the_ballots_before_it(tmp_path: Path, kind: str, name: str) -> None:
    """By what the entries say, as above: a list that is not too long fails only because it is not there."""
    ballot = canonical.write(example(TABLE["ballot"]) | {"kind": "ballot"})
    lists = example(TABLE[kind]) | {"kind": kind}
    for before in (0, 1, 3):
        for size, wanted in ((64 * before, "not in the record"), (64 * before + 1, "longer than the ballots before")):
            others = {each: {"sha256": "ab" * 32, "size": 0} for each in ("input", "output") if each in lists}
            entry = canonical.write(lists | others | {name: {"sha256": "cd" * 32, "size": size}})
            lines = [VOID, *[ballot] * before, entry, ballot, ballot]
            assert wanted in refused(tmp_path, b"\n".join(lines) + b"\n")


def test_a_line_that_does_not_end_is_not_read_on() -> None:
    def endless() -> Iterator[bytes]:
        yield VOID + b"\n" + bytes(2**20)
        yield b"\0"
        pytest.fail("more was read than an entry may have")

    lines = _lines(endless())
    assert next(lines) == VOID
    with pytest.raises(CheckFailedError, match="longer than 1 MiB"):
        next(lines)


@pytest.mark.parametrize(
    ("length", "count", "wanted"),
    [(2**20, 9, [4, 4, 1]), (2**20 - 1, 9, [5, 4]), (1, 9000, [4096, 4096, 808]), (1, 4096, [4096]), (1, 0, [])],
)
def test_memory_is_bounded_by_batches(length: int, count: int, wanted: list[int]) -> None:
    assert [len(batch) for batch in _batches(bytes(length) for _ in range(count))] == wanted


def test_the_file_is_closed_whatever_happens(tmp_path: Path) -> None:
    def is_open(path: Path) -> bool:
        return path.resolve() in [each.resolve() for each in Path("/proc/self/fd").iterdir()]

    path = written(tmp_path, VOID + b"\n")
    with Record(path, lambda _: None) as record:
        assert is_open(path)
    assert not is_open(path)
    assert record.size == 1
    path = written(tmp_path, VOID)
    with pytest.raises(CheckFailedError) as refusal:
        Record(path, lambda _: None)
    assert not is_open(path)
    assert refusal.value.name == "form"


@pytest.mark.parametrize(
    ("name", "wanted"), [("board.blt", True), ("board.json", True), ("x.blt", False), ("x.json", False)]
)
def test_files_for_people_are_of_contests(tmp_path: Path, name: str, wanted: bool) -> None:  # noqa: FBT001
    manifest = example(TABLE["manifest"]) | {"kind": "manifest", "credentials": []}
    first, later = ({**manifest, "contests": [manifest["contests"][0] | {"id": each}]} for each in ("board", "x"))
    lines = b"".join(canonical.write(value) + b"\n" for value in (first, later))
    assert (refused(tmp_path, lines, **{name: b"anything"}) == "") == wanted
    # Without a manifest nobody knows.
    assert refused(tmp_path, VOID + b"\n", **{name: b"anything"}) == ""
    assert refused(tmp_path, lines, **{"README.txt": b""}) == ""


@pytest.mark.parametrize("size", [0, 1, 31, 32, 33, 2**18, 2**18 + 32, 700_000])
@pytest.mark.parametrize("length", [32, 64, 7])
def test_blobs_in_pieces(tmp_path: Path, size: int, length: int) -> None:
    blob = noise(size)
    lines = result_of(blob)[0] + b"\n"
    with Record(written(tmp_path, lines, blob), lambda _: None) as record:
        record.check_tree()
        reference = json.loads(lines)["ballots"]
        assert record.blob(reference) == blob
        whole = size - size % length
        assert list(record.pieces(reference, length)) == [blob[at : at + length] for at in range(0, whole, length)]


def test_the_first_blob_that_differs(tmp_path: Path) -> None:
    blobs = [noise(number) for number in range(1, 5)]
    lines = b"".join(raw + b"\n" for raw in result_of(*blobs))
    files = {f"blobs/{hashlib.sha256(blob).hexdigest()}": blob for blob in blobs}
    for which in range(4):
        name = list(files)[which]
        path = tmp_path / "r.zip"
        changed = {each: bytes(len(data)) if each >= name else data for each, data in files.items()}
        path.write_bytes(zipped({"entries.jsonl": lines, "checkpoint": b"x"} | changed))
        with Record(path, lambda _: None) as record:
            with pytest.raises(CheckFailedError) as refusal:
                record.check_tree()
            assert refusal.value.name == "tree"
            assert next(each for each in files if each >= name)[6:22] in refusal.value.detail
            with pytest.raises(CheckFailedError):
                record.blob({"sha256": name[6:], "size": len(files[name])})


def test_a_blob_of_the_bound_is_hashed_at_once_a_longer_one_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blob = noise(1000)
    name = f"blobs/{hashlib.sha256(blob).hexdigest()}"
    lines = result_of(blob)[0] + b"\n"
    path = tmp_path / "r.zip"
    path.write_bytes(zipped({"entries.jsonl": lines, "checkpoint": b"x", name: bytes(1000)}))
    reference = json.loads(lines)["ballots"]
    for bound, at_once in ((1001, True), (1000, True), (999, False)):
        monkeypatch.setattr("governance.verifier.record.MAX_EAGER_BLOB", bound)
        with Record(path, lambda _: None) as record:
            if at_once:
                with pytest.raises(CheckFailedError, match="SHA-256"):
                    record.check_tree()
            else:
                record.check_tree()
                with pytest.raises(CheckFailedError, match="SHA-256"):
                    record.settle(reference)
                with pytest.raises(CheckFailedError, match="SHA-256"):
                    list(record.pieces(reference, 32))


@pytest.mark.parametrize(("size", "wanted"), [(0, True), (2**16, True), (2**16 + 1, False)])
def test_a_checkpoint_of_64_kibibytes(tmp_path: Path, size: int, wanted: bool) -> None:  # noqa: FBT001
    assert (refused(tmp_path, VOID + b"\n", checkpoint=bytes(size)) == "") == wanted
