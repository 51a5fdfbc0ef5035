"""The published record (protocol.md, section 13): a zip of entries, checkpoint and blobs, read without trust.

Nothing is inflated before its declared size has been compared with what refers to it; what is inflated is streamed, and
must have exactly its declared size and checksum. Bytes that two zip readers could see differently are refused.
"""

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO, Protocol

from governance.board.checkpoint import MAX_CHECKPOINT
from governance.board.entries import MAX_ENTRY, Ref
from governance.errors import MalformedError

ENTRIES = "entries.jsonl"
CHECKPOINT = "checkpoint"
BLOBS = "blobs/"

_CHUNK = 2**16
_BLOB = re.compile(r"blobs/([0-9a-f]{64})", re.ASCII)
_END = struct.Struct("<4s4H2LH")
_LOCAL = struct.Struct("<4s5H3L2H")
_MAX_DIRECTORY = 2**21
"""Bytes of a zip's central directory: some 18,000 blobs."""
_MAX_COMMENT = 0xFFFF
"""Bytes that may follow an end record: only then is the file a zip at all (one with a comment is refused)."""
_DESCRIPTOR = 0x08
_ENCRYPTED = 0x2041  # encrypted, strongly encrypted, or with a masked directory
_CENTRAL = 46
"""Bytes of a member's record in the central directory, without its name, extra field and comment."""
MAX_RATIO = 100
"""Entries are mostly random digits: what packs better is a bomb."""
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)


class NotARecordError(MalformedError):
    """The file is no zip, or has neither entries nor a checkpoint: exit 2, there is nothing to verify."""


class Source(Protocol):
    """Where a record's bytes come from: a published file, or the server's own board."""

    def entries(self) -> Iterator[bytes]:
        """The entries' bytes in order, without LF; may be called more than once."""
        ...

    def checkpoint(self) -> bytes:
        """The signed checkpoint over exactly these entries."""
        ...

    def blob_sizes(self) -> Mapping[bytes, int]:
        """The size of each blob, by its SHA-256."""
        ...

    def chunks(self, digest: bytes) -> Iterator[bytes]:
        """The bytes of one blob, in pieces."""
        ...

    def others(self) -> Iterable[str]:
        """Names of files for people."""
        ...


@dataclass(frozen=True, slots=True)
class _Member:
    start: int
    """Where its data begins."""
    packed: int
    size: int
    crc: int
    deflated: bool


class RecordFile:
    """A record as a zip file; a `Source`."""

    def __init__(self, file: BinaryIO) -> None:
        """Read the directory of the zip.

        Raises:
            NotARecordError: It is no zip, or neither entries nor checkpoint are in it.
            MalformedError: The zip does something that section 13 does not allow.
        """
        self._file = file
        self._members = _members(file)
        missing = {ENTRIES, CHECKPOINT} - self._members.keys()
        if len(missing) == 2:  # noqa: PLR2004
            msg = "the file has neither entries nor a checkpoint: it is not a record"
            raise NotARecordError(msg)
        if missing:
            msg = f"the record has no {missing.pop()}"
            raise MalformedError(msg)
        if self._members[ENTRIES].size > max(MAX_ENTRY, MAX_RATIO * self._members[ENTRIES].packed):
            msg = "the entries inflate to more than 100 times their packed size"
            raise MalformedError(msg)
        if self._members[CHECKPOINT].size > MAX_CHECKPOINT:
            msg = "the checkpoint is larger than 64 KiB"
            raise MalformedError(msg)

    def _inflate(self, member: _Member) -> Iterator[bytes]:
        self._file.seek(member.start)
        left, size, crc = member.packed, 0, 0
        unpack = zlib.decompressobj(-zlib.MAX_WBITS) if member.deflated else None
        while left:
            packed = self._file.read(min(left, _CHUNK))
            if not packed:
                break
            left -= len(packed)
            where = self._file.tell()
            while packed:
                piece = unpack.decompress(packed, _CHUNK) if unpack else packed
                packed = unpack.unconsumed_tail if unpack else b""
                size += len(piece)
                if size > member.size or (unpack and unpack.unused_data):
                    msg = "a member of the zip is longer than it says"
                    raise MalformedError(msg)
                crc = zlib.crc32(piece, crc)
                if piece:
                    yield piece
            self._file.seek(where)
        rest = unpack.flush() if unpack else b""
        if rest:
            size += len(rest)
            crc = zlib.crc32(rest, crc)
            yield rest
        if left or size != member.size or crc != member.crc or (unpack and not unpack.eof):
            msg = "a member of the zip is damaged"
            raise MalformedError(msg)

    def _pieces(self, name: str) -> Iterator[bytes]:
        try:
            yield from self._inflate(self._members[name])
        except zlib.error:
            msg = "a member of the zip is damaged"
            raise MalformedError(msg) from None

    def entries(self) -> Iterator[bytes]:
        """Each entry's bytes, without LF.

        Raises:
            MalformedError: A line is too long, or the last one has no LF.
        """
        rest = b""
        for piece in self._pieces(ENTRIES):
            lines = (rest + piece).split(b"\n")
            rest = lines.pop()
            yield from lines
            if len(rest) > MAX_ENTRY:
                msg = "an entry is longer than 1 MiB"
                raise MalformedError(msg)
        if rest:
            msg = "the last entry does not end with a line feed"
            raise MalformedError(msg)

    def checkpoint(self) -> bytes:
        """The checkpoint's bytes, at most 64 KiB."""
        return b"".join(self._pieces(CHECKPOINT))

    def blob_sizes(self) -> dict[bytes, int]:
        """Declared sizes by SHA-256."""
        found = ((_BLOB.fullmatch(name), member) for name, member in self._members.items())
        return {bytes.fromhex(match[1]): member.size for match, member in found if match}

    def chunks(self, digest: bytes) -> Iterator[bytes]:
        """The bytes of one blob, in pieces."""
        return self._pieces(BLOBS + digest.hex())

    def others(self) -> list[str]:
        """Names of the members that no verifier reads."""
        return [name for name in self._members if name not in (ENTRIES, CHECKPOINT) and not _BLOB.fullmatch(name)]


def _members(file: BinaryIO) -> dict[str, _Member]:
    """The members of a zip, after every trick of section 13 has been looked for."""
    start, directory = _directory(file)
    members: dict[str, _Member] = {}
    end = 0
    for info in sorted(directory, key=lambda one: one.header_offset):
        name = info.orig_filename
        if name in members:
            msg = f"two members of the zip have the name {name!r:.80}"
            raise MalformedError(msg)
        _refuse_kind(info)
        if info.header_offset != end:
            msg = "the zip has bytes that belong to no member, or members that overlap"
            raise MalformedError(msg)
        data = _data_start(file, info)
        members[name] = _Member(data, info.compress_size, info.file_size, info.CRC, info.compress_type != 0)
        if info.compress_type == zipfile.ZIP_STORED and info.compress_size != info.file_size:
            msg = "a stored member of the zip has two sizes"
            raise MalformedError(msg)
        end = data + info.compress_size
        if info.flag_bits & _DESCRIPTOR:
            end += _descriptor(file, end, info)
    if end != start:
        msg = "the zip has bytes that belong to no member, or members that overlap"
        raise MalformedError(msg)
    return members


def is_zip(file: BinaryIO) -> bool:
    """Whether a file ends as a zip does, and so is to be read as a record."""
    file.seek(max(0, file.seek(0, 2) - _MAX_COMMENT - _END.size))  # zipfile.is_zipfile looks one byte further back
    return b"PK\5\6" in file.read()[: 4 - _END.size]


def _directory(file: BinaryIO) -> tuple[int, list[zipfile.ZipInfo]]:
    """Where the central directory starts, and what it lists."""
    size = file.seek(0, 2)
    if not is_zip(file):
        msg = "the file is no zip: it is not a record"
        raise NotARecordError(msg)
    file.seek(max(0, size - _END.size))
    tail = file.read(_END.size)
    if tail[:4] != b"PK\5\6" or tail[-2:] != b"\0\0":
        msg = "the zip has a comment, or bytes after its end"
        raise MalformedError(msg)
    length, offset = _END.unpack(tail)[5:7]
    if length > _MAX_DIRECTORY:
        msg = "the zip has far too many members"
        raise MalformedError(msg)
    try:
        with zipfile.ZipFile(file) as archive:
            listed = archive.infolist()
            start = archive.start_dir
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, struct.error, EOFError):
        msg = "the zip's directory is damaged"
        raise MalformedError(msg) from None
    file.seek(start)
    if not _fills(file.read(length), len(listed), tail):
        msg = "the zip's directory does not list what it says"
        raise MalformedError(msg)
    if start != offset or start + length + _END.size != size:
        # A record of 4 GiB or 65,535 members would need zip64, which moves the directory's end: none comes near.
        msg = "the zip has bytes before its first member, after its directory, or is larger than 4 GiB"
        raise MalformedError(msg)
    return start, listed


def _fills(directory: bytes, count: int, end: bytes) -> bool:
    """Whether the directory's records end where it ends, and are as many as the file's end says, on one disk."""
    at = 0
    while at + _CENTRAL <= len(directory):
        name, extra, comment = struct.unpack_from("<3H", directory, at + 28)
        if extra or comment:
            return False  # a Unicode path there would show another reader another record
        at += _CENTRAL + name
    return at == len(directory) and struct.unpack_from("<4H", end, 4) == (0, 0, count, count)


def _refuse_kind(info: zipfile.ZipInfo) -> None:
    name = info.orig_filename
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG) or name.endswith("/") or info.external_attr & 0x10:
        msg = f"the zip has a folder or a link: {name!r:.80}"
        raise MalformedError(msg)
    if info.flag_bits & _ENCRYPTED:
        msg = f"a member of the zip is encrypted: {name!r:.80}"
        raise MalformedError(msg)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        msg = f"a member of the zip is packed in a way that is not allowed: {name!r:.80}"
        raise MalformedError(msg)


def _data_start(file: BinaryIO, info: zipfile.ZipInfo) -> int:
    """Where a member's data begins, after its local header has been compared with the directory's."""
    file.seek(info.header_offset)
    header = file.read(_LOCAL.size)
    if len(header) == _LOCAL.size and header[:4] == b"PK\3\4":
        _, _, flags, method, _, _, crc, packed, size, name_length, extra_length = _LOCAL.unpack(header)
        name = file.read(name_length)
        sizes = (crc, packed, size) == (info.CRC, info.compress_size, info.file_size)
        if (
            name == info.orig_filename.encode("ascii", "replace")
            and method == info.compress_type
            and flags == info.flag_bits
            and (sizes or flags & _DESCRIPTOR)
            and not extra_length
        ):
            return info.header_offset + int(_LOCAL.size) + int(name_length)
    msg = f"the zip says two things of its member {info.orig_filename!r:.80}"
    raise MalformedError(msg)


def _descriptor(file: BinaryIO, at: int, info: zipfile.ZipInfo) -> int:
    """The length of the data descriptor that follows a member's data."""
    sizes = struct.pack("<3L", info.CRC, info.compress_size, info.file_size)
    file.seek(at)
    follows = file.read(16)
    for descriptor in (b"PK\7\x08" + sizes, sizes):
        if follows.startswith(descriptor):
            return len(descriptor)
    msg = f"the zip says two things of its member {info.orig_filename!r:.80}"
    raise MalformedError(msg)


def read_blob(source: Source, ref: Ref) -> bytes:
    """A blob whose size is known to be right for its place.

    Raises:
        MalformedError: The bytes differ from their hash or size.
    """
    data = b"".join(source.chunks(ref.sha256)) if source.blob_sizes().get(ref.sha256) == ref.size else b""
    if sha256(data).digest() != ref.sha256:
        msg = f"a blob differs from its hash {ref.sha256.hex()[:16]}…"
        raise MalformedError(msg)
    return data


def write(
    file: BinaryIO, entries: Iterable[bytes], checkpoint: bytes, blobs: Iterable[bytes], people: Mapping[str, bytes]
) -> None:
    """Write a record file; the same input gives the same bytes on one version of zlib.

    Args:
        file: Opened for writing.
        entries: Each entry's bytes, without LF, in order.
        checkpoint: Over exactly those entries.
        blobs: Everything that is referred to; written in order of their hashes, each once.
        people: Files for people by name, as section 13 allows.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open(_info(ENTRIES), "w") as member:
            for entry in entries:
                member.write(entry + b"\n")
        named = {BLOBS + sha256(blob).hexdigest(): blob for blob in blobs}
        for name, data in [(CHECKPOINT, checkpoint), *sorted(named.items()), *people.items()]:
            archive.writestr(_info(name), data)


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _FIXED_TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info
