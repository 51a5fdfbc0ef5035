"""Files that are whole or not there: bounded reading, atomic writing, one command at a time."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from governance.errors import MalformedError, RuleError

PRIVATE = 0o600
PUBLIC = 0o644
_BINARY = getattr(os, "O_BINARY", 0)  # Windows would change line feeds
_AT_ONCE = getattr(os, "O_NONBLOCK", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


def opened(path: Path) -> BinaryIO:
    """A file to read: nothing that would wait for somebody, or never end.

    Raises:
        MalformedError: It is a pipe, a device or the like.
    """
    handle = os.open(path, os.O_RDONLY | _BINARY | _AT_ONCE)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        msg = f"{path} is no plain file"
        raise MalformedError(msg)
    return os.fdopen(handle, "rb")


def read(path: Path, most: int) -> bytes:
    """The bytes of a file.

    Raises:
        MalformedError: It has more than `most`, or is no plain file.
    """
    with opened(path) as file:
        data = file.read(most + 1)
    if len(data) > most:
        msg = f"{path} is larger than such a file can be"
        raise MalformedError(msg)
    return data


def close(path: Path) -> bool:
    """Let nobody but its owner read a file; whether somebody else could before."""
    if sys.platform == "win32" or not stat.S_IMODE(path.stat().st_mode) & ~PRIVATE:
        return False
    with suppress(OSError):  # a stick may know no modes
        path.chmod(PRIVATE)
    return True


def absent(path: Path) -> None:
    """Make sure that nothing would be overwritten.

    Raises:
        MalformedError: There is a file of that name.
    """
    if path.exists() or path.is_symlink():
        msg = f"{path} is already there: move it away, or name another file"
        raise MalformedError(msg)


def write(path: Path, data: bytes, mode: int = PRIVATE) -> None:
    """Write a file so that at any moment, also if the machine stops, the old one or the new one is there, whole."""
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)  # left by a command that was killed
    try:
        # Created with its mode, and never through a link that somebody put there.
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except BaseException:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise
    _keep_name(path.parent)


def _keep_name(folder: Path) -> None:
    """Make the renaming itself last; Windows cannot, and does not need to."""
    if sys.platform != "win32":  # pragma: no branch
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other commands away from a file that is read, and then written with what follows from it.

    Raises:
        RuleError: Another command is working with it.
    """
    handle = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT | _NO_LINK, PRIVATE)
    try:
        try:
            _lock(handle)
        except OSError:
            msg = f"another command is working with {path}: wait until it has ended"
            raise RuleError(msg) from None
        yield
    finally:
        os.close(handle)  # and so it is unlocked, also when the process is killed


if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
