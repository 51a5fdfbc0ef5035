"""The form of one entry (protocol.md sections 1 and 1.1): canonical JSON with the fields of its kind, no others."""

import datetime as dt
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from .canonical import NotCanonicalError, parse
from .group import decode
from .transcript import ORDER

MAX_ENTRY: Final = 2**20
"""Bytes of an entry without its line feed."""

_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_HEX: Final = re.compile(r"[0-9a-f]*")
_TIME: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z")


class MalformedError(ValueError):
    """An entry is not of the form of its kind; the text says where and why."""


@dataclass(slots=True)
class Found:
    """What the check of one entry comes across."""

    points: dict[str, bytes] = field(default_factory=dict)
    """Affine forms of the points, by their hex digits: each is decoded once."""
    references: list[tuple[str, int]] = field(default_factory=list)
    """(sha256, size) of the blobs referred to."""


Check = Callable[[object, str, Found], None]
"""Check a value, given the path to it for the message."""


def _fail(path: str, wanted: str) -> MalformedError:
    return MalformedError(f"{path or 'the entry'} is not {wanted}")


def text(value: object, path: str, _found: Found) -> None:
    """Check that it is any string."""
    if type(value) is not str:
        raise _fail(path, "a string")


def identifier(value: object, path: str, _found: Found) -> None:
    """Check 1 to 64 characters of [A-Za-z0-9_-], the first a letter or digit."""
    if type(value) is not str or not _ID.fullmatch(value):
        raise _fail(path, "an id")


def integer(value: object, path: str, _found: Found) -> None:
    """Check that it is an integer (canonical JSON bounds it)."""
    if type(value) is not int:
        raise _fail(path, "an integer")


def boolean(value: object, path: str, _found: Found) -> None:
    """Check that it is true or false."""
    if type(value) is not bool:
        raise _fail(path, "true or false")


def hexadecimal(digits: int) -> Check:
    """Make the check of a string of exactly so many lower-case hex digits."""

    def check(value: object, path: str, _found: Found) -> None:
        if type(value) is not str or len(value) != digits or not _HEX.fullmatch(value):
            raise _fail(path, f"{digits} lower-case hex digits")

    return check


hex64: Final = hexadecimal(64)
hex128: Final = hexadecimal(128)


def point(value: object, path: str, found: Found) -> None:
    """Check an encoding: it must decode (the identity's does)."""
    hex64(value, path, found)
    if isinstance(value, str) and value not in found.points:
        affine = decode(bytes.fromhex(value))
        if affine is None:
            raise _fail(path, "an encoding of a point")
        found.points[value] = affine


def scalar(value: object, path: str, found: Found) -> None:
    """Check 32 bytes little-endian, below q."""
    hex64(value, path, found)
    if isinstance(value, str) and int.from_bytes(bytes.fromhex(value), "little") >= ORDER:
        raise _fail(path, "a scalar below q")


def time(value: object, path: str, _found: Found) -> None:
    """Check YYYY-MM-DDTHH:MM:SSZ, a real date."""
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise _fail(path, "a time YYYY-MM-DDTHH:MM:SSZ")
    try:
        _ = dt.datetime(*map(int, match.groups()), tzinfo=dt.UTC)  # type: ignore[arg-type,misc]
    except ValueError:
        raise _fail(path, "a real date and time") from None


def array(element: Check) -> Check:
    """Make the check of an array, possibly empty."""

    def check(value: object, path: str, found: Found) -> None:
        if not isinstance(value, list):
            raise _fail(path, "an array")
        for index, member in enumerate(value):
            element(member, f"{path}[{index}]", found)

    return check


def structure(**fields: Check) -> Check:
    """Make the check of an object with exactly these fields."""

    def check(value: object, path: str, found: Found) -> None:
        if not isinstance(value, dict):
            raise _fail(path, "an object")
        if value.keys() != fields.keys():
            odd = ", ".join(sorted(map(ascii, value.keys() ^ fields.keys())))[:200]
            msg = f"{path or 'the entry'} has unknown or missing fields: {odd}"
            raise MalformedError(msg)
        for name, inner in fields.items():
            inner(value[name], f"{path}.{name}" if path else name, found)

    return check


def _note(value: Any, found: Found) -> None:
    found.references.append((value["sha256"], value["size"]))


def reference(value: object, path: str, found: Found) -> None:
    """Check a reference to a blob, {sha256, size}, and note it."""
    _reference(value, path, found)
    _note(value, found)


def credential_list(value: object, path: str, found: Found) -> None:
    """Check an element of the manifest's credentials, which refers to a blob by its own sha256 and size."""
    _credential_list(value, path, found)
    _note(value, found)


def rule(value: object, path: str, found: Found) -> None:
    """Check an object with the field id; other fields are the manifest's check."""
    if not isinstance(value, dict) or "id" not in value:
        raise _fail(path, "an object with the field id")
    text(value["id"], f"{path}.id", found)


_reference: Final = structure(sha256=hex64, size=integer)
_ids: Final = array(identifier)
_credential_list: Final = structure(
    contests=_ids,
    count=integer,
    sha256=hex64,
    size=integer,
    roll=structure(count=integer, root=hex64),
    signature=hex128,
)
_schnorr: Final = structure(commitment=point, response=scalar)
_contest: Final = structure(
    id=identifier,
    title=text,
    seats=integer,
    max_ranks=integer,
    min_ballots=integer,
    candidates=array(structure(id=identifier, name=text, reopen=boolean)),
    rule=rule,
    constraints=array(structure(attribute=text, value=text, min=integer, max=integer, candidates=_ids, seated=integer)),
    after=_ids,
)

KINDS: Final[dict[str, Check]] = {
    "ceremony": structure(
        kind=text,
        election=identifier,
        threshold=integer,
        registrar=structure(name=text, identity=hex64),
        trustees=array(structure(index=integer, name=text, identity=hex64, box=hex64)),
    ),
    "trustee-commit": structure(kind=text, index=integer, commit=hex128, signature=hex128),
    "trustee-key": structure(kind=text, index=integer, commitments=array(point), proof=_schnorr, signature=hex128),
    "trustee-confirm": structure(kind=text, index=integer, keys=hex128, signature=hex128),
    "manifest": structure(
        kind=text,
        version=integer,
        election=identifier,
        title=text,
        ceremony=hex128,
        public_key=point,
        opens=time,
        closes=time,
        revotes=boolean,
        contests=array(_contest),
        credentials=array(credential_list),
        board=structure(origin=text, key=text, witnesses=array(text), quorum=integer),
    ),
    "trustee-ready": structure(kind=text, index=integer, manifest=hex128, proof=_schnorr, signature=hex128),
    "open": structure(kind=text, at=time),
    "extend": structure(kind=text, at=time, closes=time, reason=text),
    "close": structure(kind=text, at=time, ballots=integer),
    "cancel": structure(kind=text, at=time, reason=text),
    "withdraw": structure(kind=text, contest=identifier, candidate=identifier),
    "notice": structure(kind=text, at=time, subject=text, body=text),
    "ballot": structure(
        kind=text,
        election=identifier,
        credential=point,
        previous=hex64,
        contests=array(structure(id=identifier, a=point, b=point)),
        proof=structure(commitments=array(point), responses=array(scalar)),
    ),
    "shuffle": structure(
        kind=text,
        contest=identifier,
        mixer=integer,
        trustee=integer,
        input=reference,
        output=reference,
        proof=reference,
        signature=hex128,
    ),
    "decrypt": structure(
        kind=text,
        contest=identifier,
        trustee=integer,
        input=reference,
        factors=reference,
        proofs=array(structure(c=scalar, s=scalar)),
        signature=hex128,
    ),
    "result": structure(kind=text, contest=identifier, ballots=reference),
    "count": structure(kind=text, contest=identifier, rule=text, elected=_ids, stages=reference),
    "void": structure(kind=text, contest=identifier, ballots=integer),
}
"""The table 1.1."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry other than a ballot or a notice: its number from 0, its kind, its bytes without the line feed."""

    index: int
    kind: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Ballot:
    """A ballot's entry, packed: points as their encodings (`…`) and their affine forms (`…_affine`)."""

    index: int
    digest: bytes
    """SHA-256 of the entry's bytes: it covers every byte of the ballot."""
    election: str
    contests: tuple[str, ...]
    credential: bytes
    previous: bytes
    ciphertexts: bytes
    """A_1 ‖ B_1 ‖ A_2 ‖ …, 64 bytes for each contest."""
    ciphertexts_affine: bytes
    """128 bytes for each contest."""
    commitments: bytes
    responses: bytes
    proof_affine: bytes
    """P ‖ R_0 ‖ R_1 ‖ …, 64 bytes each."""


def _pack(index: int, raw: bytes, value: dict[str, Any], points: dict[str, bytes]) -> Ballot:
    contests, proof, credential = value["contests"], value["proof"], value["credential"]
    pairs = [digits for contest in contests for digits in (contest["a"], contest["b"])]
    commitments = proof["commitments"]
    return Ballot(
        index=index,
        digest=hashlib.sha256(raw).digest(),
        election=value["election"],
        contests=tuple(contest["id"] for contest in contests),
        credential=bytes.fromhex(credential),
        previous=bytes.fromhex(value["previous"]),
        ciphertexts=bytes.fromhex("".join(pairs)),
        ciphertexts_affine=b"".join(points[digits] for digits in pairs),
        commitments=bytes.fromhex("".join(commitments)),
        responses=bytes.fromhex("".join(proof["responses"])),
        proof_affine=points[credential] + b"".join(points[digits] for digits in commitments),
    )


def read_entry(index: int, raw: bytes) -> tuple[Entry | Ballot | None, list[tuple[str, int]]]:
    """Check one entry's form.

    Return it (None for a notice, which nothing depends on) and the blobs it refers to; raise MalformedError.
    """
    if len(raw) > MAX_ENTRY:
        msg = "longer than 1 MiB"
        raise MalformedError(msg)
    try:
        value = parse(raw)
    except NotCanonicalError as error:
        raise MalformedError(str(error)) from None
    kind = value.get("kind") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(kind, str) or kind not in KINDS:
        msg = "not an object of a known kind"
        raise MalformedError(msg)
    found = Found()
    KINDS[kind](value, "", found)
    if kind == "ballot":
        return _pack(index, raw, value, found.points), []
    if kind == "notice":
        return None, []
    return Entry(index, kind, raw), found.references
