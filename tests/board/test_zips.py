"""Section 13's zip, rule by rule, put before the reader alone: members are written by hand, one thing of one is wrong."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from hashlib import sha256, shake_256
from typing import Any

import pytest

from governance.board.entries import Ref
from governance.board.record import NotARecordError, RecordFile, read_blob, write
from governance.errors import MalformedError
from tests.forge.record import Member, zip_of

BLOB = b"what is voted on " * 20
DIGEST = sha256(BLOB).digest()
NAME = "blobs/" + DIGEST.hex()
KiB = 2**10


def noise(size: int) -> bytes:
    """Bytes that cannot be packed."""
    return shake_256(b"noise").digest(size)


def members() -> list[Member]:
    return [
        Member("entries.jsonl", b'{"a":1}\n{"b":2}\n'),
        Member("checkpoint", b"signed", deflate=False),
        Member(NAME, BLOB),
    ]


def packed(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def read(data: bytes) -> dict[str, bytes]:
    """What every member that a verifier reads inflates to."""
    record = RecordFile(io.BytesIO(data))
    found = {"entries.jsonl": b"".join(raw + b"\n" for raw in record.entries()), "checkpoint": record.checkpoint()}
    return found | {"blobs/" + digest.hex(): b"".join(record.chunks(digest)) for digest in record.blob_sizes()}


def refused(data: bytes, words: str) -> None:
    with pytest.raises(MalformedError, match=words) as caught:
        read(data)
    assert not isinstance(caught.value, NotARecordError)


def one(place: int, **changes: Any) -> bytes:
    """A zip of which one member is another."""
    found = members()
    found[place] = replace(found[place], **changes)
    return zip_of(found)


def both(place: int, **fields: Any) -> bytes:
    """Both headers of a member say this."""
    return one(place, local=fields, central=fields)


WANTED = {"entries.jsonl": b'{"a":1}\n{"b":2}\n', "checkpoint": b"signed", NAME: BLOB}


def test_what_is_good_is_read() -> None:
    assert read(zip_of(members())) == WANTED
    assert read(zip_of(members()[::-1])) == WANTED


def test_what_is_written_is_read() -> None:
    people = {"README.txt": b"hello", "a.blt": b""}
    others = [noise(10), b"", noise(200_000)]
    blobs = {"blobs/" + sha256(blob).hexdigest(): blob for blob in (BLOB, *others)}
    made = [io.BytesIO(), io.BytesIO()]
    for file, order in zip(made, ([BLOB, *others], [*others, BLOB, BLOB]), strict=True):
        write(file, iter([b'{"a":1}', b'{"b":2}']), b"signed", order, people)

    assert made[0].getvalue() == made[1].getvalue()
    assert read(made[0].getvalue()) == {**WANTED, **blobs}
    assert sorted(RecordFile(made[0]).others()) == sorted(people)
    with zipfile.ZipFile(made[0]) as archive:
        listed = archive.infolist()
        assert [info.filename for info in listed] == ["entries.jsonl", "checkpoint", *sorted(blobs), *people]
        assert {info.date_time for info in listed} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.compress_type for info in listed} == {zipfile.ZIP_DEFLATED}
        assert archive.testzip() is None


def test_a_blob_is_read_where_it_is_what_was_referred_to() -> None:
    record = RecordFile(io.BytesIO(zip_of(members())))
    assert record.blob_sizes() == {DIGEST: len(BLOB)}
    assert read_blob(record, Ref(DIGEST, len(BLOB))) == BLOB
    for wrong in (Ref(DIGEST, len(BLOB) + 1), Ref(bytes(32), len(BLOB))):
        with pytest.raises(MalformedError, match="differs from its hash"):
            read_blob(record, wrong)
    large = noise(200_000)
    record = RecordFile(io.BytesIO(zip_of([*members()[:2], Member("blobs/" + sha256(large).hexdigest(), large)])))
    assert read_blob(record, Ref(sha256(large).digest(), len(large))) == large
    lying = RecordFile(io.BytesIO(one(2, data=BLOB[::-1])))
    with pytest.raises(MalformedError, match="differs from its hash"):
        read_blob(lying, Ref(DIGEST, len(BLOB)))


# ---- what is there -------------------------------------------------------------------------------------------------------


def test_a_file_without_entries_and_checkpoint_is_no_record() -> None:
    for data in (b"", b"PK", bytes(100), b"PK\5\6" + bytes(17), zip_of([]), zip_of(members()[2:])):
        with pytest.raises(NotARecordError):
            RecordFile(io.BytesIO(data))


@pytest.mark.parametrize(("gone", "name"), [(0, "entries.jsonl"), (1, "checkpoint")])
def test_a_record_has_both(gone: int, name: str) -> None:
    found = members()
    del found[gone]
    refused(zip_of(found), f"has no {name}")


@pytest.mark.parametrize("place", range(3))
def test_no_name_stands_twice(place: int) -> None:
    found = members()
    refused(zip_of([*found, found[place]]), "two members")


def test_which_names_are_blobs() -> None:
    hexadecimal = "0123456789abcdef" * 4
    names = [hexadecimal, hexadecimal[1:], hexadecimal + "0", hexadecimal.upper(), "g" * 64, hexadecimal + "/x"]
    data = zip_of([*members(), *(Member("blobs/" + name, b"") for name in names), Member(hexadecimal, b"")])
    record = RecordFile(io.BytesIO(data))
    assert set(record.blob_sizes()) == {DIGEST, bytes.fromhex(hexadecimal)}
    assert list(record.others()) == [*("blobs/" + name for name in names[1:]), hexadecimal]


# ---- sizes -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("deflate", [True, False])
@pytest.mark.parametrize("size", [0, 1, 64 * KiB - 1, 64 * KiB, 64 * KiB + 1, 2**20 + 5])
@pytest.mark.parametrize("make", [noise, bytes])
def test_a_member_of_many_pieces(size: int, make: Callable[[int], bytes], *, deflate: bool) -> None:
    assert read(one(2, data=make(size), deflate=deflate))[NAME] == make(size)


def test_a_piece_has_at_most_64_kibibytes() -> None:
    for data, deflate in ((bytes(2**20), True), (noise(200_000), False)):
        record = RecordFile(io.BytesIO(one(2, data=data, deflate=deflate)))
        assert max(map(len, record.chunks(DIGEST))) == 64 * KiB


def test_two_members_are_read_at_one_time() -> None:
    first, second = noise(300_000), noise(300_000)[::-1]
    other = Member("blobs/" + "0" * 64, second, deflate=False)
    record = RecordFile(io.BytesIO(zip_of([*members()[:2], Member(NAME, first), other])))
    pieces = list(zip(record.chunks(DIGEST), record.chunks(bytes(32)), strict=False))
    assert b"".join(piece for piece, _ in pieces) == first[: sum(len(piece) for piece, _ in pieces)]
    assert b"".join(piece for _, piece in pieces) == second[: sum(len(piece) for _, piece in pieces)]
    assert len(pieces) > 3


def test_entries_inflate_to_a_mebibyte_or_a_hundred_times() -> None:
    line = b"x" * 999 + b"\n"
    assert len(read(one(0, data=line * 1000 + b"x" * 48_575 + b"\n"))["entries.jsonl"]) == 2**20
    refused(one(0, data=line * 1000 + b"x" * 48_576 + b"\n"), "100 times")
    digits = noise(2**21).replace(b"\n", b"x")
    many = b"".join(digits[place : place + 999] + b"\n" for place in range(0, 2**21 - 999, 999))
    assert read(one(0, data=many))["entries.jsonl"] == many
    small = packed(noise(20_000))
    for size, words in ((100 * len(small), "damaged"), (100 * len(small) + 1, "100 times")):
        refused(one(0, packed=small, local={"size": size}, central={"size": size}), words)


def test_a_checkpoint_has_64_kibibytes() -> None:
    for data in (bytes(64 * KiB), noise(64 * KiB)):
        assert read(one(1, data=data, deflate=True))["checkpoint"] == data
    refused(one(1, data=bytes(64 * KiB + 1)), "64 KiB")


def test_an_entry_has_a_mebibyte_and_ends_with_a_line_feed() -> None:
    for size in (2**20 - 1, 2**20):
        line = noise(size).replace(b"\n", b"x")
        assert read(one(0, data=b"1\n" + line + b"\n2\n"))["entries.jsonl"] == b"1\n" + line + b"\n2\n"
    longest = bytes(2**20) + b"\n"
    assert read(one(0, data=longest, deflate=False))["entries.jsonl"] == longest
    refused(one(0, data=noise(2**21).replace(b"\n", b"x")), "longer than 1 MiB")
    refused(one(0, data=b"1\n2"), "does not end with a line feed")
    assert list(RecordFile(io.BytesIO(one(0, data=b"\n\n"))).entries()) == [b"", b""]
    assert list(RecordFile(io.BytesIO(one(0, data=b""))).entries()) == []


@pytest.mark.parametrize("place", [0, 2])
def test_what_is_inflated_has_its_size_and_its_checksum(place: int) -> None:
    data = members()[place].data
    refused(both(place, size=len(data) - 1), "longer than it says")
    refused(both(place, size=len(data) + 1), "damaged")
    refused(both(place, crc=zlib.crc32(data) ^ 1), "damaged")
    refused(one(place, packed=packed(data) + b"x"), "longer than it says")
    refused(one(place, packed=packed(data) + packed(b"")), "longer than it says")
    refused(one(place, packed=packed(data)[:-1]), "damaged")
    refused(one(place, packed=b"\xff" * 40), "damaged")
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    refused(one(place, packed=packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH)), "damaged")


def test_a_stored_member_has_one_size_and_its_checksum() -> None:
    """Of a file for people too, which nobody inflates."""
    for more in (-1, 1):
        refused(both(1, size=6 + more), "two sizes")
    refused(both(1, crc=0), "damaged")
    people = Member("README.txt", b"hello", deflate=False, local={"size": 6}, central={"size": 6})
    refused(zip_of([*members(), people]), "two sizes")


def test_what_is_deflated_may_have_the_size_that_it_is_packed_to() -> None:
    for data in (b"", noise(30)):
        assert read(one(2, data=data, deflate=True))[NAME] == data
    found = next(text for size in range(1, 200) if len(packed(text := (b"ab" * size)[:size])) == size)
    assert read(one(2, data=found))[NAME] == found


# ---- no byte belongs to nothing, none to two ------------------------------------------------------------------------------


def test_bytes_that_belong_to_nothing() -> None:
    good = zip_of(members())
    refused(zip_of(members(), prefix=b"#!"), "before its first member|says two things|belong to no member")
    refused(zip_of(members(), gap=b"x"), "belong to no member")
    refused(one(0, tail=b"x"), "belong to no member")
    refused(one(2, tail=b"x"), "belong to no member")
    refused(zip_of([*members(), Member("README.txt", b"x", listed=False)]), "belong to no member")
    refused(zip_of([Member("README.txt", b"x", listed=False), *members()]), "belong to no member")
    for after in (b"\0", b"\n", b"x" * 22, good, bytes(65_535)):
        refused(good + after, "comment, or bytes after|before its first")
    refused(zip_of(members(), comment=b"hello"), "comment")
    with pytest.raises(NotARecordError):
        RecordFile(io.BytesIO(good + bytes(65_536)))


def test_members_that_overlap() -> None:
    found = members()
    again = replace(found[2], name="README.txt", written=False, central={"offset": 0})
    refused(zip_of([*found, again]), "overlap")


def test_the_directory_may_list_them_in_another_order() -> None:
    written, listed, offset = members(), [], 0
    for member in written:
        listed.append(replace(member, written=False, central={"offset": offset}))
        member.listed = False
        offset += 30 + len(member.name) + len(packed(member.data) if member.deflate else member.data)
    for order in ([0, 1, 2], [2, 0, 1], [2, 1, 0]):
        assert read(zip_of([*written, *(listed[place] for place in order)])) == WANTED


@pytest.mark.parametrize("left", [0, 3, 100_000])
@pytest.mark.parametrize("deflate", [True, False])
def test_a_file_that_is_cut_while_it_is_read(left: int, *, deflate: bool) -> None:
    file = io.BytesIO(one(2, data=noise(200_000), deflate=deflate))
    record = RecordFile(file)
    file.truncate(file.getvalue().index(NAME.encode()) + len(NAME) + left)
    with pytest.raises(MalformedError, match="damaged"):
        list(record.chunks(DIGEST))


# ---- the directory and its end ---------------------------------------------------------------------------------------------


def ended(offset: int, form: str, change: Callable[[int], int]) -> bytes:
    """Another number in the end record."""
    data = bytearray(zip_of(members()))
    at = data.rindex(b"PK\5\6") + offset
    struct.pack_into(form, data, at, change(struct.unpack_from(form, data, at)[0]))
    return bytes(data)


@pytest.mark.parametrize(
    ("offset", "form"), [(4, "<H"), (6, "<H"), (8, "<H"), (10, "<H"), (12, "<L"), (16, "<L"), (20, "<H")]
)
@pytest.mark.parametrize("more", [-1, 1, 2**15])
def test_the_end_record_tells_the_truth(offset: int, form: str, more: int) -> None:
    """Disk, first disk, members on it, members, length and place of the directory, length of the comment."""
    data = ended(offset, form, lambda old: (old + more) % 2 ** (8 * struct.calcsize(form)))
    with pytest.raises(MalformedError):
        RecordFile(io.BytesIO(data))


@pytest.mark.parametrize(("offset", "where"), [(28, "name"), (30, "extra field"), (32, "comment")])
def test_a_record_of_the_directory_that_runs_into_its_end(offset: int, where: str) -> None:
    data = bytearray(zip_of(members()))
    data[data.rindex(b"PK\1\2") + offset] += 1
    with pytest.raises(MalformedError):
        RecordFile(io.BytesIO(bytes(data)))
    assert where


def test_no_extra_field_and_no_comment() -> None:
    extra = struct.pack("<2HL", 0x7075, 4, 0)
    refused(one(2, local={"extra": extra}), "says two things")
    refused(one(2, central={"extra": extra}), "does not list what it says")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for member in members():
            info = zipfile.ZipInfo(member.name)
            info.comment = b"hello"
            archive.writestr(info, member.data)
    refused(out.getvalue(), "does not list what it says")


def test_bytes_between_the_directory_and_its_end() -> None:
    good = zip_of(members())
    for more in (b"x", bytes(46), b"PK\1\2" + bytes(42)):
        refused(good[:-22] + more + good[-22:], "damaged|after its directory|says two things|not list")
        grown = bytearray(good[:-22] + more + good[-22:])
        struct.pack_into("<L", grown, len(grown) - 10, len(more) + struct.unpack_from("<L", good, len(good) - 10)[0])
        refused(bytes(grown), "does not list what it says|damaged")


def crowded(length: int) -> bytes:
    """A directory of so many bytes: a name of what is missing."""
    found = [Member(f"{number:0>64954}", b"", deflate=False) for number in range(40)]
    spare = length - sum(46 + len(member.name) for member in members())
    chosen = found[: spare // 65_000]
    assert 46 < spare - 65_000 * len(chosen) < 65_000
    chosen.append(Member("z" * (spare - 65_000 * len(chosen) - 46), b"", deflate=False))
    return zip_of([*members(), *chosen])


def test_a_directory_has_two_mebibytes() -> None:
    assert read(crowded(2**21)) == WANTED
    refused(crowded(2**21 + 1), "far too many")


def test_a_directory_that_is_damaged() -> None:
    good = zip_of(members())
    refused(good.replace(b"PK\1\2", b"PK\1\3", 1), "damaged")
    refused(good.replace(b"PK\3\4", b"PK\3\5", 1), "says two things")
    refused(both(2, flags=0x800, name=b"blobs/\xff" + b"0" * 63), "damaged")


# ---- each member -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "good"),
    [
        (0, True),
        (0o100644 << 16, True),
        (0o100755 << 16 | 0x21, True),
        (0o000777 << 16, True),
        (0x10, False),
        (0o100644 << 16 | 0x10, False),
        (0o040755 << 16, False),
        (0o120777 << 16, False),
        (0o140644 << 16, False),
        (0o020644 << 16, False),
        (0o010644 << 16, False),
    ],
)
@pytest.mark.parametrize("place", range(3))
def test_every_member_is_a_regular_file(place: int, mode: int, *, good: bool) -> None:
    data = both(place, attributes=mode)
    if good:
        assert read(data) == WANTED
    else:
        refused(data, "a folder or a link")


def test_no_name_ends_like_a_folders() -> None:
    refused(zip_of([*members(), Member("blobs/", b"", deflate=False)]), "a folder or a link")


@pytest.mark.parametrize("bit", range(16))
def test_bits_that_say_encrypted(bit: int) -> None:
    """Bits 0, 6 and 13; bit 3 says that a descriptor follows, and none does; Python reads no patched data (5)."""
    data = both(2, flags=1 << bit)
    if bit in {0, 6, 13}:
        refused(data, "encrypted")
    elif bit == 3:
        refused(data, "says two things")
    else:
        assert read(data) == WANTED


@pytest.mark.parametrize("method", [*range(1, 8), 9, 10, 12, 14, 93, 99, 0xFFFF])
def test_two_ways_of_packing_alone(method: int) -> None:
    refused(both(2, method=method), "not allowed")


@pytest.mark.parametrize(
    "fields",
    [
        {"name": b"blobs/" + b"1" * 64},
        {"name": b"blobs"},
        {"method": 0},
        {"flags": 2},
        {"flags": 8},
        {"crc": 1},
        {"packed": 1},
        {"size": 1},
    ],
)
@pytest.mark.parametrize("where", ["local", "central"])
def test_the_two_headers_agree(where: str, fields: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        read(one(2, **{where: fields}))


def test_sizes_may_differ_where_a_descriptor_follows_alone() -> None:
    """Whatever other bit of the flags is set."""
    for flags in (0, 2, 4, 0x800):
        for fields in ({"crc": 0}, {"packed": 0}, {"size": 0}):
            refused(one(2, central={"flags": flags}, local={"flags": flags, **fields}), "says two things")


def test_a_version_that_no_reader_knows() -> None:
    data = bytearray(zip_of(members()))
    data[data.index(b"PK\1\2") + 6] = 99
    refused(bytes(data), "damaged")


def test_names_are_compared_as_bytes() -> None:
    for name in ("böard.blt", "b?ard.blt"):
        refused(zip_of([*members(), Member(name, b"", local={"name": "böard.blt".encode()})]), "says two things")
    data = zip_of([*members(), Member("README.txt", b"", local={"name": b"readme.txt"})])
    refused(data, "says two things")


def test_an_offset_beyond_the_file() -> None:
    refused(one(2, central={"offset": 2**31}), "belong to no member")
    refused(both(2, packed=2**31), "belong to no member")


# ---- data descriptors --------------------------------------------------------------------------------------------------------


def described(mark: bytes, change: Callable[[bytes], bytes] = bytes, *, place: int = 2, **local: int) -> bytes:
    """The sizes of a member follow its data; the local header has none, or others."""
    data = members()[place].data
    tail = struct.pack("<3L", zlib.crc32(data), len(packed(data)), len(data))
    said = {"flags": 8, "crc": 0, "packed": 0, "size": 0} | local
    return one(place, deflate=True, tail=mark + change(tail), local=said, central={"flags": 8})


def _turned(at: int, data: bytes) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.mark.parametrize("mark", [b"PK\7\x08", b""])
@pytest.mark.parametrize("place", range(3))
def test_sizes_may_follow_the_data(mark: bytes, place: int) -> None:
    assert read(described(mark, place=place)) == WANTED
    for at in (0, 4, 8):
        refused(described(mark, partial(_turned, at), place=place), "says two things")
    refused(described(mark, lambda tail: tail[:-1], place=place), "says two things")
    refused(described(mark, lambda _: b"", place=place), "says two things")
    refused(described(mark, lambda tail: tail + b"1234", place=place), "belong to no member")
