"""Proofs of knowledge of one logarithm: a trustee's key and a trustee's readiness (protocol.md, section 6)."""

from dataclasses import dataclass

from governance.crypto import group
from governance.crypto.group import Element
from governance.crypto.transcript import Transcript
from governance.errors import ProofError


@dataclass(frozen=True, slots=True)
class Proof:
    """R = w·G and z = w + c·x."""

    commitment: Element
    response: int


def prove(transcript: Transcript, label: str, secret: int, nonce: int) -> Proof:
    """Prove knowledge of `secret`; the transcript holds the statement, `nonce` is uniform and used once."""
    commitment = group.multiply_base(nonce)
    transcript.absorb(label, commitment)
    challenge = transcript.scalar("c")
    return Proof(commitment, (nonce + challenge * secret) % group.ORDER)


def check(transcript: Transcript, label: str, public: Element, proof: Proof, what: str) -> None:
    """Check z·G = R + c·public.

    Raises:
        ProofError: It does not hold; `what` names the proof.
    """
    transcript.absorb(label, proof.commitment)
    challenge = transcript.scalar("c")
    right = group.add(proof.commitment, group.multiply(challenge, public))
    if group.multiply_base(proof.response) != right:
        msg = f"{what}: the proof does not hold"
        raise ProofError(msg)
