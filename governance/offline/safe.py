"""A file of secrets under a passphrase: Argon2id (RFC 9106) and ChaCha20-Poly1305 (RFC 8439).

The file is the line `governance-secret/1`, a line of canonical JSON that anybody may read {"cipher", "kdf": {"lanes",
"memory", "name", "passes", "salt"}, "nonce", "number", "owner", "plain"}, and the sealed bytes of a canonical JSON value.
Both lines are authenticated with it. `plain` is what `status` shows without the passphrase: nothing secret. `number` says
how often the file was stored; `newest.py` keeps it beside the file, so that an older copy is told from the newest.
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
from governance.offline import files, newest

MAGIC = b"governance-secret/1\n"
MAX_SIZE = 2**28
LEAST = 12
"""Characters of a passphrase."""
_CIPHER = "chacha20-poly1305"
_NONCE = 12
_SALT = 16
_KEY = 32
_MAX_HEAD = 2**18
_HEAD = {"cipher", "kdf", "nonce", "number", "owner", "plain"}


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess costs; a file that asks for more than MOST, what this tool itself writes, is not opened."""

    memory: int
    """KiB."""
    passes: int
    lanes: int


COST = Cost(memory=2**18, passes=3, lanes=4)
MOST = Cost(memory=2**18, passes=3, lanes=4)


def _derive(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    text = unicodedata.normalize("NFC", passphrase).encode()  # two keyboards, one passphrase
    kdf = Argon2id(salt=salt, length=_KEY, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory)
    return kdf.derive(text)


@dataclass(slots=True)
class Safe:
    """An open safe: it can be stored again without asking for the passphrase."""

    path: Path
    owner: str
    salt: bytes
    cost: Cost
    key: bytes = field(repr=False)
    number: int = 0
    """How often it was stored."""

    def store(self, plain: dict[str, Any], value: Any) -> None:
        """Seal a value and let it take the place of what was there; it lasts before this returns."""
        self.number = max(self.number, newest.read(self.path, self.salt) or 0) + 1
        nonce = secrets.token_bytes(_NONCE)
        kdf = {"name": "argon2id", "salt": self.salt.hex(), "memory": self.cost.memory}
        kdf |= {"passes": self.cost.passes, "lanes": self.cost.lanes}
        head = {"cipher": _CIPHER, "kdf": kdf, "nonce": nonce.hex(), "number": self.number, "owner": self.owner}
        top = MAGIC + canonical.dump(head | {"plain": plain}) + b"\n"
        files.write(self.path, top + ChaCha20Poly1305(self.key).encrypt(nonce, canonical.dump(value), top))
        newest.note(self.path, self.salt, self.number)  # after the file: if the machine stops between, nothing is older

    def read(self) -> Any:
        """What is in the file now, which another command may have stored since.

        Raises:
            MalformedError: It is damaged, or another file.
        """
        read = _read(self.path, self.owner)
        try:
            value = ChaCha20Poly1305(self.key).decrypt(read.nonce, read.sealed, read.top)
        except InvalidTag:
            msg = f"the passphrase does not open {self.path}, or the file is damaged"
            raise MalformedError(msg) from None
        self.number = read.number
        return canonical.parse(value)

    def doubt(self) -> str:
        """Why this may be an older copy of the file; empty if it is the newest that was stored here."""
        last = newest.read(self.path, self.salt)
        if last is None:
            return f"{self.path} may be an older copy: {newest.beside(self.path).name}, which says so, is not beside it"
        return f"{self.path} is an older copy: it was stored here again since" if last > self.number else ""


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
    opened = Safe(path, owner, read.salt, read.cost, _derive(passphrase, read.salt, read.cost))
    return opened, opened.read()


@dataclass(frozen=True, slots=True)
class _Read:
    plain: dict[str, Any]
    number: int
    salt: bytes
    cost: Cost
    nonce: bytes
    top: bytes
    sealed: bytes


def _read(path: Path, owner: str) -> _Read:
    data = files.read(path, MAX_SIZE)
    end = data.find(b"\n", len(MAGIC), len(MAGIC) + _MAX_HEAD)
    if not data.startswith(MAGIC) or end < 0:
        msg = f"{path} is no file of secrets that this tool made"
        raise MalformedError(msg)
    top, sealed = data[: end + 1], data[end + 1 :]
    head = canonical.parse(top[len(MAGIC) : -1])
    if not isinstance(head, dict) or head.keys() != _HEAD or not isinstance(head["plain"], dict):
        msg = f"{path} is damaged: its second line has another form"
        raise MalformedError(msg)
    if head["owner"] != owner:
        msg = f"{path} is not a {owner}'s file"
        raise MalformedError(msg)
    if head["cipher"] != _CIPHER:
        msg = f"{path} is sealed in a way that this tool does not know"
        raise MalformedError(msg)
    number = head["number"]
    if not isinstance(number, int) or isinstance(number, bool):
        msg = f"{path} is damaged: its second line has another form"
        raise MalformedError(msg)
    salt, cost = _read_kdf(path, head["kdf"])
    return _Read(head["plain"], number, salt, cost, _bytes(path, head["nonce"], _NONCE), top, sealed)


def _read_kdf(path: Path, kdf: Any) -> tuple[bytes, Cost]:
    names = ("memory", "passes", "lanes")
    if not isinstance(kdf, dict) or kdf.keys() != {"name", "salt", *names} or kdf["name"] != "argon2id":
        msg = f"{path} is sealed in a way that this tool does not know"
        raise MalformedError(msg)
    most = {"memory": MOST.memory, "passes": MOST.passes, "lanes": MOST.lanes}
    numbers = {name: kdf[name] for name in names}
    right = all(isinstance(number, int) and not isinstance(number, bool) for number in numbers.values())
    if not right or not all(1 <= numbers[name] <= most[name] for name in names):
        msg = (
            f"{path} asks for more memory or time to be opened than this tool's own files do "
            f"({MOST.memory // 1024} MiB): it is not opened; look for the file as this tool wrote it"
        )
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
