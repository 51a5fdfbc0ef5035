"""Entries and blobs as the people of an election make them: registrar, trustees, voters, server (protocol.md, 5 to 11).

Pure: secrets and randomness come in as arguments. The tools off the server, the demonstration and the tests share it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256, sha512
from typing import TypeVar

from governance.board import canonical, merkle, tally
from governance.board import entries as e
from governance.crypto import ballot, ceremony, decryption, equality, randomness, ranking, schnorr, shuffle, signature
from governance.crypto.credentials import Credential
from governance.crypto.group import Element
from governance.crypto.randomness import Draw

UNSIGNED = bytes(signature.SIGNATURE)
Signed = TypeVar("Signed", bound=e.Signed)


def sign(entry: Signed, seed: bytes) -> Signed:
    """The entry with the signature of the trustee whose Ed25519 seed this is."""
    return replace(entry, signature=signature.sign(seed, e.signed_bytes(entry)))


def _knowledge(proof: schnorr.Proof) -> e.Knowledge:
    return e.Knowledge(proof.commitment, proof.response)


def trustee_key(cer: bytes, index: int, coefficients: Sequence[int], nonce: int, seed: bytes) -> e.TrusteeKey:
    """A trustee's key entry (section 6.3); `coefficients` stay secret."""
    dealing = ceremony.deal(cer, index, coefficients, nonce)
    return sign(e.TrusteeKey(index, dealing.commitments, _knowledge(dealing.proof), UNSIGNED), seed)


def trustee_commit(key: e.TrusteeKey, seed: bytes) -> e.TrusteeCommit:
    """The commitment to a key entry that comes later (section 6.2)."""
    return sign(e.TrusteeCommit(key.index, sha512(e.dump(key)).digest(), UNSIGNED), seed)


def trustee_confirm(index: int, keys: Mapping[int, e.TrusteeKey], seed: bytes) -> e.TrusteeConfirm:
    """A trustee's confirmation of all keys (section 6.4), given once the shares have been checked."""
    together = b"".join(e.dump(keys[j]) for j in sorted(keys))
    return sign(e.TrusteeConfirm(index, sha512(together).digest(), UNSIGNED), seed)


def trustee_ready(ctx: bytes, index: int, secret: int, nonce: int, seed: bytes) -> e.TrusteeReady:
    """The proof that x_j is still there (section 6.5)."""
    proof = ceremony.prove_ready(ctx, index, secret, nonce)
    return sign(e.TrusteeReady(index, ctx, _knowledge(proof), UNSIGNED), seed)


def share_message(cer: bytes, sender: int, trustee: e.Trustee, share: int, seed: bytes) -> bytes:
    """A share on its way to another trustee, outside the record (section 6.3)."""
    enc, ct = ceremony.seal_share(share, cer, sender, trustee.index, trustee.box)
    message = {"kind": "trustee-share", "ceremony": cer.hex(), "from": sender, "to": trustee.index}
    message |= {"enc": enc.hex(), "ct": ct.hex()}
    made = signature.sign(seed, canonical.dump(message))
    return canonical.dump({**message, "signature": made.hex()})


@dataclass(frozen=True, slots=True)
class Voter:
    """One line of the roll (section 7)."""

    member: str
    name: str
    salt: bytes
    """16 random bytes: without them the leaf says nothing about the voter."""

    def leaf(self) -> bytes:
        """What is hashed into the roll's tree."""
        return canonical.dump({"member": self.member, "name": self.name, "salt": self.salt.hex()})


def roll(voters: Sequence[Voter]) -> e.Roll:
    """Count and root of a style's roll."""
    ordered = sorted(voters, key=lambda voter: voter.member.encode())
    return e.Roll(len(ordered), merkle.root([merkle.leaf(voter.leaf()) for voter in ordered]))


def credentials(
    election: str, cer: bytes, contests: Sequence[str], publics: Sequence[Element], of: e.Roll, seed: bytes
) -> tuple[e.Credentials, bytes]:
    """The registrar's signed list of one style, and its blob."""
    blob = b"".join(sorted(publics))
    unsigned = e.Credentials(tuple(contests), len(publics), sha256(blob).digest(), len(blob), of, UNSIGNED)
    made = signature.sign(seed, e.credentials_bytes(election, cer, unsigned))
    return replace(unsigned, signature=made), blob


@dataclass(frozen=True, slots=True)
class Booth:
    """What a voter's booth knows of an election."""

    election: str
    ctx: bytes
    key: Element
    """Y."""
    contests: tuple[e.Contest, ...]
    """Those of the voter's style, in manifest order."""

    def seal(self, voter: Credential, previous: bytes, rankings: Sequence[Sequence[int]], draw: Draw) -> e.Ballot:
        """Seal one ranking for each contest, by candidates' numbers, and prove it."""
        nonces = [randomness.scalar(draw) for _ in self.contests]
        votes = []
        for contest, choice, nonce in zip(self.contests, rankings, nonces, strict=True):
            message = ranking.seal_code(choice, len(contest.candidates), contest.max_ranks)
            votes.append(ballot.encrypt(message, self.key, nonce))
        statement = ballot.Statement(self.ctx, voter.public, previous, self.key, tuple(votes))
        blinders = randomness.scalars(draw, len(votes) + 1)
        proof = ballot.prove(statement, voter.secret, nonces, blinders)
        return e.Ballot(
            election=self.election,
            credential=voter.public,
            previous=previous,
            contests=tuple(e.Vote(c.id, vote.a, vote.b) for c, vote in zip(self.contests, votes, strict=True)),
            proof=e.BallotProof(proof.commitments, proof.responses),
        )


def mix(place: shuffle.Place, trustee: int, sealed: bytes, draw: Draw, seed: bytes) -> tuple[e.Shuffle, bytes, bytes]:
    """Shuffle a list, prove it, sign it: the entry, the output blob and the proof blob."""
    before = shuffle.read_list(sealed)
    count = len(before)
    nonces = shuffle.Nonces(
        permutation=randomness.permutation(draw, count),
        reencryption=randomness.scalars(draw, count),
        commitment=randomness.scalars(draw, count),
        chain=randomness.scalars(draw, count),
        omega=randomness.scalars(draw, 4),
        omega_hat=randomness.scalars(draw, count),
        omega_prime=randomness.scalars(draw, count),
    )
    after = shuffle.reencrypt(before, place.key, nonces)
    output, proof = shuffle.dump_list(after), shuffle.prove(place, before, after, nonces).dump()
    entry = e.Shuffle(
        contest=place.contest,
        mixer=place.mixer,
        trustee=trustee,
        input=tally.ref(sealed),
        output=tally.ref(output),
        proof=tally.ref(proof),
        signature=UNSIGNED,
    )
    return sign(entry, seed), output, proof


def decrypt(place: decryption.Place, secret: int, sealed: bytes, draw: Draw, seed: bytes) -> tuple[e.Decrypt, bytes]:
    """A trustee's factors of the last list, proven and signed: the entry and the factors' blob."""
    ciphertexts = shuffle.read_list(sealed)
    factors = decryption.make_factors(secret, ciphertexts)
    nonces = randomness.scalars(draw, len(decryption.runs(len(factors))))
    proofs: list[equality.Proof] = decryption.prove(place, secret, ciphertexts, factors, nonces)
    blob = b"".join(factors)
    entry = e.Decrypt(
        contest=place.contest,
        trustee=place.trustee,
        input=tally.ref(sealed),
        factors=tally.ref(blob),
        proofs=tuple(e.Equality(proof.c, proof.s) for proof in proofs),
        signature=UNSIGNED,
    )
    return sign(entry, seed), blob
