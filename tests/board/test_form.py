"""Blobs, their sizes and files for people: what is refused before anything is inflated (protocol.md, section 13)."""

import io
from hashlib import sha256, shake_256

import pytest

from governance.board import verify
from governance.board.checks import Check
from governance.board.record import RecordFile
from governance.board.tally import MAX_COUNT
from governance.board.verify import MAX_BLOBS
from governance.crypto.shuffle import proof_size
from governance.errors import MalformedError
from tests.board.shown import Shown, found
from tests.forge.maker import base
from tests.forge.record import Json


def some(size: int) -> Json:
    return {"sha256": "ab" * 32, "size": size}


def mixed(count: int, **changes: int) -> Json:
    """References of a shuffle of so many ballots: `changes` are other sizes."""
    sizes = {"input": 64 * count, "output": 64 * count, "proof": proof_size(count)} | changes
    return {name: {"sha256": sha256(name.encode()).hexdigest(), "size": size} for name, size in sizes.items()}


def opened(sealed: int, factors: int) -> Json:
    return {"input": some(sealed), "factors": {"sha256": "cd" * 32, "size": factors}}


@pytest.mark.parametrize(
    ("kind", "change", "fits"),
    [
        ("shuffle", mixed(6), True),
        ("shuffle", mixed(7), False),
        ("shuffle", mixed(6, input=64 * 6 + 1), False),
        ("shuffle", mixed(6, output=64 * 6 + 1), False),
        ("shuffle", mixed(5, proof=2**30), True),
        ("decrypt", opened(64 * 6, 32 * 6), True),
        ("decrypt", opened(64 * 6, 2**30), True),
        ("decrypt", opened(64 * 6 + 1, 32 * 6), False),
        ("decrypt", opened(64 * 7, 32 * 7), False),
        ("count", {"stages": some(MAX_COUNT + 1)}, True),
        ("result", {"ballots": some(2**32)}, True),
    ],
)
def test_a_list_longer_than_the_ballots_before_it_is_refused_before_the_blob_is_looked_for(
    kind: str, change: Json, *, fits: bool
) -> None:
    """The election has six ballots; of what `form` takes it is said that the blob is missing."""
    record = base("tiny")
    record.edit(record.find(kind), lambda v: {**v, **change}).tidy()
    assert sum(b'"kind":"ballot"' in raw for raw in record.entries) == 6

    check, detail = found(verify.check(Shown(record)))

    assert check is Check.FORM
    assert ("a blob is missing" if fits else "longer than the ballots before it") in detail


def test_two_sizes_for_one_blob_are_refused() -> None:
    record = base("tiny")
    first = record.value(record.find("shuffle", 0))["output"]

    def change(value: Json) -> None:
        assert value["input"] == first
        value |= mixed(6)
        value["input"] = {**first, "size": 64 * 6}

    record.edit(record.find("shuffle", 1), change)

    check, detail = found(verify.check(Shown(record)))
    assert check is Check.FORM
    assert f"two sizes are given for blob {first['sha256'][:16]}…" in detail


def test_a_size_below_nothing_is_refused() -> None:
    record = base("tiny")
    record.edit(record.find("result"), lambda v: {**v, "ballots": some(-1)})

    check, detail = found(verify.check(Shown(record)))
    assert (check, "two sizes" in detail) == (Check.FORM, True), detail


@pytest.mark.parametrize("more", [-1, 1])
def test_a_blob_of_another_size_than_its_entry_says_is_refused(more: int) -> None:
    record = base("tiny")
    for digest, blob in record.blobs.items():
        shown = Shown(record, sizes={digest: len(blob) + more})

        assert found(verify.check(shown)) == (Check.FORM, f"blob {digest[:16]}… has another size than its entry says")


def test_blobs_are_those_that_are_referred_to() -> None:
    record = base("tiny")
    stray = sha256(b"stray").hexdigest()
    digest = min(record.blobs)

    record.blobs[stray] = b"stray"
    assert found(verify.check(Shown(record))) == (Check.FORM, f"blob {stray[:16]}… is referred to by no entry")
    del record.blobs[stray], record.blobs[digest]
    assert found(verify.check(Shown(record))) == (Check.FORM, "a blob is missing")


@pytest.mark.parametrize(("count", "fits"), [(MAX_BLOBS // 32, True), (MAX_BLOBS // 32 + 1, False)])
def test_blobs_of_more_than_four_gibibytes_are_refused_before_they_are_read(count: int, *, fits: bool) -> None:
    record = base("tiny")
    at = record.find("manifest")
    record.entries = record.entries[: at + 1]
    (listed,) = record.value(at)["credentials"]

    def change(value: Json) -> None:
        value["credentials"][0] |= {"count": count, "size": 32 * count}

    record.tidy().edit(at, change)

    check, detail = found(verify.check(Shown(record, sizes={listed["sha256"]: 32 * count}), whole=False))

    assert MAX_BLOBS == 2**32
    assert check is (Check.MANIFEST if fits else Check.FORM)
    assert fits or "4 GiB" in detail


# ---- files for people ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["README.txt", "chair.blt", "chair.json", "board.blt", "board.json"])
def test_files_for_people_may_be_there(name: str) -> None:
    assert verify.check(Shown(base("two"), names=("README.txt", name))).ok


@pytest.mark.parametrize(
    "name", ["README.md", "readme.txt", "mayor.blt", "chair.txt", "chair", ".blt", "a/chair.blt", ""]
)
def test_other_files_may_not(name: str) -> None:
    check, detail = found(verify.check(Shown(base("two"), names=("README.txt", name))))

    assert check is Check.FORM
    assert repr(name) in detail


def test_entries_of_more_than_a_mebibyte_are_read_where_they_are_not_packed_too_well() -> None:
    record = base("tiny")
    for number in range(3):
        body = shake_256(bytes([number])).hexdigest(2**18).encode()
        record.entries.append(b'{"at":"2026-03-09T09:00:00Z","body":"%s","kind":"notice","subject":""}' % body)
    assert len(record.lines()) > 2**20

    assert verify.check(RecordFile(io.BytesIO(record.sign().zip()))).ok


def test_a_checkpoint_has_at_most_64_kibibytes() -> None:
    record = base("tiny")
    record.checkpoint = bytes(2**16)
    assert RecordFile(io.BytesIO(record.zip())).checkpoint() == bytes(2**16)
    record.checkpoint = bytes(2**16 + 1)
    with pytest.raises(MalformedError, match="larger than 64 KiB"):
        RecordFile(io.BytesIO(record.zip()))
