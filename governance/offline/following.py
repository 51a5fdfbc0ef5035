"""Where a witness reads a log from, and what it remembers of it (protocol.md, section 13; C2SP tlog-witness).

A source is a record file, a folder with `checkpoint` and `entries.jsonl`, or a server: GET URL/checkpoint, and GET
URL/entries?from=N&to=M for the lines of the entries N to M-1, counted from 0 (a server may send fewer, but one at least).
"""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

from governance.board import merkle
from governance.board.checkpoint import LOG, MAX_CHECKPOINT, VerifierKey, read_key
from governance.board.entries import MAX_ENTRY
from governance.board.record import RecordFile
from governance.errors import MalformedError, RuleError
from governance.offline import files

PAGE = 500
"""Entries that are asked for at a time."""
MAX_PAGE = 2**26
_MAX_STATE = 2**20
_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Log:
    """A checkpoint, and a way to the entries it is over."""

    checkpoint: bytes
    entries: Callable[[int, int], Iterator[bytes]]
    """The bytes of the entries from the first number, counted from 0, to before the second."""


def open_path(path: Path) -> Log:
    """A record file, or a folder."""
    if path.is_dir():
        return Log(files.read(path / "checkpoint", MAX_CHECKPOINT), lambda a, b: _part(_lines(path), a, b))

    def entries() -> Iterator[bytes]:
        with path.open("rb") as file:
            yield from RecordFile(file).entries()

    with path.open("rb") as file:
        return Log(RecordFile(file).checkpoint(), lambda a, b: _part(entries(), a, b))


def _part(lines: Iterator[bytes], start: int, stop: int) -> Iterator[bytes]:
    for number, line in enumerate(lines):
        if number >= stop:
            return
        if number >= start:
            yield line


def _lines(folder: Path) -> Iterator[bytes]:
    with (folder / "entries.jsonl").open("rb") as file:
        while line := file.readline(MAX_ENTRY + 2):
            if not line.endswith(b"\n"):
                msg = "an entry is longer than 1 MiB, or the last one does not end with a line feed"
                raise MalformedError(msg)
            yield line[:-1]


def open_url(url: str) -> Log:
    """A server.

    Raises:
        MalformedError: It is no address of one.
    """
    if not url.startswith(("https://", "http://")):
        msg = "--url: an address that begins with https:// is needed"
        raise MalformedError(msg)
    base = url.rstrip("/")

    def entries(start: int, stop: int) -> Iterator[bytes]:
        while start < stop:
            page = _get(f"{base}/entries?from={start}&to={min(start + PAGE, stop)}", MAX_PAGE)
            lines = page.split(b"\n")
            if lines.pop() or not 1 <= len(lines) <= min(PAGE, stop - start):
                msg = "the server did not send the entries that were asked for"
                raise MalformedError(msg)
            yield from lines
            start += len(lines)

    return Log(_get(f"{base}/checkpoint", MAX_CHECKPOINT), entries)


def _get(url: str, most: int) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS) as answer:  # noqa: S310  `open_url` looked at the scheme
            data: bytes = answer.read(most + 1)
    except (OSError, HTTPException, ValueError) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()
        msg = f"{url.partition('?')[0]} cannot be read"
        raise MalformedError(msg) from None
    if len(data) > most:
        msg = f"{url.partition('?')[0]} sends more than such an answer can have"
        raise MalformedError(msg)
    return data


# ---- what is remembered ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Followed:
    """The last checkpoint that was cosigned of one log."""

    key: VerifierKey
    peaks: tuple[bytes, ...] = ()
    """Roots of the complete subtrees, the largest first: enough to grow the tree without its entries."""
    size: int = 0
    text: bytes = b""
    """The checkpoint as it came."""

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
            RuleError: There are fewer than the checkpoint says.
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
            msg = f"the checkpoint is of {size} entries, and there are {count}"
            raise RuleError(msg)
        return Followed(self.key, tuple(peaks), size, text)


def load(path: Path) -> dict[str, Followed]:
    """Every log that is followed, by origin.

    Raises:
        MalformedError: The file is damaged.
    """
    if not path.exists():
        return {}
    try:
        value = json.loads(files.read(path, _MAX_STATE))
        return {one.key.name: one for one in map(_load, value["logs"])}
    except (ValueError, KeyError, TypeError):
        msg = f"{path} is damaged: do not delete it, but look for a copy; it says what was cosigned"
        raise MalformedError(msg) from None


def _load(value: dict[str, Any]) -> Followed:
    peaks = tuple(bytes.fromhex(one) for one in value["peaks"])
    one = Followed(read_key(value["key"], LOG), peaks, int(value["size"]), value["checkpoint"].encode())
    if len(peaks) != one.size.bit_count():
        raise ValueError
    return one


def store(path: Path, logs: dict[str, Followed]) -> None:
    """Keep them; they last before this returns."""
    listed = [
        {
            "key": str(one.key),
            "size": one.size,
            "peaks": [peak.hex() for peak in one.peaks],
            "checkpoint": one.text.decode(),
        }
        for one in logs.values()
    ]
    files.write(path, (json.dumps({"logs": listed}, ensure_ascii=False, indent=2) + "\n").encode())
