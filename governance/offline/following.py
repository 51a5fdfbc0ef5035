"""Where a witness reads a log from, and what it remembers of it (protocol.md, section 13; C2SP tlog-witness).

A source is a record file, a folder with `checkpoint` and `entries.jsonl`, or a server: GET URL/checkpoint?for=witness, and
GET URL/entries?from=N&to=M for the lines of the entries N to M-1, from 0 (a server may send fewer, but one at least).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from governance.board import merkle
from governance.board.checkpoint import LOG, MAX_CHECKPOINT, VerifierKey, parse, read_key
from governance.board.checks import Check, CheckError
from governance.board.entries import MAX_ENTRY
from governance.board.record import NotARecordError, RecordFile
from governance.errors import MalformedError
from governance.offline import files
from governance.offline.fetching import Server

PAGE = 500
"""Entries that are asked for at a time."""
MAX_PAGE = 2**26


@dataclass(frozen=True, slots=True)
class Log:
    """A checkpoint, and a way to the entries it is over."""

    checkpoint: bytes
    entries: Callable[[int, int], Iterator[bytes]]
    """The bytes of the entries from the first number, counted from 0, to before the second."""


def open_path(path: Path) -> Log:
    """A record file, or a folder.

    Raises:
        NotARecordError: The file is none.
        CheckError: It is one, and does not hold.
        MalformedError: The folder has no checkpoint, or one that is too large.
    """
    if path.is_dir():
        return Log(files.read(path / "checkpoint", MAX_CHECKPOINT), lambda a, b: _part(_lines(path), a, b))

    def entries() -> Iterator[bytes]:
        with _record(path) as source:
            yield from source.entries()

    with _record(path) as source:
        seen = source.checkpoint()
        parse(seen)
        return Log(seen, lambda a, b: _part(entries(), a, b))


@contextmanager
def _record(path: Path) -> Iterator[RecordFile]:
    """A record file; what is wrong in one is a check that failed (docs/interfaces.md)."""
    with files.opened(path) as file:
        try:
            yield RecordFile(file)
        except NotARecordError:
            raise
        except MalformedError as error:
            raise CheckError(Check.FORM, str(error)) from None


def _part(lines: Iterator[bytes], start: int, stop: int) -> Iterator[bytes]:
    for number, line in enumerate(lines):
        if number >= stop:
            return
        if number >= start:
            yield line


def _lines(folder: Path) -> Iterator[bytes]:
    with files.opened(folder / "entries.jsonl") as file:
        while line := file.readline(MAX_ENTRY + 2):
            if not line.endswith(b"\n"):
                msg = "an entry is longer than 1 MiB, or the last one does not end with a line feed"
                raise MalformedError(msg)
            yield line[:-1]


def open_url(url: str, seconds: float) -> Log:
    """A server, which has so long to answer everything.

    Raises:
        MalformedError: It is no address of one.
    """
    server = Server(url, seconds)

    def entries(start: int, stop: int) -> Iterator[bytes]:
        while start < stop:
            page = server.get(f"/entries?from={start}&to={min(start + PAGE, stop)}", MAX_PAGE)
            lines = page.split(b"\n")
            if lines.pop() or not 1 <= len(lines) <= min(PAGE, stop - start):
                msg = "the server did not send the entries that were asked for"
                raise MalformedError(msg)
            yield from lines
            start += len(lines)

    return Log(server.get("/checkpoint?for=witness", MAX_CHECKPOINT), entries)


# ---- what is remembered ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Followed:
    """One log as it was last cosigned."""

    key: VerifierKey
    peaks: tuple[bytes, ...] = ()
    """Roots of the complete subtrees, the largest first: enough to grow the tree without its entries."""
    size: int = 0
    text: bytes = b""
    """The checkpoint, with the log's signature alone: others could add lines without end."""

    def root(self) -> bytes:
        """The root of the entries so far."""
        if not self.peaks:
            return merkle.EMPTY
        result = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            result = merkle.node(peak, result)
        return result

    def grow(self, entries: Iterator[bytes], size: int, text: bytes) -> "Followed":
        """The log with the entries that came since.

        Raises:
            CheckError: There are fewer than the checkpoint says.
        """
        peaks, count = list(self.peaks), self.size
        for raw in entries:
            top, full = merkle.leaf(raw), count
            while full & 1:
                top = merkle.node(peaks.pop(), top)
                full >>= 1
            peaks.append(top)
            count += 1
        if count != size:
            raise CheckError(Check.BOARD, f"the checkpoint is of {size} entries, and there are {count}")
        return Followed(self.key, tuple(peaks), size, text)


def dump(logs: dict[str, Followed]) -> list[dict[str, Any]]:
    """Every log that is followed, as JSON has it."""
    return [
        {
            "key": str(one.key),
            "size": one.size,
            "peaks": [peak.hex() for peak in one.peaks],
            "checkpoint": one.text.decode(),
        }
        for one in logs.values()
    ]


def load(listed: list[dict[str, Any]]) -> dict[str, Followed]:
    """What `dump` kept, by origin; it was authenticated, so its form is known."""
    logs = [
        Followed(
            key=read_key(value["key"], LOG),
            peaks=tuple(bytes.fromhex(one) for one in value["peaks"]),
            size=value["size"],
            text=value["checkpoint"].encode(),
        )
        for value in listed
    ]
    return {one.key.name: one for one in logs}
