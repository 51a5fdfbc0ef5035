"""Row 11: checkpoints that are of another tree or of nobody, and closing that is not as announced."""

import base64
from collections.abc import Callable, Sequence
from typing import Any

from governance.board import checkpoint, merkle
from governance.board.checkpoint import VerifierKey
from governance.crypto import signature
from tests.forge.bases import TINY
from tests.forge.election import Election, on
from tests.forge.forgery import BOARD, CLOSE, FORM, ORDER, SHUFFLE, Check, Forgery, edited, made
from tests.forge.plan import CLOSES, OPENS, Cast, Extend
from tests.forge.record import Json, Record

OTHER = b"another key for the board's log.."[:32]
DASH = "—"


def _board(
    name: str, change: Callable[[Record], Any], base: str = "tiny", expected: Sequence[Check] = (BOARD,)
) -> Forgery:
    def do(record: Record) -> None:
        change(record)

    return edited(11, name, base, expected, do)


def _text(
    name: str, change: Callable[[str], str | bytes], base: str = "tiny", expected: Sequence[Check] = (BOARD,)
) -> Forgery:
    """Another text below the same signature, or other lines below the same text."""

    def do(record: Record) -> None:
        text = change(record.checkpoint.decode())
        record.checkpoint = text if isinstance(text, bytes) else text.encode()

    return edited(11, f"checkpoint: {name}", base, expected, do)


def _resigned(name: str, change: Callable[[str], str], expected: Sequence[Check] = (BOARD,)) -> Forgery:
    """The log signs another text."""

    def do(record: Record) -> None:
        text = change(checkpoint.body(record.origin, len(record.entries), record.root()).decode()).encode()
        record.checkpoint = text + b"\n" + line(record, signature.sign(record.log, text))

    return edited(11, f"checkpoint signed by the log: {name}", "tiny", expected, do)


def line(record: Record, made_: bytes, name: str = "", key: bytes = b"", kind: int = 1) -> bytes:
    """A signature line."""
    whose = VerifierKey(name or record.origin, kind, key or signature.public_key(record.log))
    return f"{DASH} {whose.name} {base64.b64encode(whose.id + made_).decode()}\n".encode()


def _add(name: str, made_: Callable[[Record], bytes]) -> Forgery:
    """A line more."""

    def do(record: Record) -> None:
        record.checkpoint += made_(record)

    return edited(11, f"checkpoint: {name}", "tiny", [BOARD], do)


def _wrong_key(record: Record) -> None:
    """Signed by another, under the name and the key id of the log."""
    text = checkpoint.body(record.origin, len(record.entries), record.root())
    record.checkpoint = text + b"\n" + line(record, signature.sign(OTHER, text))


def _earlier(
    name: str, change: Callable[[Record], bytes | list[bytes]], expected: Sequence[Check] = (BOARD,)
) -> Forgery:
    def do(record: Record) -> None:
        made_ = change(record)
        record.earlier = made_ if isinstance(made_, list) else [made_]

    return edited(11 if expected else 0, f"earlier: {name}", "tiny", expected, do)


def _fork(record: Record, size: int) -> bytes:
    """A checkpoint of so many entries of which the last is another."""
    other = record.copy()
    other.entries = [*other.entries[: size - 1], b"{}"]
    return other.sign().checkpoint


def _beginning(record: Record, size: int) -> bytes:
    other = record.copy()
    other.entries = other.entries[:size]
    return other.sign().checkpoint


def _longer(record: Record) -> bytes:
    other = record.copy()
    other.entries.append(b"{}")
    return other.sign().checkpoint


def _witnessed(name: str, change: Callable[[Record], Any]) -> Forgery:
    """A quorum of 2 is needed, of three witnesses."""
    return _board(f"cosignatures: {name}", change, "witnessed")


def _cosign(
    record: Record, number: int = 1, *, time: int = 1, key: bytes = b"", name: str = "", text: bytes = b""
) -> bytes:
    """A line by witness `number`, or something like it."""
    own_name, own_key = record.witnesses[number]
    parsed = checkpoint.parse(record.checkpoint)
    signed = signature.sign(key or own_key, checkpoint.cosigned_bytes(text or parsed.text, time))
    return line(record, time.to_bytes(8, "big") + signed, name or own_name, signature.public_key(own_key), 4)


def _alone(extra: Callable[[Record], bytes]) -> Callable[[Record], None]:
    """Only witness 0 cosigned, and what `extra` gives."""

    def change(record: Record) -> None:
        record.sign(cosigned=(0,))
        record.checkpoint += extra(record)

    return change


def _time(kind: str, name: str, base: str = "tiny", **fields: Any) -> Forgery:
    return made(11, name, base, [CLOSE], on("json", lambda v, _: v.update(fields), kind=kind))


def _extended(name: str, *closes: str, closed: str = CLOSES) -> Forgery:
    course = (*TINY.course[:2], *(Extend(one) for one in closes), *TINY.course[2:])
    return made(11, name, "tiny", [CLOSE], course=course, closed=closed)


def _extend(before: str, expected: Sequence[Check]) -> Forgery:
    value = {"kind": "extend", "at": OPENS, "closes": "2026-03-20T00:00:00Z", "reason": ""}

    def change(_: None, election: Election) -> None:
        election.add(dict(value))

    return made(11, f"extend before {before}", "tiny", expected, on("moment", change, before=before))


def _void(name: str, change: Callable[[Json], Any], expected: Sequence[Check] = (CLOSE,)) -> Forgery:
    return made(11, name, "void", expected, on("json", lambda v, _: change(v), kind="void"))


def _void_between(before: str) -> Forgery:
    def change(_: None, election: Election) -> None:
        election.add({"kind": "void", "contest": "board", "ballots": 5})

    return made(11, f"void before {before} of a contest that has ballots enough", "tiny", [CLOSE, ORDER],
                on("moment", change, before=before))  # fmt: skip


CHECKPOINTS = [
    _board("checkpoint: a size too small", lambda r: r.sign(size=len(r.entries) - 1)),
    _board("checkpoint: a size too large", lambda r: r.sign(size=len(r.entries) + 1)),
    _board("checkpoint: size 0", lambda r: r.sign(size=0)),
    _board("checkpoint: another root", lambda r: r.sign(root=bytes(32))),
    _board("checkpoint: the root of no entries", lambda r: r.sign(root=merkle.EMPTY)),
    _board("checkpoint: the root of one entry fewer", lambda r: r.sign(root=r.root(len(r.entries) - 1))),
    _board("checkpoint: size and root of one entry fewer", lambda r: r.sign(size=len(r.entries) - 1, root=r.root(len(r.entries) - 1))),
    _board("checkpoint: the root of the entries with their LF", lambda r: r.sign(
        root=merkle.root([merkle.leaf(raw + b"\n") for raw in r.entries]))),
    _board("checkpoint: wrong key", lambda r: r.sign(seed=OTHER)),
    _board("checkpoint: wrong key under the right key's id", _wrong_key),
    _board("checkpoint: of another origin", lambda r: r.sign(origin="log.example/other")),
    _text("unsigned", lambda text: text.split("\n\n")[0] + "\n\n"),
    _text("unsigned, without the empty line", lambda text: text.split("\n\n")[0] + "\n"),
    _text("another origin below the signature", lambda text: "x" + text),
    _text("another size below the signature", lambda text: text.replace("\n", "\n1", 1)),
    _text("a size with a leading zero", lambda text: text.replace("\n", "\n0", 1)),
    _text("a size with a plus", lambda text: text.replace("\n", "\n+", 1)),
    _text("a size that is negative", lambda text: text.replace("\n", "\n-", 1)),
    _text("a size in Arabic digits", lambda text: text.replace("\n", "\n٢", 1)),
    _text("without a last LF", lambda text: text[:-1]),
    _text("with CR and LF", lambda text: text.replace("\n", "\r\n")),
    _text("an empty line at its end", lambda text: text + "\n"),
    _text("an empty line more", lambda text: text.replace("\n\n", "\n\n\n")),
    _text("a hyphen for the dash", lambda text: text.replace(DASH, "-")),
    _text("an en dash for the dash", lambda text: text.replace(DASH, "\N{EN DASH}")),
    _text("a line that is no signature", lambda text: text + "hello\n"),
    _text("a signature in base64 without its padding", lambda text: text.rstrip("=\n") + "\n"),
    _text("a signature that is not base64", lambda text: text + f"{DASH} somebody !!!!\n"),
    _text("not UTF-8", lambda text: text.encode() + b"\xff\n", expected=[BOARD, FORM]),
    _text("empty", lambda _: b""),
    _text("above 64 KiB", lambda text: text + f"{DASH} somebody AAAAAAAA\n" * 3000, expected=[FORM]),
    _resigned("an extension line", lambda text: text + "extension\n"),
    _resigned("a size with a leading zero", lambda text: text.replace("\n", "\n0", 1)),
    _resigned("a root of 31 bytes", lambda text: "\n".join(
        [*text.split("\n")[:2], base64.b64encode(bytes(31)).decode(), ""])),
    _resigned("a root without its padding", lambda text: text.replace("=", "")),
    _resigned("no root", lambda text: "\n".join([*text.split("\n")[:2], ""])),
    _resigned("a space after the size", lambda text: text.replace("\n", " \n", 2).replace(" \n", "\n", 1)),
    _add("a second line of the log that does not hold", lambda r: line(r, bytes(64))),
    _add("a second line of the log that is too short", lambda r: line(r, bytes(63))),
    _add("a second line of the log that is too long", lambda r: line(
        r, signature.sign(r.log, checkpoint.parse(r.checkpoint).text) + b"\0")),
]  # fmt: skip

EARLIER = [
    _earlier("two checkpoints of one size with two roots", lambda r: _fork(r, len(r.entries))),
    _earlier("two roots of one size, earlier than the record's", lambda r: [_beginning(r, 5), _fork(r, 5)]),
    _earlier("the record does not extend it", lambda r: _fork(r, 12)),
    _earlier("it is longer than the record", _longer),
    _earlier("of one entry that is another", lambda r: _fork(r, 1)),
    _earlier("of no entries with another root", lambda r: r.copy().sign(size=0, root=bytes(32)).checkpoint),
    _earlier("one good, one forked", lambda r: [_beginning(r, 3), r.checkpoint, _fork(r, 7)]),
    _earlier("not signed by the log", lambda r: r.copy().sign(seed=OTHER).checkpoint),
    _earlier("of another log", lambda r: r.copy().sign(origin="log.example/other").checkpoint),
    _earlier("unsigned", lambda r: r.checkpoint.split(b"\n\n")[0] + b"\n\n"),
    _earlier("with an extension line", lambda r: r.checkpoint.replace(b"\n\n", b"\nextension\n\n")),
    *(_earlier(f"no checkpoint: {name}", change, ()) for name, change in {
        "empty": lambda _: b"",
        "not UTF-8": lambda r: r.checkpoint + b"\xff",
        "above 64 KiB": lambda r: r.checkpoint + b"x" * 2**16,
        "no size": lambda r: r.checkpoint.replace(b"\n", b"\nx", 1),
        "a root of 31 bytes": lambda r: b"\n".join([*r.checkpoint.split(b"\n")[:2], base64.b64encode(bytes(31)), b"", b""]),
        "a zip": lambda r: r.zip(),
    }.items()),
]  # fmt: skip

COSIGNATURES = [
    _witnessed("none", lambda r: r.sign(cosigned=())),
    _witnessed("one of two", lambda r: r.sign(cosigned=(2,))),
    _witnessed("one witness twice", lambda r: r.sign(cosigned=(0, 0))),
    _witnessed("one witness at two times", _alone(lambda r: _cosign(r, 0, time=99))),
    _witnessed("a witness that is not listed", _alone(lambda r: line(
        r, bytes(8) + signature.sign(OTHER, checkpoint.cosigned_bytes(checkpoint.parse(r.checkpoint).text, 0)),
        "stranger.example", signature.public_key(OTHER), 4))),
    _witnessed("a listed name with another key", _alone(lambda r: line(
        r, bytes(8) + signature.sign(OTHER, checkpoint.cosigned_bytes(checkpoint.parse(r.checkpoint).text, 0)),
        r.witnesses[1][0], signature.public_key(OTHER), 4))),
    _witnessed("a listed key id, signed by another key", _alone(lambda r: _cosign(r, key=OTHER))),
    _witnessed("a listed key under another name", _alone(lambda r: _cosign(r, name="stranger.example"))),
    _witnessed("a listed key under the other's name", _alone(lambda r: _cosign(r, name=r.witnesses[0][0]))),
    _witnessed("of another text", _alone(lambda r: _cosign(r, text=checkpoint.body(r.origin, 3, r.root(3))))),
    _witnessed("of another time than it says", _alone(lambda r: line(
        r, (5).to_bytes(8, "big") + signature.sign(r.witnesses[1][1], checkpoint.cosigned_bytes(
            checkpoint.parse(r.checkpoint).text, 6)), r.witnesses[1][0], signature.public_key(r.witnesses[1][1]), 4))),
    _witnessed("a plain signature in place of one", _alone(lambda r: line(
        r, signature.sign(r.witnesses[1][1], checkpoint.parse(r.checkpoint).text), r.witnesses[1][0],
        signature.public_key(r.witnesses[1][1]), 4))),
    _witnessed("without the time", _alone(lambda r: line(
        r, signature.sign(r.witnesses[1][1], checkpoint.cosigned_bytes(checkpoint.parse(r.checkpoint).text, 1)),
        r.witnesses[1][0], signature.public_key(r.witnesses[1][1]), 4))),
    _witnessed("a byte too long", _alone(lambda r: line(
        r, (1).to_bytes(8, "big") + signature.sign(r.witnesses[1][1], checkpoint.cosigned_bytes(
            checkpoint.parse(r.checkpoint).text, 1)) + b"\0", r.witnesses[1][0],
        signature.public_key(r.witnesses[1][1]), 4))),
    _witnessed("the log's line in place of one", _alone(lambda r: line(r, signature.sign(r.log, checkpoint.parse(r.checkpoint).text)))),
]  # fmt: skip

TIMES = [
    _time("open", "open before the announced time", at="2026-03-01T08:59:59Z"),
    _time("open", "open a year before", at="2025-03-01T09:00:00Z"),
    _time("close", "close before the announced time", at="2026-03-08T16:59:59Z"),
    _time("close", "close before it opens", at="2026-02-08T17:00:00Z"),
    _time("close", "one ballot more at close", ballots=7),
    _time("close", "one ballot fewer at close", ballots=5),
    _time("close", "ballots below 0 at close", ballots=-1),
    _extended("close before the extended time", "2026-03-09T17:00:00Z"),
    _extended("close before the last of two extended times", "2026-03-09T17:00:00Z", "2026-03-10T17:00:00Z",
              closed="2026-03-10T16:59:59Z"),
    _extended("extend to an earlier time", "2026-03-08T16:59:59Z"),
    _extended("extend to the same time", CLOSES),
    _extended("extend twice to the same time", "2026-03-09T17:00:00Z", "2026-03-09T17:00:00Z", closed="2026-03-11T00:00:00Z"),
    _extended("extend and then to a time before that", "2026-03-10T17:00:00Z", "2026-03-09T17:00:00Z",
              closed="2026-03-11T00:00:00Z"),
    _extend("manifest", [ORDER, CLOSE]),
    _extend("open", [ORDER, CLOSE]),
    _extend("shuffle", [ORDER, CLOSE]),
    _extend("count", [ORDER, CLOSE]),
    # -- void
    made(11, "a contest with ballots enough declared void", "tiny", [CLOSE], on("void", lambda _, __: True)),
    made(11, "a contest with exactly as many as needed declared void", "pair", [CLOSE], on("void", lambda _, __: True),
         course=(Cast(0, (("a",),)), Cast(1, (("b",),)))),
    made(11, "a contest with fewer not declared void", "void", [CLOSE, SHUFFLE], on("void", lambda _, __: False, contest="chair")),
    made(11, "a contest with one ballot not declared void", "tiny", [CLOSE, SHUFFLE], on("void", lambda _, __: False),
         course=(Cast(0, (("a",),)),)),
    _void("void with a ballot more", lambda v: v.update(ballots=3)),
    _void("void with a ballot fewer", lambda v: v.update(ballots=1)),
    _void("void with the other contest's name", lambda v: v.update(contest="board")),
    _void("void of an unknown contest", lambda v: v.update(contest="nowhere"), [CLOSE, ORDER]),
    made(11, "void twice", "void", [CLOSE, ORDER], on("copies", lambda _, __: 2, kind="void")),
    *(_void_between(before) for before in ("shuffle", "decrypt", "result", "count")),
]  # fmt: skip

FORGERIES = [*CHECKPOINTS, *EARLIER, *COSIGNATURES, *TIMES]
