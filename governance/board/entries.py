"""One frozen dataclass for each kind of entry (protocol.md, section 1.1 and the section each docstring names).

`parse` is strict: every field, no other, each of its type, in canonical bytes. What a value means is checked elsewhere,
by its section. The types of the fields are the parser: `Annotated[type, shape]`, tuples and nested dataclasses.
"""

import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, ClassVar, get_args, get_origin, get_type_hints

from governance.board import canonical
from governance.crypto import group
from governance.crypto.group import Element
from governance.errors import MalformedError

MAX_ENTRY = 2**20
"""Bytes of an entry without its LF."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)
_HEX = re.compile(r"(?:[0-9a-f]{2})*", re.ASCII)
_TIME = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shape:
    """How a JSON value becomes a Python value and back; `load` raises MalformedError."""

    load: Callable[[Any], Any]
    dump: Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


def _wrong(what: str) -> MalformedError:
    return MalformedError(f"it should be {what}")


def _load_text(value: Any) -> str:
    if not isinstance(value, str):
        raise _wrong("a string")
    return value


def _load_int(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong("an integer")
    return value


def _load_bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _wrong("true or false")
    return value


def _load_id(value: Any) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise _wrong("an id of 1 to 64 letters, digits, hyphens and underscores")
    return value


def _load_time(value: Any) -> str:
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise _wrong("a time like 2026-03-01T09:00:00Z")
    try:
        datetime(*map(int, match.groups()), tzinfo=UTC)  # type: ignore[arg-type, misc]
    except ValueError:
        raise _wrong("a real date and time") from None
    return str(value)


def _hex(size: int) -> Shape:
    def load(value: Any) -> bytes:
        if not isinstance(value, str) or len(value) != 2 * size or not _HEX.fullmatch(value):
            raise _wrong(f"{2 * size} lower-case hex digits")
        return bytes.fromhex(value)

    return Shape(load, bytes.hex)


_digits = _hex(32)
_point = Shape(lambda value: group.decode(_digits.load(value)), bytes.hex)
_scalar = Shape(lambda value: group.decode_scalar(_digits.load(value)), lambda value: group.encode_scalar(value).hex())


def _load_rule(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or not isinstance(value.get("id"), str):
        raise _wrong("an object with the id of a rule")
    return value


Text = Annotated[str, Shape(_load_text, _same)]
Int = Annotated[int, Shape(_load_int, _same)]
Bool = Annotated[bool, Shape(_load_bool, _same)]
Id = Annotated[str, Shape(_load_id, _same)]
Time = Annotated[str, Shape(_load_time, _same)]
"""Kept as text: the form is fixed, so times compare as strings."""
Digest = Annotated[bytes, _digits]
Long = Annotated[bytes, _hex(64)]
"""A SHA-512, or a signature."""
Point = Annotated[Element, _point]
Scalar = Annotated[int, _scalar]
Rule = Annotated[dict[str, Any], Shape(_load_rule, _same)]


@dataclass(frozen=True, slots=True)
class Ref:
    """A blob of the record."""

    sha256: Digest
    size: Int


@dataclass(frozen=True, slots=True)
class Registrar:
    """Who makes the credentials (section 6)."""

    name: Text
    identity: Digest


@dataclass(frozen=True, slots=True)
class Trustee:
    """One of n trustees (section 6)."""

    index: Int
    name: Text
    identity: Digest
    box: Digest


@dataclass(frozen=True, slots=True)
class Ceremony:
    """Section 6.1."""

    kind: ClassVar[str] = "ceremony"
    election: Id
    threshold: Int
    registrar: Registrar
    trustees: tuple[Trustee, ...]


@dataclass(frozen=True, slots=True)
class TrusteeCommit:
    """Section 6.2."""

    kind: ClassVar[str] = "trustee-commit"
    index: Int
    commit: Long
    signature: Long


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A proof of knowledge of one logarithm (section 6)."""

    commitment: Point
    response: Scalar


@dataclass(frozen=True, slots=True)
class TrusteeKey:
    """Section 6.3."""

    kind: ClassVar[str] = "trustee-key"
    index: Int
    commitments: tuple[Point, ...]
    proof: Knowledge
    signature: Long


@dataclass(frozen=True, slots=True)
class TrusteeConfirm:
    """Section 6.4."""

    kind: ClassVar[str] = "trustee-confirm"
    index: Int
    keys: Long
    signature: Long


@dataclass(frozen=True, slots=True)
class TrusteeReady:
    """Section 6.5."""

    kind: ClassVar[str] = "trustee-ready"
    index: Int
    manifest: Long
    proof: Knowledge
    signature: Long


@dataclass(frozen=True, slots=True)
class Candidate:
    """Section 7."""

    id: Id
    name: Text
    reopen: Bool


@dataclass(frozen=True, slots=True)
class Constraint:
    """A minimum and a maximum of the body's seats for one declared value (section 7)."""

    attribute: Text
    value: Text
    min: Int
    max: Int
    candidates: tuple[Id, ...]
    seated: Int


@dataclass(frozen=True, slots=True)
class Contest:
    """Section 7."""

    id: Id
    title: Text
    seats: Int
    max_ranks: Int
    min_ballots: Int
    candidates: tuple[Candidate, ...]
    rule: Rule
    constraints: tuple[Constraint, ...]
    after: tuple[Id, ...]


@dataclass(frozen=True, slots=True)
class Roll:
    """The root over the voters of one style, whose leaves are not public (section 7)."""

    count: Int
    root: Digest


@dataclass(frozen=True, slots=True)
class Credentials:
    """The public credentials of one ballot style (section 7)."""

    contests: tuple[Id, ...]
    count: Int
    sha256: Digest
    size: Int
    roll: Roll
    signature: Long


@dataclass(frozen=True, slots=True)
class Board:
    """The log's and the witnesses' keys (section 7)."""

    origin: Text
    key: Text
    witnesses: tuple[Text, ...]
    quorum: Int


@dataclass(frozen=True, slots=True)
class Manifest:
    """Section 7."""

    kind: ClassVar[str] = "manifest"
    version: Int
    election: Id
    title: Text
    ceremony: Long
    public_key: Point
    opens: Time
    closes: Time
    contests: tuple[Contest, ...]
    credentials: tuple[Credentials, ...]
    board: Board
    revotes: Bool


@dataclass(frozen=True, slots=True)
class Open:
    """Section 9."""

    kind: ClassVar[str] = "open"
    at: Time


@dataclass(frozen=True, slots=True)
class Extend:
    """Section 9."""

    kind: ClassVar[str] = "extend"
    at: Time
    closes: Time
    reason: Text


@dataclass(frozen=True, slots=True)
class Close:
    """Section 9."""

    kind: ClassVar[str] = "close"
    at: Time
    ballots: Int


@dataclass(frozen=True, slots=True)
class Cancel:
    """Section 9."""

    kind: ClassVar[str] = "cancel"
    at: Time
    reason: Text


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Section 11."""

    kind: ClassVar[str] = "withdraw"
    contest: Id
    candidate: Id


@dataclass(frozen=True, slots=True)
class Notice:
    """Section 13."""

    kind: ClassVar[str] = "notice"
    at: Time
    subject: Text
    body: Text


@dataclass(frozen=True, slots=True)
class Vote:
    """One sealed ranking (section 8)."""

    id: Id
    a: Point
    b: Point


@dataclass(frozen=True, slots=True)
class BallotProof:
    """Section 8."""

    commitments: tuple[Point, ...]
    responses: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Ballot:
    """Section 8."""

    kind: ClassVar[str] = "ballot"
    election: Id
    credential: Point
    previous: Digest
    contests: tuple[Vote, ...]
    proof: BallotProof


@dataclass(frozen=True, slots=True)
class Shuffle:
    """Section 9."""

    kind: ClassVar[str] = "shuffle"
    contest: Id
    mixer: Int
    trustee: Int
    input: Ref
    output: Ref
    proof: Ref
    signature: Long


@dataclass(frozen=True, slots=True)
class Equality:
    """One RFC 9497 proof (section 10)."""

    c: Scalar
    s: Scalar


@dataclass(frozen=True, slots=True)
class Decrypt:
    """Section 10."""

    kind: ClassVar[str] = "decrypt"
    contest: Id
    trustee: Int
    input: Ref
    factors: Ref
    proofs: tuple[Equality, ...]
    signature: Long


@dataclass(frozen=True, slots=True)
class Result:
    """Section 11."""

    kind: ClassVar[str] = "result"
    contest: Id
    ballots: Ref


@dataclass(frozen=True, slots=True)
class Count:
    """Section 11."""

    kind: ClassVar[str] = "count"
    contest: Id
    rule: Text
    elected: tuple[Id, ...]
    stages: Ref


@dataclass(frozen=True, slots=True)
class Void:
    """Section 9."""

    kind: ClassVar[str] = "void"
    contest: Id
    ballots: Int


Entry = (
    Ceremony
    | TrusteeCommit
    | TrusteeKey
    | TrusteeConfirm
    | Manifest
    | TrusteeReady
    | Open
    | Extend
    | Close
    | Cancel
    | Withdraw
    | Notice
    | Ballot
    | Shuffle
    | Decrypt
    | Result
    | Count
    | Void
)
Signed = TrusteeCommit | TrusteeKey | TrusteeConfirm | TrusteeReady | Shuffle | Decrypt
KINDS: dict[str, type[Entry]] = {kind.kind: kind for kind in get_args(Entry)}


@cache
def _fields(kind: type) -> dict[str, Shape]:
    """The shape of each field of a dataclass, read off its annotations."""
    hints = get_type_hints(kind, include_extras=True)
    return {field.name: _shape(hints[field.name]) for field in dataclasses.fields(kind)}


def _shape(hint: Any) -> Shape:
    if get_origin(hint) is Annotated:
        shape = get_args(hint)[1]
        assert isinstance(shape, Shape)  # noqa: S101  a slip in this file, not in a record
        return shape
    if get_origin(hint) is tuple:
        item = _shape(get_args(hint)[0])
        return Shape(lambda value: _load_list(item, value), lambda value: [item.dump(one) for one in value])
    return Shape(lambda value: load_object(hint, value, {}), to_json)


def _load_list(item: Shape, value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise _wrong("an array")
    return tuple(map(item.load, value))


def load_object(kind: type, value: Any, extra: dict[str, str]) -> Any:
    """A dataclass of this module from a plain object that has its fields, those of `extra`, and no other.

    Raises:
        MalformedError: It has not; the text names the field.
    """
    if not isinstance(value, dict):
        raise _wrong("an object")
    fields = _fields(kind)
    if value.keys() != fields.keys() | extra.keys():
        unknown, missing = value.keys() - fields.keys() - extra.keys(), fields.keys() - value.keys()
        named = f"unknown field {min(unknown)!r:.80}" if unknown else f"the field {min(missing)!r} is missing"
        raise MalformedError(named)
    loaded = {}
    for name, shape in fields.items():
        try:
            loaded[name] = shape.load(value[name])
        except MalformedError as error:
            msg = f"{name}: {error}"
            raise MalformedError(msg) from None
    return kind(**loaded)


def parse(data: bytes) -> Entry:
    """Read one entry, without its LF.

    Raises:
        MalformedError: Too long, not canonical, or not of the form that its kind has.
    """
    if len(data) > MAX_ENTRY:
        msg = "an entry is longer than 1 MiB"
        raise MalformedError(msg)
    value = canonical.parse(data)
    kind = KINDS.get(value["kind"]) if isinstance(value, dict) and isinstance(value.get("kind"), str) else None
    if kind is None:
        msg = "it is no entry of a known kind"
        raise MalformedError(msg)
    entry: Entry = load_object(kind, value, {"kind": kind.kind})
    return entry


def to_json(entry: Any) -> dict[str, Any]:
    """An entry, or a part of one, as plain values."""
    kind: type = type(entry)
    fields = {name: shape.dump(getattr(entry, name)) for name, shape in _fields(kind).items()}
    return {**fields, "kind": entry.kind} if hasattr(entry, "kind") else fields


def dump(entry: Entry) -> bytes:
    """The canonical bytes of an entry."""
    return canonical.dump(to_json(entry))


def signed_bytes(entry: Signed) -> bytes:
    """What a trustee signs: the entry's canonical bytes without `signature` (section 6)."""
    return canonical.dump({name: value for name, value in to_json(entry).items() if name != "signature"})


def unproven_bytes(ballot: Ballot) -> bytes:
    """What the tracker is of: the ballot's canonical bytes without `proof` (section 8)."""
    return canonical.dump({name: value for name, value in to_json(ballot).items() if name != "proof"})


def credentials_bytes(manifest_election: str, ceremony: bytes, credentials: Credentials) -> bytes:
    """What the registrar signs for one list (section 7): its fields with `kind`, `ceremony` and `election`."""
    value = {name: item for name, item in to_json(credentials).items() if name != "signature"}
    return canonical.dump({**value, "kind": "credentials", "ceremony": ceremony.hex(), "election": manifest_election})
