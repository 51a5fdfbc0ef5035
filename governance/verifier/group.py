"""The group ristretto255 (RFC 9496) over Python's integers.

Points inside are of the Edwards curve edwards25519, in one of two shapes:
  * `Extended`: (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z (RFC 8032 section 5.1.4);
  * `Affine`: 64 bytes, x ‖ y little-endian: what the verifier keeps of a decoded point, since decoding is the
    dear part (one power in the field) and is to be done once.
An element of the group is a coset of the four points of order dividing 4, so two shapes may differ and be equal.
"""

import hashlib
from typing import Final

P: Final = 2**255 - 19
D: Final = 37095705934669439343138083508754565189542113879843219016388785533085940283555
"""The curve's constant d = -121665/121666."""

D2: Final = 2 * D % P
SQRT_M1: Final = 19681161376707505956807079304988542015446066515923890162744021073123829784752
_INVSQRT_A_MINUS_D: Final = 54469307008909316920995813868745141605393597292927456921205312896311721017578
_SQRT_AD_MINUS_ONE: Final = 25063068953384623474111414158702152701244531502492656460079210482610430750235
_ONE_MINUS_D_SQ: Final = 1159843021668779879193775521855586647937357759715417654439879720876111806838
_D_MINUS_ONE_SQ: Final = 40440834346308536858101042469323190826248399146238708352240133220865137265952
_INVERSE_ROOT: Final = (7 * P - 11) // 8
"""w to this power is a square root of 1/w, up to a fourth root of unity, when there is one."""

Extended = tuple[int, int, int, int]
IDENTITY: Final[Extended] = (0, 1, 1, 0)
IDENTITY_BYTES: Final = bytes(32)
POINT_SIZE: Final = 32
_SMALL_BITS: Final = 24
AFFINE_SIZE: Final = 64


def _inverse_square_root(value: int) -> tuple[bool, int]:
    """SQRT_RATIO_M1(1, value) of RFC 9496 section 4.2: (it was a square, the non-negative root)."""
    root = pow(value, _INVERSE_ROOT, P)
    check = value * root * root % P
    if check == P - 1:
        root = root * SQRT_M1 % P
    elif check != 1:
        return False, root
    return True, P - root if root & 1 else root


def _coordinates(data: bytes) -> tuple[int, int] | None:
    """Affine x and y of an encoding (RFC 9496 section 4.3.1), None when it is not valid."""
    s = int.from_bytes(data, "little")
    if s >= P or s & 1 or len(data) != POINT_SIZE:
        return None
    ss = s * s % P
    u1 = 1 - ss
    u2 = 1 + ss
    u2_squared = u2 * u2 % P
    v = (-D * u1 * u1 - u2_squared) % P
    was_square, inverse = _inverse_square_root(v * u2_squared % P)
    if not was_square:
        return None
    den_x = inverse * u2 % P
    x = 2 * s * den_x % P
    if x & 1:
        x = P - x
    y = u1 * inverse % P * den_x % P * v % P
    if y == 0 or (x * y % P) & 1:
        return None
    return x, y


def decode(data: bytes) -> bytes | None:
    """Return the affine form of an encoding; None for every one that RFC 9496 rejects."""
    found = _coordinates(data)
    return None if found is None else found[0].to_bytes(32, "little") + found[1].to_bytes(32, "little")


def is_valid(data: bytes) -> bool:
    """Say whether 32 bytes are a valid encoding (the identity's is)."""
    return _coordinates(data) is not None


def decode_all(data: bytes) -> bytes | int:
    """Decode concatenated encodings: their affine forms one after another, or the index of the first bad one."""
    out = bytearray()
    for offset in range(0, len(data), POINT_SIZE):
        found = _coordinates(data[offset : offset + POINT_SIZE])
        if found is None:
            return offset // POINT_SIZE
        out += found[0].to_bytes(32, "little") + found[1].to_bytes(32, "little")
    return bytes(out)


def from_affine(data: bytes) -> Extended:
    """Read an affine form."""
    x = int.from_bytes(data[:32], "little")
    y = int.from_bytes(data[32:], "little")
    return x, y, 1, x * y % P


def to_affine(points: list[Extended]) -> bytes:
    """Write affine forms one after another, with one inversion for all (Montgomery's trick)."""
    products = [1]
    for point in points:
        products.append(products[-1] * point[2] % P)
    inverse = pow(products[-1], -1, P)
    pieces = [b""] * len(points)
    for index in range(len(points) - 1, -1, -1):
        x, y, z, _ = points[index]
        this = inverse * products[index] % P
        inverse = inverse * z % P
        pieces[index] = (x * this % P).to_bytes(32, "little") + (y * this % P).to_bytes(32, "little")
    return b"".join(pieces)


def encode(point: Extended) -> bytes:
    """Return the canonical encoding (RFC 9496 section 4.3.2)."""
    x0, y0, z0, t0 = point
    u1 = (z0 + y0) * (z0 - y0) % P
    u2 = x0 * y0 % P
    _, inverse = _inverse_square_root(u1 * u2 % P * u2 % P)
    den1 = inverse * u1 % P
    den2 = inverse * u2 % P
    z_inv = den1 * den2 % P * t0 % P
    if (t0 * z_inv % P) & 1:
        x, y, den_inv = y0 * SQRT_M1 % P, x0 * SQRT_M1 % P, den1 * _INVSQRT_A_MINUS_D % P
    else:
        x, y, den_inv = x0, y0, den2
    if (x * z_inv % P) & 1:
        y = -y
    s = den_inv * (z0 - y) % P
    return (P - s if s & 1 else s).to_bytes(32, "little")


def is_identity(point: Extended) -> bool:
    """Say whether the coset is the identity's: x = 0 or y = 0 (RFC 9496 section 4.5).

    No point has both. A sum has where (0, 0) was ever added, which no encoding gives: it is nothing, and no equation holds.
    """
    return (point[0] % P == 0) != (point[1] % P == 0)


def equal(one: Extended, two: Extended) -> bool:
    """Compare as elements of the group (RFC 9496 section 4.5); (0, 0) is none, and equal to nothing."""
    if any(point[0] % P == point[1] % P == 0 for point in (one, two)):
        return False
    return (one[0] * two[1] - one[1] * two[0]) % P == 0 or (one[1] * two[1] - one[0] * two[0]) % P == 0


def add(one: Extended, two: Extended) -> Extended:
    """Add two points; complete on this curve, so doubling and the identity are no special cases."""
    x1, y1, z1, t1 = one
    x2, y2, z2, t2 = two
    a = (y1 - x1) * (y2 - x2)
    b = (y1 + x1) * (y2 + x2)
    c = t1 * t2 % P * D2 % P
    d = 2 * z1 * z2 % P
    e, f, g, h = (b - a) % P, d - c, d + c, (b + a) % P
    return e * f % P, g * h % P, f * g % P, e * h % P


def double(point: Extended) -> Extended:
    """Add a point to itself (RFC 8032 section 5.1.4)."""
    x, y, z, _ = point
    a = x * x % P
    b = y * y % P
    h = a + b
    e = (h - (x + y) * (x + y)) % P
    g = a - b
    f = (2 * z * z + g) % P
    return e * f % P, g * h % P, f * g % P, e * h % P


def negate(point: Extended) -> Extended:
    """Return minus a point."""
    return -point[0] % P, point[1], point[2], -point[3] % P


def multiply(scalar: int, point: Extended) -> Extended:
    """Return scalar times a point, 0 <= scalar, by windows of four bits (small scalars bit by bit)."""
    if scalar.bit_length() <= _SMALL_BITS:
        small = IDENTITY
        for shift in range(scalar.bit_length() - 1, -1, -1):
            small = double(small)
            if scalar >> shift & 1:
                small = add(small, point)
        return small
    table = [IDENTITY, point]
    for _ in range(14):
        table.append(add(table[-1], point))
    result = IDENTITY
    for shift in range((scalar.bit_length() + 3) // 4 * 4 - 4, -1, -4):
        result = double(double(double(double(result))))
        digit = scalar >> shift & 15
        if digit:
            result = add(result, table[digit])
    return result


def _map(data: bytes) -> Extended:
    """MAP of RFC 9496 section 4.3.4: 32 bytes to a point."""
    t = int.from_bytes(data, "little") % 2**255 % P
    r = SQRT_M1 * t % P * t % P
    u = (r + 1) * _ONE_MINUS_D_SQ % P
    v = (-1 - r * D) * (r + D) % P
    # SQRT_RATIO_M1(u, v), written with the root of 1/(uv) so that one power serves: sqrt(u/v) = u·sqrt(1/(uv)).
    was_square, root = _inverse_square_root(u * v % P)
    if was_square:
        s = u * root % P
        s = P - s if s & 1 else s
        c = P - 1
    else:
        s = _nonsquare_root(u, v) * t % P
        s = s if s & 1 else -s % P
        c = r
    n = (c * (r - 1) * _D_MINUS_ONE_SQ - v) % P
    w0 = 2 * s * v % P
    w1 = n * _SQRT_AD_MINUS_ONE % P
    ss = s * s % P
    w2, w3 = 1 - ss, 1 + ss
    return w0 * w3 % P, w2 * w1 % P, w1 * w3 % P, w0 * w2 % P


def _nonsquare_root(u: int, v: int) -> int:
    """Return the non-negative root of i·u/v where u/v is no square."""
    _, root = _inverse_square_root(SQRT_M1 * u * v % P)
    # root^2 = 1/(i·u·v), hence (i·u·root)^2 = i·u/v.
    found = SQRT_M1 * u * root % P
    return P - found if found & 1 else found


def derive(uniform: bytes) -> Extended:
    """Element derivation (RFC 9496 section 4.3.4): 64 uniform bytes to an element."""
    return add(_map(uniform[:32]), _map(uniform[32:]))


def hash_to_group(domain: str, data: bytes) -> Extended:
    """`h2g` of protocol.md section 3."""
    tag = domain.encode()
    return derive(hashlib.sha512(len(tag).to_bytes(2, "big") + tag + data).digest())


BASE: Final = from_affine(
    decode(bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76")) or b""
)
"""G."""
