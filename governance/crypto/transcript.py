"""The transcript (protocol.md, section 2): the only source of challenges."""

import struct
from collections.abc import Iterable
from hashlib import sha512

from governance.crypto.group import Element, reduce


class Transcript:
    """A SHA-512 state that absorbs labelled data; drawing does not change it."""

    __slots__ = ("_state",)

    def __init__(self, name: str) -> None:
        self._state = sha512()
        self.absorb("proto", name.encode())

    def absorb(self, label: str, data: bytes) -> None:
        """Take in u32(len(label)) ‖ label ‖ u64(len(data)) ‖ data."""
        name = label.encode()
        self._state.update(struct.pack(">I", len(name)) + name + struct.pack(">Q", len(data)))
        self._state.update(data)

    def absorb_elements(self, label: str, elements: Iterable[Element]) -> None:
        """Take in a list of elements as their concatenation."""
        self.absorb(label, b"".join(elements))

    def digest(self) -> bytes:
        """D: the digest of all absorbed so far."""
        return self._state.digest()

    def _seed(self, label: str) -> bytes:
        name = label.encode()
        return sha512(self.digest() + struct.pack(">I", len(name)) + name).digest()

    def scalar(self, label: str) -> int:
        """One challenge."""
        return reduce(self._seed(label))

    def scalars(self, label: str, count: int) -> list[int]:
        """A vector of challenges."""
        seed = self._seed(label)
        return [reduce(sha512(seed + struct.pack(">Q", i)).digest()) for i in range(count)]


def u32(value: int) -> bytes:
    """A number as the transcript takes it in: 4 bytes, big-endian."""
    return struct.pack(">I", value)


def u64(value: int) -> bytes:
    """8 bytes, big-endian."""
    return struct.pack(">Q", value)
