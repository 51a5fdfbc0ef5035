"""The record's zip file (protocol.md section 13), read strictly and as a stream.

Nothing is inflated before its declared size has been judged, and nothing is inflated beyond that size. Python's own
`zipfile` forgives much (bytes before and after, overlapping members), so the few structures are read here; their
layout is PKWARE's APPNOTE 4.3.7 (local header), 4.3.12 (central directory) and 4.3.16 (its end).
"""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from .failure import CheckFailedError, NotARecordError

_MAX_RATIO: Final = 100
_FREE: Final = 2**20
"""How far entries may inflate (section 13): 100 times their packed size, or to 1 MiB."""
ENTRIES: Final = "entries.jsonl"
CHECKPOINT: Final = "checkpoint"
_NAME: Final = re.compile(
    rb"entries\.jsonl|checkpoint|README\.txt|blobs/[0-9a-f]{64}|[A-Za-z0-9][A-Za-z0-9_-]{0,63}\.(?:blt|json)"
)
_END: Final = struct.Struct("<4s4H2LH")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_MAX_DIRECTORY: Final = 2 * 2**20
_MAX_COMMENT: Final = 2**16 - 1
_CHUNK: Final = 2**18
_STORED: Final = 0
_DEFLATED: Final = 8
_ENCRYPTED: Final = 1 << 0 | 1 << 6 | 1 << 13
_HAS_DESCRIPTOR: Final = 1 << 3
_FILE_TYPE: Final = 0o170000
_REGULAR: Final = 0o100000
_NO_TYPE: Final = 0
_DOS_FOLDER: Final = 0x10


@dataclass(frozen=True, slots=True)
class Member:
    """A member as the central directory declares it; sizes and offsets in bytes."""

    name: bytes
    flags: int
    method: int
    crc: int
    packed_size: int
    size: int
    disk: int
    attributes: int
    header: int


def _form(detail: str) -> CheckFailedError:
    return CheckFailedError("form", detail)


class Archive:
    """An open record file, to be closed by `close`. `members` maps names to what is declared of them."""

    __slots__ = ("_data", "_file", "members")

    def __init__(self, path: Path) -> None:
        """Read the directory; raise NotARecordError for what is no record, CheckFailedError for zip tricks."""
        try:
            if path.exists() and not path.is_file():
                msg = f"{path}: not a regular file"
                raise NotARecordError(msg)
            self._file: BinaryIO = path.open("rb")
        except OSError as error:
            msg = f"{path}: {error.strerror or 'cannot be read'}"
            raise NotARecordError(msg) from None
        try:
            self._open()
        except BaseException:
            self._file.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _open(self) -> None:
        length = self._file.seek(0, 2)
        found, start, ends = self._directory(length)
        names = {member.name for member in found}
        if not names & {ENTRIES.encode(), CHECKPOINT.encode()}:
            msg = "not a record: the zip has neither entries.jsonl nor checkpoint"
            raise NotARecordError(msg)
        if not ends:
            msg = "bytes or a comment follow the end of the zip's directory"
            raise _form(msg)
        if len(names) != len(found):
            msg = "the zip repeats a name"
            raise _form(msg)
        for member in found:
            _check_member(member)
        self.members = {member.name.decode("ascii"): member for member in found}
        self._data: dict[str, int] = {}
        self._lay_out(found, start)
        for name in (ENTRIES, CHECKPOINT):
            if name not in self.members:
                msg = f"the record has no {name}"
                raise _form(msg)
        entries = self.members[ENTRIES]
        if entries.size > max(_FREE, _MAX_RATIO * entries.packed_size):
            msg = "the entries inflate to more than 100 times their packed size"
            raise _form(msg)

    def _read_at(self, offset: int, count: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(count)

    def _directory(self, length: int) -> tuple[list[Member], int, bool]:
        """Return the central directory's records, where it starts, and whether its end record ends the file."""
        tail_start = max(0, length - _MAX_COMMENT - _END.size)
        tail = self._read_at(tail_start, length - tail_start)
        # The last mark that a whole end record can follow.
        at = tail.rfind(b"PK\x05\x06", 0, max(0, len(tail) - _END.size + 4))
        if at < 0:
            msg = "not a zip file"
            raise NotARecordError(msg)
        _, disk, first_disk, here, count, size, start, comment = _END.unpack_from(tail, at)
        end_record = tail_start + at
        if count == 0 and size == 0:
            msg = "not a record: the zip is empty"
            raise NotARecordError(msg)
        if size > _MAX_DIRECTORY or disk or first_disk or here != count or start + size != end_record:
            msg = "the zip's directory does not stand directly before its end, or is of no plain zip"
            raise _form(msg)
        found = list(_central_records(self._read_at(start, size)))
        if count != len(found):
            msg = "the zip's directory has another number of members than it says"
            raise _form(msg)
        return found, start, comment == 0 and end_record + _END.size == length

    def _lay_out(self, found: list[Member], directory_start: int) -> None:
        """Check local headers and that members fill the file from its first byte without overlapping."""
        expected = 0
        for member in sorted(found, key=lambda each: each.header):
            if member.header != expected:
                msg = "members of the zip overlap, or bytes stand outside them"
                raise _form(msg)
            header = self._read_at(member.header, _LOCAL.size)
            if len(header) < _LOCAL.size or header[:4] != b"PK\x03\x04":
                msg = "a member of the zip has no local header"
                raise _form(msg)
            _, _, flags, method, _, _, crc, packed_size, size, name_size, extra_size = _LOCAL.unpack(header)
            if self._read_at(member.header + _LOCAL.size, name_size) != member.name:
                msg = "the local and the central name of a member differ"
                raise _form(msg)
            if (flags, method) != (member.flags, member.method):
                msg = "the local and the central header of a member differ in flags or method"
                raise _form(msg)
            streamed = bool(flags & _HAS_DESCRIPTOR)
            if not streamed and (crc, packed_size, size) != (member.crc, member.packed_size, member.size):
                msg = "the local and the central header of a member differ in CRC or size"
                raise _form(msg)
            if extra_size:
                msg = "a member of the zip has an extra field"
                raise _form(msg)
            data = member.header + _LOCAL.size + name_size
            self._data[member.name.decode("ascii")] = data
            expected = data + member.packed_size
            if streamed:
                expected += self._descriptor_size(member, expected)
        if expected != directory_start:
            msg = "members of the zip overlap its directory, or bytes stand outside them"
            raise _form(msg)

    def _descriptor_size(self, member: Member, offset: int) -> int:
        """Size of the data descriptor (APPNOTE 4.3.9), with or without its mark; sizes of 32 bits, for no zip64."""
        said = struct.pack("<3L", member.crc, member.packed_size, member.size)
        for wanted in (b"PK\x07\x08" + said, said):
            if self._read_at(offset, len(wanted)) == wanted:
                return len(wanted)
        msg = "a data descriptor of the zip does not agree with the directory"
        raise _form(msg)

    def _packed(self, name: str) -> Iterator[bytes]:
        """Yield a member's bytes as they stand in the file."""
        position, left = self._data[name], self.members[name].packed_size
        while left:
            piece = self._read_at(position, min(left, _CHUNK))
            if not piece:
                return
            position += len(piece)
            left -= len(piece)
            yield piece

    def chunks(self, name: str) -> Iterator[bytes]:
        """Inflate a member piece by piece; raise (form) unless it has exactly its declared size and CRC."""
        member = self.members[name]
        pieces = self._packed(name)
        done, crc = 0, 0
        for piece in _inflated(pieces, name) if member.method == _DEFLATED else pieces:
            done += len(piece)
            if done > member.size:
                break
            crc = zlib.crc32(piece, crc)
            yield piece
        if done != member.size or crc != member.crc:
            msg = f"{name} does not have its declared size and CRC"
            raise _form(msg)

    def read(self, name: str) -> bytes:
        """Inflate a whole member; its declared size is to have been judged before."""
        return b"".join(self.chunks(name))


def _inflated(pieces: Iterator[bytes], name: str) -> Iterator[bytes]:
    """Inflate, never more than a chunk at a time; raise (form) for what is no single deflate stream."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for packed in pieces:
            pending = packed
            while pending:
                yield inflater.decompress(pending, _CHUNK)
                pending = inflater.unconsumed_tail
            if inflater.unused_data:
                break
        # The inflater may still hold some output, though all input is consumed: at most its window.
        yield inflater.flush(_CHUNK)
    except zlib.error:
        msg = f"{name} cannot be inflated"
        raise _form(msg) from None
    if not inflater.eof or inflater.unused_data:
        msg = f"{name} is not exactly one deflated stream"
        raise _form(msg)


def _central_records(directory: bytes) -> Iterator[Member]:
    """Yield the records of the central directory; raise (form) when its bytes are no such records."""
    at = 0
    while at < len(directory):
        if len(directory) - at < _CENTRAL.size or directory[at : at + 4] != b"PK\x01\x02":
            msg = "the zip's directory is malformed"
            raise _form(msg)
        field = _CENTRAL.unpack_from(directory, at)
        name_size, extra_size, comment_size = field[10:13]
        if extra_size or comment_size:
            msg = "a member of the zip has an extra field or a comment"
            raise _form(msg)
        name = directory[at + _CENTRAL.size : at + _CENTRAL.size + name_size]
        at += _CENTRAL.size + name_size
        if at > len(directory):
            msg = "the zip's directory is malformed"
            raise _form(msg)
        yield Member(name, field[3], field[4], field[7], field[8], field[9], field[13], field[15], field[16])


def _check_member(member: Member) -> None:
    """Check what the contract says of one member, by its directory record alone."""
    shown = ascii(member.name[:80].decode("latin-1"))
    if not _NAME.fullmatch(member.name):
        msg = f"the zip has a member that is no part of a record: {shown}"
        raise _form(msg)
    kind = member.attributes >> 16 & _FILE_TYPE
    if kind not in {_REGULAR, _NO_TYPE} or member.attributes & _DOS_FOLDER:
        msg = f"the zip's member {shown} is no regular file"
        raise _form(msg)
    if member.disk:
        msg = f"the zip's member {shown} is on another disk"
        raise _form(msg)
    if member.flags & _ENCRYPTED:
        msg = f"the zip's member {shown} is encrypted"
        raise _form(msg)
    if member.method not in {_STORED, _DEFLATED}:
        msg = f"the zip's member {shown} is neither stored nor deflated"
        raise _form(msg)
    if member.method == _STORED and member.size != member.packed_size:
        msg = f"the zip's member {shown} is stored with two sizes"
        raise _form(msg)
