"""Proofs of knowledge and of equal logarithms (protocol.md sections 6, 8 and 10)."""

import hashlib
from collections.abc import Sequence
from typing import Final

from . import parallel
from .form import Ballot
from .group import (
    AFFINE_SIZE,
    BASE,
    POINT_SIZE,
    Extended,
    add,
    encode,
    equal,
    is_identity,
    multiply,
)
from .msm import Sum, niels, sum_affine
from .transcript import ORDER, Transcript

RUN: Final = 32_768
"""Factors of one equality proof: RFC 9497 numbers the pairs of a batch with a u16."""

_WEIGHT_SIZE: Final = 16
_BATCH: Final = 4096
"""Ballots in one sum."""


def scalar(data: bytes) -> int:
    """Read 32 bytes little-endian."""
    return int.from_bytes(data, "little")


def weights(seed: bytes, count: int) -> list[int]:
    """`count` weights of 128 bits. The seed is to be a digest of every byte that the batch is about."""
    return [
        int.from_bytes(hashlib.sha512(seed + index.to_bytes(8, "big")).digest()[:_WEIGHT_SIZE], "little")
        for index in range(count)
    ]


def schnorr_holds(point: Extended, commitment: Extended, challenge: int, response: int) -> bool:
    """Check z·G = R + c·X, the proof that the logarithm of X is known."""
    return equal(multiply(response, BASE), add(commitment, multiply(challenge, point)))


def ballot_challenge(ballot: Ballot, ctx: bytes, public_key: bytes) -> int:
    """Return the one challenge of a ballot's proof (section 8)."""
    transcript = Transcript("governance/v1/ballot")
    transcript.absorb("ctx", ctx).absorb("credential", ballot.credential).absorb("previous", ballot.previous)
    transcript.absorb("key", public_key).absorb("ciphertexts", ballot.ciphertexts)
    return transcript.absorb("commitments", ballot.commitments).scalar("c")


def _add_ballot(total: Sum, ballot: Ballot, challenge: int, randomizers: Sequence[int]) -> None:
    """Add to a sum the equations R + c·X - z·G = 0 of a ballot, each times its weight."""
    known = [niels(ballot.proof_affine)]
    known += [niels(ballot.ciphertexts_affine, 2 * AFFINE_SIZE * place) for place in range(len(ballot.contests))]
    for place, (weight, point) in enumerate(zip(randomizers, known, strict=True)):
        total.add(weight * challenge, point)
        total.add_short(weight, niels(ballot.proof_affine, AFFINE_SIZE * (1 + place)))
        total.add_base(-weight * scalar(ballot.responses[POINT_SIZE * place : POINT_SIZE * (place + 1)]))


def _ballots_hold(ballots: Sequence[Ballot], ctx: bytes, public_key: bytes) -> bool:
    # The digests cover every byte of every ballot of the batch, its responses too: whoever makes a ballot cannot
    # foresee the weights of its equations.
    seed = hashlib.sha512(b"ballots" + ctx + public_key + b"".join(ballot.digest for ballot in ballots)).digest()
    drawn = iter(weights(seed, sum(1 + len(ballot.contests) for ballot in ballots)))
    total = Sum()
    for ballot in ballots:
        own = [next(drawn) for _ in range(1 + len(ballot.contests))]
        _add_ballot(total, ballot, ballot_challenge(ballot, ctx, public_key), own)
    return is_identity(total.value())


def first_bad_ballot(ballots: Sequence[Ballot], ctx: bytes, public_key: bytes) -> int | None:
    """Index (in the sequence) of the first ballot whose proof does not hold, None when all hold.

    The ballots' lengths are to have been checked: one response and one commitment more than contests.
    """

    def search(low: int, high: int) -> int | None:
        # Halving finds the guilty one with about two batches' work.
        if _ballots_hold(ballots[low:high], ctx, public_key):
            return None
        if high - low == 1:
            return low
        middle = (low + high) // 2
        found = search(low, middle)
        return search(middle, high) if found is None else found

    return next((found for found in parallel.over_range(search, len(ballots), _BATCH) if found is not None), None)


# --- RFC 9497: batched equality of logarithms ------------------------------------------------------------------


def _with_length(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def hash_to_scalar(message: bytes, context: bytes) -> int:
    """HashToScalar of RFC 9497 section 4.1: expand_message_xmd (RFC 9380, 5.3.1) with SHA-512 to 64 bytes, mod q."""
    tag = b"HashToScalar-" + context
    tag += bytes((len(tag),))
    first = hashlib.sha512(bytes(128) + message + b"\x00\x40\x00" + tag).digest()
    return int.from_bytes(hashlib.sha512(first + b"\x01" + tag).digest(), "little") % ORDER


def composite_weights(key: bytes, ones: bytes, others: bytes, context: bytes) -> list[int]:
    """Return the weights d_i of ComputeComposites (RFC 9497 section 2.2.1), over concatenated encodings C and D."""
    seed = hashlib.sha512(_with_length(key) + _with_length(b"Seed-" + context)).digest()
    return [
        hash_to_scalar(
            _with_length(seed)
            + place.to_bytes(2, "big")
            + _with_length(ones[at : at + POINT_SIZE])
            + _with_length(others[at : at + POINT_SIZE])
            + b"Composite",
            context,
        )
        for place, at in enumerate(range(0, len(ones), POINT_SIZE))
    ]


def equality_challenge(key: bytes, points: Sequence[bytes], context: bytes) -> int:
    """Return the challenge over the key and the encodings of M, Z, t2 and t3 (RFC 9497 section 2.2.2)."""
    message = _with_length(key) + b"".join(map(_with_length, points)) + b"Challenge"
    return hash_to_scalar(message, context)


def _sums(factors: list[int], ones: bytes, others: bytes) -> tuple[Extended, Extended]:
    """Both composites, each weight used twice, the work divided between the processors."""

    def part(low: int, high: int) -> tuple[Extended, Extended]:
        window = slice(AFFINE_SIZE * low, AFFINE_SIZE * high)
        return sum_affine(factors[low:high], ones[window]), sum_affine(factors[low:high], others[window])

    parts = parallel.over_range(part, len(factors))
    m, z = parts[0]
    for more_m, more_z in parts[1:]:
        m, z = add(m, more_m), add(z, more_z)
    return m, z


def equality_holds(
    key: Extended,
    ones: tuple[bytes, bytes],
    others: tuple[bytes, bytes],
    context: bytes,
    proof: tuple[int, int],
) -> bool:
    """VerifyProof of RFC 9497 section 2.2.2, with A = G and B = key.

    `ones` are C and `others` D, each as (encodings, affine forms); `proof` is (c, s).
    """
    encoded = encode(key)
    factors = composite_weights(encoded, ones[0], others[0], context)
    m, z = _sums(factors, ones[1], others[1])
    challenge, response = proof
    t2 = add(multiply(response, BASE), multiply(challenge, key))
    t3 = add(multiply(response, m), multiply(challenge, z))
    return challenge == equality_challenge(encoded, [encode(m), encode(z), encode(t2), encode(t3)], context)


def decryption_context(ctx: bytes, contest: str, trustee: int, run: int, digests: bytes) -> bytes:
    """Return the contextString of section 10; `digests` are SHA-256 of the list and of the factors, raw."""
    name = contest.encode()
    return (
        b"governance/v1/decrypt" + ctx + len(name).to_bytes(4, "big") + name
        + trustee.to_bytes(4, "big") + run.to_bytes(4, "big") + digests
    )  # fmt: skip
