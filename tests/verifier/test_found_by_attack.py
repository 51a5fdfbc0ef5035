"""What a hostile expert found, held against both verifiers (docs/protocol.md, section 13)."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.forge.forgery import Verdict
from tests.forge.maker import base
from tests.verifier.test_agreement import both

UNICODE_PATH = 0x7075


def rezipped(change: Callable[[zipfile.ZipInfo], None]) -> bytes:
    """A good record with each member's header changed before it is written."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(base("tiny").zip())) as good, zipfile.ZipFile(out, "w") as archive:
        for info in good.infolist():
            fresh = zipfile.ZipInfo(info.filename, (1980, 1, 1, 0, 0, 0))
            fresh.compress_type = zipfile.ZIP_DEFLATED
            change(fresh)
            archive.writestr(fresh, good.read(info))
    return out.getvalue()


def another_name(info: zipfile.ZipInfo) -> None:
    """A Unicode path: some readers, Debian's unzip among them, take it for the member's name."""
    name = info.filename.encode()
    body = struct.pack("<BI", 1, zlib.crc32(name)) + b"README.txt"
    info.extra = struct.pack("<HH", UNICODE_PATH, len(body)) + body


def comment(info: zipfile.ZipInfo) -> None:
    info.comment = b"a second directory could hide here"


def bomb() -> bytes:
    """Half a megabyte of zip that holds a great many small entries."""
    line = b'{"at":"2026-03-01T09:00:00Z","body":"","kind":"notice","subject":""}\n'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("entries.jsonl", line * 1_000_000)
        archive.writestr("checkpoint", b"x\n1\n" + b"A" * 43 + b"=\n")
    return out.getvalue()


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: rezipped(another_name), id="another name in an extra field"),
        pytest.param(lambda: rezipped(comment), id="a comment of a member"),
        pytest.param(bomb, id="a bomb of entries"),
    ],
)
def test_a_trick_is_refused_by_both(make: Callable[[], bytes], tmp_path: Path) -> None:
    path = tmp_path / "record.zip"
    path.write_bytes(rezipped(lambda _: None))
    assert both(path, [])[:2] == (Verdict(0), Verdict(0))
    path.write_bytes(make())

    assert both(path, [])[:2] == (Verdict(1, "1", "form"), Verdict(1, "1", "form"))
