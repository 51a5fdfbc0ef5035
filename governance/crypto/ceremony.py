"""Trustees' key generation, k of n (protocol.md, section 6)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from governance.crypto import group, schnorr
from governance.crypto.group import Element
from governance.crypto.transcript import Transcript, u32
from governance.errors import MalformedError, ProofError

_ENC = 32
_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)


@dataclass(frozen=True, slots=True)
class Dealing:
    """What a trustee publishes: k commitments to the polynomial, and the proof that the constant term is known."""

    commitments: tuple[Element, ...]
    proof: schnorr.Proof


def _key_transcript(ceremony: bytes, index: int, commitments: Iterable[Element]) -> Transcript:
    transcript = Transcript("governance/v1/trustee-key")
    transcript.absorb("ceremony", ceremony)
    transcript.absorb("index", u32(index))
    transcript.absorb_elements("commitments", commitments)
    return transcript


def deal(ceremony: bytes, index: int, coefficients: Sequence[int], nonce: int) -> Dealing:
    """Commit to a secret polynomial: coefficients a_0..a_{k-1} in 1..ORDER-1, uniform."""
    commitments = tuple(group.multiply_base(coefficient) for coefficient in coefficients)
    transcript = _key_transcript(ceremony, index, commitments)
    return Dealing(commitments, schnorr.prove(transcript, "R", coefficients[0], nonce))


def check_dealing(ceremony: bytes, index: int, threshold: int, dealing: Dealing) -> None:
    """Check one trustee's dealing.

    Raises:
        ProofError: Not k commitments, one is the identity, or the proof does not hold.
    """
    if len(dealing.commitments) != threshold:
        msg = f"trustee {index}: {len(dealing.commitments)} commitments where the threshold is {threshold}"
        raise ProofError(msg)
    if group.IDENTITY in dealing.commitments:
        msg = f"trustee {index}: a commitment is the identity"
        raise ProofError(msg)
    transcript = _key_transcript(ceremony, index, dealing.commitments)
    schnorr.check(transcript, "R", dealing.commitments[0], dealing.proof, f"trustee {index}'s key")


def share_for(coefficients: Sequence[int], index: int) -> int:
    """f(index): the share that travels to trustee `index`."""
    value = 0
    for coefficient in reversed(coefficients):
        value = (value * index + coefficient) % group.ORDER
    return value


def _committed(commitments: Sequence[Element], index: int) -> Element:
    """Σ_e index^e · C_e: what f(index)·G must be."""
    value = group.IDENTITY
    for commitment in reversed(commitments):
        value = group.add(group.multiply(index, value), commitment)
    return value


def check_share(share: int, index: int, sender: int, commitments: Sequence[Element]) -> None:
    """Check f_sender(index)·G against the sender's commitments, by trustee `index`.

    Raises:
        ProofError: The share is not the one committed to; the ceremony must end.
    """
    if group.multiply_base(share) != _committed(commitments, index):
        msg = f"the share from trustee {sender} does not fit the commitments: the ceremony must end"
        raise ProofError(msg)


def combine_shares(shares: Iterable[int]) -> int:
    """x_j: the sum of the shares of all n trustees."""
    return sum(shares) % group.ORDER


def public_key(dealings: Mapping[int, Sequence[Element]]) -> Element:
    """Y, from every trustee's commitments."""
    return group.total(commitments[0] for commitments in dealings.values())


def public_share(dealings: Mapping[int, Sequence[Element]], index: int) -> Element:
    """Y_j of trustee `index`, from every trustee's commitments."""
    return group.total(_committed(commitments, index) for commitments in dealings.values())


def _ready_transcript(context: bytes, index: int, share: Element) -> Transcript:
    transcript = Transcript("governance/v1/ready")
    transcript.absorb("ctx", context)
    transcript.absorb("index", u32(index))
    transcript.absorb("share", share)
    return transcript


def prove_ready(context: bytes, index: int, secret: int, nonce: int) -> schnorr.Proof:
    """Prove that the stored x_j is still there, for one manifest (ctx, 64 bytes)."""
    share = group.multiply_base(secret)
    return schnorr.prove(_ready_transcript(context, index, share), "R", secret, nonce)


def check_ready(context: bytes, index: int, share: Element, proof: schnorr.Proof) -> None:
    """Check a trustee's readiness against Y_j.

    Raises:
        ProofError: The proof does not hold.
    """
    schnorr.check(_ready_transcript(context, index, share), "R", share, proof, f"trustee {index}'s readiness")


def box_key(secret: bytes) -> bytes:
    """The 32-byte X25519 public key of a 32-byte secret."""
    return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def seal_share(share: int, ceremony: bytes, sender: int, recipient: int, box: bytes) -> tuple[bytes, bytes]:
    """(enc, ct): a share under HPKE base mode to the recipient's 32-byte box key.

    HPKE draws its own ephemeral key: the one place in the core where chance does not come in as an argument.
    """
    info = ceremony + u32(sender) + u32(recipient)
    sealed = _SUITE.encrypt(group.encode_scalar(share), X25519PublicKey.from_public_bytes(box), info)
    return sealed[:_ENC], sealed[_ENC:]


def open_share(enc: bytes, ct: bytes, ceremony: bytes, sender: int, recipient: int, box_secret: bytes) -> int:
    """The scalar inside a sealed share.

    Raises:
        ProofError: It was not sealed for this ceremony, sender and recipient, or was changed.
        MalformedError: What is inside is no scalar.
    """
    info = ceremony + u32(sender) + u32(recipient)
    try:
        key = X25519PrivateKey.from_private_bytes(box_secret)
        return group.decode_scalar(_SUITE.decrypt(enc + ct, key, info))
    except (InvalidTag, ValueError):
        msg = f"the share from trustee {sender} cannot be opened"
        raise ProofError(msg) from None


def lagrange(trustees: Sequence[int]) -> dict[int, int]:
    """λ_j = Π l/(l-j) over the other trustees l (section 10).

    Raises:
        MalformedError: A trustee twice, or index 0.
    """
    if len(set(trustees)) != len(trustees) or 0 in trustees:
        msg = "trustees must be distinct and counted from 1"
        raise MalformedError(msg)
    result = {}
    for j in trustees:
        value = 1
        for other in trustees:
            if other != j:
                value = value * other * pow(other - j, -1, group.ORDER) % group.ORDER
        result[j] = value
    return result
