"""Bytes of a file of papers as plain text in lines, whatever its form; and how a mistake in it is said."""

import re
from io import BytesIO
from typing import NoReturn

from governance.errors import MalformedError

MAX_BYTES = 2**26
"""64 MiB, as for the blobs of docs/protocol.md 13: some three million different papers."""

MAX_LINE = 2**20
"""A paper of all candidates has 10 kB; what is longer is no file of papers."""

CONTROL_IN_NAME = re.compile("[\\x00-\\x1f\\x7f-\\x9f\u2028\u2029]")

_CONTROL = bytes({*range(0x20), 0x7F} - {*b"\t\n\f"})


def refuse(line: int, reason: str) -> NoReturn:
    """Refuse the file.

    Raises:
        MalformedError: Always; the text names the line.
    """
    raise MalformedError(f"line {line}: {reason}")


def shown(token: str) -> str:
    """A token as an error shows it, cut if it is long."""
    most = 30
    return repr(token if len(token) <= most else token[:most] + "…")


def plain(data: bytes) -> bytes:
    """The bytes without a byte order mark, with LF alone between lines, if they are plain UTF-8.

    Raises:
        MalformedError: They are not.
    """
    if len(data) > MAX_BYTES:
        refuse(1, f"the file has {len(data)} bytes, more than {MAX_BYTES}")
    for start, what in (
        (b"\x1f\x8b", "it is compressed by gzip: unpack it first"),
        (b"PK\x03\x04", "it is a zip archive: unpack it first"),
        (b"\xff\xfe", "it is in UTF-16: save it as UTF-8"),
        (b"\xfe\xff", "it is in UTF-16: save it as UTF-8"),
    ):
        if data.startswith(start):
            refuse(1, f"this is not a text in UTF-8; {what}")
    lines = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if 0 in lines:
        number = _line_of(lines, lines.index(0))
        refuse(number, "a zero byte: this is no text file, or it is in UTF-16, not UTF-8")
    try:
        lines.decode()
    except UnicodeDecodeError as error:
        number = _line_of(lines, error.start)
        byte = f"the byte 0x{lines[error.start]:02X}"
        refuse(number, f"{byte} is not UTF-8; if it is Latin-1 or Windows-1252, save it as UTF-8")
    if len(lines.translate(None, _CONTROL)) != len(lines):
        at = next(at for at, byte in enumerate(lines) if byte in _CONTROL)
        refuse(_line_of(lines, at), f"a control character (0x{lines[at]:02X})")
    for number, line in enumerate(BytesIO(lines), 1):
        if len(line) > MAX_LINE:
            refuse(number, f"the line has {len(line)} bytes, more than {MAX_LINE}")
    return lines


def _line_of(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at) + 1
