"""Rows 1 and 2: one value of any entry or blob is another, or no point or scalar at all, and the log signs it again."""

from collections.abc import Callable, Iterator
from typing import Any

from governance.board import canonical
from governance.crypto import signature
from governance.crypto.group import ORDER as Q
from tests.forge import fields
from tests.forge.fields import SAMPLES, Path
from tests.forge.forgery import (
    BALLOT,
    BOARD,
    CEREMONY,
    CLOSE,
    CODEC,
    COUNT,
    DECRYPT,
    FORM,
    MANIFEST,
    MIX_INPUT,
    RESULT,
    SHUFFLE,
    TREE,
    Check,
    Forgery,
    edited,
    flipped,
)
from tests.forge.maker import base
from tests.forge.record import Json, Record, ref
from tests.shared import load

CHECKS: dict[str, tuple[Check, ...]] = {
    "ceremony": (FORM, CEREMONY),
    "trustee-commit": (FORM, CEREMONY),
    "trustee-key": (FORM, CEREMONY),
    "trustee-confirm": (FORM, CEREMONY),
    "manifest": (FORM, TREE, MANIFEST, CODEC, CEREMONY),
    "trustee-ready": (FORM, CEREMONY),
    "close": (FORM, CLOSE),
    "ballot": (FORM, BALLOT),
    "shuffle": (FORM, TREE, SHUFFLE, MIX_INPUT),
    "decrypt": (FORM, TREE, DECRYPT),
    "result": (FORM, TREE, RESULT),
    "count": (FORM, TREE, COUNT),
    "void": (FORM, CLOSE),
}
"""What a changed value of an entry may fail; kinds that nothing but the log protects are not here."""


def _other(value: Any) -> Any:
    """A value of the same type, as near as may be."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if len(value) >= 64 and set(value) <= set("0123456789abcdef"):
        return flipped(value)
    if value[:4].isdigit() and value.endswith("Z"):
        return value[:18] + chr(ord(value[18]) ^ 1) + "Z"
    return value + "x"


def _resigned(kind: str, path: Path) -> Forgery:
    """Nobody but the log signs again."""

    def change(record: Record) -> None:
        def edit(value: Json) -> None:
            fields.put(value, path, _other(fields.at(value, path)))

        record.edit(record.find(kind), edit, sign=False)

    name = f"{kind}: {fields.name(path)} changed, the tree signed again"
    return edited(1, name, SAMPLES[kind], CHECKS[kind], change, bulk=True)


def _unsigned(kind: str) -> Forgery:
    """The checkpoint stays as it was: of a kind that nothing else protects, too."""

    def change(record: Record) -> None:
        before = record.checkpoint
        record.edit(record.find(kind), _touch, sign=False)
        record.checkpoint = before

    expected = (BOARD, *CHECKS.get(kind, (COUNT,) if kind == "withdraw" else ()))
    return edited(1, f"{kind}: changed under the old checkpoint", SAMPLES[kind], expected, change)


def _touch(value: Json) -> None:
    for path, item in fields.leaves(value):
        if path[-1] in {"reason", "body", "candidate", "name", "ballots", "a", "response", "rule", "signature"}:
            fields.put(value, path, _other(item) if path[-1] != "candidate" else "e")
            return
    value["at"] = "2026-03-09T18:00:00Z" if value["kind"] == "close" else "2026-03-01T09:00:01Z"


def _kinds() -> Iterator[Forgery]:
    for kind in CHECKS:
        for path, _ in fields.leaves(fields.sample(base(SAMPLES[kind]), kind)):
            if path[-1] != "kind" and (kind, path[-1]) != ("close", "at"):
                yield _resigned(kind, path)


BLOBS = {
    "the credentials": ("manifest", ("credentials", 0, "sha256"), (MANIFEST, FORM)),
    "the first list": ("shuffle", ("input", "sha256"), (MIX_INPUT, FORM)),
    "a mixer's output": ("shuffle", ("output", "sha256"), (SHUFFLE, FORM)),
    "a shuffle's proof": ("shuffle", ("proof", "sha256"), (SHUFFLE, FORM)),
    "the factors": ("decrypt", ("factors", "sha256"), (DECRYPT, FORM)),
    "the result": ("result", ("ballots", "sha256"), (RESULT, FORM)),
    "the count": ("count", ("stages", "sha256"), (COUNT, FORM)),
}


def _digest(record: Record, what: str) -> str:
    kind, path, _ = BLOBS[what]
    digest: str = fields.at(record.value(record.find(kind)), path)
    return digest


def _blob(what: str) -> Forgery:
    """A blob has other bytes than its name says."""

    def change(record: Record) -> None:
        digest = _digest(record, what)
        blob = record.blobs[digest]
        record.blobs[digest] = blob[:7] + bytes([blob[7] ^ 1]) + blob[8:]

    return edited(1, f"a bit of {what} changed", "tiny", [TREE], change)


def _checkpoint(at: int) -> Forgery:
    def change(record: Record) -> None:
        text = record.checkpoint
        record.checkpoint = text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :]

    return edited(1, f"a bit of the checkpoint's byte {at} changed", "tiny", [BOARD], change, bulk=True)


def _old(name: str, change: Callable[[Record], Any]) -> Forgery:
    """The entries are others, the checkpoint is not."""

    def do(record: Record) -> None:
        before = record.checkpoint
        change(record)
        record.checkpoint = before

    return edited(1, f"{name} under the old checkpoint", "two", [BOARD], do)


ROW_1 = [
    *_kinds(),
    *(_unsigned(kind) for kind in SAMPLES),
    *map(_blob, BLOBS),
    *(_checkpoint(at) for at in range(0, len(base("tiny").checkpoint), 3)),
    _old("a notice dropped", lambda r: r.entries.pop(r.find("notice"))),
    _old("a notice added", lambda r: r.entries.insert(0, r.entries[r.find("notice")])),
    _old("two notices swapped", lambda r: r.entries.insert(0, r.entries.pop(r.find("notice", 3)))),
    _old("a notice added at the end", lambda r: r.entries.append(r.entries[0])),
]

# -- row 2 ------------------------------------------------------------------------------------------------------------

BAD: list[str] = (load("rfc9496-ristretto255.json") or {"bad_encodings": []})["bad_encodings"]

POINTS: dict[str, tuple[Path, ...]] = {
    "trustee-key": (("commitments", 0), ("commitments", 1), ("proof", "commitment")),
    "manifest": (("public_key",),),
    "trustee-ready": (("proof", "commitment"),),
    "ballot": (("credential",), ("contests", 0, "a"), ("contests", 0, "b"), ("proof", "commitments", 0)),
}
SCALARS: dict[str, Path] = {
    "trustee-key": ("proof", "response"),
    "trustee-ready": ("proof", "response"),
    "ballot": ("proof", "responses", 0),
    "decrypt": ("proofs", 0, "s"),
}
PLACES: dict[str, tuple[str, tuple[Check, ...], int]] = {
    "credentials": ("manifest", (MANIFEST, FORM), 5),
    "output": ("shuffle", (SHUFFLE, FORM), 10),
    "proof": ("shuffle", (SHUFFLE, FORM), 20),
    "factors": ("decrypt", (DECRYPT, FORM), 5),
}
"""Blobs of points: their kind of entry, what they may fail, and how many points there are."""


def _entry(kind: str, path: Path, new: str, name: str) -> Forgery:
    def change(record: Record) -> None:
        record.edit(record.find(kind), lambda value: fields.put(value, path, new))

    return edited(2, f"{kind}: {fields.name(path)} is {name}", "tiny", [FORM], change, bulk=True)


def plus_q(text: str) -> str:
    """The same scalar, written as s + q."""
    return (int.from_bytes(bytes.fromhex(text), "little") + Q).to_bytes(32, "little").hex()


def _scalar(kind: str, path: Path) -> Forgery:
    def change(record: Record) -> None:
        def edit(value: Json) -> None:
            fields.put(value, path, plus_q(fields.at(value, path)))

        record.edit(record.find(kind), edit)

    return edited(2, f"{kind}: {fields.name(path)} is s + q", "tiny", [FORM], change)


def _credential(new: bytes, at: int) -> Callable[[Record], None]:
    """The registrar signs a list with such a key in it."""

    def change(record: Record) -> None:
        def edit(value: Json) -> None:
            one = value["credentials"][0]
            blob = record.blobs[one["sha256"]]
            keys = [blob[i : i + 32] for i in range(0, len(blob), 32)]
            keys[at] = new
            blob = b"".join(sorted(keys))
            digest = _put(record, blob)
            one.update(sha256=digest)
            stated = {name: item for name, item in one.items() if name != "signature"}
            stated |= {"kind": "credentials", "ceremony": value["ceremony"], "election": value["election"]}
            one["signature"] = signature.sign(record.registrar, canonical.dump(stated)).hex()

        record.edit(record.find("manifest"), edit)
        record.tidy()

    return change


def _put(record: Record, blob: bytes) -> str:
    made = ref(blob)
    record.blobs[made["sha256"]] = blob
    digest: str = made["sha256"]
    return digest


def _point(place: str, number: int, new: bytes) -> Forgery:
    kind, expected, count = PLACES[place]
    at = number % count

    def change(record: Record) -> None:
        if place == "credentials":
            _credential(new, at)(record)
        else:
            record.swap(record.find(kind), place, lambda blob: blob[: 32 * at] + new + blob[32 * at + 32 :])

    return edited(2, f"a point of the {place} is bad encoding {number}", "tiny", expected, change, bulk=True)


def _proof_scalar(number: int) -> Forgery:
    """A scalar of a shuffle's proof, written as s + q: the equations would hold."""

    def change(record: Record) -> None:
        at = record.find("shuffle")
        count = record.value(at)["input"]["size"] // 64
        start = 32 * (3 * count + 5 + number)

        def edit(blob: bytes) -> bytes:
            return blob[:start] + bytes.fromhex(plus_q(blob[start : start + 32].hex())) + blob[start + 32 :]

        record.swap(at, "proof", edit)

    return edited(2, f"scalar {number} of a shuffle's proof is s + q", "tiny", [SHUFFLE, FORM], change)


ROW_2 = [
    *(
        _entry(kind, path, bad, f"bad encoding {number}")
        for kind, paths in POINTS.items()
        for path in paths
        for number, bad in enumerate(BAD)
    ),
    *(_point(place, number, bytes.fromhex(bad)) for place in PLACES for number, bad in enumerate(BAD)),
    *(_scalar(kind, path) for kind, path in SCALARS.items()),
    _scalar("decrypt", ("proofs", 0, "c")),
    *(_entry(kind, path, value.to_bytes(32, "little").hex(), name)
      for kind, path in SCALARS.items() for name, value in (("q", Q), ("2^256 - 1", 2**256 - 1), ("q + 1", Q + 1))),
    *map(_proof_scalar, range(14)),
]  # fmt: skip

FORGERIES = [*ROW_1, *ROW_2]
