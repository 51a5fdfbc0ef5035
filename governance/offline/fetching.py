"""Bytes from a server that may be hostile: bounds on how many and how long, no other address than the one that was given."""

import http.client
import threading
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from governance.errors import MalformedError

_HERE = ("localhost", "127.0.0.1", "::1")
_ANSWER = 2**16
_SILENCE = 60
"""Seconds without a byte."""


class Answer(NamedTuple):
    """What a server sent."""

    data: bytes
    headers: Mapping[str, str]
    """Found by their names in any case."""


class Server:
    """A board's server, by the address that all of its answers come from."""

    def __init__(self, url: str, seconds: float, called: str = "--url") -> None:
        """A server that has so long to answer all that it will be asked; `called` is what the call says it in.

        Raises:
            MalformedError: It is no address, or one to which the way is not encrypted.
        """
        try:
            parts = urlsplit(url)
            secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)
            good = (
                secure
                and bool(parts.hostname)
                and parts.port != 0
                and not (parts.username or parts.query or parts.fragment)
            )
        except ValueError:
            good = False
        if not good or not url.isprintable():
            msg = f"{called}: an address that begins with https:// is needed, without a name or password in it"
            raise MalformedError(msg)
        self._base = url.rstrip("/")
        self._end = time.monotonic() + seconds
        self._opener = urllib.request.OpenerDirector()  # without what follows redirects, or opens files
        for handler in (
            urllib.request.ProxyHandler(),
            urllib.request.HTTPHandler(),
            urllib.request.HTTPSHandler(),
            urllib.request.HTTPErrorProcessor(),
            urllib.request.HTTPDefaultErrorHandler(),
        ):
            self._opener.add_handler(handler)

    def get(self, path: str, most: int) -> bytes:
        """The body of an answer, as it was sent: nothing is unpacked.

        Raises:
            MalformedError: There is none, it is longer than `most`, or the time is over.
        """
        return self._ask(path, most, "cannot be read").data

    def ask(self, path: str, most: int) -> "Answer":
        """An answer as a browser gets it: unpacked, with its headers.

        Raises:
            MalformedError: There is none, it is longer than `most`, or the time is over.
        """
        answer = self._ask(path, most, "cannot be read", headers={"Accept-Encoding": "gzip"})
        coding = answer.headers.get("Content-Encoding", "identity")
        if coding == "identity":
            return answer
        unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)  # gzip's frame
        try:
            data = unpack.decompress(answer.data, most + 1) if coding == "gzip" else b""
        except zlib.error:
            data = b""
        if not unpack.eof or unpack.unused_data or len(data) > most:
            msg = f"{self._base}{path.partition('?')[0]} sends what cannot be unpacked"
            raise MalformedError(msg)
        return Answer(data, answer.headers)

    def post(self, path: str, data: bytes) -> None:
        """Hand in some bytes.

        Raises:
            MalformedError: They were not taken, or the time is over.
        """
        self._ask(path, _ANSWER, "did not take what was handed in", data)

    def _ask(
        self, path: str, most: int, failed: str, data: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> "Answer":
        what = self._base + path.partition("?")[0]
        given = {**(headers or {}), **({"Content-Type": "text/plain"} if data else {})}
        asked = urllib.request.Request(self._base + path, data, given)  # noqa: S310  the scheme was looked at
        got: list[Answer | None] = []
        # Each read has its time limit, but a server can send a byte a minute for ever; so somebody else looks at the clock.
        reader = threading.Thread(target=lambda: got.append(self._read(asked, most)), daemon=True)
        reader.start()
        reader.join(max(0.0, self._end - time.monotonic()))
        if not got:
            msg = f"{what} takes too long"
            raise MalformedError(msg)
        if got[0] is None:
            msg = f"{what} {failed}"
            raise MalformedError(msg)
        if len(got[0].data) > most:
            msg = f"{what} sends more than such an answer can have"
            raise MalformedError(msg)
        return got[0]

    def _read(self, asked: urllib.request.Request, most: int) -> "Answer | None":
        """At most one byte more than `most`; None if it cannot be read, or the time is over."""
        data = bytearray()
        try:
            with self._opener.open(asked, timeout=_SILENCE) as answer:
                headers = answer.headers
                while len(data) <= most and time.monotonic() < self._end:
                    piece = answer.read1(most + 1 - len(data))
                    if not piece:
                        break
                    data += piece
        except urllib.error.HTTPError as error:
            error.close()
            return None
        except (OSError, http.client.HTTPException, ValueError):
            return None
        return Answer(bytes(data), headers) if time.monotonic() < self._end else None
