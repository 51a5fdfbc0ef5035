"""What a trustee or the registrar hands to the server, in one file; written off the server, read without trust.

The file is the line `governance-contribution/1`, a line of canonical JSON {"parts": [{"kind", "sha256", "size"}, …]},
and the bytes of the parts in that order, with nothing before, between or after them. A part is an `entry` (its canonical
bytes, of a kind that a trustee signs), a `share` (a trustee-share message, protocol.md, section 6), the `credentials`
(the manifest's list of that name, section 7), or a `blob` that one of these brings. Nothing is packed, so nothing can
swell. Beside it stands the private roll: what a server needs to show each voter their own leaf (section 7).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from governance.board import canonical, merkle
from governance.board import entries as e
from governance.board.making import Voter
from governance.crypto import signature
from governance.errors import MalformedError

MAGIC = b"governance-contribution/1\n"
MAX_SIZE = 2**29
"""Bytes of a whole file: the mixes of 400,000 ballots with five contests each are some 450 MB."""
MAX_PARTS = 1024
MAX_SHARE = 2**12
"""Bytes of a share message, which has some 600."""
_MAX_HEAD = 2**18
_MAX = {"entry": e.MAX_ENTRY, "share": MAX_SHARE, "credentials": e.MAX_ENTRY, "blob": MAX_SIZE}
_SIGNED = (e.TrusteeCommit, e.TrusteeKey, e.TrusteeConfirm, e.TrusteeReady, e.Shuffle, e.Decrypt)


def _need(holds: bool, what: str) -> None:  # noqa: FBT001  it reads as a sentence
    if not holds:
        msg = f"the contribution is damaged: {what}"
        raise MalformedError(msg)


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one file holds."""

    entries: tuple[bytes, ...] = ()
    """To be appended in this order; form checked, everything else is for the board's judge."""
    shares: tuple[bytes, ...] = ()
    """For the trustees they are addressed to; the server keeps them, and never publishes them."""
    credentials: tuple[e.Credentials, ...] = ()
    """For the manifest."""
    blobs: tuple[bytes, ...] = ()
    """Exactly those that the entries or the lists bring."""

    def dump(self) -> bytes:
        """The bytes of the file."""
        parts = [("entry", raw) for raw in self.entries] + [("share", raw) for raw in self.shares]
        if self.credentials:
            parts.append(("credentials", canonical.dump([e.to_json(one) for one in self.credentials])))
        parts += [("blob", blob) for blob in self.blobs]
        named = [{"kind": kind, "sha256": sha256(data).hexdigest(), "size": len(data)} for kind, data in parts]
        return MAGIC + canonical.dump({"parts": named}) + b"\n" + b"".join(data for _, data in parts)


def read(data: bytes) -> Contribution:
    """Read a contribution.

    Raises:
        MalformedError: It is none, or something in it has not the form it should have.
    """
    _need(len(data) <= MAX_SIZE, "it is too large")
    if not data.startswith(MAGIC):
        msg = "this file is no contribution of a trustee or registrar"
        raise MalformedError(msg)
    end = data.find(b"\n", len(MAGIC), len(MAGIC) + _MAX_HEAD)
    _need(end > 0, "its second line is missing or too long")
    parts: dict[str, list[bytes]] = {kind: [] for kind in _MAX}
    at = end + 1
    for kind, digest, size in _parts(canonical.parse(data[len(MAGIC) : end])):
        piece = data[at : at + size]
        _need(len(piece) == size, "it ends too early")
        _need(sha256(piece).hexdigest() == digest, "a part differs from its hash")
        parts[kind].append(piece)
        at += size
    _need(at == len(data), "it goes on after its last part")
    _need(len(parts["credentials"]) <= 1, "it has the lists of credentials twice")
    read_in = [(raw, e.parse(raw)) for raw in parts["entry"]]
    _need(all(isinstance(entry, _SIGNED) for _, entry in read_in), "an entry is of a kind that no trustee makes")
    for raw in parts["share"]:
        read_share(raw)
    credentials = tuple(one for raw in parts["credentials"] for one in _read_credentials(raw))
    brought = {ref for _, entry in read_in for ref in _brought(entry)}
    brought |= {e.Ref(one.sha256, one.size) for one in credentials}
    blobs = [e.Ref(sha256(blob).digest(), len(blob)) for blob in parts["blob"]]
    _need(len(set(blobs)) == len(blobs), "a blob stands twice")
    _need(set(blobs) == brought, "its blobs are not those that its entries speak of")
    return Contribution(tuple(parts["entry"]), tuple(parts["share"]), credentials, tuple(parts["blob"]))


def _parts(head: Any) -> Iterable[tuple[str, str, int]]:
    """The list of parts, in the order of kinds that `dump` gives them."""
    _need(isinstance(head, dict) and head.keys() == {"parts"} and isinstance(head["parts"], list), "its second line")
    _need(1 <= len(head["parts"]) <= MAX_PARTS, "it has no parts, or too many")
    kinds = list(_MAX)
    last = 0
    for part in head["parts"]:
        _need(isinstance(part, dict) and part.keys() == {"kind", "sha256", "size"}, "its list of parts")
        kind, digest, size = part["kind"], part["sha256"], part["size"]
        _need(isinstance(kind, str) and kind in _MAX, "a part of an unknown kind")
        _need(isinstance(digest, str), "a part's hash")
        _need(isinstance(size, int) and not isinstance(size, bool) and 0 < size <= _MAX[kind], "a part's size")
        _need(kinds.index(kind) >= last, "its parts stand in another order")
        last = kinds.index(kind)
        yield kind, digest, size


def _brought(entry: e.Entry) -> Sequence[e.Ref]:
    """The blobs that come with an entry; those it starts from are on the board already, or follow from it."""
    match entry:
        case e.Shuffle():
            return (entry.output, entry.proof)
        case e.Decrypt():
            return (entry.factors,)
        case _:
            return ()


def _read_credentials(raw: bytes) -> tuple[e.Credentials, ...]:
    lists = canonical.parse(raw)
    _need(isinstance(lists, list) and bool(lists), "its lists of credentials")
    return tuple(e.load_object(e.Credentials, one, {}) for one in lists)


# ---- shares (section 6.3) --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Share:
    """A sealed share on its way from one trustee to another."""

    ceremony: bytes
    """cer."""
    sender: int
    to: int
    enc: bytes
    ct: bytes
    signature: bytes
    signed: bytes
    """What the sender signed: the message's canonical bytes without `signature`."""

    def check(self, identity: bytes) -> None:
        """Check the sender's signature.

        Raises:
            ProofError: It does not hold.
        """
        signature.check(identity, self.signed, self.signature, f"the share from trustee {self.sender}")


def read_share(raw: bytes) -> Share:
    """Read a trustee-share message; whom it is from is not checked yet.

    Raises:
        MalformedError: It is none.
    """
    value = canonical.parse(raw) if len(raw) <= MAX_SHARE else None
    sizes = {"ceremony": 64, "enc": 32, "ct": 48, "signature": 64}
    if not isinstance(value, dict) or value.keys() != {"kind", "from", "to", *sizes}:
        msg = "this is no trustee's share"
        raise MalformedError(msg)
    if value["kind"] != "trustee-share" or not all(_is_hex(value[name], size) for name, size in sizes.items()):
        msg = "this is no trustee's share"
        raise MalformedError(msg)
    numbers = [value["from"], value["to"]]
    if not all(isinstance(number, int) and not isinstance(number, bool) and number >= 1 for number in numbers):
        msg = "this share does not say from whom to whom it goes"
        raise MalformedError(msg)
    signed = canonical.dump({name: item for name, item in value.items() if name != "signature"})
    raws = {name: bytes.fromhex(value[name]) for name in sizes}
    return Share(sender=numbers[0], to=numbers[1], signed=signed, **raws)


def _is_hex(value: Any, size: int) -> bool:
    return isinstance(value, str) and len(value) == 2 * size and set(value) <= set("0123456789abcdef")


# ---- the private roll (section 7) ------------------------------------------------------------------------------------

MAX_ROLL = 2**28


@dataclass(frozen=True, slots=True)
class Rolls:
    """Who stands on the roll of each style: for the server alone, never published."""

    election: str
    ceremony: bytes
    """cer."""
    styles: Mapping[tuple[str, ...], tuple[Voter, ...]]
    """The voters of each style, by its contests in manifest order; sorted by the UTF-8 bytes of member."""

    def dump(self) -> bytes:
        """The bytes of the file: one object of canonical JSON."""
        styles = [
            {
                "contests": list(contests),
                "voters": [{"member": v.member, "name": v.name, "salt": v.salt.hex()} for v in voters],
            }
            for contests, voters in self.styles.items()
        ]
        return canonical.dump(
            {"kind": "rolls", "election": self.election, "ceremony": self.ceremony.hex(), "styles": styles}
        )

    def leaves(self, contests: tuple[str, ...]) -> list[bytes]:
        """The leaf hashes of one style, in order: for `merkle.root` and `merkle.inclusion`."""
        return [merkle.leaf(voter.leaf()) for voter in self.styles[contests]]

    def check(self, credentials: Iterable[e.Credentials]) -> None:
        """Check that these are the rolls whose counts and roots the registrar signed.

        Raises:
            MalformedError: They are not.
        """
        signed = {one.contests: one.roll for one in credentials}
        mine = {one: e.Roll(len(self.styles[one]), merkle.root(self.leaves(one))) for one in self.styles}
        if mine != signed:
            msg = "the private roll is not the one that the registrar's lists speak of"
            raise MalformedError(msg)


def read_rolls(data: bytes) -> Rolls:
    """Read the private roll.

    Raises:
        MalformedError: It is none, is not in order, or a member stands twice.
    """
    msg = "this file is no private roll of a registrar"
    value = canonical.parse(data) if len(data) <= MAX_ROLL else None
    if not isinstance(value, dict) or value.keys() != {"kind", "election", "ceremony", "styles"}:
        raise MalformedError(msg)
    good = value["kind"] == "rolls" and isinstance(value["election"], str) and isinstance(value["styles"], list)
    if not good or not _is_hex(value["ceremony"], 64):
        raise MalformedError(msg)
    styles = dict(map(_read_style, value["styles"]))
    members = [voter.member for voters in styles.values() for voter in voters]
    if len(styles) < len(value["styles"]) or len(set(members)) < len(members):
        msg = "the private roll has a style or a member twice"
        raise MalformedError(msg)
    return Rolls(value["election"], bytes.fromhex(value["ceremony"]), styles)


def _read_style(value: Any) -> tuple[tuple[str, ...], tuple[Voter, ...]]:
    msg = "a style of the private roll has another form"
    if not isinstance(value, dict) or value.keys() != {"contests", "voters"}:
        raise MalformedError(msg)
    contests, listed = value["contests"], value["voters"]
    if not isinstance(contests, list) or not all(isinstance(one, str) for one in contests):
        raise MalformedError(msg)
    if not isinstance(listed, list):
        raise MalformedError(msg)
    voters = tuple(map(_read_voter, listed))
    if list(voters) != sorted(voters, key=lambda voter: voter.member.encode()):
        raise MalformedError(msg)
    return tuple(contests), voters


def _read_voter(value: Any) -> Voter:
    if (
        not isinstance(value, dict)
        or value.keys() != {"member", "name", "salt"}
        or not all(isinstance(value[name], str) for name in ("member", "name"))
        or not _is_hex(value["salt"], 16)
    ):
        msg = "a voter of the private roll has another form"
        raise MalformedError(msg)
    return Voter(value["member"], value["name"], bytes.fromhex(value["salt"]))
