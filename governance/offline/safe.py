"""A file of secrets under a passphrase: Argon2id (RFC 9106) and ChaCha20-Poly1305 (RFC 8439).

The file is the line `governance-secret/1`, a line of canonical JSON that anybody may read {"cipher", "kdf": {"lanes",
"memory", "name", "passes", "salt"}, "nonce", "owner", "plain"}, and the sealed bytes of a canonical JSON value. Both
lines are authenticated with it. `plain` is what `status` shows without the passphrase: nothing secret.
"""

import secrets
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from governance.board import canonical
from governance.errors import MalformedError
from governance.offline import files

MAGIC = b"governance-secret/1\n"
MAX_SIZE = 2**28
LEAST = 12
"""Characters of a passphrase."""
_CIPHER = "chacha20-poly1305"
_NONCE = 12
_SALT = 16
_KEY = 32
_HEAD = {"cipher", "kdf", "nonce", "owner", "plain"}


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess costs; a file that asks for more than MOST is not opened."""

    memory: int
    """KiB."""
    passes: int
    lanes: int


COST = Cost(memory=2**18, passes=3, lanes=4)
MOST = Cost(memory=2**20, passes=16, lanes=16)


def _derive(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    text = unicodedata.normalize("NFC", passphrase).encode()  # two keyboards, one passphrase
    kdf = Argon2id(salt=salt, length=_KEY, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory)
    return kdf.derive(text)


@dataclass(frozen=True, slots=True)
class Safe:
    """An open safe: it can be stored again without asking for the passphrase."""

    path: Path
    owner: str
    salt: bytes
    cost: Cost
    key: bytes = field(repr=False)

    def store(self, plain: dict[str, Any], value: Any) -> None:
        """Seal a value and let it take the place of what was there; it lasts before this returns."""
        nonce = secrets.token_bytes(_NONCE)
        kdf = {"name": "argon2id", "salt": self.salt.hex(), "memory": self.cost.memory}
        kdf |= {"passes": self.cost.passes, "lanes": self.cost.lanes}
        head = {"cipher": _CIPHER, "kdf": kdf, "nonce": nonce.hex(), "owner": self.owner, "plain": plain}
        top = MAGIC + canonical.dump(head) + b"\n"
        files.write(self.path, top + ChaCha20Poly1305(self.key).encrypt(nonce, canonical.dump(value), top))


def make(path: Path, owner: str, passphrase: str) -> Safe:
    """A new safe, not stored yet.

    Raises:
        MalformedError: The passphrase is too short.
    """
    if len(passphrase) < LEAST:
        msg = f"a passphrase has at least {LEAST} characters: four or five words that are not a saying are good"
        raise MalformedError(msg)
    salt = secrets.token_bytes(_SALT)
    return Safe(path, owner, salt, COST, _derive(passphrase, salt, COST))


def peek(path: Path, owner: str) -> dict[str, Any]:
    """What a safe says without its passphrase; nothing vouches for it.

    Raises:
        MalformedError: It is no safe, or another tool's.
    """
    return _read(path, owner).plain


def unlock(path: Path, owner: str, passphrase: str) -> tuple[Safe, Any]:
    """Open a safe: itself, and what is in it.

    Raises:
        MalformedError: It is no safe, another tool's, damaged, or the passphrase is wrong.
    """
    read = _read(path, owner)
    key = _derive(passphrase, read.salt, read.cost)
    try:
        value = ChaCha20Poly1305(key).decrypt(read.nonce, read.sealed, read.top)
    except InvalidTag:
        msg = f"the passphrase does not open {path}, or the file is damaged"
        raise MalformedError(msg) from None
    return Safe(path, owner, read.salt, read.cost, key), canonical.parse(value)


@dataclass(frozen=True, slots=True)
class _Read:
    plain: dict[str, Any]
    salt: bytes
    cost: Cost
    nonce: bytes
    top: bytes
    sealed: bytes


def _read(path: Path, owner: str) -> _Read:
    data = files.read(path, MAX_SIZE)
    first, _, rest = data.partition(b"\n")
    line, gap, sealed = rest.partition(b"\n")
    if first + b"\n" != MAGIC or not gap:
        msg = f"{path} is no file of secrets that this tool made"
        raise MalformedError(msg)
    head = canonical.parse(line)
    if not isinstance(head, dict) or head.keys() != _HEAD or not isinstance(head["plain"], dict):
        msg = f"{path} is damaged: its second line has another form"
        raise MalformedError(msg)
    if head["owner"] != owner:
        msg = f"{path} is not a {owner}'s file"
        raise MalformedError(msg)
    if head["cipher"] != _CIPHER:
        msg = f"{path} is sealed in a way that this tool does not know"
        raise MalformedError(msg)
    salt, cost = _read_kdf(path, head["kdf"])
    nonce = _bytes(path, head["nonce"], _NONCE)
    return _Read(head["plain"], salt, cost, nonce, data[: len(data) - len(sealed)], sealed)


def _read_kdf(path: Path, kdf: Any) -> tuple[bytes, Cost]:
    names = ("memory", "passes", "lanes")
    if not isinstance(kdf, dict) or kdf.keys() != {"name", "salt", *names} or kdf["name"] != "argon2id":
        msg = f"{path} is sealed in a way that this tool does not know"
        raise MalformedError(msg)
    most = {"memory": MOST.memory, "passes": MOST.passes, "lanes": MOST.lanes}
    numbers = {name: kdf[name] for name in names}
    right = all(isinstance(number, int) and not isinstance(number, bool) for number in numbers.values())
    if not right or not all(1 <= numbers[name] <= most[name] for name in names):
        msg = f"{path} asks for more memory or time than such a file can need"
        raise MalformedError(msg)
    cost = Cost(**numbers)
    if cost.memory < 8 * cost.lanes:
        msg = f"{path} is damaged: too little memory for its lanes"
        raise MalformedError(msg)
    return _bytes(path, kdf["salt"], _SALT), cost


def _bytes(path: Path, value: Any, size: int) -> bytes:
    try:
        data = bytes.fromhex(value) if isinstance(value, str) else b""
    except ValueError:
        data = b""
    if len(data) != size:
        msg = f"{path} is damaged: its second line has another form"
        raise MalformedError(msg)
    return data
