"""The board: RFC 6962 tree, C2SP signed checkpoints and witness cosignatures (protocol.md section 13)."""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from . import ed25519
from .failure import CheckFailedError

LOG_TYPE: Final = 0x01
WITNESS_TYPE: Final = 0x04
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
_ID_SIZE: Final = 4
_TIME_SIZE: Final = 8
_SIZE: Final = re.compile(r"0|[1-9][0-9]*")
_SIZE_DIGITS: Final = 18
"""Longer sizes are read as one that no record has: Python takes no number of any length."""

_NO_NAME: Final = re.compile("[+\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
"""What no key's name may have: plus and Unicode's White_Space."""

_DASH: Final = "\u2014"


def leaf_hash(entry: bytes) -> bytes:
    """RFC 6962 section 2.1: SHA-256 of 0x00 and the entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962 section 2.1: SHA-256 of 0x01 and both hashes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: bytes) -> bytes:
    """Root of the tree over concatenated leaf hashes.

    Level by level: pairs are joined, a last one without partner is carried up as it is, which is RFC 6962's tree.
    """
    level = [leaves[at : at + 32] for at in range(0, len(leaves), 32)]
    if not level:
        return EMPTY_ROOT
    while len(level) > 1:
        above = [node_hash(left, right) for left, right in zip(level[::2], level[1::2], strict=False)]
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return level[0]


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """Root that an inclusion proof leads to (RFC 9162 section 2.1.3.2), None when its length is wrong.

    The record's verifier recomputes whole trees; this is for a receipt.
    """
    if not 0 <= index < size:
        return None
    at, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return None
        if at % 2 or at == last:
            found = node_hash(step, found)
            while at % 2 == 0 and at:
                at, last = at // 2, last // 2
        else:
            found = node_hash(found, step)
        at, last = at // 2, last // 2
    return found if last == 0 else None


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A C2SP signed-note verifier key."""

    name: str
    key_id: bytes
    kind: int
    key: bytes


def parse_verifier_key(text: str) -> VerifierKey | None:
    """Read `name+hhhhhhhh+base64`; None when it is not well-formed or the key id is another."""
    # Standard base64 may have a plus: the first two divide.
    name, _, rest = text.partition("+")
    digits, _, encoded = rest.partition("+")
    material = _base64(encoded)
    if not name or _NO_NAME.search(name) or material is None:
        return None
    if len(material) != 1 + ed25519.KEY_SIZE:
        return None
    try:
        key_id = hashlib.sha256(name.encode() + b"\n" + material).digest()[:_ID_SIZE]
    except UnicodeEncodeError:
        return None
    if digits != key_id.hex():
        return None
    return VerifierKey(name, key_id, material[0], material[1:])


def _base64(text: str) -> bytes | None:
    """Decode standard, padded, canonical base64."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        return None
    return data if base64.b64encode(data).decode() == text else None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A parsed checkpoint: what it says, the bytes that are signed, and its signature lines (name, id ‖ signature)."""

    origin: str
    size: int
    root: bytes
    text: bytes
    signatures: tuple[tuple[str, bytes], ...]


def parse_checkpoint(data: bytes) -> Checkpoint | None:
    """Read a checkpoint; None when it is not exactly of the form of section 13."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    body, empty, tail = text.partition("\n\n")
    lines = body.split("\n")
    if not empty or len(lines) != 3 or not tail.endswith("\n"):  # noqa: PLR2004 - origin, size, root
        return None
    origin, size, encoded_root = lines
    digest = _base64(encoded_root)
    if not origin or not _SIZE.fullmatch(size) or digest is None or len(digest) != len(EMPTY_ROOT):
        return None
    signatures = []
    for line in tail[:-1].split("\n"):
        dash, _, rest = line.partition(" ")
        name, space, encoded = rest.partition(" ")
        signature = _base64(encoded)
        if dash != _DASH or not space or not name or _NO_NAME.search(name):
            return None
        if signature is None or len(signature) <= _ID_SIZE:
            return None
        signatures.append((name, signature))
    number = int(size) if len(size) <= _SIZE_DIGITS else 10**_SIZE_DIGITS
    return Checkpoint(origin, number, digest, (body + "\n").encode(), tuple(signatures))


def looks_like_checkpoint(data: bytes) -> bool:
    """Say whether an `--earlier` file is a checkpoint at all: origin, size, 32-byte root as first three lines."""
    try:
        lines = data.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        return False
    if len(lines) < 3 or not lines[0] or not _SIZE.fullmatch(lines[1]):  # noqa: PLR2004 - as above
        return False
    digest = _base64(lines[2])
    return digest is not None and len(digest) == len(EMPTY_ROOT)


def _failure(detail: str) -> CheckFailedError:
    return CheckFailedError("board", detail)


def check_signed(data: bytes, log: VerifierKey, what: str) -> Checkpoint:
    """Check form, origin and the log's signature lines of a checkpoint; return it or raise (board)."""
    checkpoint = parse_checkpoint(data)
    if checkpoint is None:
        msg = f"{what} is not of a checkpoint's form"
        raise _failure(msg)
    if checkpoint.origin != log.name:
        msg = f"{what} is of another origin than the manifest's board"
        raise _failure(msg)
    own = [
        signature[_ID_SIZE:]
        for name, signature in checkpoint.signatures
        if name == log.name and signature[:_ID_SIZE] == log.key_id
    ]
    if not own:
        msg = f"{what} is not signed by the log"
        raise _failure(msg)
    if not all(ed25519.verify(log.key, checkpoint.text, signature) for signature in own):
        msg = f"the log's signature on {what} does not verify"
        raise _failure(msg)
    return checkpoint


def count_cosignatures(checkpoint: Checkpoint, witnesses: Sequence[VerifierKey]) -> int:
    """Count distinct listed witnesses with a valid cosignature (C2SP tlog-cosignature, Ed25519)."""
    return sum(
        any(
            name == witness.name and _cosigned(checkpoint, witness, signature)
            for name, signature in checkpoint.signatures
        )
        for witness in witnesses
    )


def _cosigned(checkpoint: Checkpoint, witness: VerifierKey, signature: bytes) -> bool:
    if len(signature) != _ID_SIZE + _TIME_SIZE + ed25519.SIGNATURE_SIZE or signature[:_ID_SIZE] != witness.key_id:
        return False
    at = int.from_bytes(signature[_ID_SIZE : _ID_SIZE + _TIME_SIZE], "big")
    message = f"cosignature/v1\ntime {at}\n".encode() + checkpoint.text
    return ed25519.verify(witness.key, message, signature[_ID_SIZE + _TIME_SIZE :])
