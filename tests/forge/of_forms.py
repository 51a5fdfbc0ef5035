"""Row 12: bytes that are not of the form of section 1, entry by entry and field by field; all refused before anything else."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from governance.board import canonical
from tests.forge import fields
from tests.forge.fields import SAMPLES, Path
from tests.forge.forgery import FORM, Forgery, edited
from tests.forge.maker import base
from tests.forge.record import Json, Record

MiB = 2**20


def _form(name: str, change: Callable[[Record], Any], base_name: str = "two", *, bulk: bool = False) -> Forgery:
    def do(record: Record) -> None:
        change(record)

    return edited(12, name, base_name, [FORM], do, bulk=bulk)


def _json(kind: str, name: str, change: Callable[[Json], Any]) -> Forgery:
    """An entry in canonical form, of another shape."""

    def do(record: Record) -> None:
        at = record.find(kind)
        value = record.value(at)
        change(value)
        record.entries[at] = canonical.dump(value)
        record.sign()

    return _form(f"{kind}: {name}", do, SAMPLES[kind], bulk=True)


def _bytes(name: str, change: Callable[[bytes], bytes], kind: str = "notice") -> Forgery:
    """The bytes of an entry."""

    def do(record: Record) -> None:
        at = record.find(kind)
        changed = change(record.entries[at])
        assert changed != record.entries[at], name
        record.entries[at] = changed
        record.sign()

    return _form(name, do, SAMPLES[kind])


OPTIONAL: dict[str, Path] = {"manifest": ("contests", 0, "rule")}
"""The one object in which a field more is another check's."""

WRONG: dict[type, tuple[Any, ...]] = {
    str: (7, True, [], {}, None),
    int: ("7", True, [], {}, None, 1.0, 1.5, 2**53, -(2**53), 2**64),
    bool: ("true", 1, [], {}, None),
    list: ("x", 7, True, {}, None),
    dict: ("x", 7, True, [], None),
}
"""Values of another type, for a value of each."""


def _put(path: Path, new: Any) -> Callable[[Json], None]:
    return partial(fields.put, path=path, new=new)


def _of_kind(kind: str) -> Iterator[Forgery]:
    value = fields.sample(base(SAMPLES[kind]), kind)
    for path in fields.objects(value):
        if path != OPTIONAL.get(kind):
            yield _json(kind, f"{fields.name(path)} has an unknown field", _put((*path, "zzz"), ""))
    for path, item in fields.fields(value):
        name = fields.name(path)
        yield _json(kind, f"{name} missing", partial(fields.drop, path=path))
        for other in WRONG[type(item)]:
            shown = json.dumps(other)
            yield _json(kind, f"{name} is {shown}", _put(path, other))
        yield from _of_value(kind, path, item)


def _of_value(kind: str, path: Path, item: Any) -> Iterator[Forgery]:
    """Texts that are no hex, no id, no time."""
    name, last = fields.name(path), path[-1]

    def text(what: str, new: str) -> Forgery:
        return _json(kind, f"{name}: {what}", lambda v: fields.put(v, path, new))

    if not isinstance(item, str) or last == "kind":
        return
    if last in {"at", "opens", "closes"}:
        for new in ("", "2026-03-01", "2026-02-29T09:00:00Z", "2026-13-01T09:00:00Z", "2026-03-01T24:00:00Z",
                    "2026-03-01T09:00:60Z", "2026-03-01T09:00:00", "2026-03-01T09:00:00+00:00", "2026-03-01 09:00:00Z",
                    "2026-03-01T09:00:00.0Z", "0000-03-01T09:00:00Z", "2026-3-01T09:00:00Z", "2026-03-01T09:00:00Z\n",
                    "\uff12026-03-01T09:00:00Z"):  # fmt: skip
            yield text(f"time {new!r}", new)
    elif last in {"id", "contest", "candidate", "election"} and "rule" not in path:
        for what, new in {"empty": "", "a hyphen first": "-a", "an underscore first": "_a", "65 characters": "a" * 65,
                          "an umlaut": "ä", "a space": "a b", "a dot": "a.b", "a line feed": "a\n", "a digit of another script": "a٣",
                          "a slash": "../a"}.items():  # fmt: skip
            yield text(f"id with {what}", new)
    elif len(item) >= 64 and set(item) <= set("0123456789abcdef"):
        yield text("in upper case", item[:-1] + "A")
        yield text("one digit fewer", item[:-1])
        yield text("two digits fewer", item[:-2])
        yield text("two digits more", item + "00")
        yield text("no hex", "g" + item[1:])
        yield text("a space in it", " " + item[1:])
        yield text("0x before it", "0x" + item[2:])
        yield text("a line feed after it", item + "\n")
        yield text("digits of another script", "٣" + item[1:])


def _with(fragment: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda raw: raw.replace(fragment, new, 1)


NOTICE = b'{"at":"2026-03-01T09:00:00Z","body":"%s","kind":"notice","subject":"s"}'


def _notice(body: bytes) -> Callable[[bytes], bytes]:
    return lambda _: NOTICE.replace(b"%s", body)


def _deep(depth: int) -> bytes:
    """A rule whose parameter nests so deep in all: the manifest is 1, contests 2, a contest 3, its rule 4."""
    return b"[" * (depth - 4) + b"]" * (depth - 4)


def _reversed(raw: bytes) -> bytes:
    value = json.loads(raw)
    return json.dumps(dict(reversed(value.items())), ensure_ascii=False, separators=(",", ":")).encode()


def _surrogate_order(raw: bytes) -> bytes:
    """Unknown fields aside: keys in order of code points, which is not that of UTF-16."""
    return raw[:-1] + ',"\uffee":1,"\U0001f600":2}'.encode()


BYTES = [
    _bytes("a key twice", _with(b'{"at":', b'{"at":"2026-03-01T09:00:00Z","at":')),
    _bytes("a key twice with two values", lambda raw: raw[:-1] + b',"subject":"other"}'),
    _bytes("a key twice, once escaped", _with(b'"body":', b'"body":"","\\u0062ody":')),
    _bytes("a key twice in an inner object", _with(b'"reopen":false', b'"reopen":false,"reopen":false'), "manifest"),
    _bytes("a float", _with(b'"version":1', b'"version":1.0'), "manifest"),
    _bytes("a float with a fraction", _with(b'"ballots":', b'"ballots":0.5'), "close"),
    _bytes("an exponent", _with(b'"version":1', b'"version":1e0'), "manifest"),
    _bytes("a big exponent", _with(b'"version":1', b'"version":1e999999999'), "manifest"),
    _bytes("minus zero", _with(b'"seated":0', b'"seated":-0'), "manifest"),
    _bytes("a leading zero", _with(b'"version":1', b'"version":01'), "manifest"),
    _bytes("a plus", _with(b'"version":1', b'"version":+1'), "manifest"),
    _bytes("an integer of 2^53", _with(b'"version":1', b'"version":9007199254740992'), "manifest"),
    _bytes("an integer of -2^53", _with(b'"version":1', b'"version":-9007199254740992'), "manifest"),
    _bytes("an integer of 2^64", _with(b'"version":1', b'"version":18446744073709551616'), "manifest"),
    _bytes("an integer of 100,000 digits", _with(b'"version":1', b'"version":' + b"9" * 100_000), "manifest"),
    _bytes("NaN", _with(b'"version":1', b'"version":NaN'), "manifest"),
    _bytes("Infinity", _with(b'"version":1', b'"version":Infinity'), "manifest"),
    _bytes("null", _with(b'"version":1', b'"version":null'), "manifest"),
    _bytes("null in a rule's parameter", _with(b'"id":"scottish-stv"', b'"id":"scottish-stv","x":null'), "manifest"),
    _bytes("true in capitals", _with(b"true", b"True"), "manifest"),
    _bytes("a space after a colon", _with(b'":', b'": ')),
    _bytes("a space after a comma", _with(b',"', b', "')),
    _bytes("a space before the entry", lambda raw: b" " + raw),
    _bytes("a space after the entry", lambda raw: raw + b" "),
    _bytes("a carriage return after the entry", lambda raw: raw + b"\r"),
    _bytes("a second value after the entry", lambda raw: raw + b"{}"),
    _bytes("a comma after the last field", lambda raw: raw[:-1] + b",}"),
    _bytes("a NUL after the entry", lambda raw: raw + b"\0"),
    _bytes("a byte order mark", lambda raw: b"\xef\xbb\xbf" + raw),
    _bytes("bytes that are not UTF-8", _notice(b"\xff")),
    _bytes("UTF-8 that is too long for its character", _notice(b"\xc1\xa1")),
    _bytes("a surrogate in UTF-8", _notice(b"\xed\xa0\x80")),
    _bytes("UTF-16", lambda raw: raw.decode().encode("utf-16-be").replace(b"\n", b"")),
    _bytes("a lone high surrogate, escaped", _notice(b"\\ud800")),
    _bytes("a lone low surrogate, escaped", _notice(b"\\udc00")),
    _bytes("two surrogates in the wrong order, escaped", _notice(b"\\udc00\\ud800")),
    _bytes("a lone surrogate as a key", lambda raw: raw[:-1] + b',"\\ud800":1}'),
    _bytes("a pair of surrogates, escaped", _notice(b"\\ud83d\\ude00")),
    _bytes("a letter escaped", _notice(b"\\u0061")),
    _bytes("a slash escaped", _notice(b"\\/")),
    _bytes("a control character escaped in upper case", _notice(b"\\u001F")),
    _bytes("a tab escaped by its number", _notice(b"\\u0009")),
    _bytes("a tab as it is", _notice(b"\t")),
    _bytes("a NUL as it is", _notice(b"\0")),
    _bytes("DEL escaped", _notice(b"\\u007f")),
    _bytes("a string in single quotes", lambda raw: raw.replace(b'"', b"'")),
    _bytes("a comment", lambda raw: raw[:-1] + b"/**/}"),
    _bytes("keys in another order", _reversed),
    _bytes("keys of an inner object in another order", _with(b'{"id":"scottish-stv"}', b'{"x":0,"id":"scottish-stv"}'), "manifest"),
    _bytes("keys in order of code points", _surrogate_order),
    _bytes("depth 17", _with(b'"id":"scottish-stv"', b'"id":"scottish-stv","x":' + _deep(17)), "manifest"),
    _bytes("depth 17 with a number inside", _with(b'"id":"scottish-stv"', b'"id":"scottish-stv","x":' + b"[" * 12 + b"{}" + b"]" * 12), "manifest"),
    _bytes("depth 1,000", _with(b'"id":"scottish-stv"', b'"id":"scottish-stv","x":' + _deep(1000)), "manifest"),
    _bytes("depth 500,000", lambda _: b"[" * 500_000),
    _bytes("depth 500,000, closed", lambda _: b"[" * 500_000 + b"]" * 500_000),
    _bytes("depth 150,000 of objects", lambda _: b'{"a":' * 150_000 + b"1" + b"}" * 150_000),
    _bytes("an entry of 1 MiB and a byte", lambda _: NOTICE.replace(b"%s", b"x" * (MiB + 3 - len(NOTICE)))),
    _bytes("an entry of 20 MiB", lambda _: NOTICE.replace(b"%s", b"x" * 20 * MiB)),
    _bytes("an empty line", lambda _: b""),
    _bytes("an empty line before an entry", lambda raw: b"\n" + raw),
    _bytes("two entries on one line", lambda raw: raw + raw),
    _bytes("an array", lambda raw: b"[" + raw + b"]"),
    _bytes("an empty object", lambda _: b"{}"),
    _bytes("a string", lambda _: b'"notice"'),
    _bytes("a number", lambda _: b"7"),
    _bytes("an entry without kind", _with(b',"kind":"notice"', b"")),
    _bytes("an entry of an unknown kind", _with(b'"kind":"notice"', b'"kind":"notices"')),
    _bytes("an entry of the empty kind", _with(b'"kind":"notice"', b'"kind":""')),
    _bytes("an entry whose kind is a number", _with(b'"kind":"notice"', b'"kind":7')),
    _bytes("an entry of another kind's fields", _with(b'"kind":"notice"', b'"kind":"open"')),
]  # fmt: skip


def _last_lf(record: Record) -> None:
    """The last entry is not ended, and the checkpoint is of it too."""
    record.tail = record.entries.pop()


def _nothing(record: Record) -> Record:
    record.entries.clear()
    record.blobs.clear()
    return record.sign()


LINES = [
    _form("the last entry without its LF", _last_lf, "tiny"),
    _form("half an entry at the end", lambda r: setattr(r, "tail", b'{"at"'), "tiny"),
    _form("an empty line at the end", lambda r: setattr(r, "tail", b"\n"), "tiny"),
    _form("a NUL at the end", lambda r: setattr(r, "tail", b"\0"), "tiny"),
    _form("no entries", _nothing, "tiny"),
    _form("an empty line alone", lambda r: setattr(_nothing(r), "tail", b"\n"), "tiny"),
]

FIELDS = [forgery for kind in SAMPLES for forgery in _of_kind(kind)]
FORGERIES = [*BYTES, *LINES, *FIELDS]
