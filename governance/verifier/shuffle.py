"""The shuffle argument of section 9 (Terelius-Wikström, in the form of CHVote and Haines), as one sum of points.

With N ciphertexts, a proof is 5N + 9 strings of 32 bytes. Its equations, each brought to "= 0" and multiplied by a
random weight, are added up into a single multi-scalar multiplication: if one of them is wrong the sum is the identity
with a probability of 2^-128. The weights hang on every byte of both lists and of the proof, responses included.
"""

import hashlib
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Final

from . import parallel
from .group import (
    AFFINE_SIZE,
    IDENTITY_BYTES,
    POINT_SIZE,
    Extended,
    add,
    decode_all,
    hash_to_group,
    is_identity,
    to_affine,
)
from .msm import Sum, niels
from .proofs import scalar, weights
from .transcript import ORDER, Transcript

SINGLE_POINTS: Final = 5
SINGLE_SCALARS: Final = 4
_SLICE: Final = 4096
"""Indices in one sum: bounds the memory of a process."""

EQUATIONS: Final = (
    "x(sum c - sum H_i) + t1 = s1 G",
    "x(c^_{N-1} - U H) + t2 = s2 G",
    "x sum u c + t3 = s3 G + sum s' H_i",
    "x sum u A + t4a = -s4 G + sum s' A'",
    "x sum u B + t4b = -s4 Y + sum s' B'",
    "x c^_i + t^_i = s^_i G + s'_i c^_{i-1}",
)


class Generators:
    """H and the H_i, derived once for all mixers and contests; `affine` grows as needed."""

    __slots__ = ("affine", "h")

    def __init__(self) -> None:
        self.h = to_affine([hash_to_group("governance/v1/h", b"")])
        self.affine = b""

    def provide(self, count: int) -> bytes:
        """Affine forms of at least H_0 .. H_{count-1}."""
        have = len(self.affine) // AFFINE_SIZE

        def derive(low: int, high: int) -> bytes:
            return to_affine(
                [
                    hash_to_group("governance/v1/h_i", index.to_bytes(8, "big"))
                    for index in range(have + low, have + high)
                ]
            )

        if count > have:
            self.affine += b"".join(parallel.over_range(derive, count - have))
        return self.affine


@dataclass(frozen=True, slots=True)
class CiphertextList:
    """A list of ciphertexts: the blob (A ‖ B, 64 bytes each) and the affine forms (128 bytes each)."""

    blob: bytes
    affine: bytes

    @property
    def count(self) -> int:
        """N."""
        return len(self.blob) // (2 * POINT_SIZE)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a shuffle's proof is about, besides the lists."""

    ctx: bytes
    contest: str
    mixer: int
    public_key: bytes


@dataclass(frozen=True, slots=True)
class _Proof:
    """A proof cut into its parts; points stay encoded."""

    c: bytes
    chain: bytes
    that: bytes
    t: bytes
    s: list[int]
    s_hat: list[int]
    s_prime: list[int]


@dataclass(frozen=True, slots=True)
class _Challenges:
    u: list[int]
    x: int
    product: int
    """U = Π u_i."""


def proof_size(count: int) -> int:
    """Bytes of a proof for N ciphertexts."""
    return POINT_SIZE * (5 * count + SINGLE_POINTS + SINGLE_SCALARS)


def decode_list(blob: bytes) -> CiphertextList | str:
    """Decode a list's blob; return what is wrong with it as a sentence instead. No A may be the identity."""
    for at in range(0, len(blob), 2 * POINT_SIZE):
        if blob[at : at + POINT_SIZE] == IDENTITY_BYTES:
            return f"the A of ciphertext {at // (2 * POINT_SIZE)} is the identity"
    affine = decode_points(blob)
    if isinstance(affine, int):
        return f"ciphertext {affine // 2} has a point that does not decode"
    return CiphertextList(blob, affine)


def decode_points(blob: bytes) -> bytes | int:
    """Decode concatenated points on both processors; the index of the first that does not decode instead."""

    def part(low: int, high: int) -> bytes | int:
        found = decode_all(blob[POINT_SIZE * low : POINT_SIZE * high])
        return found + low if isinstance(found, int) else found

    out = []
    for found in parallel.over_range(part, len(blob) // POINT_SIZE):
        if isinstance(found, int):
            return found
        out.append(found)
    return b"".join(out)


def check(
    statement: Statement, before: CiphertextList, after: CiphertextList, blob: bytes, generators: Generators
) -> str:
    """Check a proof of the right size; return "" when it holds, else what is wrong as a sentence."""
    count = before.count
    cut = _cut(blob, count)
    if isinstance(cut, str):
        return cut
    points = decode_points(cut.c + cut.chain + cut.that + cut.t)
    if isinstance(points, int):
        return f"point {points} of the proof does not decode"
    challenges = _draw(statement, before, after, cut)
    digest = hashlib.sha512()
    for part in (statement.ctx, statement.contest.encode(), before.blob, after.blob, blob):
        digest.update(len(part).to_bytes(8, "big") + part)
    seed = digest.digest()
    equations = _Equations(statement, before, after, cut, challenges, points, generators)
    ones = weights(seed, count + len(EQUATIONS) - 1)
    if is_identity(equations.total(ones)):
        return ""
    # Which one it was is for people only; each equation apart, with the weights of the others put to zero.
    for place, name in enumerate(EQUATIONS[:-1]):
        alone = [weight if index == place else 0 for index, weight in enumerate(ones)]
        if not is_identity(equations.total(alone)):
            return f"the equation {name} does not hold"
    return f"an equation {EQUATIONS[-1]} does not hold"


def _cut(blob: bytes, count: int) -> _Proof | str:
    """Cut a proof of the right size; a sentence when a scalar is not below q."""
    edges = [0]
    for part in (count, count, count, SINGLE_POINTS, SINGLE_SCALARS, count, count):
        edges.append(edges[-1] + POINT_SIZE * part)
    parts = [blob[low:high] for low, high in pairwise(edges)]
    scalars = [[scalar(part[at : at + POINT_SIZE]) for at in range(0, len(part), POINT_SIZE)] for part in parts[4:]]
    if any(value >= ORDER for part in scalars for value in part):
        return "a scalar of the proof is not below q"
    return _Proof(parts[0], parts[1], parts[2], parts[3], scalars[0], scalars[1], scalars[2])


def _draw(statement: Statement, before: CiphertextList, after: CiphertextList, proof: _Proof) -> _Challenges:
    transcript = Transcript("governance/v1/shuffle")
    transcript.absorb("ctx", statement.ctx).absorb("contest", statement.contest.encode())
    transcript.absorb("mixer", statement.mixer.to_bytes(4, "big")).absorb("key", statement.public_key)
    transcript.absorb("n", before.count.to_bytes(8, "big")).absorb("e", before.blob).absorb("e2", after.blob)
    u = transcript.absorb("c", proof.c).scalars("u", before.count)
    x = transcript.absorb("chain", proof.chain).absorb("t", proof.t).absorb("that", proof.that).scalar("x")
    product = 1
    for value in u:
        product = product * value % ORDER
    return _Challenges(u, x, product)


@dataclass(frozen=True, slots=True)
class _Equations:
    """The six kinds of equations as one weighted sum. `points` are the proof's, in affine form, in its order."""

    statement: Statement
    before: CiphertextList
    after: CiphertextList
    proof: _Proof
    challenges: _Challenges
    points: bytes
    generators: Generators

    def total(self, ones: list[int]) -> Extended:
        """Sum all equations; `ones` are the weights of the five single ones, then of the N of the chain."""
        self.generators.provide(self.before.count)
        pieces = parallel.over_range(partial(self._slice, ones), self.before.count, _SLICE)
        result = self._singles(ones).value()
        for piece in pieces:
            result = add(result, piece)
        return result

    def _singles(self, ones: list[int]) -> Sum:
        """Add the terms that stand once: t1..t4b, G, Y and H."""
        total = Sum()
        w1, w2, w3, w4, w5 = ones[: len(EQUATIONS) - 1]
        s1, s2, s3, s4 = self.proof.s
        at = 3 * self.before.count * AFFINE_SIZE
        for place, weight in enumerate((w1, w2, w3, w4, w5)):
            total.add_short(weight, niels(self.points, at + AFFINE_SIZE * place))
        total.add_base(-w1 * s1 - w2 * s2 - w3 * s3 + w4 * s4)
        key = decode_all(self.statement.public_key)
        total.add(w5 * s4, niels(key if isinstance(key, bytes) else b""))
        # ĉ_{-1} is H: the chain's first equation has it besides the second equation.
        first = ones[len(EQUATIONS) - 1] * self.proof.s_prime[0]
        total.add(-w2 * self.challenges.x * self.challenges.product - first, niels(self.generators.h))
        return total

    def _slice(self, ones: list[int], low: int, high: int) -> Extended:
        """Sum the terms of the indices low..high-1."""
        total = Sum()
        w1, w2, w3, w4, w5 = ones[: len(EQUATIONS) - 1]
        chain_weights = ones[len(EQUATIONS) - 1 :]
        x, n, size = self.challenges.x, self.before.count, AFFINE_SIZE
        proof, points = self.proof, self.points
        for index in range(low, high):
            xu = x * self.challenges.u[index] % ORDER
            s_prime, weight = proof.s_prime[index], chain_weights[index]
            at = size * index
            total.add(w1 * x + w3 * xu, niels(points, at))
            total.add(-w1 * x - w3 * s_prime, niels(self.generators.affine, at))
            # ĉ_i stands in its own equation and, as the predecessor, in the next; the last in the second equation.
            after = -chain_weights[index + 1] * proof.s_prime[index + 1] if index + 1 < n else w2 * x
            total.add(weight * x + after, niels(points, size * n + at))
            total.add_short(weight, niels(points, 2 * size * n + at))
            total.add_base(-weight * proof.s_hat[index])
            total.add(w4 * xu, niels(self.before.affine, 2 * at))
            total.add(w5 * xu, niels(self.before.affine, 2 * at + size))
            total.add(-w4 * s_prime, niels(self.after.affine, 2 * at))
            total.add(-w5 * s_prime, niels(self.after.affine, 2 * at + size))
        return total.value()
