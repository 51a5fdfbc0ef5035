"""Scalars and permutations from random bytes that come in as an argument; the core draws nothing itself.

A `Draw` gives so many uniform bytes: `secrets.token_bytes`, or in tests and demonstrations a stream from a seed.
"""

from collections.abc import Callable
from hashlib import shake_256

from governance.crypto import group

Draw = Callable[[int], bytes]


def scalar(draw: Draw) -> int:
    """A uniform scalar in 1..ORDER-1."""
    while not (value := group.reduce(draw(64))):
        pass  # once in 2^252
    return value


def scalars(draw: Draw, count: int) -> list[int]:
    """So many uniform scalars."""
    data = draw(64 * count)
    return [group.reduce(data[at : at + 64]) for at in range(0, 64 * count, 64)]


def below(draw: Draw, bound: int) -> int:
    """A uniform number 0..bound-1; what would favour some of them is drawn again."""
    size = (bound.bit_length() + 7) // 8 + 8
    limit = 256**size // bound * bound
    while (value := int.from_bytes(draw(size), "big")) >= limit:
        pass  # once in 2^64
    return value % bound


def permutation(draw: Draw, count: int) -> list[int]:
    """A uniform permutation of 0..count-1 (Fisher and Yates)."""
    items = list(range(count))
    for last in range(count - 1, 0, -1):
        other = below(draw, last + 1)
        items[last], items[other] = items[other], items[last]
    return items


def stream(seed: bytes) -> Draw:
    """A reproducible stream for demonstrations and tests: whoever knows the seed knows every secret."""
    number = 0

    def draw(size: int) -> bytes:
        nonlocal number
        number += 1
        return shake_256(seed + number.to_bytes(8, "big")).digest(size)

    return draw
