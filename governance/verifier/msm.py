"""Multi-scalar multiplication: the sum of scalar times point over many points, by Pippenger's buckets.

A batch of equations is one such sum that must be the identity. Points come in affine form (group.py), are turned
into the shape (y - x, y + x, 2dxy), and are summed by signed digits: with c bits a window, a scalar is written with
digits from -2^(c-1) to 2^(c-1) - 1, so that half as many buckets serve.
"""

from typing import Final

from .group import BASE, D2, IDENTITY, Extended, P, add, double, multiply
from .transcript import ORDER

Niels = tuple[int, int, int]
"""(y - x, y + x, 2dxy) of an affine point: adding it takes seven multiplications."""

SHORT_BITS: Final = 128
"""Weights have this many bits; points that stand with a bare weight cost half a full scalar."""

_FEW: Final = 6
"""Below this many points buckets do not pay."""


def niels(affine: bytes, offset: int = 0) -> Niels:
    """Read the affine form that begins at `offset`."""
    x = int.from_bytes(affine[offset : offset + 32], "little")
    y = int.from_bytes(affine[offset + 32 : offset + 64], "little")
    return y - x, y + x, D2 * x % P * y % P


def _window_bits(count: int) -> int:
    """Choose the width that costs the fewest additions, for full scalars."""
    return min(range(3, 17), key=lambda width: (254 // width + 1) * (count + 1.3 * 2 ** (width - 1)))


def _window(digits: list[list[Niels]]) -> Extended:
    """Sum d times every point of digits[d], by a running sum from the highest digit down."""
    p = P
    total = IDENTITY
    x, y, z, t = IDENTITY
    for points in reversed(digits):
        for minus, plus, td in points:
            a = (y - x) * minus
            b = (y + x) * plus
            c = t * td % p
            e = (b - a) % p
            h = (b + a) % p
            d = z + z
            f = d - c
            g = d + c
            x = e * f % p
            y = g * h % p
            t = e * h % p
            z = f * g % p
        total = add(total, (x, y, z, t))
    return total


class Sum:
    """A sum of scalar·point that is being collected; `value` computes it."""

    __slots__ = ("_base", "_full", "_full_points", "_short", "_short_points")

    def __init__(self) -> None:
        self._base = 0
        self._full: list[int] = []
        self._full_points: list[Niels] = []
        self._short: list[int] = []
        self._short_points: list[Niels] = []

    def add_base(self, scalar: int) -> None:
        """Add scalar·G; all such terms are one point."""
        self._base += scalar

    def add(self, scalar: int, point: Niels) -> None:
        """Add scalar·point; the scalar is any integer, reduced mod q here."""
        self._full.append(scalar % ORDER)
        self._full_points.append(point)

    def add_short(self, weight: int, point: Niels) -> None:
        """Add weight·point, 0 <= weight < 2^128."""
        self._short.append(weight)
        self._short_points.append(point)

    def value(self) -> Extended:
        """Compute the sum."""
        base = multiply(self._base % ORDER, BASE)
        count = len(self._full) + len(self._short)
        if count == 0:
            return base
        width = max(2, _window_bits(count)) if count > _FEW else 3
        half = 1 << (width - 1)
        full_windows = ORDER.bit_length() // width + 1
        short_windows = (SHORT_BITS + 1) // width + 1
        # Adding half to every digit beforehand makes the digits signed without a carry.
        full_offset = sum(half << (width * place) for place in range(full_windows))
        short_offset = sum(half << (width * place) for place in range(short_windows))
        full = [scalar + full_offset for scalar in self._full]
        short = [scalar + short_offset for scalar in self._short]
        result = IDENTITY
        for place in range(full_windows - 1, -1, -1):
            for _ in range(width):
                result = double(result)
            digits: list[list[Niels]] = [[] for _ in range(half + 1)]
            _sort(full, self._full_points, width * place, half, digits)
            if place < short_windows:
                _sort(short, self._short_points, width * place, half, digits)
            result = add(result, _window(digits[1:]))
        return add(result, base)


def _sort(scalars: list[int], points: list[Niels], shift: int, half: int, digits: list[list[Niels]]) -> None:
    """Put every point, or its negative, into the list of its digit at `shift`."""
    mask = 2 * half - 1
    for scalar, point in zip(scalars, points, strict=True):
        digit = (scalar >> shift & mask) - half
        if digit > 0:
            digits[digit].append(point)
        elif digit:
            digits[-digit].append((point[1], point[0], -point[2]))


def sum_affine(scalars: list[int], affine: bytes) -> Extended:
    """Sum scalar i times the i-th point of concatenated affine forms."""
    total = Sum()
    for index, scalar in enumerate(scalars):
        total.add(scalar, niels(affine, 64 * index))
    return total.value()
