"""One bit of a record is another: it is refused, whether or not the log signs the tree again (protocol.md 15, row 1)."""

import io
import os
import random  # noqa: TID251  the tests' chance is reproducible and guards nothing

import pytest

from governance.board import verify
from governance.board.record import RecordFile
from tests.forge.maker import base
from tests.forge.record import Record

NUMBERS = range(1000 if os.environ.get("GOVERNANCE_LONG") else 40)
UNPROTECTED = (b'"kind":"notice"', b'"kind":"withdraw"', b'"kind":"extend"', b'"kind":"cancel"')
"""Nothing but the log's signature and the witnesses protects these, and the times of `open` and `close`."""


def _flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def _protected(record: Record) -> list[int]:
    """Every byte of entries.jsonl that more than the log's signature protects."""
    places: list[int] = []
    start = 0
    for raw in record.entries:
        end = start + len(raw)
        if not any(kind in raw for kind in UNPROTECTED):
            timed = b'"kind":"open"' in raw or b'"kind":"close"' in raw
            at = raw.index(b'"at":"') + 6 if timed else 0
            free = range(start + at, start + at + 20) if timed else range(0)
            places += [place for place in range(start, end) if place not in free]
        places.append(end)
        start = end + 1
    return places


def _with_lines(record: Record, lines: bytes) -> None:
    *record.entries, record.tail = lines.split(b"\n")


def _refused(record: Record) -> bool:
    return not verify.check(RecordFile(io.BytesIO(record.zip()))).ok


@pytest.mark.parametrize("number", NUMBERS)
def test_a_bit_of_an_entry_is_refused_though_the_log_signs_again(number: int) -> None:
    chance = random.Random(number)  # noqa: S311
    record = base(chance.choice(["two", "tiny", "void", "both"]))
    place = chance.choice(_protected(record))
    _with_lines(record, _flipped(record.lines(), 8 * place + chance.randrange(8)))

    assert _refused(record.sign())


@pytest.mark.parametrize("number", NUMBERS)
def test_a_bit_of_anything_is_refused(number: int) -> None:
    chance = random.Random(-number - 1)  # noqa: S311
    record = base(chance.choice(["two", "invalid", "cancelled", "void", "both"]))
    part = chance.choice(["entries", "blobs", "checkpoint"])
    if part == "entries":
        lines = record.lines()
        _with_lines(record, _flipped(lines, chance.randrange(8 * len(lines))))
    elif part == "blobs" and record.blobs:
        digest = chance.choice(sorted(record.blobs))
        record.blobs[digest] = _flipped(record.blobs[digest], chance.randrange(8 * len(record.blobs[digest])))
    else:
        text, lines = record.checkpoint.split(b"\n\n")
        length = len(text) + 2 + lines.index(b"\n") + 1  # below the log's line, a witness's may count for nothing
        record.checkpoint = _flipped(record.checkpoint, chance.randrange(8 * length))

    assert _refused(record)
