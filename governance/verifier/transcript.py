"""The transcript: the only source of challenges (protocol.md section 2)."""

import hashlib
from typing import Final, Self

ORDER: Final = 2**252 + 27742317777372353535851937790883648493
"""q, the order of the group ristretto255 (and of Ed25519's base point)."""


class Transcript:
    """A SHA-512 state that has absorbed its name; drawing does not change it."""

    __slots__ = ("_state",)

    def __init__(self, name: str) -> None:
        self._state = hashlib.sha512()
        self.absorb("proto", name.encode())

    def absorb(self, label: str, data: bytes) -> Self:
        """Absorb u32(len(label)) ‖ label ‖ u64(len(data)) ‖ data."""
        tag = label.encode()
        self._state.update(len(tag).to_bytes(4, "big") + tag + len(data).to_bytes(8, "big"))
        self._state.update(data)
        return self

    def _seed(self, label: str) -> bytes:
        tag = label.encode()
        return hashlib.sha512(self._state.digest() + len(tag).to_bytes(4, "big") + tag).digest()

    def scalar(self, label: str) -> int:
        """Draw one scalar, 0 <= scalar < q."""
        return int.from_bytes(self._seed(label), "little") % ORDER

    def scalars(self, label: str, count: int) -> list[int]:
        """Draw `count` scalars under one label."""
        seed = self._seed(label)
        sha512 = hashlib.sha512
        return [
            int.from_bytes(sha512(seed + index.to_bytes(8, "big")).digest(), "little") % ORDER for index in range(count)
        ]
