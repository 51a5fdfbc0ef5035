"""Reading a whole record: the checks `form` and `tree` (protocol.md sections 1 and 13), in a stream."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from . import board, parallel
from .archive import CHECKPOINT, ENTRIES, Archive
from .failure import CheckFailedError
from .form import MAX_ENTRY, Ballot, Entry, MalformedError, read_entry

MAX_CHECKPOINT: Final = 2**16
MAX_EAGER_BLOB: Final = 64 * 2**20
"""Larger blobs are hashed only when their place is reached, where their size is compared first."""
MAX_BLOBS: Final = 4 * 2**30
"""Bytes that all blobs together may declare."""
_LISTS: Final = {"shuffle": ("input", "output"), "decrypt": ("input",)}
"""The references to lists of ciphertexts, by kind of entry."""
_CIPHERTEXT: Final = 64

_BATCH_BYTES: Final = 4 * 2**20
_BATCH_ENTRIES: Final = 4096

Reference = tuple[str, int]
"""A blob's SHA-256 in hex, and its size in bytes."""


def fields(entry: Entry) -> dict[str, Any]:
    """Return the fields of an entry whose form has been checked (table 1.1 says which and of what types)."""
    value: dict[str, Any] = json.loads(entry.raw)
    return value


@dataclass(frozen=True, slots=True)
class Read:
    """What one slice of entries gave: leaf hashes (32 bytes each), entries, references, the first thing wrong."""

    leaves: bytes
    entries: list[Entry | Ballot]
    references: list[Reference]
    malformed: str


class Record:
    """A record whose form holds, to be used in a `with`.

    `entries` are all but the notices, in order; `leaves` the leaf hashes of all; `checkpoint` its bytes.
    """

    __slots__ = ("_ballots", "archive", "checkpoint", "entries", "leaves", "references", "size")

    def __init__(self, path: Path, progress: Callable[[str], None]) -> None:
        """Read and check `form`; raise CheckFailedError or NotARecordError."""
        self.archive = Archive(path)
        self.entries: list[Entry | Ballot] = []
        self.references: dict[str, int] = {}
        self.leaves = bytearray()
        self.size = 0
        self._ballots = 0
        try:
            self._read(progress)
        except BaseException:
            self.archive.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.archive.close()

    def _read(self, progress: Callable[[str], None]) -> None:
        if self.archive.members[CHECKPOINT].size > MAX_CHECKPOINT:
            msg = "the checkpoint is longer than 64 KiB"
            raise CheckFailedError("form", msg)
        self.checkpoint = self.archive.read(CHECKPOINT)
        for batch in _batches(_lines(self.archive.chunks(ENTRIES))):
            self._read_batch(batch)
            progress(f"{self.size} entries read")
        if not self.size:
            msg = "entries.jsonl has no entry"
            raise CheckFailedError("form", msg)
        self._match_blobs()

    def _read_batch(self, batch: list[bytes]) -> None:
        start = self.size

        def read(low: int, high: int) -> Read:
            return _read_slice(start + low, batch[low:high])

        for part in parallel.over_range(read, len(batch)):
            if part.malformed:
                raise CheckFailedError("form", part.malformed)
            self.leaves += part.leaves
            self.entries += part.entries
            self._check_lists(part.entries)
            for digest, size in part.references:
                if self.references.setdefault(digest, size) != size:
                    msg = f"blob {digest[:16]}… is referred to with two sizes"
                    raise CheckFailedError("form", msg)
        self.size += len(batch)

    def _check_lists(self, entries: list[Entry | Ballot]) -> None:
        """No list may have more ciphertexts than ballots stand before it."""
        for entry in entries:
            if isinstance(entry, Ballot):
                self._ballots += 1
            elif entry.kind in _LISTS:
                value = fields(entry)
                if any(value[name]["size"] > _CIPHERTEXT * self._ballots for name in _LISTS[entry.kind]):
                    msg = f"entry {entry.index}: a list is longer than the ballots before it"
                    raise CheckFailedError("form", msg)

    def _match_blobs(self) -> None:
        """Blobs are exactly those referred to, of the sizes referred to; other files are of known contests."""
        if sum(self.references.values()) > MAX_BLOBS:
            msg = "the blobs are longer than 4 GiB together"
            raise CheckFailedError("form", msg)
        contests: set[str] | None = None
        for entry in self.entries:
            if isinstance(entry, Entry) and entry.kind == "manifest":
                contests = {contest["id"] for contest in fields(entry)["contests"]}
                break
        for name, member in self.archive.members.items():
            stem, _, ending = name.rpartition(".")
            if name.startswith("blobs/"):
                if self.references.get(name[6:]) != member.size:
                    msg = f"blob {name[6:22]}… is referred to by no entry, or with another size than it has"
                    raise CheckFailedError("form", msg)
            elif ending in {"blt", "json"} and contests is not None and stem not in contests:
                msg = f"{name} is of no contest of the manifest"
                raise CheckFailedError("form", msg)
        for digest in self.references:
            if f"blobs/{digest}" not in self.archive.members:
                msg = f"blob {digest[:16]}… is referred to but not in the record"
                raise CheckFailedError("form", msg)

    def check_tree(self) -> None:
        """Hash every blob of at most 64 MiB; a blob that cannot be inflated as declared fails `form`."""
        differs = ""
        for digest, size in self.references.items():
            if size <= MAX_EAGER_BLOB and self._digest(digest) != digest:
                differs = differs or digest
        if differs:
            msg = f"blob {differs[:16]}… has another SHA-256 than its name"
            raise CheckFailedError("tree", msg)

    def _digest(self, digest: str) -> str:
        state = hashlib.sha256()
        for chunk in self.archive.chunks(f"blobs/{digest}"):
            state.update(chunk)
        return state.hexdigest()

    def blob(self, reference: dict[str, Any]) -> bytes:
        """Return a blob whose referred size the caller has judged."""
        digest: str = reference["sha256"]
        data = self.archive.read(f"blobs/{digest}")
        if hashlib.sha256(data).hexdigest() != digest:
            msg = f"blob {digest[:16]}… has another SHA-256 than its name"
            raise CheckFailedError("tree", msg)
        return data

    def settle(self, reference: dict[str, Any]) -> None:
        """Hash a blob that `check_tree` left for when its place is reached, and whose size has been judged now."""
        if reference["size"] > MAX_EAGER_BLOB and self._digest(reference["sha256"]) != reference["sha256"]:
            msg = f"blob {reference['sha256'][:16]}… has another SHA-256 than its name"
            raise CheckFailedError("tree", msg)

    def pieces(self, reference: dict[str, Any], length: int) -> Iterator[bytes]:
        """Yield a blob, whose referred size the caller has judged, cut into pieces of `length` bytes."""
        self.settle(reference)
        rest = b""
        for chunk in self.archive.chunks(f"blobs/{reference['sha256']}"):
            whole = rest + chunk
            end = len(whole) - len(whole) % length
            yield from (whole[at : at + length] for at in range(0, end, length))
            rest = whole[end:]

    def root(self, size: int) -> bytes:
        """RFC 6962 root of the first `size` entries."""
        return board.root(bytes(self.leaves[: 32 * size]))


def _lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Split into entries at LF; raise (form) when the last one has none, or one grows beyond 1 MiB."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
        if len(rest) > MAX_ENTRY:
            msg = "an entry is longer than 1 MiB"
            raise CheckFailedError("form", msg)
    if rest:
        msg = "entries.jsonl does not end with a line feed"
        raise CheckFailedError("form", msg)


def _batches(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    """Group entries so that one group's memory is bounded."""
    batch: list[bytes] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += len(line)
        if size >= _BATCH_BYTES or len(batch) >= _BATCH_ENTRIES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _read_slice(start: int, lines: list[bytes]) -> Read:
    leaves = bytearray()
    entries: list[Entry | Ballot] = []
    references: list[Reference] = []
    for index, raw in enumerate(lines, start):
        try:
            entry, referred = read_entry(index, raw)
        except MalformedError as error:
            return Read(b"", [], [], f"entry {index}: {error}")
        leaves += board.leaf_hash(raw)
        if entry is not None:
            entries.append(entry)
        references += referred
    return Read(bytes(leaves), entries, references, "")
