"""Row 12, the file: zips that two readers could see differently, or that grow when they are unpacked."""

import stat
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from tests.forge.forgery import (
    COUNT,
    DECRYPT,
    FORM,
    MANIFEST,
    MIX_INPUT,
    RESULT,
    SHUFFLE,
    TREE,
    Check,
    Forgery,
    edited,
)
from tests.forge.record import Member, Record, ref, zip_of

GIB = 2**30
EVIL = "0" * 64


def _zip(
    name: str, change: Callable[[list[Member]], Any], expected: Sequence[Check] = (FORM,), **options: bytes
) -> Forgery:
    """Members that are changed in place, or others."""

    def do(record: Record) -> bytes:
        members = record.members()
        changed = change(members)
        return zip_of(changed if isinstance(changed, list) else members, **options)

    return edited(12, f"zip: {name}", "tiny", expected, do)


def _raw(name: str, change: Callable[[bytes], bytes], expected: Sequence[Check] = (FORM,)) -> Forgery:
    """The file's bytes."""
    return edited(12, f"zip: {name}", "tiny", expected, lambda record: change(record.zip()))


def _add(name: str, *members: Member) -> Forgery:
    return _zip(name, lambda old: [*old, *members])


def _named(name: str) -> Forgery:
    return _add(f"a member named {name!r}", Member(name, b"x"))


def _said(what: str, number: int, where: str, **fields: Any) -> Forgery:
    """The central directory, or the local header, says something else."""
    return _zip(what, lambda members: getattr(members[number], where).update(fields))


def _wrong(what: str, number: int, expected: Sequence[Check] = (FORM,), **fields: Any) -> Forgery:
    """Both headers agree, and are wrong."""

    def change(members: list[Member]) -> None:
        members[number].central.update(fields)
        members[number].local.update(fields)

    return _zip(what, change, expected)


def _descriptor(name: str, change: Callable[[Member, bytes], bytes], **local: Any) -> Forgery:
    """The first member's sizes follow its data."""

    def do(members: list[Member]) -> None:
        one = members[0]
        packed = _deflated(one.data)
        one.packed = packed
        one.local = {"flags": 8, "crc": 0, "packed": 0, "size": 0, **local}
        one.central = {"flags": 8}
        one.tail = change(one, struct.pack("<3L", zlib.crc32(one.data), len(packed), len(one.data)))

    return _zip(f"a data descriptor {name}", do)


def _deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


@cache
def _bomb(size: int) -> bytes:
    """So many zeros, deflated, a MiB at a time."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    chunk = bytes(2**20)
    return b"".join(packer.compress(chunk) for _ in range(size >> 20)) + packer.flush()


def _overlap(members: list[Member]) -> None:
    """Two names for one member's bytes."""
    members.append(replace(members[2], name="README.txt", written=False, central={"offset": 0}))


def _inside(members: list[Member]) -> list[Member]:
    """A member whose data holds the next one's header (the quoted overlap of zip bombs)."""
    inner = Member("README.txt", b"hello", deflate=False)
    body = zip_of([inner])
    local = body[: body.index(b"PK\1\2")]
    outer = replace(members[-1], deflate=False, data=members[-1].data + local)
    before = zip_of([*members[:-1], outer])
    return [*members[:-1], outer, replace(inner, written=False, central={"offset": before.rindex(local)})]


def _inflates(number: int, size: int, *, said: bool = True) -> Callable[[list[Member]], None]:
    def change(members: list[Member]) -> None:
        one = members[number]
        one.packed = _bomb(size)
        one.local = one.central = {"size": size} if said else {}

    return change


def _empty_lines(members: list[Member]) -> None:
    members[0].packed = _deflated(b"\n" * 2**26)
    members[0].local = members[0].central = {"size": 2**26}


def _referred(size: int, said: int | None = None) -> Callable[[Record], bytes]:
    """A bomb in the place of a blob: the entry refers to it, and its size is (said to be) what the zip says."""

    def change(record: Record) -> bytes:
        at = record.find("result")
        digest = "ab" * 32
        record.edit(at, lambda v: {**v, "ballots": {"sha256": digest, "size": size if said is None else said}})
        record.blobs[digest] = b""
        members = record.tidy().members()
        bomb = next(one for one in members if digest in one.name)
        bomb.packed = _bomb(size)
        bomb.local = bomb.central = {"size": size if said is None else said, "crc": 0}
        return zip_of(members)

    return change


def _claimed(kind: str, field: str, size: int = GIB) -> Callable[[Record], bytes]:
    """An entry and the zip's directory claim a gibibyte; the member holds four bytes."""

    def change(record: Record) -> bytes:
        digest = "cd" * 32

        def edit(value: dict[str, Any]) -> None:
            where = value["credentials"][0] if kind == "manifest" else value
            if kind == "manifest":
                where.update(sha256=digest, size=size)
            else:
                where[field] = {"sha256": digest, "size": size}

        record.edit(record.find(kind), edit)
        record.blobs[digest] = b"four"
        members = record.tidy().members()
        one = next(one for one in members if digest in one.name)
        one.local = one.central = {"size": size}
        return zip_of(members)

    return change


def _short(members: list[Member]) -> None:
    """Declared one byte more than there is."""
    one = members[2]
    one.packed = _deflated(one.data)
    one.local = one.central = {"size": len(one.data) + 1}


def _stored(members: list[Member]) -> None:
    one = members[2]
    one.deflate = False
    one.local = one.central = {"size": len(one.data) - 1}


def _two_streams(members: list[Member]) -> None:
    """A second deflate stream follows the first within the member."""
    one = members[2]
    one.packed = _deflated(one.data) + _deflated(b"more")


def _cut_stream(members: list[Member]) -> None:
    """A deflate stream that never ends."""
    one = members[2]
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    one.packed = packer.compress(one.data) + packer.flush(zlib.Z_SYNC_FLUSH)


def _garbage(members: list[Member]) -> None:
    members[2].packed = b"\xff" * 40


def _offset_prefix(data: bytes) -> bytes:
    """A prefix that the directory's offsets count in: the zip does not begin with its first member."""
    start = data.index(b"PK\1\2")
    end = data.rindex(b"PK\5\6")
    shift = 16
    directory = bytearray(data[start:end])
    at = 0
    while at < len(directory):
        (offset,) = struct.unpack_from("<L", directory, at + 42)
        struct.pack_into("<L", directory, at + 42, offset + shift)
        at += 46 + sum(struct.unpack_from("<3H", directory, at + 28))
    tail = bytearray(data[end:])
    struct.pack_into("<L", tail, 16, start + shift)
    return b"#!/usr/bin/true\n" + data[:start] + bytes(directory) + bytes(tail)


def _longer(offset: int) -> Callable[[bytes], bytes]:
    """The last entry of the directory says that its name, extra field or comment is longer: it runs into the end."""

    def change(data: bytes) -> bytes:
        at = data.rindex(b"PK\1\2") + offset
        return data[:at] + bytes([data[at] + 1]) + data[at + 1 :]

    return change


def _end(offset: int, form: str, change: Callable[[int], int]) -> Callable[[bytes], bytes]:
    """Another number in the end of the central directory."""

    def do(data: bytes) -> bytes:
        at = data.rindex(b"PK\5\6") + offset
        (old,) = struct.unpack_from(form, data, at)
        return data[:at] + struct.pack(form, change(old)) + data[at + struct.calcsize(form) :]

    return do


LINK = (stat.S_IFLNK | 0o777) << 16
FIFO = (stat.S_IFIFO | 0o600) << 16
FOLDER = (stat.S_IFDIR | 0o700) << 16

NAMES = [
    _named(name)
    for name in (
        "../evil", "/etc/passwd", "blobs/../../evil", "C:\\evil", "..\\evil", "blobs\\x", "./entries.jsonl", "evil", ".", "",
        "blobs/", "blobs/" + EVIL, "blobs/" + EVIL[:-1], "blobs/" + "AB" * 32, "blobs/" + EVIL + "/x", "/blobs/" + EVIL,
        "blobs//" + EVIL, "Entries.jsonl", "CHECKPOINT", "readme.txt", "README.TXT", "nowhere.blt", "board.csv", "board.blt/",
        "board.json.gz", "README.txt\0.exe", "README.txt\n", "board.blt ", "böard.blt", "README", "sub/README.txt",
        "META-INF/MANIFEST.MF",
    )
]  # fmt: skip

ZIPS = [
    *NAMES,
    _zip("entries.jsonl twice", lambda members: [*members, members[0]]),
    _zip("checkpoint twice, the second another", lambda members: [*members, replace(members[1], data=b"x")]),
    _zip("a blob twice", lambda members: [*members, members[2]]),
    _add("README.txt twice", Member("README.txt", b"1"), Member("README.txt", b"2")),
    _zip("no entries.jsonl", lambda members: members[1:]),
    _zip("no checkpoint", lambda members: [members[0], *members[2:]]),
    _zip("a blob missing", lambda members: members[:-1]),
    _zip("all blobs missing", lambda members: members[:2]),
    _zip("a blob that is not referred to", lambda members: [*members, Member("blobs/" + ref(b"x")["sha256"], b"x")]),
    _zip("a blob of another size than its reference", lambda members: setattr(members[2], "data", members[2].data + b"x")),
    _zip("a blob shorter than its reference", lambda members: setattr(members[2], "data", members[2].data[:-1])),
    _zip("a folder", lambda members: [*members, Member("blobs/", b"", deflate=False)]),
    _wrong("a folder by its attributes", 2, attributes=FOLDER | 0x10),
    _wrong("a folder by DOS's attributes", 2, attributes=0x10),
    _wrong("a symbolic link", 2, attributes=LINK),
    _wrong("a symbolic link called entries.jsonl", 0, attributes=LINK),
    _wrong("a pipe", 2, attributes=FIFO),
    _wrong("an encrypted member", 2, flags=1),
    _said("an encrypted flag in the directory alone", 2, "central", flags=1),
    _said("an encrypted flag in the local header alone", 2, "local", flags=1),
    _wrong("strong encryption", 2, flags=0x41),
    _wrong("a masked directory", 2, flags=0x2000),
    *(_wrong(f"method {method}", 2, method=method) for method in (1, 9, 12, 14, 93, 99)),
    _said("another method in the local header", 2, "local", method=0),
    _said("another name in the local header", 2, "local", name=b"blobs/" + b"1" * 64),
    _said("a shorter name in the local header", 0, "local", name=b"entries"),
    _said("another size in the local header", 2, "local", size=1),
    _said("another packed size in the local header", 2, "local", packed=1),
    _said("another CRC in the local header", 2, "local", crc=1),
    _said("other flags in the local header", 2, "local", flags=2),
    _said("another size in the directory", 2, "central", size=1),
    _said("another offset in the directory", 2, "central", offset=1),
    _said("an offset beyond the file", 2, "central", offset=2**31),
    _wrong("a wrong CRC", 0, crc=1),
    _wrong("a wrong CRC of the checkpoint", 1, [FORM], crc=1),
    _wrong("a wrong CRC of a blob", 2, [FORM, TREE], crc=1),
    _wrong("a packed size beyond the file", 2, packed=2**31),
    _zip("a member shorter than it says", _short),
    _zip("a stored member with two sizes", _stored),
    _zip("a member with two deflate streams", _two_streams),
    _zip("a member whose deflate stream does not end", _cut_stream),
    _zip("a member that is no deflate stream", _garbage),
    _descriptor("of another size", lambda _, tail: b"PK\7\x08" + tail[:8] + b"\1\0\0\0"),
    _descriptor("of another CRC", lambda _, tail: b"PK\7\x08" + b"\0\0\0\0" + tail[4:]),
    _descriptor("of another packed size", lambda _, tail: b"PK\7\x08" + tail[:4] + b"\1\0\0\0" + tail[8:]),
    _descriptor("that is missing", lambda _, __: b""),
    _descriptor("with bytes after it", lambda _, tail: b"PK\7\x08" + tail + b"1234"),
    _zip("two members that overlap", _overlap),
    _zip("a member inside another", _inside),
    _zip("a member that the directory does not list", lambda members: [*members, Member("README.txt", b"x", listed=False)]),
    _zip("an unlisted member before the first", lambda members: [Member("README.txt", b"x", listed=False), *members]),
    _zip("bytes before the first member", lambda _: None, prefix=b"#!/bin/sh\n"),
    _raw("bytes before the first member that the offsets count in", _offset_prefix),
    _zip("bytes before the directory", lambda _: None, gap=b"x" * 40),
    _zip("a comment", lambda _: None, comment=b"hello"),
    _raw("a byte after its end", lambda data: data + b"\0"),
    _raw("a line feed after its end", lambda data: data + b"\n"),
    _raw("the whole zip twice", lambda data: data + data),
    _raw("another zip after it", lambda data: data + zip_of([Member("README.txt", b"x")])),
    _raw("another start of the directory", _end(16, "<L", lambda n: n - 1)),
    _raw("another length of the directory", _end(12, "<L", lambda n: n - 1)),
    _raw("a directory of 4 GiB", _end(12, "<L", lambda _: 2**32 - 1)),
    _raw("a name in the directory that runs into its end", _longer(28)),
    _raw("an extra field in the directory that runs into its end", _longer(30)),
    _raw("a comment in the directory that runs into its end", _longer(32)),
    _wrong("a name that is said to be UTF-8 and is not", 2, flags=0x800, name=b"blobs/\xff" + b"0" * 63),
    _raw("a directory whose first entry is damaged", lambda data: data.replace(b"PK\1\2", b"PK\1\3", 1)),
    _raw("a local header that is damaged", lambda data: data.replace(b"PK\3\4", b"PK\3\5", 1)),
    _zip("60,000 members more", lambda members: [
        *members, *(Member(f"{i:08x}", b"", deflate=False, written=False, central={"offset": 0}) for i in range(60_000))]),
]  # fmt: skip

BOMBS = [
    *(edited(12, f"a 1 GiB blob declared as {kind}'s {field}", "tiny", [FORM, own], _claimed(kind, field)) for kind, field, own in (
        ("manifest", "credentials", MANIFEST), ("shuffle", "input", MIX_INPUT), ("shuffle", "output", SHUFFLE),
        ("shuffle", "proof", SHUFFLE), ("decrypt", "input", DECRYPT), ("decrypt", "factors", DECRYPT),
        ("count", "stages", COUNT))),
    edited(12, "a 1 GiB blob declared as a result", "tiny", [FORM, RESULT], _claimed("result", "ballots")),
    edited(12, "a blob of 3 GiB declared as a result", "tiny", [FORM, RESULT], _claimed("result", "ballots", 3 * GIB)),
    edited(12, "a blob of a size below 0", "tiny", [FORM], lambda r: r.edit(r.find("result"), lambda v: {
        **v, "ballots": {**v["ballots"], "size": -1}})),
    edited(12, "zip bomb: a result that inflates to 48 MiB but says 100 bytes", "tiny", [FORM], _referred(48 * 2**20, 100)),
    edited(12, "zip bomb: a result that inflates to 48 MiB", "tiny", [FORM, TREE, RESULT], _referred(48 * 2**20)),
    _zip("a bomb as README.txt by another name", lambda members: [*members, replace(
        Member("readme", b""), packed=_bomb(2**26), local={"size": 2**26}, central={"size": 2**26})]),
    _zip("entries.jsonl inflates to one line of 256 MiB", _inflates(0, 2**28)),
    _zip("entries.jsonl inflates to 64 MiB of empty lines", _empty_lines),
    _zip("entries.jsonl inflates to more than it says", _inflates(0, 2**28, said=False)),
    _zip("a checkpoint that inflates to 256 MiB", _inflates(1, 2**28)),
    _zip("a checkpoint that inflates to more than it says", _inflates(1, 2**28, said=False)),
]  # fmt: skip

FORGERIES = [*ZIPS, *BOMBS]
