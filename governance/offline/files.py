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
        data = _first(file, path, most)
    if len(data) > most:
        msg = f"{path} is larger than such a file can be"
        raise MalformedError(msg)
    return data


def read_any(path: Path, most: int) -> bytes:
    """The first bytes of whatever has a name, one more than `most` if there are so many.

    A pipe will do, if somebody writes into it: the shell makes one for `<(a command)`.
    """
    handle = os.open(path, os.O_RDONLY | _BINARY | _AT_ONCE)  # without waiting for somebody who never comes
    with os.fdopen(handle, "rb") as file:
        if _AT_ONCE:  # pragma: no branch
            os.set_blocking(handle, True)
        return _first(file, path, most)


def _first(file: BinaryIO, path: Path, most: int) -> bytes:
    try:
        return file.read(most + 1)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None


def close(path: Path) -> bool:
    """Let nobody but its owner read a file; whether somebody else could before."""
    if sys.platform == "win32" or not stat.S_IMODE(path.stat().st_mode) & ~PRIVATE:
        return False
    with suppress(OSError):  # a stick may know no modes
        path.chmod(PRIVATE)
    return True


def absent(path: Path) -> None:
    """Make sure that nothing would be overwritten, and that a file can be written there, before there is one to write.

    Raises:
        MalformedError: There is a file of that name, or no folder to write it in.
        OSError: It cannot be written, of which the error says why.
    """
    _refuse_there(path)
    if not path.parent.is_dir():
        msg = f"there is no folder {path.parent} to write {path.name} in: make it, or name another file"
        raise MalformedError(msg)
    possible(path)


def _refuse_there(path: Path) -> None:
    if os.path.lexists(path):
        msg = f"{path} is already there: move it away, or name another file"
        raise MalformedError(msg)


def possible(path: Path) -> None:
    """Make sure that a file of this name can be written; what is there stays.

    Raises:
        OSError: It cannot.
    """
    with _made(path, PRIVATE) as (new, handle):
        os.close(handle)
        new.unlink()


def beside(path: Path) -> tuple[Path, ...]:
    """A file, and what is beside it while it is written or locked."""
    return path, _new(path), _lock_of(path)


def are_one(first: Path, second: Path) -> bool:
    """Whether two names are of one file, also by a link, or would be once there is one."""
    try:
        return first.samefile(second)
    except OSError:
        return _place(first) == _place(second)


def _place(path: Path) -> tuple[Path, str]:
    return path.parent.resolve(), path.name.casefold()  # a stick or a disk may not tell large letters from small ones


def _new(path: Path) -> Path:
    return path.with_name(f".{path.name}.new")


def _lock_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.lock")


@contextmanager
def _made(path: Path, mode: int) -> Iterator[tuple[Path, int]]:
    """What becomes a file, made beside it; an error names the file itself."""
    new = _new(path)
    try:
        new.unlink(missing_ok=True)  # left by a command that was killed
        # Created with its mode, and never through a link that somebody put there.
        yield new, os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode)
    except OSError as error:
        if error.filename is None or str(error.filename) == str(new):
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise


@contextmanager
def writing(path: Path, mode: int = PRIVATE, *, anew: bool = False) -> Iterator[BinaryIO]:
    """Write a file so that at any moment, also if the machine stops, the old one or the new one is there, whole.

    Raises:
        MalformedError: There is one, and it should be `anew`.
    """
    with _made(path, mode) as (new, handle):
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            if anew:
                _refuse_there(path)
            new.replace(path)
        except BaseException:
            with suppress(OSError):
                new.unlink(missing_ok=True)
            raise
    _keep_name(path.parent)


def write(path: Path, data: bytes, mode: int = PRIVATE, *, anew: bool = False) -> None:
    """Write a file of these bytes, as `writing` does."""
    with writing(path, mode, anew=anew) as file:
        file.write(data)


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
    handle = os.open(_lock_of(path), os.O_RDWR | os.O_CREAT | _NO_LINK, PRIVATE)
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
