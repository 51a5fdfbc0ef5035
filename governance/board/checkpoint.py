"""Signed tree heads (protocol.md, section 13): C2SP signed-note, tlog-checkpoint, tlog-cosignature."""

import base64
import binascii
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from governance.crypto import signature
from governance.errors import MalformedError, ProofError

MAX_CHECKPOINT = 2**16
LOG = 0x01
"""The type of a log's Ed25519 key."""
WITNESS = 0x04
"""The type of a cosigning witness's key."""

_DASH = "\N{EM DASH} "
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_KEY = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)")
_KEY_ID = 4
_TIME = 8


def _base64(text: str) -> bytes:
    """Standard, padded, canonical base64.

    Raises:
        MalformedError: It is not.
    """
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        data = b""
    if base64.b64encode(data).decode() != text:
        msg = "not in base64"
        raise MalformedError(msg)
    return data


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A C2SP verifier key: `name+id+base64(type ‖ key)`."""

    name: str
    type: int
    key: bytes
    """32 bytes."""

    @property
    def id(self) -> bytes:
        """The first four bytes of SHA-256(name ‖ LF ‖ type ‖ key)."""
        return sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.key).digest()[:_KEY_ID]

    def __str__(self) -> str:
        body = base64.b64encode(bytes([self.type]) + self.key).decode()
        return f"{self.name}+{self.id.hex()}+{body}"


def read_key(text: str, kind: int) -> VerifierKey:
    """Read a verifier key of the type wanted.

    Raises:
        MalformedError: It is none, is of another type, its id is not its own, or it is no good Ed25519 key.
    """
    match = _KEY.fullmatch(text)
    data = _base64(match[3]) if match else b""
    if match is None or len(data) != 1 + signature.KEY:
        msg = "it is no C2SP verifier key"
        raise MalformedError(msg)
    key = VerifierKey(match[1], data[0], data[1:])
    if key.type != kind:
        msg = f"the key {key.name} is of type {key.type}, not {kind}"
        raise MalformedError(msg)
    if key.id.hex() != match[2]:
        msg = f"the key {key.name} has another id than it says"
        raise MalformedError(msg)
    if not signature.is_good_key(key.key):
        msg = f"the key {key.name} is no good Ed25519 key"
        raise MalformedError(msg)
    return key


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed tree head as it came."""

    origin: str
    size: int
    root: bytes
    text: bytes
    """What is signed: origin, size and root, each with its LF."""
    signatures: tuple[tuple[str, bytes], ...]
    """(name, key id ‖ signature) of each line."""


def body(origin: str, size: int, root: bytes) -> bytes:
    """The text that log and witnesses sign."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n".encode()


def looks_like_one(data: bytes) -> bool:
    """Whether a file is a checkpoint at all: UTF-8, at most 64 KiB, origin, size and a 32-byte root on its first lines."""
    try:
        lines = data.decode("utf-8").split("\n")
        return (
            len(data) <= MAX_CHECKPOINT
            and len(lines) >= 3  # noqa: PLR2004
            and bool(lines[0])
            and bool(_SIZE.fullmatch(lines[1]))
            and len(_base64(lines[2])) == len(sha256().digest())
        )
    except (UnicodeDecodeError, MalformedError):
        return False


def size_of(data: bytes) -> int:
    """The size that a file says which `looks_like_one`."""
    return int(data.decode("utf-8").split("\n")[1])


def parse(data: bytes) -> Checkpoint:
    """Read a signed checkpoint without extension lines.

    Raises:
        MalformedError: It is not of that form.
    """
    if not looks_like_one(data):
        msg = "the checkpoint is not an origin, a size and a root"
        raise MalformedError(msg)
    text = data.decode("utf-8")
    head, gap, tail = text.partition("\n\n")
    lines = tail.split("\n")
    if head.count("\n") != 2 or not gap or lines.pop() or not lines:  # noqa: PLR2004
        msg = "the checkpoint is not three lines, an empty one, and signatures"
        raise MalformedError(msg)
    signatures = []
    for line in lines:
        name, space, body64 = line.removeprefix(_DASH).partition(" ")
        if not line.startswith(_DASH) or not name or not space or "+" in name or any(map(str.isspace, name)):
            msg = "a line below the checkpoint is no signature"
            raise MalformedError(msg)
        made = _base64(body64)
        if len(made) <= _KEY_ID:
            msg = "a signature of the checkpoint is too short"
            raise MalformedError(msg)
        signatures.append((name, made))
    origin, size, root64 = head.split("\n")
    return Checkpoint(origin, int(size), _base64(root64), head.encode() + b"\n", tuple(signatures))


def check_log(checkpoint: Checkpoint, key: VerifierKey) -> None:
    """Check origin and the log's signature: at least one line of the log's key, and every such line holds.

    Raises:
        ProofError: Another origin, no signature of the log, or one that does not hold.
    """
    if checkpoint.origin != key.name:
        msg = "the checkpoint is of another log"
        raise ProofError(msg)
    made = [data[_KEY_ID:] for name, data in checkpoint.signatures if name == key.name and data[:_KEY_ID] == key.id]
    if not made:
        msg = "the checkpoint is not signed by the log"
        raise ProofError(msg)
    for one in made:
        signature.check(key.key, checkpoint.text, one, "the checkpoint")


def cosigners(checkpoint: Checkpoint, witnesses: Sequence[VerifierKey]) -> int:
    """How many distinct listed witnesses cosigned; a cosignature that does not hold counts for nothing."""
    return len(cosignatures(checkpoint, witnesses))


def cosignatures(checkpoint: Checkpoint, witnesses: Sequence[VerifierKey]) -> dict[str, bytes]:
    """By the name of each listed witness that cosigned: the line, its LF included."""
    return {
        witness.name: _line(*line)
        for witness in witnesses
        for line in reversed(checkpoint.signatures)  # the first one that holds is kept
        if _cosigned(checkpoint, witness, line)
    }


def _cosigned(checkpoint: Checkpoint, witness: VerifierKey, line: tuple[str, bytes]) -> bool:
    name, data = line
    if name != witness.name or data[:_KEY_ID] != witness.id or len(data) != _KEY_ID + _TIME + signature.SIGNATURE:
        return False
    time = struct.unpack(">Q", data[_KEY_ID : _KEY_ID + _TIME])[0]
    try:
        signature.check(witness.key, cosigned_bytes(checkpoint.text, time), data[_KEY_ID + _TIME :], name)
    except ProofError:
        return False
    return True


def cosigned_bytes(text: bytes, time: int) -> bytes:
    """What a witness signs; time is in seconds since 1970."""
    return f"cosignature/v1\ntime {time}\n".encode() + text


def sign(origin: str, size: int, root: bytes, seed: bytes) -> bytes:
    """A checkpoint signed by the log whose Ed25519 seed this is."""
    key = VerifierKey(origin, LOG, signature.public_key(seed))
    text = body(origin, size, root)
    return text + b"\n" + _line(origin, key.id + signature.sign(seed, text))


def cosign(checkpoint: bytes, name: str, time: int, seed: bytes) -> bytes:
    """The checkpoint with one more line: a witness's cosignature at a time in seconds since 1970."""
    parsed = parse(checkpoint)
    key = VerifierKey(name, WITNESS, signature.public_key(seed))
    made = signature.sign(seed, cosigned_bytes(parsed.text, time))
    return checkpoint + _line(name, key.id + struct.pack(">Q", time) + made)


def _line(name: str, data: bytes) -> bytes:
    return f"{_DASH}{name} {base64.b64encode(data).decode()}\n".encode()
