"""Row 13: entries in an order that section 13 does not know; row 0: what is no record at all."""

from collections.abc import Callable, Sequence

from governance.board import canonical
from tests.forge.election import Election, on
from tests.forge.forgery import (
    BALLOT,
    CEREMONY,
    CLOSE,
    COUNT,
    DECRYPT,
    FORM,
    MANIFEST,
    ORDER,
    RESULT,
    SHUFFLE,
    Check,
    Forgery,
    edited,
    made,
)
from tests.forge.plan import CLOSES, OPENS
from tests.forge.record import Json, Member, Record, zip_of

OWN: dict[str, tuple[Check, ...]] = {
    "ceremony": (ORDER, CEREMONY),
    "trustee-commit": (CEREMONY, ORDER),
    "trustee-key": (CEREMONY, ORDER),
    "trustee-confirm": (CEREMONY, ORDER),
    "trustee-ready": (CEREMONY, ORDER),
    "ballot": (BALLOT, ORDER),
    "extend": (CLOSE, ORDER),
    "close": (CLOSE, ORDER),
    "open": (CLOSE, ORDER),
    "shuffle": (SHUFFLE, ORDER),
    "decrypt": (DECRYPT, ORDER),
    "result": (RESULT, ORDER),
    "count": (COUNT, ORDER),
    "void": (CLOSE, ORDER),
    "manifest": (ORDER, MANIFEST, CEREMONY),
}
"""What an entry out of its place may fail: `order`, or its own section's check."""


def _moved(kind: str, to: str, *, base: str = "tiny", after: bool = False, expected: Sequence[Check] = ()) -> Forgery:
    """The first entry of a kind stands before (or after) the first of another."""

    def change(record: Record) -> None:
        raw = record.entries.pop(record.find(kind))
        record.entries.insert(record.find(to) + after, raw)
        record.sign()

    name = f"{kind} {'after' if after else 'before'} {to}"
    return edited(13, name, base, expected or OWN.get(kind, (ORDER,)), change)


def _dropped(kind: str, base: str = "tiny", expected: Sequence[Check] = (ORDER,)) -> Forgery:
    return made(13, f"no {kind}", base, expected, on("copies", lambda _, __: 0, kind=kind))


def _twice(kind: str, expected: Sequence[Check] = (ORDER,)) -> Forgery:
    return made(13, f"a second {kind}", "tiny", expected, on("copies", lambda _, __: 2, kind=kind))


def _copied(kind: str, to: str, expected: Sequence[Check] = ()) -> Forgery:
    """An entry stands again, after the last of another kind."""

    def change(record: Record) -> None:
        record.entries.insert(record.find(to, -1) + 1, record.entries[record.find(kind)])
        record.sign()

    return edited(13, f"a second {kind} after {to}", "tiny", expected or OWN.get(kind, (ORDER,)), change)


def _cut(kind: str, base: str = "tiny", expected: Sequence[Check] = (ORDER,)) -> Forgery:
    """The record ends before the first of a kind, well signed."""

    def change(record: Record) -> None:
        record.entries = record.entries[: record.find(kind)]
        record.sign().tidy()

    return edited(13, f"the record ends before {kind}", base, expected, change)


def _inserted(value: Json, before: str, expected: Sequence[Check] = (ORDER,), base: str = "tiny") -> Forgery:
    def change(_: None, election: Election) -> None:
        election.add(dict(value))

    name = f"{value['kind']} inserted before {before}"
    return made(13, name, base, expected, on("moment", change, before=before))


def _after_cancel(kind: str, *expected: Check) -> Forgery:
    """The election goes on although it was cancelled."""

    def change(record: Record) -> None:
        cancel = b'{"at":"2026-03-08T17:00:00Z","kind":"cancel","reason":"x"}'
        record.entries.insert(record.find(kind), cancel)
        record.sign()

    return edited(13, f"{kind} after cancel", "tiny", [ORDER, *expected], change)


def _at_end(
    name: str, value: Callable[[Record], Json], base: str = "tiny", expected: Sequence[Check] = (ORDER,)
) -> Forgery:
    def change(record: Record) -> None:
        record.entries.append(canonical.dump(value(record)))
        record.sign()

    return edited(13, name, base, expected, change)


def _only(kind: str) -> Callable[[Record], None]:
    def change(record: Record) -> None:
        record.entries = [record.entries[record.find(kind)]]
        record.sign().tidy()

    return change


def _swap_counts(record: Record) -> None:
    one, two = record.find("count", 0), record.find("count", 1)
    record.entries[one], record.entries[two] = record.entries[two], record.entries[one]
    record.sign()


CANCEL = {"kind": "cancel", "at": CLOSES, "reason": ""}
WITHDRAW = {"kind": "withdraw", "contest": "board", "candidate": "a"}

EARLY: tuple[Check, ...] = (SHUFFLE, ORDER, FORM)
"""Where no ballot stands yet, a list of any size is too long for its place: that may be `form`."""

ORDERS = [
    _moved("ceremony", "trustee-commit", after=True, expected=[CEREMONY, ORDER]),
    _moved("manifest", "trustee-commit"),
    _moved("manifest", "trustee-confirm"),
    _moved("manifest", "ceremony"),
    _moved("manifest", "trustee-ready", after=True, expected=[CEREMONY, ORDER]),
    _moved("open", "manifest", expected=[ORDER, CLOSE]),
    _moved("open", "trustee-ready", expected=[ORDER, CLOSE, CEREMONY]),
    _moved("open", "ballot", after=True, expected=[BALLOT, ORDER]),
    _moved("close", "open"),
    _moved("close", "shuffle", after=True, expected=[SHUFFLE, ORDER]),
    _moved("ballot", "open"),
    _moved("ballot", "manifest"),
    _moved("ballot", "ceremony"),
    _moved("ballot", "close", after=True, expected=[BALLOT, ORDER, CLOSE]),
    _moved("shuffle", "open", expected=EARLY),
    _moved("shuffle", "manifest", expected=EARLY),
    _moved("decrypt", "manifest", expected=[DECRYPT, ORDER, SHUFFLE, FORM]),
    _moved("result", "shuffle", expected=[RESULT, DECRYPT, ORDER]),
    _moved("result", "decrypt", expected=[RESULT, DECRYPT, ORDER]),
    _moved("result", "close"),
    _moved("count", "result"),
    _moved("count", "decrypt"),
    _moved("count", "close"),
    _moved("void", "close", base="void"),
    _moved("void", "open", base="void"),
    _moved("trustee-key", "trustee-commit"),
    _moved("trustee-confirm", "trustee-key"),
    _moved("trustee-ready", "manifest"),
    _moved("trustee-ready", "open", after=True),
    _moved("withdraw", "manifest", base="withdrawn"),
    _moved("withdraw", "ceremony", base="withdrawn"),
    _moved("withdraw", "close", base="withdrawn", after=True),
    _moved("count", "shuffle", base="both", expected=[COUNT, ORDER]),
    edited(13, "a contest is counted before its after contest", "two", [ORDER, COUNT], _swap_counts),
    _dropped("ceremony", expected=[ORDER, CEREMONY]),
    _dropped("manifest", expected=[ORDER, CEREMONY]),
    _dropped("open", expected=[ORDER, BALLOT]),
    _dropped("close", expected=[ORDER, SHUFFLE]),
    _dropped("result", expected=[ORDER, COUNT, RESULT]),
    _dropped("count"),
    _dropped("void", "void", [ORDER, COUNT]),
    made(
        13, "no void of a contest of nobody", "empty", [ORDER], on("copies", lambda _, __: 0, kind="void", contest="board")),
    made(13, "one of two contests is not counted", "both", [ORDER], on("copies", lambda _, __: 0, kind="count", contest="board")),
    _twice("ceremony", [ORDER, CEREMONY]),
    _twice("manifest"),
    _twice("open"),
    _twice("close"),
    *(_copied(kind, "count") for kind in (
        "ceremony", "trustee-commit", "trustee-key", "trustee-confirm", "manifest", "trustee-ready", "ballot",
        "result", "count")),
    _copied("open", "count", [ORDER]),
    _copied("close", "count", [ORDER]),
    _copied("shuffle", "count", [ORDER, SHUFFLE]),
    _copied("decrypt", "count", [ORDER, DECRYPT]),
    _copied("open", "ballot", [ORDER]),
    _copied("ceremony", "trustee-key", [ORDER, CEREMONY]),
    _copied("manifest", "open", [ORDER]),
    *(_cut(kind) for kind in ("open", "ballot", "close", "shuffle", "count")),
    _cut("trustee-ready"),
    _cut("manifest", expected=[ORDER, CEREMONY]),
    _cut("trustee-commit", expected=[ORDER, CEREMONY]),
    _cut("decrypt"),
    _cut("result"),
    *(_inserted(WITHDRAW, before, [ORDER, CEREMONY]) for before in ("ceremony", "trustee-commit", "manifest", "shuffle", "result", "count")),
    *(_inserted(CANCEL, before, [ORDER, CEREMONY]) for before in ("ceremony", "trustee-commit", "manifest")),
    *(_after_cancel(kind, *(check for check in OWN[kind] if check != ORDER)) for kind in (
        "trustee-ready", "open", "ballot", "close", "shuffle", "decrypt", "result", "count")),
    _at_end("cancel twice", lambda _: CANCEL, "cancelled"),
    _at_end("withdraw after cancel", lambda _: WITHDRAW, "cancelled"),
    _at_end("close after cancel at the end", lambda _: {"kind": "close", "at": CLOSES, "ballots": 6}, "cancelled", [ORDER, CLOSE]),
    _at_end("extend after cancel", lambda _: {"kind": "extend", "at": OPENS, "closes": "2027-01-01T00:00:00Z", "reason": ""},
            "cancelled", [ORDER, CLOSE]),
    _at_end("a ceremony after cancel", lambda r: r.value(r.find("ceremony")), "cancelled"),
    _at_end("withdraw after the count", lambda _: WITHDRAW),
    *(edited(13, f"a record of one {kind} alone", "tiny", [ORDER, CEREMONY, *OWN.get(kind, ())], _only(kind)) for kind in (
        "ceremony", "trustee-commit", "manifest", "open", "ballot", "close", "result", "count")),
    edited(13, "a record of one notice alone", "cancelled", [ORDER, CEREMONY], _only("notice")),
]  # fmt: skip


def _nothing(name: str, change: Callable[[Record], bytes]) -> Forgery:
    return edited(0, name, "tiny", (), change)


NO_RECORD = [
    _nothing("an empty file", lambda _: b""),
    _nothing("a text", lambda _: b"This is not a record.\n" * 40),
    _nothing("entries without a zip", lambda r: r.lines()),
    _nothing("an empty zip", lambda _: zip_of([])),
    _nothing("a zip with neither entries nor checkpoint", lambda _: zip_of([Member("README.txt", b"hello")])),
    _nothing("a zip of blobs alone", lambda r: zip_of(r.members()[2:])),
    _nothing("a zip cut in half", lambda r: r.zip()[: len(r.zip()) // 2]),
    _nothing("a zip without its directory", lambda r: r.zip()[: r.zip().index(b"PK\1\2")]),
    _nothing("a checkpoint", lambda r: r.checkpoint),
]  # fmt: skip

FORGERIES: list[Forgery] = [*ORDERS, *NO_RECORD]
