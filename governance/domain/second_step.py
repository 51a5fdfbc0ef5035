"""The second step of signing in: who needs one, when a code is good and how long it lasts, how recovery codes look.

A code is what every authenticator app shows: RFC 6238 with HMAC-SHA-1, 30 seconds, six digits. docs/adr/0003 has the reasons.
"""

import hmac
import unicodedata
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from governance.domain.signing_in import Role

SECRET = 20
"""Bytes of a secret (RFC 4226, section 4: 160 bits are recommended)."""
DIGITS = 6
STEP = 30
"""Seconds of one code."""
DRIFT = 1
"""By how many steps a device's clock may be wrong, either way."""
TRIES = 5
"""Wrong codes, after which a session ends."""
FRESH = timedelta(minutes=30)
"""How long ago it may have been passed, for what cannot be undone."""
RECOVERY_CODES = 10
RECOVERY_DIGITS = 16
GROUP = 4


def is_needed(roles: frozenset[Role]) -> bool:
    """Whether somebody has to pass a second step: whoever decides, or sees what is others'."""
    return bool(roles - {Role.MEMBER})


def is_fresh(passed: datetime | None, now: datetime) -> bool:
    """Whether it was passed so lately that what cannot be undone may follow."""
    return passed is not None and now - passed < FRESH


def step_of(now: datetime) -> int:
    """The step of RFC 6238 that a moment lies in."""
    return int(now.timestamp()) // STEP


def code(secret: bytes, step: int) -> str:
    """What an authenticator shows in a step."""
    return _totp(secret).generate(step * STEP).decode()


def find(secret: bytes, typed: str, now: datetime) -> int | None:
    """The newest step near `now` whose code was typed; None if there is none.

    Args:
        secret: Of the device.
        typed: Digits alone, as `digits` gives them.
        now: The time.
    """
    here = step_of(now)
    near = range(max(here - DRIFT, 0), here + DRIFT + 1)
    right = [step for step in near if hmac.compare_digest(code(secret, step), typed)]
    return max(right, default=None)


def digits(typed: str) -> str:
    """The digits of what somebody typed, of whatever script, as 0 to 9; all else is left out."""
    return "".join(str(unicodedata.decimal(letter)) for letter in typed if letter.isdecimal())


def recovery_code(number: int) -> str:
    """A recovery code, in groups that can be read and typed; from a number below 10 to the power of RECOVERY_DIGITS."""
    return grouped(f"{number:0{RECOVERY_DIGITS}}")


def grouped(text: str) -> str:
    """A long word in groups of four."""
    return " ".join(text[i : i + GROUP] for i in range(0, len(text), GROUP))


def address(secret: bytes, account: str, issuer: str) -> str:
    """The otpauth address that an authenticator reads from a QR code.

    Args:
        secret: Of the device.
        account: Whose it is, as the device shows it: a mail address.
        issuer: The organisation. A colon would divide it, so there is none.
    """
    uri = _totp(secret).get_provisioning_uri(account.replace(":", " "), issuer.replace(":", " "))
    return uri.replace("+", "%20")  # some apps show a plus as it stands


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), STEP)  # noqa: S303  HMAC, as every authenticator app has it
