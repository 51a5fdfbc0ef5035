"""Ed25519 and X25519 keys as protocol.md, section 1 wants them, and signatures over them."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from governance.errors import ProofError

KEY = 32
SIGNATURE = 64

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_SMALL_U = {
    0,
    1,
    _P - 1,
    325606250916557431795983626356110631294008115727848805560023387167927233504,
    39382357235489614581723060781553021112529911719440698176882885853963445705823,
}
"""The u-coordinates of the points of small order of curve25519 and its twist."""


def public_key(seed: bytes) -> bytes:
    """The 32-byte Ed25519 public key of a 32-byte seed."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def sign(seed: bytes, message: bytes) -> bytes:
    """A signature of 64 bytes (RFC 8032)."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(message)


def check(key: bytes, message: bytes, signature: bytes, whose: str) -> None:
    """Check a signature; `whose` names it in the error.

    Raises:
        ProofError: The key is not good (section 1) or the signature does not hold.
    """
    if not is_good_key(key):
        msg = f"{whose}: the key is no good Ed25519 key"
        raise ProofError(msg)
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        msg = f"{whose}: the signature does not hold"
        raise ProofError(msg) from None


def is_good_key(key: bytes) -> bool:
    """Whether an Ed25519 key is the canonical encoding of a point that is not of small order."""
    if len(key) != KEY:
        return False
    y = int.from_bytes(key, "little") & (2**255 - 1)
    if y >= _P:
        return False
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P  # d·y² + 1 is never 0: -1/d is no square
    if square == 0:
        return False  # y = 1 or -1: order 1 or 2, whatever the sign bit says of x = 0
    if pow(square, (_P - 1) // 2, _P) != 1:
        return False
    for _ in range(2):
        y = _double(y)
    return y not in (1, _P - 1)  # four times the point has order 1 or 2 exactly when eight times it is the identity


def _double(y: int) -> int:
    """The y-coordinate of twice a point, from its y alone: (y² + x²)/(1 - d·x²·y²) with -x² + y² = 1 + d·x²·y²."""
    x2 = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    return (y * y + x2) * pow(2 - (y * y - x2), -1, _P) % _P


def is_good_box(key: bytes) -> bool:
    """Whether an X25519 key is not of small order."""
    return len(key) == KEY and (int.from_bytes(key, "little") & (2**255 - 1)) % _P not in _SMALL_U
