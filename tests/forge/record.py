"""A record in pieces: entries, blobs, checkpoint, members of the zip; each can be changed, and all signed again."""

import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from governance.board import canonical, checkpoint, merkle
from governance.crypto import signature
from tests.forge.plan import Plan

Json = dict[str, Any]


def signed(value: Json, seed: bytes) -> Json:
    """An entry with the signature of whoever has this Ed25519 seed."""
    body = {name: item for name, item in value.items() if name != "signature"}
    return {**body, "signature": signature.sign(seed, canonical.dump(body)).hex()}


def ref(blob: bytes) -> Json:
    return {"sha256": sha256(blob).hexdigest(), "size": len(blob)}


@dataclass(slots=True)
class Member:
    """One member of a zip; whatever is set is written, true or not."""

    name: str
    data: bytes
    deflate: bool = True
    central: Json = field(default_factory=dict)
    """Fields of the central directory that say something else: name, flags, method, crc, packed, size, attributes, offset."""
    local: Json = field(default_factory=dict)
    """The same of the local header; `extra` are its extra bytes."""
    packed: bytes | None = None
    """What stands in the zip, if not `data` deflated or stored."""
    tail: bytes = b""
    """What follows the data: a data descriptor."""
    listed: bool = True
    written: bool = True


def zip_of(members: list[Member], *, prefix: bytes = b"", gap: bytes = b"", comment: bytes = b"") -> bytes:
    """A zip of these members; `gap` stands before the directory, which does not count `prefix` in its offsets."""
    out, directory, count = bytearray(prefix), bytearray(), 0
    for one in members:
        offset = len(out)
        packed = one.packed
        if packed is None:
            packer = zlib.compressobj(9, zlib.DEFLATED, -15)
            packed = packer.compress(one.data) + packer.flush() if one.deflate else one.data
        said: Json = {
            "name": one.name.encode(),
            "flags": 0 if one.name.isascii() else 0x800,
            "method": 8 if one.deflate else 0,
            "crc": zlib.crc32(one.data),
            "packed": len(packed),
            "size": len(one.data),
            "attributes": 0o600 << 16,
            "offset": offset,
            "extra": b"",
        }
        here, there = {**said, **one.local}, {**said, **one.central}
        if one.written:
            out += struct.pack(
                "<4s5H3L2H", b"PK\3\4", 20, here["flags"], here["method"], 0, 33,
                here["crc"], here["packed"], here["size"], len(here["name"]), len(here["extra"]),
            )  # fmt: skip
            out += here["name"] + here["extra"] + packed + one.tail
        if one.listed:
            count += 1
            directory += struct.pack(
                "<4s4B4H3L5H2L", b"PK\1\2", 20, 3, 20, 0, there["flags"], there["method"], 0, 33,
                there["crc"], there["packed"], there["size"], len(there["name"]), len(there["extra"]), 0, 0, 0,
                there["attributes"], there["offset"],
            )  # fmt: skip
            directory += there["name"] + there["extra"]
    out += gap
    start = len(out) - len(prefix)
    return bytes(out + directory) + struct.pack(
        "<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(directory), start, len(comment)
    ) + comment  # fmt: skip


@dataclass(slots=True)
class Record:
    """A whole record and the keys of all who signed it.

    Attributes:
        blobs: By the digest that the entries refer to, in hex; the bytes may be others.
        marks: The kind and the tags of each entry as it was made.
    """

    plan: Plan
    entries: list[bytes]
    blobs: dict[str, bytes]
    origin: str
    log: bytes
    witnesses: list[tuple[str, bytes]]
    trustees: list[bytes]
    """Seeds of their identities."""
    registrar: bytes
    checkpoint: bytes = b""
    earlier: list[bytes] = field(default_factory=list)
    tail: bytes = b""
    """What follows the last entry's LF."""

    def copy(self) -> "Record":
        return replace(self, entries=list(self.entries), blobs=dict(self.blobs), earlier=list(self.earlier))

    def root(self, size: int | None = None) -> bytes:
        return merkle.root([merkle.leaf(raw) for raw in self.entries[:size]])

    def sign(
        self,
        *,
        size: int | None = None,
        root: bytes | None = None,
        seed: bytes = b"",
        origin: str = "",
        cosigned: tuple[int, ...] | None = None,
    ) -> "Record":
        """Sign the tree (again) as the log and the witnesses would, or as the arguments say."""
        self.checkpoint = checkpoint.sign(
            origin or self.origin,
            len(self.entries) if size is None else size,
            self.root() if root is None else root,
            seed or self.log,
        )
        for number in self.plan.cosigned if cosigned is None else cosigned:
            name, key = self.witnesses[number]
            self.checkpoint = checkpoint.cosign(self.checkpoint, name, 1_772_355_600 + number, key)
        return self

    def find(self, kind: str, number: int = 0, **fields: Any) -> int:
        """Where the entry of this kind (the number-th from 0; -1 for the last) with these fields stands."""
        found = [
            at
            for at, raw in enumerate(self.entries)
            if (value := canonical.parse(raw))["kind"] == kind
            and all(value.get(name) == item for name, item in fields.items())
        ]
        return found[number]

    def value(self, at: int) -> Json:
        value: Json = canonical.parse(self.entries[at])
        return value

    def seed_of(self, value: Json) -> bytes | None:
        """Who signs an entry."""
        kind = value["kind"]
        if kind.startswith("trustee-"):
            number = value["index"]
        elif kind in {"shuffle", "decrypt"}:
            number = value["trustee"]
        else:
            return None
        return self.trustees[number - 1] if isinstance(number, int) and 0 < number <= len(self.trustees) else self.log

    def edit(self, at: int, change: Callable[[Json], Json | None], *, sign: bool = True) -> "Record":
        """Change one entry; whoever signs it signs it again, and the log signs the tree."""
        value = self.value(at)
        value = change(value) or value
        seed = self.seed_of(value) if sign else None
        self.entries[at] = canonical.dump(signed(value, seed) if seed else value)
        return self.sign()

    def raw(self, at: int, old: bytes, new: bytes) -> "Record":
        """Change an entry's bytes."""
        assert self.entries[at].count(old) >= 1, (old, self.entries[at][:200])
        self.entries[at] = self.entries[at].replace(old, new, 1)
        return self.sign()

    def swap(self, at: int, name: str, change: Callable[[bytes], bytes]) -> "Record":
        """Change the blob that an entry's field refers to; the entry says so, and its signer agrees."""

        def change_ref(value: Json) -> None:
            old = self.blobs[value[name]["sha256"]]
            new = change(old)
            value[name] = ref(new)
            self.blobs[value[name]["sha256"]] = new

        self.edit(at, change_ref)
        return self.tidy()

    def tidy(self) -> "Record":
        """Keep only the blobs that are referred to."""
        named = b"\n".join(self.entries)
        self.blobs = {name: blob for name, blob in self.blobs.items() if name.encode() in named}
        return self

    def lines(self) -> bytes:
        return b"".join(raw + b"\n" for raw in self.entries) + self.tail

    def members(self) -> list[Member]:
        blobs = [Member(f"blobs/{name}", blob) for name, blob in sorted(self.blobs.items())]
        people: Mapping[str, bytes] = self.plan.people
        return [
            Member("entries.jsonl", self.lines()),
            Member("checkpoint", self.checkpoint),
            *blobs,
            *(Member(name, data) for name, data in people.items()),
        ]

    def zip(self) -> bytes:
        return zip_of(self.members())
