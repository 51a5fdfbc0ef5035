"""A witness and a server that wants it to hang, to swell, to ask elsewhere, or to vouch for what it should not."""

import collections
import gzip
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import socket

import pytest

from governance.errors import MalformedError
from governance.offline import files
from governance.offline.fetching import Server
from tests.offline.post_office import certificate
from tests.offline.stage import ok, refused
from tests.offline.test_witness import ENTRIES, LOG_KEY, Witness, good, head

Answer = Callable[[bytes], Iterator[bytes]]
"""The bytes of an answer, piece by piece, to the path that was asked for."""


class Box(socketserver.ThreadingTCPServer):
    """A server that sends whatever bytes a test wants, and notes what it was asked."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, answer: Answer, context: ssl.SSLContext | None, *, at_once: bool) -> None:
        self.asked: list[bytes] = []
        self.sent = 0
        self.at_once = at_once
        self.answer, self.context = answer, context
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"{'https' if self.context else 'http'}://127.0.0.1:{self.server_address[1]}"

    def get_request(self) -> tuple[socket, object]:
        link, where = super().get_request()
        return (self.context.wrap_socket(link, server_side=True) if self.context else link), where

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what is wanted here."""


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, Box)
        asked = b""
        while b"\r\n\r\n" not in asked and not (asked and self.server.at_once):
            piece = self.request.recv(4096)
            if not piece:
                return
            asked += piece
        self.server.asked.append(asked)
        path = b"".join(asked.split(b" ")[1:2]).partition(b"?")[0]
        with suppress(OSError):
            for piece in self.server.answer(path):
                self.request.sendall(piece)
                self.server.sent += len(piece)


@contextmanager
def serving(answer: Answer, context: ssl.SSLContext | None = None, *, at_once: bool = False) -> Iterator[Box]:
    with Box(answer, context, at_once=at_once) as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield made
        finally:
            made.shutdown()
            thread.join()


def whole(body: bytes, *lines: str, status: str = "200 OK") -> bytes:
    start = [f"HTTP/1.1 {status}", *lines, f"Content-Length: {len(body)}", "Connection: close"]
    return "\r\n".join(start).encode() + b"\r\n\r\n" + body


def board(path: bytes) -> Iterator[bytes]:
    """An honest one."""
    yield whole(head(ENTRIES) if path.endswith(b"/checkpoint") else b"".join(raw + b"\n" for raw in ENTRIES))


@pytest.fixture
def one(tmp_path: Path) -> Witness:
    return Witness(tmp_path)


# ---- elsewhere -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent", "300 M"]
)
@pytest.mark.parametrize("target", ["", "file://{path}", "ftp://{host}/checkpoint", "//{host}/checkpoint", "data:,x"])
def test_a_redirect_is_not_followed(one: Witness, status: str, target: str) -> None:
    one.show(ENTRIES)
    with serving(board) as inner:
        place = target.format(path=one.board / "checkpoint", host=inner.url[7:]) or f"{inner.url}/checkpoint"

        def answer(_: bytes) -> Iterator[bytes]:
            yield whole(b"", f"Location: {place}", status=status)

        with serving(answer) as outer:
            refused(one.cosign("--log-key", LOG_KEY, board=("--url", outer.url)), "cannot be read", code=2)

        assert inner.asked == []
    assert one.logs() == {}


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org",
        "http://127.0.0.1.example.org",
        "http://localhost@example.org",
        "https://user:password@example.org",
        "https://example.org/?x=",
        "https://example.org/#x",
        "https://example.org/\u202e",
        "https:///checkpoint",
        "HTTP+unix://x",
        "gopher://127.0.0.1",
        "file:///etc/passwd",
        "ftp://127.0.0.1",
        "data:,x",
        "",
    ],
)
def test_an_address_that_is_not_asked(url: str) -> None:
    with pytest.raises(MalformedError, match="https"):
        Server(url, 5)


def test_a_server_that_cannot_show_who_it_is(one: Witness, tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(tmp_path))
    with serving(board, context) as made:
        refused(one.cosign("--log-key", LOG_KEY, board=("--url", made.url)), "cannot be read", code=2)

        assert made.asked == []


def test_a_server_that_ends_the_encryption(one: Witness) -> None:
    with serving(board, at_once=True) as made:
        url = made.url.replace("http://", "https://")
        refused(one.cosign("--log-key", LOG_KEY, board=("--url", url)), "cannot be read", code=2)


# ---- without end -----------------------------------------------------------------------------------------------------


def test_a_body_without_end(one: Witness) -> None:
    def answer(_: bytes) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n\r\n"
        while True:
            yield b"x" * 2**16

    with serving(answer) as made:
        refused(one.cosign("--log-key", LOG_KEY, board=("--url", made.url)), "sends more than", code=2)

        assert made.sent < 2**24


def dribble(start: bytes, piece: bytes) -> Answer:
    def answer(_: bytes) -> Iterator[bytes]:
        yield start
        while True:
            time.sleep(0.02)
            yield piece

    return answer


def silence(_: bytes) -> Iterator[bytes]:
    time.sleep(3)
    yield b""


@pytest.mark.parametrize(
    "answer",
    [
        dribble(b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        dribble(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n", b"x"),
        dribble(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        dribble(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        dribble(b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        dribble(b"HTTP/1.1 20", b"0"),
        silence,
    ],
    ids=["body", "length", "chunks", "continue", "header", "status", "silence"],
)
def test_an_answer_that_never_ends_is_given_up(answer: Answer) -> None:
    with serving(answer) as made:
        server = Server(made.url, 0.6)
        start = time.monotonic()
        with pytest.raises(MalformedError, match=r"takes too long|cannot be read"):
            server.get("/checkpoint", 2**16)

        assert time.monotonic() - start < 2.5


def test_many_answers_have_one_time_together() -> None:
    """A log can sign any size, and its server send so many entries one by one."""

    def answer(_: bytes) -> Iterator[bytes]:
        time.sleep(0.1)
        yield whole(ENTRIES[0] + b"\n")

    with serving(answer) as made:
        server = Server(made.url, 0.7)
        with pytest.raises(MalformedError, match=r"takes too long|cannot be read"):
            collections.deque((server.get("/entries", 2**16) for _ in range(100)), maxlen=0)

        assert len(made.asked) < 12


def test_a_log_that_hangs_keeps_no_other_from_being_cosigned(one: Witness) -> None:
    def answer(_: bytes) -> Iterator[bytes]:
        with files.locked(one.file):  # nobody else has it meanwhile
            yield whole(head(ENTRIES))

    one.show(ENTRIES)
    with serving(answer) as made:
        one.cosign("--log-key", LOG_KEY, board=("--url", made.url))
        assert made.asked
    ok(one.cosign("--log-key", LOG_KEY))
    good(one, ENTRIES)


# ---- not what it says ------------------------------------------------------------------------------------------------


def test_a_packed_bomb_is_not_unpacked(one: Witness) -> None:
    bomb = gzip.compress(bytes(2**25))

    def answer(_: bytes) -> Iterator[bytes]:
        yield whole(bomb, "Content-Encoding: gzip", "Content-Type: text/plain")

    with serving(answer) as made:
        refused(one.cosign("--log-key", LOG_KEY, board=("--url", made.url)), code=2)

        assert b"Accept-Encoding: identity" in made.asked[0]


@pytest.mark.parametrize("tail", [b"", b"more", gzip.compress(b"x", mtime=0)], ids=["nothing", "more", "another"])
def test_where_packed_bytes_are_wanted_they_are_bounded(tail: bytes) -> None:
    bomb = gzip.compress(bytes(2**25)) + tail

    def answer(_: bytes) -> Iterator[bytes]:
        yield whole(bomb, "Content-Encoding: gzip")

    with serving(answer) as made, pytest.raises(MalformedError, match="cannot be unpacked"):
        Server(made.url, 5).ask("/practice", 2**20)


@pytest.mark.parametrize("kind", ["text/html", "application/zip", "image/svg+xml", "nonsense"])
def test_what_it_calls_the_bytes_plays_no_part(one: Witness, kind: str) -> None:
    """They are the log's by its signature, and the entries by the root: nothing else is believed."""

    def answer(path: bytes) -> Iterator[bytes]:
        (made,) = board(path)
        yield made.replace(b"Connection: close", b"Connection: close\r\nContent-Type: " + kind.encode())

    with serving(answer) as made:
        ok(one.cosign("--log-key", LOG_KEY, board=("--url", made.url)))
    good(one, ENTRIES)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0" * 1000,
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 -1 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nx",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nx",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 206 Partial\r\nContent-Length: 3\r\n\r\nabc",
        b"HTTP/1.1 401 Sign in\r\nWWW-Authenticate: Basic realm=x\r\n\r\n",
        b"HTTP/1.1 407 Sign in\r\nProxy-Authenticate: Basic\r\n\r\n",
    ],
    ids=[
        "nothing",
        "zeros",
        "another",
        "status",
        "negative-length",
        "large-length",
        "large-chunk",
        "negative-chunk",
        "no-chunk",
        "headers",
        "long-header",
        "no-content",
        "partial",
        "sign-in",
        "proxy",
    ],
)
def test_bytes_that_are_no_answer(one: Witness, raw: bytes) -> None:
    def answer(_: bytes) -> Iterator[bytes]:
        yield raw

    with serving(answer) as made:
        refused(one.cosign("--log-key", LOG_KEY, board=("--url", made.url)), code=2)

        assert len(made.asked) == 1


LINES = b"".join(raw + b"\n" for raw in ENTRIES)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n",
        LINES[:-1],
        LINES + b"x\n",
        LINES.replace(b"\n", b"\r\n"),
        b"\n".join(reversed(ENTRIES)) + b"\n",
        LINES.replace(b"notice 7", b"notice 8"),
        LINES + b"\n",
    ],
    ids=[
        "none",
        "an empty line",
        "no last line feed",
        "more",
        "carriage returns",
        "reversed",
        "altered",
        "and an empty line",
    ],
)
def test_entries_that_are_not_the_logs(one: Witness, body: bytes) -> None:
    def answer(path: bytes) -> Iterator[bytes]:
        yield whole(head(ENTRIES) if path.endswith(b"/checkpoint") else body)

    with serving(answer) as made:
        result = one.cosign("--log-key", LOG_KEY, board=("--url", made.url))

    assert result.exit_code in (1, 2)
    assert result.stdout == ""
    assert one.logs() == {}


def test_no_entry_is_asked_for_before_the_log_has_signed(one: Witness) -> None:

    def answer(path: bytes) -> Iterator[bytes]:
        signed = head(ENTRIES)
        if path.endswith(b"/checkpoint"):
            yield whole(signed.replace(b"\n40\n", b"\n999999999999999999\n"))
        else:
            yield whole(LINES)

    with serving(answer) as made:
        refused(one.cosign("--log-key", LOG_KEY, board=("--url", made.url)), "sign")

        assert len(made.asked) == 1
