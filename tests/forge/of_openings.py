"""Rows 6 and 7: trustees whose factors are not theirs, not of these votes, or not enough."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any

from governance.crypto import group
from governance.crypto.group import Element
from tests.forge.election import Election, on
from tests.forge.forgery import (
    CLOSE,
    DECRYPT,
    FORM,
    SHUFFLE,
    Check,
    Forgery,
    edited,
    flipped,
    made,
    next_scalar,
    plus,
)
from tests.forge.forgery import (
    ORDER as OUT_OF_ORDER,
)
from tests.forge.prover import dump
from tests.forge.record import Json, Record
from tests.forge.tally import list0

SIZES: tuple[Check, ...] = (DECRYPT, FORM)


def _hook(
    row: int, name: str, step: str, change: Callable[[Any, Election], Any], expected: Sequence[Check] = (DECRYPT,),
    *, trustee: int = 3, base: str = "tiny",
) -> Forgery:  # fmt: skip
    return made(row, name, base, expected, on(step, change, trustee=trustee))


def _shifted(*shifts: tuple[int, int]) -> Callable[[list[Element], Election], None]:
    def change(factors: list[Element], _: Election) -> None:
        for i, by in shifts:
            factors[i] = plus(factors[i], by)

    return change


def _of(other: int) -> Callable[[list[Element], Election], None]:
    """One factor is another trustee's."""

    def change(factors: list[Element], election: Election) -> None:
        secrets = election.secret(3), election.secret(other)
        ratio = secrets[1] * pow(secrets[0], -1, group.ORDER) % group.ORDER
        factors[1] = group.multiply(ratio, factors[1])

    return change


def _identity(factors: list[Element], _: Election) -> None:
    factors[2] = group.IDENTITY


def _swap(factors: list[Element], _: Election) -> None:
    factors[0], factors[1] = factors[1], factors[0]


def _entry(
    name: str, change: Callable[[Json], Any], expected: Sequence[Check] = (DECRYPT,), trustee: int = 3
) -> Forgery:
    return made(7, name, "tiny", expected, on("json", lambda v, _: change(v), kind="decrypt", trustee=trustee))


def _says(**fields: Any) -> Callable[[Json], None]:
    return lambda value: value.update(fields)


def _bound(name: str, change: Callable[[bytes, Election], bytes], row: int = 7) -> Forgery:
    """The proof is made for something else than its place."""
    return _hook(row, f"a proof made {name}", "context", change, trustee=1, base="tiny")


HEAD = len(b"governance/v1/decrypt")


def _cut(start: int, stop: int, new: bytes) -> Callable[[bytes, Election], bytes]:
    """Other bytes in the contextString: 64 of ctx, 4 and 5 of "board", 4 of the trustee, 4 of the run, 32 and 32."""
    return lambda bound, _: bound[: HEAD + start] + new + bound[HEAD + stop :]


def _openers(
    name: str, openers: tuple[int, ...], expected: Sequence[Check] = (DECRYPT,), base: str = "tiny"
) -> Forgery:
    return made(7, name, base, expected, on("openers", lambda _, __: openers))


def _moved(number: int, kind: str, after: int = 0) -> Callable[[Record], None]:
    def change(record: Record) -> None:
        raw = record.entries.pop(record.find("decrypt", number))
        record.entries.insert(record.find(kind) + after, raw)
        record.sign()

    return change


def _signature(change: Callable[[Json, Json], str]) -> Callable[[Record], None]:
    def do(record: Record) -> None:
        other = record.value(record.find("decrypt", 1))
        record.edit(record.find("decrypt"), lambda v: {**v, "signature": change(v, other)}, sign=False)

    return do


def _first_list(_: bytes, election: Election) -> bytes:
    return dump(list0(election, "board"))


def _first_output(_: bytes, election: Election) -> bytes:
    name = next(raw for raw in election.entries if b'"kind":"shuffle"' in raw)
    return next(blob for digest, blob in election.blobs.items() if f'"output":{{"sha256":"{digest}"'.encode() in name)


def _names(opening: Callable[[bytes, Election], bytes]) -> Callable[[Json, Election], None]:
    """The entry names another list than the one that its factors were made for."""

    def change(value: Json, election: Election) -> None:
        named = opening(b"", election)
        value.update(input={"sha256": sha256(named).hexdigest(), "size": len(named)})

    return change


def _plain(sealed: bytes, election: Election) -> bytes:
    """A vote that is not in the box at all: what a trustee would decrypt for a friend."""
    return bytes(election.cast[0].votes["board"]) + sealed[64:]


def _of_other_contest(record: Record) -> None:
    """A trustee's whole entry for one contest, signed again for the other."""
    chair = record.value(record.find("decrypt", 0, contest="chair", trustee=1))
    at = record.find("decrypt", 0, contest="board", trustee=1)
    record.edit(at, lambda v: {**v, "proofs": chair["proofs"]})


ROW_6 = [
    *(_hook(6, f"factors D_{i} + P and D_{j} - P {when} proving", step, _shifted((i, 7), (j, -7)))
      for i, j in ((3, 4), (0, 1)) for step, when in (("factors", "before"), ("factors-after", "after"))),
    _hook(6, "three factors wrong that add up to nothing", "factors", _shifted((0, 1), (1, 2), (2, -3))),
    _bound("without the two digests", lambda bound, _: bound[:-64], 6),
    _bound("without the list's digest", _cut(81, 113, b""), 6),
    _bound("without the factors' digest", lambda bound, _: bound[:-32], 6),
    _bound("with the two digests in the other order", lambda b, _: b[:-64] + b[-32:] + b[-64:-32], 6),
]  # fmt: skip

ROW_7 = [
    *(_hook(7, f"one factor of another trustee, {when} proving", step, _of(2))
      for step, when in (("factors", "before"), ("factors-after", "after"))),
    _hook(7, "all factors of another trustee", "secret", lambda _, e: e.secret(2)),
    made(7, "all factors of another trustee, proven for one's own share", "tiny", [DECRYPT],
         on("secret", lambda _, e: e.secret(2), trustee=3),
         on("share", lambda _, e: group.multiply_base(e.secret(3)), trustee=3)),
    _hook(7, "factors made with a secret plus one", "secret", lambda s, _: s + 1),
    _hook(7, "factors made with the whole secret", "secret",
          lambda _, e: sum(one.coefficients[0] for one in e.people) % group.ORDER),
    _hook(7, "a proof made for other factors: one changed after proving", "factors-after", _shifted((2, 1))),
    _hook(7, "a factor changed before proving", "factors", _shifted((2, 1))),
    _hook(7, "a proof made for other factors: two swapped after proving", "factors-after", _swap),
    _hook(7, "two factors swapped before proving", "factors", _swap),
    edited(7, "the proof of the other contest", "two", [DECRYPT], _of_other_contest),
    _bound("for another manifest", _cut(0, 64, bytes(64))),
    _bound("for another contest", _cut(68, 73, b"chair")),
    _bound("for another trustee", _cut(73, 77, b"\0\0\0\2")),
    _bound("for another run", _cut(77, 81, b"\0\0\0\1")),
    _bound("with runs counted from 1 in the whole", _cut(73, 81, b"\0\0\0\1\0\0\0\1")),
    _bound("for another list", lambda b, e: b[:-64] + sha256(_first_list(b"", e)).digest() + b[-32:]),
    _entry("c of a proof changed", lambda v: v["proofs"][0].update(c=next_scalar(v["proofs"][0]["c"]))),
    _entry("s of a proof changed", lambda v: v["proofs"][0].update(s=next_scalar(v["proofs"][0]["s"]))),
    _entry("c and s swapped", lambda v: v.update(proofs=[{"c": v["proofs"][0]["s"], "s": v["proofs"][0]["c"]}])),
    _entry("c and s are zero", lambda v: v.update(proofs=[{"c": "00" * 32, "s": "00" * 32}])),
    _entry("no proof", lambda v: v.update(proofs=[])),
    _entry("the proof twice", lambda v: v.update(proofs=v["proofs"] * 2)),
    _openers("one trustee fewer than the threshold", (3,)),
    _openers("three trustees of four needed", (2, 3, 4), base="many"),
    _openers("no trustee decrypts", ()),
    _openers("the same trustee twice", (3, 3)),
    _openers("the same trustee first and third", (3, 1, 3)),
    made(7, "the first k are good, the one after is not", "tiny", [DECRYPT],
         on("openers", lambda _, __: (3, 1, 2)), on("factors", _shifted((0, 1)), trustee=2)),
    _hook(7, "the first list is decrypted", "opening", _first_list),
    _hook(7, "the first mixer's output is decrypted", "opening", _first_output),
    *(made(7, f"the last list is decrypted, {name} is named", "tiny", [DECRYPT],
           on("json", _names(opening), kind="decrypt", trustee=3))
      for name, opening in (("the first list", _first_list), ("the first mixer's output", _first_output))),
    _hook(7, "the last list in another order is decrypted", "opening", lambda sealed, _: sealed[64:] + sealed[:64]),
    _hook(7, "a list with another vote in it is decrypted", "opening", _plain),
    _hook(7, "the last list but one vote is decrypted", "opening", lambda sealed, _: sealed[64:], SIZES),
    _hook(7, "a factor is the identity, before proving", "factors", _identity),
    _hook(7, "a factor is the identity, after proving", "factors-after", _identity),
    _hook(7, "every factor is the identity", "secret", lambda _, __: 0),
    _hook(7, "a factor too few", "factors-after", lambda factors, _: factors[:-1], SIZES),
    _hook(7, "a factor too many", "factors-after", lambda factors, _: [*factors, factors[0]], SIZES),
    _hook(7, "no factors", "factors-after", lambda _, __: [], SIZES),
    *(_entry(f"factors of trustee {j}", _says(trustee=j)) for j in (0, 4, -1)),
    _entry("factors of another trustee's number", lambda v: v.update(trustee=2)),
    _entry("factors of an unknown contest", lambda v: v.update(contest="nowhere")),
    made(7, "factors of a void contest", "void", [DECRYPT, CLOSE],
         on("json", lambda v, _: v.update(contest="chair"), kind="decrypt", trustee=3)),
    edited(7, "a trustee's entry is signed by another", "tiny", [DECRYPT], _signature(lambda _, other: other["signature"])),
    edited(7, "a trustee's entry is not signed", "tiny", [DECRYPT], _signature(lambda _, __: "00" * 64)),
    edited(7, "a trustee's signature has another bit", "tiny", [DECRYPT], _signature(lambda v, _: flipped(v["signature"]))),
    edited(7, "a decrypt after the result", "two", [DECRYPT], _moved(-1, "count", 0)),
    edited(7, "a decrypt that is needed after the result", "tiny", [DECRYPT], _moved(1, "count", 0)),
    edited(7, "a decrypt after the count", "two", [DECRYPT, OUT_OF_ORDER], _moved(-1, "count", 1)),
    edited(7, "a decrypt before the mixers", "tiny", [SHUFFLE, DECRYPT], _moved(0, "shuffle", 0)),
    edited(7, "a decrypt between the mixers", "tiny", [SHUFFLE, DECRYPT], _moved(0, "shuffle", 1)),
    edited(7, "a decrypt before close", "tiny", [DECRYPT, OUT_OF_ORDER], _moved(0, "close", 0)),
]  # fmt: skip

FORGERIES = [*ROW_6, *ROW_7]
