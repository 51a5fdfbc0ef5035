"""Section 13's zip at its limits: what is refused beyond them, and that what stands at them is read."""

import hashlib
import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from governance.verifier.archive import Archive
from governance.verifier.failure import CheckFailedError, NotARecordError
from tests.verifier.test_archive import patched


def noise(size: int) -> bytes:
    """Bytes that cannot be packed."""
    return hashlib.shake_256(b"noise").digest(size)


def zipped(
    entries: bytes = b"{}\n", method: int = zipfile.ZIP_DEFLATED, extra: tuple[str, bytes] | None = None, mode: int = 0
) -> bytes:
    """`entries.jsonl`, `checkpoint` and perhaps one member more, at their end."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in [("entries.jsonl", entries), ("checkpoint", b"x"), *([extra] if extra else [])]:
            info = zipfile.ZipInfo(name)
            info.external_attr = mode
            archive.writestr(info, data, method)
    return out.getvalue()


def opened(data: bytes, tmp_path: Path, name: str = "") -> bytes | str:
    """What a member inflates to; "form" or "none" where the file is refused."""
    path = tmp_path / "r.zip"
    path.write_bytes(data)
    try:
        archive = Archive(path)
    except NotARecordError:
        return "none"
    except CheckFailedError as failure:
        return failure.name
    try:
        return archive.read(name) if name else "ok"
    except CheckFailedError as failure:
        return failure.name
    finally:
        archive.close()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("size", [1, 2**18 - 1, 2**18, 2**18 + 1, 2**20 + 5])
@pytest.mark.parametrize("make", [noise, bytes])
def test_a_member_of_many_pieces(tmp_path: Path, method: int, size: int, make: Callable[[int], bytes]) -> None:
    blob = "blobs/" + "0" * 64
    assert opened(zipped(method=method, extra=(blob, make(size))), tmp_path, blob) == make(size)


def test_entries_inflate_to_a_mebibyte_or_a_hundred_times(tmp_path: Path) -> None:
    """Zeros are packed a thousand times smaller, noise not at all."""
    assert opened(zipped(bytes(2**20)), tmp_path) == "ok"
    assert opened(zipped(bytes(2**20 + 1)), tmp_path) == "form"
    assert opened(zipped(noise(2**21)), tmp_path) == "ok"
    assert opened(zipped(noise(2**21), zipfile.ZIP_STORED), tmp_path) == "ok"
    packed = len(zlib.compress(noise(30_000) + bytes(2**21), 6, -15))
    most = 100 * packed - 30_000
    assert most > 2**21
    assert opened(zipped(noise(30_000) + bytes(2**21)), tmp_path) == "ok"


def test_a_hundred_times_exactly(tmp_path: Path) -> None:
    """The directory's word alone: a size of 100 times what is packed, and one byte more."""
    data = zipped(noise(20_000))
    packed = struct.unpack_from("<L", data, data.index(b"PK\x01\x02") + 20)[0]
    for size, wanted in ((100 * packed, "ok"), (100 * packed + 1, "form")):
        lied = bytearray(patched(data, 24, "<L", size))
        struct.pack_into("<L", lied, 22, size)
        assert opened(bytes(lied), tmp_path) == wanted


def laid_out(members: list[tuple[str, bytes, bytes]], order: int = 1) -> bytes:
    """Stored members (name, data, what stands before its header); the directory forwards, or backwards (order -1)."""
    out, records = bytearray(), []
    for name, data, before in members:
        out += before
        raw, crc, size = name.encode(), zlib.crc32(data), len(data)
        records.append(
            struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, *[0] * 4, crc, size, size, len(raw), *[0] * 5, len(out))
            + raw
        )
        out += struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, *[0] * 4, crc, size, size, len(raw), 0) + raw + data
    directory = b"".join(records[::order])
    count = len(records)
    return bytes(
        out + directory + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(out), 0)
    )


ENTRIES, CHECKPOINT = ("entries.jsonl", b"{}\n"), ("checkpoint", b"x")


def test_members_fill_the_file_in_whatever_order_the_directory_has_them(tmp_path: Path) -> None:
    for order in (1, -1):
        assert opened(laid_out([(*ENTRIES, b""), (*CHECKPOINT, b"")], order), tmp_path, "entries.jsonl") == b"{}\n"
        for gaps in ((b"?", b""), (b"", b"?"), (b"PK", bytes(40))):
            members = [(*each, gap) for each, gap in zip((ENTRIES, CHECKPOINT), gaps, strict=True)]
            assert opened(laid_out(members, order), tmp_path) == "form"


def test_no_member_lies_within_another(tmp_path: Path) -> None:
    """The checkpoint's header and data are the last of the entries' data: each is whole, and both end where the directory begins."""
    inner = laid_out([(*CHECKPOINT, b"")])
    inner = inner[: inner.index(b"PK\x01\x02")]
    record = laid_out([("entries.jsonl", b"{}\n" + inner, b"")])
    start = record.index(b"PK\x01\x02")
    at = record.index(inner)
    central = laid_out([(*CHECKPOINT, b"")])[len(inner) : -22]
    directory = record[start:-22] + patched(central, 42, "<L", at)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 2, 2, len(directory), start, 0)
    assert opened(record[:start] + directory + end, tmp_path) == "form"


def test_no_name_twice(tmp_path: Path) -> None:
    for twice in (ENTRIES, CHECKPOINT):
        assert opened(laid_out([(*each, b"") for each in (ENTRIES, CHECKPOINT, twice)]), tmp_path) == "form"


def test_no_extra_field_in_a_local_header(tmp_path: Path) -> None:
    """One that takes its bytes from the data: who looks at the directory alone reads other data than who looks there."""
    record = bytearray(laid_out([(*ENTRIES, b""), (*CHECKPOINT, b"")]))
    struct.pack_into("<H", record, 28, 1)
    assert opened(bytes(record), tmp_path) == "form"


@pytest.mark.parametrize("field", [30, 32])
def test_no_record_of_the_directory_hides_within_another(tmp_path: Path, field: int) -> None:
    """Whoever skips an extra field, or a comment, sees two members; whoever does not sees three."""
    record = laid_out([(*ENTRIES, b""), (*CHECKPOINT, b""), ("README.txt", b"", b"")])
    assert opened(record, tmp_path) == "ok"
    assert opened(patched(record, field, "<H", 46 + len("README.txt"), 1), tmp_path) == "form"


def test_no_name_goes_on_beyond_the_directory(tmp_path: Path) -> None:
    record = laid_out([(*ENTRIES, b""), (*CHECKPOINT, b"")])
    for more in (1, 5, 22, 1000):
        assert opened(patched(record, 28, "<H", len("checkpoint") + more, 1), tmp_path) == "form"


@pytest.mark.parametrize("method", [1, 9, 12, 14, 93])
def test_stored_or_deflated_alone(tmp_path: Path, method: int) -> None:
    record = bytearray(patched(laid_out([(*ENTRIES, b""), (*CHECKPOINT, b"")]), 10, "<H", method))
    struct.pack_into("<H", record, 8, method)
    assert opened(bytes(record), tmp_path) == "form"


def test_what_is_no_record_at_all(tmp_path: Path) -> None:
    nothing = laid_out([])
    assert opened(nothing, tmp_path) == "none"
    assert opened(renumbered(nothing, 1), tmp_path) == "form"
    assert opened(renumbered(zipped(), -2), tmp_path) == "form"
    assert opened(laid_out([("README.txt", b"", b"")]), tmp_path) == "none"
    for cut in range(1, 22):
        assert opened(zipped()[:-cut], tmp_path) == "none"
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "absent", tmp_path / "pipe"):
        with pytest.raises(NotARecordError):
            Archive(path)


def test_no_more_is_inflated_than_was_declared(tmp_path: Path) -> None:
    path = tmp_path / "r.zip"
    path.write_bytes(declared(bytes(2**22), 10, 0))
    archive = Archive(path)
    pieces: list[bytes] = []
    with pytest.raises(CheckFailedError):
        pieces.extend(archive.chunks("entries.jsonl"))
    archive.close()
    assert pieces == []


def test_a_directory_of_two_mebibytes(tmp_path: Path) -> None:
    count, name = divmod(2**21 - 59 - 56, 116)
    assert 46 + 5 <= name <= 46 + 68
    for more, wanted in ((0, "ok"), (1, "form")):
        members = [(f"blobs/{number:064x}", b"", b"") for number in range(count)]
        last = ("a" * (name - 50 + more) + ".blt", b"", b"")
        assert opened(laid_out([(*ENTRIES, b""), (*CHECKPOINT, b""), *members, last]), tmp_path) == wanted


@pytest.mark.parametrize(
    ("mode", "wanted"),
    [
        (0o100644 << 16, "ok"),
        (0o100755 << 16, "ok"),
        (0o100777 << 16 | 0x20, "ok"),
        (0o000777 << 16, "ok"),
        (0x01, "ok"),
        (0x10, "form"),
        (0x31, "form"),
        (0o040755 << 16, "form"),
        (0o120777 << 16, "form"),
        (0o140644 << 16, "form"),
        (0o020644 << 16, "form"),
        (0o160644 << 16, "form"),
    ],
)
def test_regular_files_alone(tmp_path: Path, mode: int, wanted: str) -> None:
    assert opened(zipped(mode=mode), tmp_path) == wanted


@pytest.mark.parametrize("bit", range(16))
def test_bits_that_say_encrypted(tmp_path: Path, bit: int) -> None:
    """Bits 0, 6 and 13; bit 3 says that a descriptor follows, and none does."""
    data = patched(zipped(), 8, "<H", 1 << bit)
    found = opened(data[:6] + struct.pack("<H", 1 << bit) + data[8:], tmp_path, "entries.jsonl")
    assert found == ("form" if bit in {0, 3, 6, 13} else b"{}\n")


def test_what_is_stored_has_one_size(tmp_path: Path) -> None:
    """Of a file for people too, which nobody inflates."""
    data = zipped(method=zipfile.ZIP_STORED, extra=("README.txt", b"hello"))
    assert opened(data, tmp_path) == "ok"
    lied = bytearray(patched(data, 24, "<L", 6, 2))
    struct.pack_into("<L", lied, data.index(b"README.txt") - 30 + 22, 6)
    assert opened(bytes(lied), tmp_path) == "form"


def test_where_an_end_record_may_stand(tmp_path: Path) -> None:
    """In the last 65,557 bytes; what follows it is refused, and further away there is none."""
    for data in (zipped(), zipped(noise(200_000))):
        assert opened(data + b"x", tmp_path) == "form"
        assert opened(data + bytes(65_535), tmp_path) == "form"
        assert opened(data + bytes(65_536), tmp_path) == "none"


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("README.txt", "ok"),
        ("a.blt", "ok"),
        ("9_-.json", "ok"),
        ("a" * 64 + ".blt", "ok"),
        ("a" * 65 + ".blt", "form"),
        ("-a.blt", "form"),
        (".blt", "form"),
        ("a.blt.json", "form"),
        ("a.BLT", "form"),
        ("readme.txt", "form"),
        ("README.txt\n", "form"),
        ("blobs/" + "f" * 64, "ok"),
        ("blobs/" + "f" * 63, "form"),
        ("blobs/" + "f" * 65, "form"),
        ("blobs/" + "F" * 64, "form"),
        ("blobs/" + "g" * 64, "form"),
        ("blob/" + "f" * 64, "form"),
        ("entries_jsonl", "form"),
        ("checkpoint2", "form"),
    ],
)
def test_names(tmp_path: Path, name: str, wanted: str) -> None:
    assert opened(zipped(extra=(name, b"")), tmp_path) == wanted


@pytest.mark.parametrize("gone", ["entries.jsonl", "checkpoint"])
def test_both_must_be_there(tmp_path: Path, gone: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr({"entries.jsonl": "checkpoint", "checkpoint": "entries.jsonl"}[gone], b"{}\n")
    assert opened(out.getvalue(), tmp_path) == "form"


def test_no_file_is_left_open(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    for data in (b"", zipped() + b"x", zipped()):
        opened(data, tmp_path)
    assert [str(each.message) for each in recwarn if each.category is ResourceWarning] == []


def renumbered(data: bytes, count: int = 0, length: int = 0) -> bytes:
    """The end record with so many members, and so many bytes of directory, more."""
    out = bytearray(data)
    here, all_of_them, size = struct.unpack_from("<2HL", out, len(out) - 14)
    struct.pack_into("<2HL", out, len(out) - 14, here + count, all_of_them + count, size + length)
    return bytes(out)


def before_end(data: bytes, more: bytes) -> bytes:
    """Bytes between the directory's last record and the end record."""
    return data[:-22] + more + data[-22:]


def test_the_directory_ends_where_its_end_record_begins(tmp_path: Path) -> None:
    good = zipped()
    assert opened(renumbered(good), tmp_path) == "ok"
    assert opened(before_end(good, b"x"), tmp_path) == "form"
    assert opened(before_end(good, bytes(100)), tmp_path) == "form"
    for more in (b"PK\x01\x02", b"PK\x01\x02" + bytes(41), b"x" * 46, b"x"):
        for count in (0, 1):
            assert opened(renumbered(before_end(good, more), count, len(more)), tmp_path) == "form"


@pytest.mark.parametrize("field", [30, 32])
@pytest.mark.parametrize("which", [0, 1])
def test_no_extra_field_and_no_comment_in_the_directory(tmp_path: Path, field: int, which: int) -> None:
    """A Unicode path in an extra field would show two readers two records."""
    good = zipped()
    ends = [good.index(b"PK\x01\x02", good.index(b"PK\x01\x02") + 1), len(good) - 22]
    changed = patched(good, field, "<H", 5, which)
    more = changed[: ends[which]] + struct.pack("<2H", 0x7075, 1) + b"x" + changed[ends[which] :]
    assert opened(renumbered(more, 0, 5), tmp_path) == "form"


def declared(data: bytes, size: int, crc: int, raw: bytes | None = None) -> bytes:
    """A record whose entries are this stream, of which both headers say a size and a checksum."""
    whole = zipped(data) if raw is None else zipped(raw, zipfile.ZIP_STORED)
    out = bytearray(patched(patched(patched(whole, 24, "<L", size), 16, "<L", crc), 10, "<H", 8))
    struct.pack_into("<H", out, 8, 8)
    struct.pack_into("<L", out, 14, crc)
    struct.pack_into("<L", out, 22, size)
    return bytes(out)


def test_a_member_has_its_declared_size_and_checksum(tmp_path: Path) -> None:
    data = b'{"a":1}\n' * 50
    crc = zlib.crc32(data)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packer.compress(data)
    open_ended, whole = body + packer.copy().flush(zlib.Z_SYNC_FLUSH), body + packer.flush()
    for stream in (None, whole):
        assert opened(declared(data, 400, crc, stream), tmp_path, "entries.jsonl") == data
    for size, checksum in ((399, crc), (401, crc), (10_000, crc), (0, crc), (400, crc ^ 1)):
        assert opened(declared(data, size, checksum), tmp_path, "entries.jsonl") == "form"
    for stream in (open_ended, whole[:-1], whole + b"x", whole + whole, b"\xff" * 40):
        assert opened(declared(data, 400, crc, stream), tmp_path, "entries.jsonl") == "form"
