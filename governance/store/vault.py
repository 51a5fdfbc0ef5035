"""What only this installation can read or make: encryption at rest and keyed hashes, under a key from configuration.

The key is never in the database, so a stolen copy of it shows no seed, no declaration, and cannot be asked who voted.
"""

import hmac
import secrets
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session

from governance.errors import GovernanceError

KEY: Final = 32
_NONCE = 12
INFO = "vault"
"""Where a session keeps it."""


class VaultError(GovernanceError):
    """The key in the configuration is not the one that this database was written with."""


class Vault:
    """The key, divided by purpose, so that nothing made for one can stand for another."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY:
            msg = f"the key of the installation has {KEY} bytes"
            raise ValueError(msg)
        self._key = key

    def __repr__(self) -> str:
        return "Vault()"

    def _for(self, purpose: str) -> bytes:
        return hmac.digest(self._key, purpose.encode(), "sha256")

    def seal(self, purpose: str, data: bytes) -> bytes:
        """Encrypt with AES-256-GCM: 12 random bytes, then the ciphertext."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + AESGCM(self._for("seal " + purpose)).encrypt(nonce, data, purpose.encode())

    def open(self, purpose: str, sealed: bytes) -> bytes:
        """Decrypt what `seal` made for this purpose.

        Raises:
            VaultError: It was made with another key, for another purpose, or was changed.
        """
        try:
            key = AESGCM(self._for("seal " + purpose))
            return key.decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
        except InvalidTag:
            msg = "What is encrypted in the database cannot be read with the key in the configuration."
            raise VaultError(msg) from None

    def tag(self, purpose: str, *parts: str | bytes) -> bytes:
        """A keyed hash of 32 bytes; each part is bound with its length."""
        return hmac.digest(self._for("tag " + purpose), b"".join(_framed(parts)), sha256)


def _framed(parts: Iterable[str | bytes]) -> Iterable[bytes]:
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        yield len(data).to_bytes(8, "big")
        yield data


def equip(session: Session, vault: Vault) -> None:
    """Give a session the vault that its services use."""
    session.info[INFO] = vault


def vault(session: Session) -> Vault:
    """The vault of a session; `database.sessions` gives each one its own."""
    kept = session.info[INFO]
    assert isinstance(kept, Vault)  # noqa: S101  whoever made the session forgot `equip`
    return kept
