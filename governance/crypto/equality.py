"""Batched proof that two lists share one logarithm: RFC 9497, sections 2.2.1 and 2.2.2, ristretto255-SHA512."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha512

from governance.crypto import group
from governance.crypto.group import Element
from governance.errors import ProofError

RUN = 32_768
"""Pairs under one proof: the RFC counts them in two bytes."""

_BLOCK = 128


@dataclass(frozen=True, slots=True)
class Proof:
    """The RFC's [c, s]."""

    c: int
    s: int


def _two(data: bytes) -> bytes:
    return struct.pack(">H", len(data)) + data


def hash_to_scalar(message: bytes, context: bytes) -> int:
    """RFC 9497, section 4.1: expand_message_xmd (RFC 9380, 5.3.1) with SHA-512 to one block of 64 bytes."""
    tag = b"HashToScalar-" + context
    tag = sha512(b"H2C-OVERSIZE-DST-" + tag).digest() if len(tag) > 255 else tag  # noqa: PLR2004  RFC 9380, 5.3.3
    suffix = tag + bytes([len(tag)])
    first = sha512(bytes(_BLOCK) + message + struct.pack(">H", 64) + b"\0" + suffix).digest()
    return group.reduce(sha512(first + b"\1" + suffix).digest())


def _weights(key: Element, left: Sequence[Element], right: Sequence[Element], context: bytes) -> list[int]:
    """The RFC's d_i."""
    seed = _two(sha512(_two(key) + _two(b"Seed-" + context)).digest())

    def weight(i: int) -> int:
        data = seed + struct.pack(">H", i) + _two(left[i]) + _two(right[i]) + b"Composite"
        return hash_to_scalar(data, context)

    return [weight(i) for i in range(len(left))]


def _challenge(elements: Sequence[Element], context: bytes) -> int:
    return hash_to_scalar(b"".join(map(_two, elements)) + b"Challenge", context)


def prove(
    secret: int, key: Element, left: Sequence[Element], right: Sequence[Element], nonce: int, context: bytes
) -> Proof:
    """Prove right[i] = secret · left[i] for all i, and key = secret · G.

    Args:
        secret: The logarithm.
        key: secret · G.
        left: The C_i, at most 65,535 of them.
        right: The D_i.
        nonce: r, uniform, used once.
        context: The RFC's contextString.
    """
    weights = _weights(key, left, right, context)
    m = group.sum_of_products(weights, left)
    z = group.multiply(secret, m)
    c = _challenge((key, m, z, group.multiply_base(nonce), group.multiply(nonce, m)), context)
    return Proof(c, (nonce - c * secret) % group.ORDER)


def check(key: Element, left: Sequence[Element], right: Sequence[Element], proof: Proof, context: bytes) -> None:
    """The RFC's VerifyProof.

    Raises:
        ProofError: It does not hold.
    """
    weights = _weights(key, left, right, context)
    m = group.sum_of_products(weights, left)
    z = group.sum_of_products(weights, right)
    t2 = group.add(group.multiply_base(proof.s), group.multiply(proof.c, key))
    t3 = group.add(group.multiply(proof.s, m), group.multiply(proof.c, z))
    if _challenge((key, m, z, t2, t3), context) != proof.c:
        msg = "the proof that the factors were made with the trustee's key does not hold"
        raise ProofError(msg)
