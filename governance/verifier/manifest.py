"""The manifest (protocol.md sections 4 and 7): what a vote means."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from . import board, canonical, ed25519
from .ceremony import Ceremony
from .count import LAWS
from .failure import CheckFailedError
from .form import Entry
from .group import IDENTITY_BYTES, POINT_SIZE, encode, is_valid
from .ranking import MAX_TOTAL, total_codes
from .record import fields

MAX_CANDIDATES: Final = 1000
MAX_SEATS: Final = 1000
MIN_MIN_BALLOTS: Final = 2


@dataclass(frozen=True, slots=True)
class Constraint:
    """Least and most of the body's seats for one value of one attribute; `seated` are those who sit already."""

    least: int
    most: int
    candidates: frozenset[str]
    seated: int


@dataclass(frozen=True, slots=True)
class Contest:
    """A contest; candidates in manifest order."""

    name: str
    seats: int
    limit: int
    min_ballots: int
    candidates: tuple[str, ...]
    reopen: str
    """The id of "re-open nominations", "" when there is none."""
    constraints: tuple[Constraint, ...]
    after: tuple[str, ...]
    rule: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest that holds."""

    ctx: bytes
    election: str
    public_key: bytes
    opens: str
    closes: str
    revotes: bool
    contests: Mapping[str, Contest]
    styles: Mapping[bytes, tuple[str, ...]]
    """The contests of every public credential."""
    origin: str
    log: board.VerifierKey
    log_text: str
    witnesses: tuple[board.VerifierKey, ...]
    quorum: int


Pieces = Callable[[dict[str, Any], int], Iterable[bytes]]
"""`Record.pieces`: a blob cut into pieces of a length."""


def _fail(detail: str, section: str = "") -> CheckFailedError:
    return CheckFailedError("manifest", detail, section)


def _require(*rules: tuple[bool, str]) -> None:
    """Raise (manifest) for the first rule that does not hold."""
    for holds, detail in rules:
        if not holds:
            raise _fail(detail)


def check(entry: Entry, ceremony: Ceremony, pieces: Pieces, known_points: frozenset[bytes]) -> Manifest:
    """Check a manifest; raise (manifest).

    `pieces` gives the bytes of a reference; `known_points` are encodings that are known to be valid.
    """
    value = fields(entry)
    public_key = encode(ceremony.public_key)
    _require(
        (value["version"] == 1, f"version {value['version']} of the manifest is not 1"),
        (value["election"] == ceremony.election, "the manifest is of another election than the ceremony"),
        (value["ceremony"] == ceremony.cer.hex(), "the manifest is of another ceremony"),
        (value["public_key"] == public_key.hex(), "public_key is not the sum of the trustees' keys"),
        (value["opens"] < value["closes"], "the election does not open before it closes"),
        (bool(value["contests"]), "the manifest has no contest"),
        (bool(value["credentials"]), "the manifest has no list of credentials"),
    )
    contests: dict[str, Contest] = {}
    for described in value["contests"]:
        contest = _contest(described, contests)
        contests[contest.name] = contest
    _check_reopen(contests)
    styles = _credentials(value, ceremony, contests, pieces, known_points)
    log, witnesses = _board(value["board"], ceremony)
    return Manifest(
        ctx=hashlib.sha512(entry.raw).digest(),
        election=value["election"],
        public_key=public_key,
        opens=value["opens"],
        closes=value["closes"],
        revotes=value["revotes"],
        contests=contests,
        styles=styles,
        origin=value["board"]["origin"],
        log=log,
        log_text=value["board"]["key"],
        witnesses=witnesses,
        quorum=value["board"]["quorum"],
    )


def _distinct(values: list[str]) -> bool:
    return len(set(values)) == len(values)


def _contest(value: dict[str, Any], earlier: Mapping[str, Contest]) -> Contest:
    """Check one contest, given those before it in the list."""
    name, limit = value["id"], value["max_ranks"]
    candidates = [candidate["id"] for candidate in value["candidates"]]
    reopen = [candidate["id"] for candidate in value["candidates"] if candidate["reopen"]]
    _require(
        (name not in earlier, f"two contests have the id {name}"),
        (1 <= value["seats"] <= MAX_SEATS, f"{name}: seats must be 1 to {MAX_SEATS}"),
        (value["min_ballots"] >= MIN_MIN_BALLOTS, f"{name}: min_ballots must be at least 2"),
        (len(candidates) <= MAX_CANDIDATES, f"{name}: it has more than {MAX_CANDIDATES} candidates"),
        (_distinct(candidates), f"{name}: two candidates have one id"),
        (len(reopen) <= 1, f"{name}: more than one candidate re-opens nominations"),
        (value["rule"]["id"] in LAWS, f"{name}: the rule of counting is not offered"),
        (value["rule"]["id"] != "irv" or value["seats"] == 1, f"{name}: irv fills one seat"),
        (len(value["rule"]) == 1, f"{name}: the rule of counting has no parameters"),
        (_distinct(value["after"]), f"{name}: a contest stands twice in after"),
        (all(other in earlier for other in value["after"]), f"{name}: after names a contest that is not earlier"),
    )
    if not 1 <= limit <= len(candidates):
        msg = f"{name}: max_ranks must be 1 to the number of candidates"
        raise _fail(msg, "4")
    if total_codes(len(candidates), limit) > MAX_TOTAL:
        msg = f"{name}: more than 2^240 rankings are possible"
        raise _fail(msg, "4")
    eligible = set(candidates).union(*(earlier[other].candidates for other in value["after"]))
    barred = set(reopen).union(earlier[other].reopen for other in value["after"])
    return Contest(
        name=name,
        seats=value["seats"],
        limit=limit,
        min_ballots=value["min_ballots"],
        candidates=tuple(candidates),
        reopen=reopen[0] if reopen else "",
        constraints=tuple(_constraint(each, name, eligible, barred) for each in value["constraints"]),
        after=tuple(value["after"]),
        rule=value["rule"]["id"],
    )


def _constraint(value: dict[str, Any], name: str, eligible: set[str], barred: set[str]) -> Constraint:
    candidates = value["candidates"]
    _require(
        (0 <= value["min"] <= value["max"], f"{name}: a constraint's min and max do not fit"),
        (value["seated"] >= 0, f"{name}: a constraint's seated is negative"),
        (_distinct(candidates), f"{name}: a constraint names a candidate twice"),
        (eligible.issuperset(candidates), f"{name}: a constraint names an unknown candidate"),
        (barred.isdisjoint(candidates), f"{name}: re-open nominations stands in a constraint"),
    )
    return Constraint(value["min"], value["max"], frozenset(candidates), value["seated"])


def _check_reopen(contests: Mapping[str, Contest]) -> None:
    """Check that a re-open candidate's id stands in one contest only."""
    for contest in contests.values():
        for other in contests.values():
            if contest.reopen and other is not contest and contest.reopen in other.candidates:
                msg = f"the re-open id {contest.reopen} stands in two contests"
                raise _fail(msg)


def _credentials(
    value: dict[str, Any],
    ceremony: Ceremony,
    contests: Mapping[str, Contest],
    pieces: Pieces,
    known_points: frozenset[bytes],
) -> dict[bytes, tuple[str, ...]]:
    """Check the lists of credentials; return the contests of each."""
    styles: dict[bytes, tuple[str, ...]] = {}
    seen: set[tuple[str, ...]] = set()
    order = list(contests)
    for listed in value["credentials"]:
        style = tuple(listed["contests"])
        roll = listed["roll"]
        _require(
            (bool(style), "a list of credentials has no contest"),
            (set(style) <= contests.keys(), "a list of credentials names an unknown contest"),
            (list(style) == [name for name in order if name in style], "a style's contests are not in order"),
            (style not in seen, "two lists of credentials have the same contests"),
            (listed["count"] >= 1, "a list of credentials is empty"),
            (listed["count"] <= roll["count"], "there are more credentials than voters on the roll"),
            (listed["size"] == POINT_SIZE * listed["count"], "a list of credentials has another size than its count"),
            (_registrar_signed(value, listed, ceremony), "the registrar's signature on credentials does not verify"),
        )
        seen.add(style)
        _add_credentials(styles, style, pieces(listed, POINT_SIZE), known_points)
    _require((set().union(*seen) == contests.keys(), "a contest is on no list of credentials"))
    return styles


def _registrar_signed(value: dict[str, Any], listed: dict[str, Any], ceremony: Ceremony) -> bool:
    signed = {name: listed[name] for name in ("contests", "count", "roll", "sha256", "size")}
    signed |= {"ceremony": ceremony.cer.hex(), "election": value["election"], "kind": "credentials"}
    return ed25519.verify(ceremony.registrar, canonical.write(signed), bytes.fromhex(listed["signature"]))


def _add_credentials(
    styles: dict[bytes, tuple[str, ...]],
    style: tuple[str, ...],
    listed: Iterable[bytes],
    known_points: frozenset[bytes],
) -> None:
    previous = b""
    for credential in listed:
        if credential in styles:
            msg = "a credential is listed twice"
            raise _fail(msg)
        if credential <= previous:
            msg = "a list of credentials is not sorted"
            raise _fail(msg)
        if credential == IDENTITY_BYTES:
            msg = "a credential is the identity"
            raise _fail(msg)
        if credential not in known_points and not is_valid(credential):
            msg = "a credential is no encoding of a point"
            raise _fail(msg)
        styles[credential] = style
        previous = credential


def _board(value: dict[str, Any], ceremony: Ceremony) -> tuple[board.VerifierKey, tuple[board.VerifierKey, ...]]:
    """Check the log's and the witnesses' keys."""
    log = board.parse_verifier_key(value["key"])
    if log is None or log.kind != board.LOG_TYPE or not ed25519.is_good_key(log.key):
        msg = "the board's key is no good verifier key of an Ed25519 log"
        raise _fail(msg)
    witnesses = []
    names, keys = {log.name}, {log.key, *ceremony.keys}
    _require(
        (log.name == value["origin"], "the board's origin is not the name of its key"),
        (log.key not in ceremony.keys, "the log's key is one of the ceremony's"),
    )
    for text in value["witnesses"]:
        witness = board.parse_verifier_key(text)
        if witness is None or witness.kind != board.WITNESS_TYPE or not ed25519.is_good_key(witness.key):
            msg = "a witness key is no good verifier key of type 0x04"
            raise _fail(msg)
        if witness.name in names or witness.key in keys:
            msg = "a witness has the name or the key of another party"
            raise _fail(msg)
        names.add(witness.name)
        keys.add(witness.key)
        witnesses.append(witness)
    least = min(1, len(witnesses))
    _require((least <= value["quorum"] <= len(witnesses), "the quorum does not fit the number of witnesses"))
    return log, tuple(witnesses)
