"""Threshold decryption (protocol.md, section 10): factors, their proofs, and the plaintexts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from governance.crypto import equality, group
from governance.crypto.ballot import Ciphertext
from governance.crypto.ceremony import lagrange
from governance.crypto.group import Element
from governance.crypto.transcript import u32
from governance.errors import ProofError


@dataclass(frozen=True, slots=True)
class Place:
    """What a decryption is bound to."""

    context: bytes
    """ctx, 64 bytes."""
    contest: str
    trustee: int


def runs(count: int) -> list[range]:
    """The runs of a list of `count` factors: 32,768 each, the last may be shorter."""
    return [range(start, min(start + equality.RUN, count)) for start in range(0, count, equality.RUN)]


def _context(place: Place, run: int, list_digest: bytes, factors_digest: bytes) -> bytes:
    name = place.contest.encode()
    head = b"governance/v1/decrypt" + place.context + u32(len(name)) + name + u32(place.trustee) + u32(run)
    return head + list_digest + factors_digest


def _contexts(place: Place, ciphertexts: Sequence[Ciphertext], factors: Sequence[Element]) -> list[bytes]:
    """The contextString of each run."""
    list_digest = sha256(b"".join(map(bytes, ciphertexts))).digest()
    factors_digest = sha256(b"".join(factors)).digest()
    return [_context(place, run, list_digest, factors_digest) for run in range(len(runs(len(factors))))]


def make_factors(secret: int, ciphertexts: Sequence[Ciphertext]) -> list[Element]:
    """D_i = x_j · A_i."""
    return group.each(lambda i: group.multiply(secret, ciphertexts[i].a), len(ciphertexts))


def prove(
    place: Place, secret: int, ciphertexts: Sequence[Ciphertext], factors: Sequence[Element], nonces: Sequence[int]
) -> list[equality.Proof]:
    """One proof for each run; as many nonces as runs."""
    key = group.multiply_base(secret)
    contexts = _contexts(place, ciphertexts, factors)
    proofs = []
    for run, context, nonce in zip(runs(len(factors)), contexts, nonces, strict=True):
        left = [ciphertexts[i].a for i in run]
        proofs.append(equality.prove(secret, key, left, [factors[i] for i in run], nonce, context))
    return proofs


def check(
    place: Place,
    key: Element,
    ciphertexts: Sequence[Ciphertext],
    factors: Sequence[Element],
    proofs: Sequence[equality.Proof],
) -> None:
    """Check a trustee's factors against Y_j.

    Raises:
        ProofError: A wrong number of factors or proofs, a factor is the identity, or a proof does not hold.
    """
    if len(factors) != len(ciphertexts):
        msg = "there is not one factor for each vote"
        raise ProofError(msg)
    if group.IDENTITY in factors:
        msg = "a factor is the identity"
        raise ProofError(msg)
    if len(proofs) != len(runs(len(factors))):
        msg = "a wrong number of proofs"
        raise ProofError(msg)
    contexts = _contexts(place, ciphertexts, factors)
    for run, context, proof in zip(runs(len(factors)), contexts, proofs, strict=True):
        left = [ciphertexts[i].a for i in run]
        equality.check(key, left, [factors[i] for i in run], proof, context)


def combine(ciphertexts: Sequence[Ciphertext], factors: Mapping[int, Sequence[Element]]) -> list[Element]:
    """M_i = B_i - Σ λ_j D_i^(j) over exactly the k trustees given."""
    weights = lagrange(sorted(factors))

    def plaintext(i: int) -> Element:
        result = ciphertexts[i].b
        for trustee, weight in weights.items():
            result = group.subtract(result, group.multiply(weight, factors[trustee][i]))
        return result

    return group.each(plaintext, len(ciphertexts))
