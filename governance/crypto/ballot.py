"""A sealed ballot (protocol.md, section 8): encrypt, prove, check, track, open a tested seal."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from governance.crypto import group
from governance.crypto.credentials import base32
from governance.crypto.group import Element
from governance.crypto.transcript import Transcript
from governance.errors import ProofError

PREVIOUS_NONE = bytes(32)
_GROUPS = 6


@dataclass(frozen=True, slots=True)
class Ciphertext:
    """A = r·G, B = M + r·Y."""

    a: Element
    b: Element

    def __bytes__(self) -> bytes:
        """A ‖ B, 64 bytes, as in a list."""
        return self.a + self.b


@dataclass(frozen=True, slots=True)
class Proof:
    """R_0, R_1, … and z_0, z_1, …: one for the credential, then one for each contest."""

    commitments: tuple[Element, ...]
    responses: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """What the proof is about, and everything that it is bound to."""

    context: bytes
    """ctx, 64 bytes."""
    credential: Element
    previous: bytes
    """32 bytes: SHA-256 of this credential's last ballot entry, or zeros."""
    key: Element
    """Y."""
    ciphertexts: tuple[Ciphertext, ...]

    def challenge(self, commitments: Sequence[Element]) -> int:
        """The one challenge under which the credential and every r_t are proven."""
        transcript = Transcript("governance/v1/ballot")
        transcript.absorb("ctx", self.context)
        transcript.absorb("credential", self.credential)
        transcript.absorb("previous", self.previous)
        transcript.absorb("key", self.key)
        transcript.absorb("ciphertexts", b"".join(map(bytes, self.ciphertexts)))
        transcript.absorb_elements("commitments", commitments)
        return transcript.scalar("c")


def encrypt(message: Element, key: Element, nonce: int) -> Ciphertext:
    """Encrypt a plaintext under Y; `nonce` r is uniform in 1..ORDER-1 and used once."""
    return Ciphertext(group.multiply_base(nonce), group.add(message, group.multiply(nonce, key)))


def prove(statement: Statement, secret: int, nonces: Sequence[int], blinders: Sequence[int]) -> Proof:
    """Prove that the caster knows sk and every r_t.

    Args:
        statement: The ballot.
        secret: sk of the credential.
        nonces: r_t, one for each contest.
        blinders: w_0, w_1, …: one more than contests, uniform, used once.
    """
    commitments = tuple(group.multiply_base(blinder) for blinder in blinders)
    challenge = statement.challenge(commitments)
    secrets = (secret, *nonces)
    responses = tuple((w + challenge * s) % group.ORDER for w, s in zip(blinders, secrets, strict=True))
    return Proof(commitments, responses)


def check(statement: Statement, proof: Proof) -> None:
    """Check z_0·G = R_0 + c·P and z_t·G = R_t + c·A_t for every contest.

    Raises:
        ProofError: A list has a wrong length, an A is the identity, or an equation does not hold.
    """
    publics = (statement.credential, *(ciphertext.a for ciphertext in statement.ciphertexts))
    if not len(proof.commitments) == len(proof.responses) == len(publics):
        msg = "the ballot's proof has a wrong number of parts"
        raise ProofError(msg)
    if group.IDENTITY in publics[1:]:
        msg = "a sealed vote is not sealed: its first half is the identity"
        raise ProofError(msg)
    challenge = statement.challenge(proof.commitments)
    for number, (public, commitment, response) in enumerate(
        zip(publics, proof.commitments, proof.responses, strict=True)
    ):
        right = group.add(commitment, group.multiply(challenge, public))
        if group.multiply_base(response) != right:
            whom = "the voter's key" if number == 0 else f"contest {number}"
            msg = f"the ballot's proof does not hold for {whom}"
            raise ProofError(msg)


def tracker(unproven: bytes) -> str:
    """Six groups of four characters from the ballot's canonical bytes without `proof`."""
    text = base32(sha256(unproven).digest(), 4 * _GROUPS)
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def check_opened(ciphertext: Ciphertext, message: Element, key: Element, nonce: int) -> None:
    """Check a seal that was opened instead of cast: A and B follow from the plaintext and r_t.

    Raises:
        ProofError: The booth sealed something else than it was told to.
    """
    if encrypt(message, key, nonce) != ciphertext:
        msg = "this seal does not hold the ranking that was given to it"
        raise ProofError(msg)
