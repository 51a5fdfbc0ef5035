"""Row 8, first half: trustees' keys."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha512
from typing import Any

from governance.board import canonical
from governance.crypto import ceremony, signature
from governance.crypto.group import ORDER, Element
from tests.forge.election import Election, Person, on
from tests.forge.forgery import CEREMONY, Check, Forgery, edited, flipped, made, next_scalar, plus_hex
from tests.forge.forgery import ORDER as OUT_OF_ORDER
from tests.forge.plan import Contest
from tests.forge.record import Json, Record

P = 2**255 - 19
SMALL_POINTS = {
    "of order 1": (1).to_bytes(32, "little"),
    "of order 2": (P - 1).to_bytes(32, "little"),
    "of order 4": bytes(32),
    "of order 4, x odd": bytes(31) + b"\x80",
    "of order 8": bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    "of order 8, x odd": bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"),
    "of order 8, the other": bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    "of order 8, the other, x odd": bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"),
    "of order 1 with the sign of x": (1 + 2**255).to_bytes(32, "little"),
    "of order 2 with the sign of x": (P - 1 + 2**255).to_bytes(32, "little"),
    "that is not canonical: p": P.to_bytes(32, "little"),
    "that is not canonical: p + 1": (P + 1).to_bytes(32, "little"),
    "that is not canonical: p + 3": (P + 3).to_bytes(32, "little"),
    "that is not canonical: p + 1 with the sign of x": (P + 1 + 2**255).to_bytes(32, "little"),
    "of ones": b"\xff" * 32,
    "that is no point": (2).to_bytes(32, "little"),
}
SMALL_U = {
    "0": 0,
    "1": 1,
    "p - 1": P - 1,
    "p": P,
    "p + 1": P + 1,
    "of order 8": 325606250916557431795983626356110631294008115727848805560023387167927233504,
    "of order 8, the other": 39382357235489614581723060781553021112529911719440698176882885853963445705823,
    "0 with the highest bit": 2**255,
    "p - 1 with the highest bit": 2**255 + P - 1,
}


def _ceremony(name: str, change: Callable[[Json], Any], base: str = "tiny", **plan: Any) -> Forgery:
    hook = on("json", lambda value, _: change(value), kind="ceremony")
    return made(8, name, base, [CEREMONY], hook, **plan)


def _trustee(number: int, **fields: Any) -> Callable[[Json], None]:
    return lambda value: value["trustees"][number].update(fields)


def forged(key: bytes, message: bytes) -> bytes:
    """A signature that holds under a key of small order: R is S·B, and the challenge a multiple of 8."""
    for number in range(1000):
        seed = number.to_bytes(32, "big")
        digest = bytearray(sha512(seed).digest()[:32])
        digest[0] &= 248
        digest[31] = digest[31] & 127 | 64
        r = signature.public_key(seed)
        if int.from_bytes(sha512(r + key + message).digest(), "little") % ORDER % 8 == 0:
            return r + (int.from_bytes(digest, "little") % ORDER).to_bytes(32, "little")
    raise AssertionError(key)


def _identity(name: str, key: bytes) -> Forgery:
    """Trustee 2 has a bad key, under which anybody can sign, and does."""

    def sign(value: Json, _: Election) -> Json | None:
        if 2 not in (value.get("index"), value.get("trustee")):
            return None
        body = {field: item for field, item in value.items() if field != "signature"}
        return {**body, "signature": forged(key, canonical.dump(body)).hex()}

    change = on("json", lambda v, _: v["trustees"][1].update(identity=key.hex()), kind="ceremony")
    return made(8, f"an identity {name}", "tiny", [CEREMONY], change, on("signed", sign))


def _registrar(name: str, key: bytes) -> Forgery:
    stated: list[Json] = []

    def sign(value: Json, _: Election) -> Json:
        return {**value, "signature": forged(key, canonical.dump(stated[-1])).hex()}

    return made(
        8, f"the registrar's identity {name}", "tiny", [CEREMONY],
        on("json", lambda v, _: v["registrar"].update(identity=key.hex()), kind="ceremony"),
        on("statement", lambda v, _: stated.append(v)),
        on("list-signed", sign),
    )  # fmt: skip


def _says(**fields: Any) -> Callable[[Json], None]:
    return lambda value: value.update(fields)


def _people(name: str, change: Callable[[list[Person]], None]) -> Forgery:
    return made(8, name, "tiny", [CEREMONY], on("people", lambda people, _: change(people)))


def _entry(
    kind: str, name: str, change: Callable[[Json], Any], index: int = 2, expected: Sequence[Check] = (CEREMONY,)
) -> Forgery:
    """What a trustee signs is another entry; what comes later agrees with it."""
    return made(8, f"{kind}: {name}", "tiny", expected, on("json", lambda v, _: change(v), kind=kind, index=index))


def _entries(kind: str) -> list[Forgery]:
    """What every kind of entry by a trustee has."""
    late: tuple[Check, ...] = (CEREMONY, OUT_OF_ORDER)

    def swap(record: Record) -> None:
        one, two = record.find(kind, 0), record.find(kind, 1)
        signatures = record.value(one)["signature"], record.value(two)["signature"]
        record.edit(one, lambda v: {**v, "signature": signatures[1]}, sign=False)
        record.edit(two, lambda v: {**v, "signature": signatures[0]}, sign=False)

    def sign(signature: Callable[[str], str]) -> Callable[[Record], None]:
        def change(record: Record) -> None:
            record.edit(record.find(kind, 2), lambda v: {**v, "signature": signature(v["signature"])}, sign=False)

        return change

    def indexed(new: int) -> Callable[[Json], None]:
        return lambda value: value.update(index=new)

    def early(record: Record) -> None:
        before = {"trustee-commit": "ceremony", "trustee-key": "trustee-commit", "trustee-confirm": "trustee-key"}
        raw = record.entries.pop(record.find(kind, 2))
        record.entries.insert(record.find(before.get(kind, "trustee-confirm"), -1), raw)
        record.sign()

    def tardy(record: Record) -> None:
        after = {"trustee-commit": "trustee-key", "trustee-key": "trustee-confirm", "trustee-confirm": "manifest"}
        raw = record.entries.pop(record.find(kind, 2))
        record.entries.insert(record.find(after.get(kind, "open"), 0) + 1, raw)
        record.sign()

    return [
        *(_entry(kind, f"index {new} in place of 2", indexed(new)) for new in (0, 4, -1, 2**32, 2**53 - 1)),
        _entry(kind, "index 1 repeated, none of 2", indexed(1)),
        made(8, f"{kind}: one missing", "tiny", late, on("copies", lambda _, __: 0, kind=kind, index=3)),
        made(8, f"{kind}: the first missing", "tiny", late, on("copies", lambda _, __: 0, kind=kind, index=1)),
        made(8, f"{kind}: all missing", "tiny", late, on("copies", lambda _, __: 0, kind=kind)),
        made(8, f"{kind}: one repeated", "tiny", [CEREMONY], on("copies", lambda _, __: 2, kind=kind, index=3)),
        edited(8, f"{kind}: two signatures swapped", "tiny", [CEREMONY], swap),
        edited(8, f"{kind}: not signed", "tiny", [CEREMONY], sign(lambda _: "00" * 64)),
        edited(8, f"{kind}: another bit of the signature", "tiny", [CEREMONY], sign(flipped)),
        edited(8, f"{kind}: S plus the order in the signature", "tiny", [CEREMONY], sign(_malleable)),
        edited(8, f"{kind}: one stands before its time", "tiny", late, early),
        edited(8, f"{kind}: one stands after its time", "tiny", late, tardy),
    ]


def _malleable(signature: str) -> str:
    s = int.from_bytes(bytes.fromhex(signature[64:]), "little") + ORDER
    return signature[:64] + s.to_bytes(32, "little").hex()


def _vanish(j: int) -> Callable[[list[Person]], None]:
    """The last trustee deals so that Y_j (or, for 0, Y) is the identity."""

    def change(people: list[Person]) -> None:
        others = sum(ceremony.share_for(one.coefficients, j) for one in people[:-1])
        last = people[-1]
        last.coefficients[0] = (-others - (ceremony.share_for(last.coefficients, j) - last.coefficients[0])) % ORDER

    return change


def _commitments(name: str, change: Callable[[list[Element]], list[Element]]) -> Forgery:
    return made(8, f"trustee-key: {name}", "tiny", [CEREMONY], on("commitments", lambda c, _: change(c), index=2))


def _terms(name: str, change: Callable[[list[int]], list[int]]) -> Forgery:
    """A polynomial of another degree, dealt and proven as it is."""

    def people(all_: list[Person]) -> None:
        all_[1].coefficients = change(all_[1].coefficients)

    return _people(f"trustee-key: {name}", people)


def _set(name: str, value: Any) -> Callable[[list[Person]], None]:
    def change(people: list[Person]) -> None:
        setattr(people[1], name, value(people) if callable(value) else value)

    return change


def _registrar_is_trustee(_: bytes, election: Election) -> bytes:
    return election.draw("trustee", 1)(32)


def _ready(name: str, change: Callable[[Election], Json], index: int = 2) -> Forgery:
    return made(
        8, f"trustee-ready: {name}", "tiny", [CEREMONY],
        on("json", lambda _, election: change(election), kind="trustee-ready", index=index),
    )  # fmt: skip


def _for_another(election: Election) -> Json:
    """Ready for a manifest that differs in one byte, and says so."""
    old, election.ctx = election.ctx, bytes(64)
    value = election.ready_json(2)
    election.ctx = old
    return value


def _proven_for_another(election: Election) -> Json:
    return {**_for_another(election), "manifest": election.ctx.hex()}


def _of_first(election: Election) -> Json:
    return {**election.ready_json(1), "index": 2}


def _late_key(record: Record) -> None:
    """The last trustee chooses its key after it has seen the others'."""
    at = record.find("trustee-key", 2)
    other = record.value(record.find("trustee-key", 1))
    record.edit(at, lambda v: {**v, "commitments": other["commitments"]})


FORGERIES = [
    *(made(8, f"a threshold of {k} of {n}", "tiny", [CEREMONY], trustees=n, threshold=k,
           contests=(Contest(openers=tuple(range(1, k + 1))),))
      for n, k in ((3, 1), (2, 1), (4, 2), (6, 3), (8, 4), (9, 4))),
    *(_ceremony(f"a ceremony that says a threshold of {k} of 3", _says(threshold=k)) for k in (0, -2, 4, 99, 1)),
    _ceremony("a threshold that the keys do not have", lambda v: v.update(threshold=3)),
    made(8, "one trustee alone", "tiny", [CEREMONY], trustees=1, threshold=1,
         contests=(replace(Contest(), mixers=(1,), openers=(1,)),)),
    made(8, "ten trustees", "tiny", [CEREMONY], trustees=10, threshold=6,
         contests=(replace(Contest(), mixers=(1, 2, 3, 4, 5, 6), openers=(1, 2, 3, 4, 5, 6)),)),
    _ceremony("no trustees", lambda v: v.update(trustees=[])),
    _ceremony("index 0", _trustee(0, index=0)),
    _ceremony("index 1 twice", _trustee(1, index=1)),
    _ceremony("an index left out", _trustee(2, index=4)),
    _ceremony("trustees in another order", lambda v: v["trustees"].reverse()),
    *(_identity(name, key) for name, key in SMALL_POINTS.items()),
    *(_registrar(name, key) for name, key in SMALL_POINTS.items()),
    *(_ceremony(f"a box key {name}", _trustee(1, box=u.to_bytes(32, "little").hex())) for name, u in SMALL_U.items()),
    _people("two trustees with one identity", _set("seed", lambda people: people[0].seed)),
    _people("two trustees with one box", _set("box", lambda people: people[0].box)),
    _ceremony("a box that is the trustee's identity", lambda v: v["trustees"][1].update(box=v["trustees"][1]["identity"])),
    _ceremony("a box that is the registrar's identity", lambda v: v["trustees"][1].update(box=v["registrar"]["identity"])),
    made(8, "the registrar is a trustee", "tiny", [CEREMONY], on("registrar", _registrar_is_trustee)),
    *_entries("trustee-commit"),
    *_entries("trustee-key"),
    *_entries("trustee-confirm"),
    *_entries("trustee-ready"),
    _entry("trustee-commit", "it does not match the key", lambda v: v.update(commit=flipped(v["commit"]))),
    _entry("trustee-commit", "of zeros", lambda v: v.update(commit="00" * 64)),
    edited(8, "trustee-key: another than was committed to", "tiny", [CEREMONY], _late_key),
    _terms("k + 1 commitments", lambda terms: [*terms, 5]),
    _terms("k - 1 commitments", lambda terms: terms[:-1]),
    _commitments("no commitments", lambda _: []),
    _commitments("a first commitment more", lambda c: [c[0], *c]),
    _terms("the first commitment is the identity", lambda terms: [0, *terms[1:]]),
    _terms("the last commitment is the identity", lambda terms: [*terms[:-1], 0]),
    _commitments("the commitments swapped", lambda c: c[::-1]),
    _entry("trustee-key", "the first commitment changed after proving",
           lambda v: v.update(commitments=[plus_hex(v["commitments"][0]), v["commitments"][1]])),
    _entry("trustee-key", "the last commitment changed after proving",
           lambda v: v.update(commitments=[v["commitments"][0], plus_hex(v["commitments"][1])])),
    *(_entry(kind, "the proof's commitment changed", lambda v: v["proof"].update(commitment=plus_hex(v["proof"]["commitment"])))
      for kind in ("trustee-key", "trustee-ready")),
    *(_entry(kind, "the proof's response changed", lambda v: v["proof"].update(response=next_scalar(v["proof"]["response"])))
      for kind in ("trustee-key", "trustee-ready")),
    _people("the public key is the identity", _vanish(0)),
    *(_people(f"the share of trustee {j} is the identity", _vanish(j)) for j in (1, 2, 3)),
    _entry("trustee-confirm", "another bit of the keys", lambda v: v.update(keys=flipped(v["keys"]))),
    _entry("trustee-confirm", "the last confirms other keys", lambda v: v.update(keys="11" * 64), 3),
    _ready("for another manifest", _for_another),
    _ready("the proof is made for another manifest", _proven_for_another),
    _ready("without the secret", lambda e: e.ready_json(2, secret=e.secret(2) + 1)),
    _ready("with another trustee's secret", lambda e: e.ready_json(2, secret=e.secret(1))),
    _ready("another trustee's proof", _of_first),
    _entry("trustee-ready", "it names another manifest", lambda v: v.update(manifest="22" * 64)),
]  # fmt: skip
