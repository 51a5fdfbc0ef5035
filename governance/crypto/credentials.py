"""Voters' codes and keys (protocol.md, section 5)."""

from dataclasses import dataclass
from hashlib import sha256

from governance.crypto import group
from governance.crypto.group import Element
from governance.crypto.transcript import Transcript
from governance.errors import MalformedError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32."""

RANDOM_BYTES = 15
_BODY = 24
_CHECK = 2


@dataclass(frozen=True, slots=True)
class Credential:
    """A voter's secret scalar and the public element that stands on the list."""

    secret: int
    public: Element


def base32(data: bytes, length: int) -> str:
    """The first `length` characters of Crockford base 32, high bits first."""
    bits = int.from_bytes(data, "big")
    spare = 8 * len(data)
    return "".join(ALPHABET[(bits >> (spare - 5 * (i + 1))) & 31] for i in range(length))


def _checksum(body: str) -> str:
    return base32(sha256(body.encode()).digest(), _CHECK)


def make_code(randomness: bytes) -> str:
    """The 26 characters of a code from 15 random bytes."""
    if len(randomness) != RANDOM_BYTES:
        msg = "a code is made of 15 random bytes"
        raise ValueError(msg)
    body = base32(randomness, _BODY)
    return body + _checksum(body)


def read_code(text: str) -> str:
    """The code as 26 upper-case characters, however it was typed.

    Raises:
        MalformedError: It is not a code; the sentence says what is wrong without repeating it.
    """
    code = text.translate(str.maketrans("", "", "- \t\r\n")).upper().translate(str.maketrans("ILO", "110"))
    if len(code) != _BODY + _CHECK:
        msg = f"a voting code has {_BODY + _CHECK} letters and digits; this one has {len(code)}"
        raise MalformedError(msg)
    if any(character not in ALPHABET for character in code):
        msg = "a voting code has only digits and the letters A to Z without U"
        raise MalformedError(msg)
    if _checksum(code[:_BODY]) != code[_BODY:]:
        msg = "this voting code has a typing mistake somewhere"
        raise MalformedError(msg)
    return code


def show_code(code: str) -> str:
    """The code in groups of four, the way it is printed."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def derive(code: str, ceremony: bytes) -> Credential:
    """The key pair of a code for one ceremony (cer, 64 bytes)."""
    transcript = Transcript("governance/v1/credential")
    transcript.absorb("ceremony", ceremony)
    transcript.absorb("code", read_code(code).encode())
    secret = transcript.scalar("sk")
    return Credential(secret=secret, public=group.multiply_base(secret))
