"""The order that settles ties (protocol.md, section 11)."""

from collections.abc import Iterable
from hashlib import sha512

from governance.crypto.transcript import u32


def seed(context: bytes, contest: str, result: bytes) -> bytes:
    """The seed of one contest's lots: ctx (64 bytes), the contest's id, the bytes of its result blob."""
    name = contest.encode()
    return sha512(b"governance/v1/lots" + context + u32(len(name)) + name + result).digest()


def order(seed: bytes, candidates: Iterable[str]) -> tuple[str, ...]:
    """The candidates' ids, the one chosen first by lot first."""
    return tuple(sorted(candidates, key=lambda name: sha512(seed + name.encode()).digest()))
