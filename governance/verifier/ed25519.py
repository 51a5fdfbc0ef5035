"""Ed25519 signatures (RFC 8032 section 5.1.7), cofactorless and strict as protocol.md section 1 decides."""

import hashlib
from typing import Final

from .group import BASE, SQRT_M1, D, Extended, P, add, double, multiply, negate
from .transcript import ORDER

KEY_SIZE: Final = 32
SIGNATURE_SIZE: Final = 64

# The base point of RFC 8032 is (x, 4/5) with x even; ristretto's G is in the same coset but may be another point.
_BASE_Y: Final = 4 * pow(5, -1, P) % P


def decode_point(data: bytes) -> Extended | None:
    """Decode a point of the curve (RFC 8032 section 5.1.3); None unless the encoding is canonical."""
    if len(data) != KEY_SIZE:
        return None
    value = int.from_bytes(data, "little")
    sign = value >> 255
    y = value & (1 << 255) - 1
    if y >= P:
        return None
    u = (y * y - 1) % P
    v = (D * y * y + 1) % P
    # A root of u/v: u·v^3·(u·v^7)^((p-5)/8), up to a root of -1.
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P == P - u and u:
        x = x * SQRT_M1 % P
    elif v * x * x % P != u:
        return None
    if x == 0 and sign:
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def encode_point(point: Extended) -> bytes:
    """Encode a point of the curve (RFC 8032 section 5.1.2)."""
    x, y, z, _ = point
    inverse = pow(z, -1, P)
    return (y * inverse % P | (x * inverse % P & 1) << 255).to_bytes(32, "little")


_base = decode_point(_BASE_Y.to_bytes(32, "little"))
B: Final[Extended] = BASE if _base is None else _base
"""The base point of Ed25519."""


def is_good_key(key: bytes) -> bool:
    """Say whether a public key is canonical, on the curve and not of small order."""
    point = decode_point(key)
    if point is None:
        return False
    x, y, z, _ = double(double(double(point)))
    return not (x == 0 and y == z)


def verify(key: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether a signature is good: S < order and the encoding of S·B - h·A is R, byte for byte.

    The key is to be a good one (`is_good_key`); a key that does not decode verifies nothing.
    """
    point = decode_point(key)
    if point is None or len(signature) != SIGNATURE_SIZE:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    return encode_point(add(multiply(s, B), multiply(h, negate(point)))) == signature[:32]
