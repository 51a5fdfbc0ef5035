"""What a trustee keeps under the passphrase: the keys of one ceremony, and what was signed with them for ever.

One file serves one ceremony: its secrets can then be destroyed by deleting it, and no value of one election can ever be
used in another.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from typing import Any

from governance.crypto import ceremony, group, signature
from governance.errors import RuleError
from governance.offline.asking import Access, tracker
from governance.offline.prefix import Prefix
from governance.offline.safe import Safe

OWNER = "trustee"


@dataclass(slots=True)
class Keyring:
    """The secrets of one trustee; bytes are empty and numbers 0 until their step is done."""

    safe: Safe
    name: str
    identity: bytes = field(repr=False)
    """The Ed25519 seed."""
    box: bytes = field(repr=False)
    """The X25519 secret."""
    ceremony: bytes = b""
    """cer."""
    election: str = ""
    index: int = 0
    coefficients: list[int] = field(default_factory=list, repr=False)
    """Of the polynomial; forgotten once x_j is there."""
    key: bytes = b""
    """The trustee-key entry that was committed to."""
    shares: list[bytes] = field(default_factory=list)
    """The sealed messages to the others: made once, handed out as often as asked."""
    secret: int = field(default=0, repr=False)
    """x_j."""
    confirm: bytes = b""
    """The trustee-confirm entry."""
    context: bytes = b""
    """ctx of the one manifest that was signed."""
    ready: bytes = b""
    """The trustee-ready entry."""
    seen_size: int = 0
    """Of the last checkpoint that had the log's signature and the quorum."""
    seen_root: bytes = b""
    close_root: bytes = b""
    """The root of the tree that ends with `close`, once it was compared."""
    opened: dict[str, bytes] = field(default_factory=dict)
    """By contest, the SHA-256 of the only list that was ever decrypted."""

    def store(self) -> None:
        """Keep everything; it lasts before this returns."""
        self.safe.store(
            self.plain(), {item.name: _dump(item.name, getattr(self, item.name)) for item in fields(self)[1:]}
        )

    def plain(self) -> dict[str, Any]:
        """What may be read without the passphrase."""
        done: dict[str, Any] = {"commit": self.key, "key": self.shares, "confirm": self.confirm, "ready": self.ready}
        done |= {"compared the close": self.close_root, "decrypt": self.opened}
        return {
            "name": self.name,
            "identity": signature.public_key(self.identity).hex(),
            "box": ceremony.box_key(self.box).hex(),
            "election": self.election,
            "ceremony": self.ceremony.hex(),
            "index": self.index,
            "done": [step for step, made in done.items() if made],
        }

    def belongs(self, prefix: Prefix) -> None:
        """Check that a record is of the ceremony that this file has taken part in.

        Raises:
            RuleError: It is of another, or this file has taken part in none.
        """
        if not self.ceremony:
            msg = "this file has taken part in no ceremony yet: begin with commit"
            raise RuleError(msg)
        if prefix.keys.cer != self.ceremony:
            msg = (
                f"this file belongs to the ceremony {tracker(self.ceremony)} of election {self.election}, "
                f"the record to {tracker(prefix.keys.cer)} of {prefix.keys.entry.election}"
            )
            raise RuleError(msg)

    def holds_share(self, prefix: Prefix) -> None:
        """Check that x_j is here, and is the share that the record knows.

        Raises:
            RuleError: It is not.
        """
        if not self.secret:
            msg = "your share of the key is not in this file: confirm comes first, or this is an older copy of the file"
            raise RuleError(msg)
        if prefix.keys.shares.get(self.index) != group.multiply_base(self.secret):
            msg = "the share of the key in this file is not the one that the record knows"
            raise RuleError(msg)


def _dump(name: str, value: Any) -> Any:
    """A field as canonical JSON; bytes and scalars are hex."""
    if name == "secret":
        return group.encode_scalar(value).hex() if value else ""
    if name == "coefficients":
        return [group.encode_scalar(one).hex() for one in value]
    match value:
        case bytes():
            return value.hex()
        case dict():
            return {key: item.hex() for key, item in value.items()}
        case list():
            return [item.hex() for item in value]
        case _:
            return value


def _load(safe: Safe, value: dict[str, Any]) -> Keyring:
    """What `store` kept; it was authenticated, so its form is known."""
    raw = {name: value[name] for name in ("identity", "box", "ceremony", "key", "confirm", "context", "ready")}
    raw |= {name: value[name] for name in ("seen_root", "close_root")}
    return Keyring(
        safe=safe,
        name=value["name"],
        election=value["election"],
        index=value["index"],
        coefficients=[group.decode_scalar(bytes.fromhex(one)) for one in value["coefficients"]],
        shares=[bytes.fromhex(one) for one in value["shares"]],
        secret=group.decode_scalar(bytes.fromhex(value["secret"])) if value["secret"] else 0,
        seen_size=value["seen_size"],
        opened={name: bytes.fromhex(digest) for name, digest in value["opened"].items()},
        **{name: bytes.fromhex(text) for name, text in raw.items()},
    )


@contextmanager
def unlocked(access: Access) -> Iterator[Keyring]:
    """A trustee's keyring; no other command may use it meanwhile."""
    with access.unlocked(OWNER) as (safe, value):
        yield _load(safe, value)
