"""Photos encoded anew: whatever somebody sends becomes a small JPEG that says nothing but what is seen.

A picture is decoded by C libraries, and whoever sends it may mean harm. So a child process does it (`shrinking`), which
has no environment, so much memory and time and no more, and nothing that it could open. Whatever becomes of it, the server
goes on. One at a time in each process of the server, so that a crowd of them needs no more memory than one.
"""

import struct
import subprocess
import sys
from dataclasses import dataclass
from hashlib import sha256
from threading import BoundedSemaphore
from typing import Final

from governance.errors import MalformedError, RuleError
from governance.services import shrinking

MOST: Final = 8 * 2**20
"""Bytes of a file that is sent."""
PATIENCE: Final = 3 * shrinking.SECONDS
"""Seconds for a child on a busy machine, and for those who wait for another one's."""

_UNREADABLE = "This file cannot be read as a photo. Please take a JPEG, PNG or WebP file."
_LARGE = "This picture is too large: a photo has at most 8 MB and 40 million pixels. Please make it smaller first."
_DAMAGED = "This picture is damaged, or not all of it arrived. Please try another copy of it."
_STOPPED = "This picture takes too long to prepare. Please save it anew, smaller, and try that."
_BUSY = "Other photos are being prepared just now. Please try again in a minute."
_ANSWERS: Final = {shrinking.UNREADABLE: _UNREADABLE, shrinking.LARGE: _LARGE, shrinking.DAMAGED: _DAMAGED}
_HEAD = struct.Struct(shrinking.HEAD)
_JPEG = b"\xff\xd8\xff"

turn = BoundedSemaphore()


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo as it is kept."""

    jpeg: bytes
    width: int
    height: int

    @property
    def digest(self) -> bytes:
        """For its address."""
        return sha256(self.jpeg).digest()


def encode(data: bytes) -> Picture:
    """Encode a picture anew. It takes a moment, so it is done before a transaction begins.

    Raises:
        MalformedError: It is no picture that we take, too large, or damaged.
        RuleError: Too many others are being prepared.
    """
    if len(data) > MOST:
        raise MalformedError(_LARGE)
    if not turn.acquire(timeout=PATIENCE):
        raise RuleError(_BUSY)
    try:
        done = subprocess.run(  # noqa: S603  our own program
            [sys.executable, "-I", "-m", shrinking.__name__],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
            cwd="/",
            env={},
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        raise MalformedError(_STOPPED) from None
    finally:
        turn.release()
    # Of a child that was stopped, or fell over, nobody knows more; most likely it wanted more than it may have.
    if done.returncode:
        raise MalformedError(_ANSWERS.get(done.returncode, _STOPPED))
    return checked(done.stdout)


def checked(given: bytes) -> Picture:
    """What the child wrote: it has read a stranger's bytes, so it is a stranger too."""
    jpeg = given[_HEAD.size :]
    if not jpeg.startswith(_JPEG) or len(jpeg) > shrinking.SMALL:
        raise MalformedError(_DAMAGED)
    width, height = _HEAD.unpack_from(given)
    if not (0 < width <= shrinking.WIDTH and 0 < height <= shrinking.HEIGHT):
        raise MalformedError(_DAMAGED)
    return Picture(jpeg, width, height)
