"""Which copy of a file of secrets is the newest: a small file beside it says how often it was stored.

A secret remembers what must never be done twice. Whoever puts back an older copy of the file alone, or on another
computer, is told so. Whoever puts back both files together is not: that no computer can notice by itself.
"""

import os
import re
from pathlib import Path

from governance.errors import MalformedError
from governance.offline import files

_MOST = 2**12
_FORM = re.compile(rb"([0-9a-f]{32}) ([0-9]{1,15})\n", re.ASCII)


def beside(path: Path) -> Path:
    """Where the number of a file stands."""
    return path.with_name(f"{path.name}.newest")


def read(path: Path, salt: bytes) -> int | None:
    """How often the file of this salt was stored here; None if nothing here says it."""
    try:
        match = _FORM.match(files.read(beside(path), _MOST))
    except (OSError, MalformedError):
        return None
    return int(match[2]) if match and match[1].decode() == salt.hex() else None


def free(path: Path) -> None:
    """Make sure that the number of a new file would take the place of nothing but another such number.

    Raises:
        MalformedError: Another file has its name.
    """
    where = beside(path)
    if os.path.lexists(where) and not (where.is_file() and _FORM.match(files.read_any(where, _MOST))):
        msg = f"{where} is already there, and is needed beside {path.name}: move it away, or name another file"
        raise MalformedError(msg)


def note(path: Path, salt: bytes, number: int) -> None:
    """Keep how often a file was stored."""
    text = (
        f"{salt.hex()} {number}\n"
        f"This file tells the newest copy of {path.name} from older ones. Leave it here when you put back a copy of that.\n"
    )
    files.write(beside(path), text.encode())
