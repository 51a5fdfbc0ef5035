"""The trustees' key ceremony (protocol.md section 6): everything before the manifest, and `trustee-ready`."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from . import canonical, ed25519
from .failure import CheckFailedError
from .form import Ballot, Entry
from .group import (
    IDENTITY,
    IDENTITY_BYTES,
    Extended,
    P,
    add,
    decode,
    encode,
    from_affine,
    is_identity,
    multiply,
)
from .proofs import scalar, schnorr_holds
from .record import fields
from .transcript import Transcript

MIN_TRUSTEES: Final = 2
MAX_TRUSTEES: Final = 9

_SMALL_ORDER_U: Final = frozenset(
    {
        0,
        1,
        P - 1,
        325606250916557431795983626356110631294008115727848805560023387167927233504,
        39382357235489614581723060781553021112529911719440698176882885853963445705823,
    }
)
"""The u of X25519's points of small order (section 1), reduced mod p."""


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What a ceremony that holds has made. Trustees are numbered from 1."""

    cer: bytes
    election: str
    threshold: int
    registrar: bytes
    identities: Mapping[int, bytes]
    keys: frozenset[bytes]
    """All 2n + 1 keys as bytes."""
    public_key: Extended
    shares: Mapping[int, Extended]
    """Y_j."""

    @property
    def count(self) -> int:
        """n."""
        return len(self.identities)


def _fail(detail: str) -> CheckFailedError:
    return CheckFailedError("ceremony", detail)


def misplaced(entry: Entry | Ballot) -> CheckFailedError:
    """Say what fails where, before `open`, an entry stands that may not stand there."""
    kind = "ballot" if isinstance(entry, Ballot) else entry.kind
    # A trustee's entry out of its place repeats an index, has an unknown one or comes too early: this section's.
    check = "ceremony" if kind.startswith("trustee-") else "order"
    return CheckFailedError(check, f"entry {entry.index} may not stand here: {kind}")


def signature_holds(entry: Entry, key: bytes) -> bool:
    """Check an entry's `signature`: over the canonical bytes of the entry without that field."""
    value = fields(entry)
    signature = bytes.fromhex(value.pop("signature"))
    return ed25519.verify(key, canonical.write(value), signature)


def check(entries: list[Entry | Ballot]) -> Ceremony:
    """Check all entries before the manifest; raise (ceremony) or (order)."""
    if not entries or not isinstance(entries[0], Entry) or entries[0].kind != "ceremony":
        msg = "the record does not begin with a ceremony"
        raise CheckFailedError("order", msg)
    opening = _opening(entries[0])
    following = iter(entries[1:])
    count = opening.count
    commits = {index: value["commit"] for index, value, _ in _round(following, "trustee-commit", opening)}
    raw: dict[int, bytes] = {}
    commitments: dict[int, list[Extended]] = {}
    for index, value, entry in _round(following, "trustee-key", opening):
        if hashlib.sha512(entry.raw).hexdigest() != commits[index]:
            msg = f"trustee {index}'s key is not the one committed to"
            raise _fail(msg)
        commitments[index] = _commitments(index, value, opening)
        raw[index] = entry.raw
    keys = hashlib.sha512(b"".join(raw[index] for index in range(1, count + 1))).hexdigest()
    for index, value, _ in _round(following, "trustee-confirm", opening):
        if value["keys"] != keys:
            msg = f"trustee {index} confirms other keys"
            raise _fail(msg)
    odd = next(following, None)
    if odd is not None:
        raise misplaced(odd)
    return _with_keys(opening, commitments)


@dataclass(frozen=True, slots=True)
class _Opening:
    """The `ceremony` entry itself, checked."""

    cer: bytes
    election: str
    threshold: int
    registrar: bytes
    identities: Mapping[int, bytes]
    keys: frozenset[bytes]

    @property
    def count(self) -> int:
        return len(self.identities)


def _opening(entry: Entry) -> _Opening:
    value = fields(entry)
    trustees = value["trustees"]
    count, threshold = len(trustees), value["threshold"]
    if not MIN_TRUSTEES <= count <= MAX_TRUSTEES:
        msg = f"{count} trustees; there must be 2 to 9"
        raise _fail(msg)
    if not count < 2 * threshold <= 2 * count:
        msg = f"a threshold of {threshold} of {count}; it must be more than half and at most all"
        raise _fail(msg)
    if [trustee["index"] for trustee in trustees] != list(range(1, count + 1)):
        msg = "the trustees are not numbered 1 to n in order"
        raise _fail(msg)
    registrar = bytes.fromhex(value["registrar"]["identity"])
    identities = {trustee["index"]: bytes.fromhex(trustee["identity"]) for trustee in trustees}
    boxes = [bytes.fromhex(trustee["box"]) for trustee in trustees]
    keys = frozenset((registrar, *identities.values(), *boxes))
    if len(keys) != 2 * count + 1:
        msg = "two of the registrar's and the trustees' keys are the same"
        raise _fail(msg)
    if not all(map(ed25519.is_good_key, (registrar, *identities.values()))):
        msg = "an identity key is no good Ed25519 key"
        raise _fail(msg)
    for box in boxes:
        if (int.from_bytes(box, "little") & (1 << 255) - 1) % P in _SMALL_ORDER_U:
            msg = "a box key is of small order"
            raise _fail(msg)
    cer = hashlib.sha512(entry.raw).digest()
    return _Opening(cer, value["election"], threshold, registrar, identities, keys)


def _round(
    following: Iterator[Entry | Ballot], kind: str, opening: _Opening
) -> Iterator[tuple[int, dict[str, Any], Entry]]:
    """Yield the n entries of one round as (index, fields, entry), in any order of index, each signed."""
    seen: set[int] = set()
    for _ in range(opening.count):
        entry = next(following, None)
        if entry is None:
            msg = f"one {kind} of each trustee must stand before the manifest; {len(seen)} of {opening.count} do"
            raise _fail(msg)
        if isinstance(entry, Ballot) or entry.kind != kind:
            raise misplaced(entry)
        value = fields(entry)
        index = value["index"]
        if index not in opening.identities or index in seen:
            msg = f"entry {entry.index}: a {kind} of index {index}, which is unknown or repeated"
            raise _fail(msg)
        if not signature_holds(entry, opening.identities[index]):
            msg = f"entry {entry.index}: trustee {index}'s signature does not verify"
            raise _fail(msg)
        seen.add(index)
        yield index, value, entry


def _point(digits: str) -> Extended:
    affine = decode(bytes.fromhex(digits))
    if affine is None:
        msg = "a point does not decode"
        raise CheckFailedError("form", msg)
    return from_affine(affine)


def _commitments(index: int, value: dict[str, Any], opening: _Opening) -> list[Extended]:
    """Check a trustee's commitments and the proof of a_0; return C_0 .. C_{k-1}."""
    encoded = [bytes.fromhex(digits) for digits in value["commitments"]]
    if len(encoded) != opening.threshold:
        msg = f"trustee {index} has {len(encoded)} commitments, not {opening.threshold}"
        raise _fail(msg)
    if IDENTITY_BYTES in encoded:
        msg = f"a commitment of trustee {index} is the identity"
        raise _fail(msg)
    proof = value["proof"]
    transcript = Transcript("governance/v1/trustee-key")
    transcript.absorb("ceremony", opening.cer).absorb("index", index.to_bytes(4, "big"))
    transcript.absorb("commitments", b"".join(encoded)).absorb("R", bytes.fromhex(proof["commitment"]))
    points = [_point(digits) for digits in value["commitments"]]
    response = scalar(bytes.fromhex(proof["response"]))
    if not schnorr_holds(points[0], _point(proof["commitment"]), transcript.scalar("c"), response):
        msg = f"trustee {index}'s proof of the secret does not hold"
        raise _fail(msg)
    return points


def _with_keys(opening: _Opening, commitments: dict[int, list[Extended]]) -> Ceremony:
    """Compute Y = Σ C_i0 and Y_j = Σ_i Σ_e j^e·C_ie."""
    sums = [IDENTITY] * opening.threshold
    for points in commitments.values():
        sums = [add(total, point) for total, point in zip(sums, points, strict=True)]
    shares = {}
    for index in opening.identities:
        share = IDENTITY
        for total in reversed(sums):
            share = add(multiply(index, share), total)
        shares[index] = share
    if is_identity(sums[0]) or any(map(is_identity, shares.values())):
        msg = "the public key or a trustee's share of it is the identity"
        raise _fail(msg)
    return Ceremony(
        opening.cer, opening.election, opening.threshold, opening.registrar, opening.identities, opening.keys,
        sums[0], shares,
    )  # fmt: skip


def check_ready(entry: Entry, ceremony: Ceremony, ctx: bytes, ready: set[int]) -> None:
    """Check one `trustee-ready` and add its index to `ready`; raise (ceremony)."""
    value = fields(entry)
    index = value["index"]
    if index not in ceremony.identities or index in ready:
        msg = f"entry {entry.index}: a trustee-ready of index {index}, which is unknown or repeated"
        raise _fail(msg)
    if value["manifest"] != ctx.hex():
        msg = f"trustee {index} is ready for another manifest"
        raise _fail(msg)
    if not signature_holds(entry, ceremony.identities[index]):
        msg = f"entry {entry.index}: trustee {index}'s signature does not verify"
        raise _fail(msg)
    proof = value["proof"]
    share = ceremony.shares[index]
    transcript = Transcript("governance/v1/ready").absorb("ctx", ctx).absorb("index", index.to_bytes(4, "big"))
    transcript.absorb("share", encode(share)).absorb("R", bytes.fromhex(proof["commitment"]))
    response = scalar(bytes.fromhex(proof["response"]))
    if not schnorr_holds(share, _point(proof["commitment"]), transcript.scalar("c"), response):
        msg = f"trustee {index}'s proof of readiness does not hold"
        raise _fail(msg)
    ready.add(index)
