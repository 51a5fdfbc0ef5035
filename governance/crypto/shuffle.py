"""A re-encryption shuffle and its argument (protocol.md, section 9).

Terelius and Wikström, in the form of CHVote (Haenni, Locher, Koenig, Dubuis) and Haines (arXiv 1901.08371). The check
keeps the equations apart and names the one that fails; the independent verifier folds them into one sum.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from governance.crypto import group
from governance.crypto.ballot import Ciphertext
from governance.crypto.group import ORDER, SIZE, Element
from governance.crypto.transcript import Transcript, u32, u64
from governance.errors import MalformedError, ProofError


@dataclass(frozen=True, slots=True)
class Place:
    """What a shuffle is bound to."""

    context: bytes
    """ctx, 64 bytes."""
    contest: str
    mixer: int
    key: Element
    """Y."""


@dataclass(frozen=True, slots=True)
class Nonces:
    """The prover's randomness: each uniform in 0..ORDER-1 and used once; lists have one for each ballot."""

    permutation: Sequence[int]
    """ψ: the output i is the re-encrypted input ψ(i)."""
    reencryption: Sequence[int]
    """r'_i, by input."""
    commitment: Sequence[int]
    """r_i: of c_i."""
    chain: Sequence[int]
    """ρ_i."""
    omega: Sequence[int]
    """ω1..ω4."""
    omega_hat: Sequence[int]
    omega_prime: Sequence[int]


@dataclass(frozen=True, slots=True)
class Proof:
    """The argument, in the order of its blob; lists have one item for each ballot."""

    c: tuple[Element, ...]
    c_hat: tuple[Element, ...]
    t_hat: tuple[Element, ...]
    t: tuple[Element, ...]
    """t1, t2, t3, t4a, t4b."""
    s: tuple[int, ...]
    """s1..s4."""
    s_hat: tuple[int, ...]
    s_prime: tuple[int, ...]

    def dump(self) -> bytes:
        """The proof blob: 32·(5N + 9) bytes."""
        elements = b"".join((*self.c, *self.c_hat, *self.t_hat, *self.t))
        return elements + b"".join(map(group.encode_scalar, (*self.s, *self.s_hat, *self.s_prime)))


def proof_size(count: int) -> int:
    """Bytes of the proof blob for so many ballots."""
    return SIZE * (5 * count + 9)


def load(blob: bytes, count: int) -> Proof:
    """Read a proof blob for a list of `count` ballots.

    Raises:
        MalformedError: Its size, an element or a scalar is wrong.
    """
    if len(blob) != proof_size(count):
        msg = "the shuffle's proof has a wrong size"
        raise MalformedError(msg)
    border = SIZE * (3 * count + 5)
    elements = tuple(group.decode_list(blob[:border]))
    scalars = tuple(group.decode_scalar(blob[at : at + SIZE]) for at in range(border, len(blob), SIZE))
    return Proof(
        c=elements[:count],
        c_hat=elements[count : 2 * count],
        t_hat=elements[2 * count : 3 * count],
        t=elements[3 * count :],
        s=scalars[:4],
        s_hat=scalars[4 : 4 + count],
        s_prime=scalars[4 + count :],
    )


def read_list(blob: bytes) -> list[Ciphertext]:
    """A list of ciphertexts, 64 bytes each.

    Raises:
        MalformedError: The size or an encoding is wrong.
    """
    elements = group.decode_list(blob)
    if len(elements) % 2:
        msg = "a list of sealed votes has a wrong size"
        raise MalformedError(msg)
    return [Ciphertext(elements[i], elements[i + 1]) for i in range(0, len(elements), 2)]


def dump_list(ciphertexts: Sequence[Ciphertext]) -> bytes:
    """The blob of a list: A ‖ B of each."""
    return b"".join(map(bytes, ciphertexts))


def _transcript(
    place: Place, before: Sequence[Ciphertext], after: Sequence[Ciphertext], c: Sequence[Element]
) -> Transcript:
    transcript = Transcript("governance/v1/shuffle")
    transcript.absorb("ctx", place.context)
    transcript.absorb("contest", place.contest.encode())
    transcript.absorb("mixer", u32(place.mixer))
    transcript.absorb("key", place.key)
    transcript.absorb("n", u64(len(before)))
    transcript.absorb("e", dump_list(before))
    transcript.absorb("e2", dump_list(after))
    transcript.absorb_elements("c", c)
    return transcript


def _challenge(
    transcript: Transcript, proof_chain: Sequence[Element], t: Sequence[Element], t_hat: Sequence[Element]
) -> int:
    transcript.absorb_elements("chain", proof_chain)
    transcript.absorb_elements("t", t)
    transcript.absorb_elements("that", t_hat)
    return transcript.scalar("x")


def reencrypt(before: Sequence[Ciphertext], key: Element, nonces: Nonces) -> list[Ciphertext]:
    """The output: input ψ(i) under fresh randomness, at place i."""

    def one(i: int) -> Ciphertext:
        source = nonces.permutation[i]
        r = nonces.reencryption[source]
        a = group.add(before[source].a, group.multiply_base(r))
        return Ciphertext(a, group.add(before[source].b, group.multiply(r, key)))

    return group.each(one, len(before))


def prove(place: Place, before: Sequence[Ciphertext], after: Sequence[Ciphertext], nonces: Nonces) -> Proof:
    """Prove that `after` is what `reencrypt` makes of `before` with these nonces."""
    count = len(before)
    h = group.generators(count)
    where = [0] * count  # ψ⁻¹: c is indexed by the input, as the text has it
    for i, source in enumerate(nonces.permutation):
        where[source] = i
    c = group.each(lambda i: group.add(group.multiply_base(nonces.commitment[i]), h[where[i]]), count)
    transcript = _transcript(place, before, after, c)
    u = transcript.scalars("u", count)
    u_prime = [u[source] for source in nonces.permutation]

    # The chain in closed form: ĉ_i = R_i G + U_i H, so that the links can be computed side by side.
    big_r, big_u = [0], [1]
    for i in range(count):
        big_r.append((nonces.chain[i] + u_prime[i] * big_r[i]) % ORDER)
        big_u.append(u_prime[i] * big_u[i] % ORDER)

    def link(i: int) -> Element:
        return group.add(group.multiply_base(big_r[i + 1]), group.multiply(big_u[i + 1], group.H))

    def link_commitment(i: int) -> Element:
        base = nonces.omega_hat[i] + nonces.omega_prime[i] * big_r[i]
        return group.add(group.multiply_base(base), group.multiply(nonces.omega_prime[i] * big_u[i], group.H))

    c_hat = group.each(link, count)
    t_hat = group.each(link_commitment, count)
    w1, w2, w3, w4 = nonces.omega
    blinders = nonces.omega_prime
    t = (
        group.multiply_base(w1),
        group.multiply_base(w2),
        group.add(group.multiply_base(w3), group.sum_of_products(blinders, h)),
        group.add(group.multiply_base(-w4), group.sum_of_products(blinders, [x.a for x in after])),
        group.add(group.multiply(-w4, place.key), group.sum_of_products(blinders, [x.b for x in after])),
    )
    x = _challenge(transcript, c_hat, t, t_hat)

    tail = 1  # v_i = Π_{l > i} u'_l
    chain_sum = 0
    for i in range(count - 1, -1, -1):
        chain_sum += nonces.chain[i] * tail
        tail = tail * u_prime[i] % ORDER
    s = (
        (w1 + x * sum(nonces.commitment)) % ORDER,
        (w2 + x * chain_sum) % ORDER,
        (w3 + x * sum(r * e for r, e in zip(nonces.commitment, u, strict=True))) % ORDER,
        (w4 + x * sum(r * e for r, e in zip(nonces.reencryption, u, strict=True))) % ORDER,
    )
    return Proof(
        c=tuple(c),
        c_hat=tuple(c_hat),
        t_hat=tuple(t_hat),
        t=t,
        s=s,
        s_hat=tuple((w + x * r) % ORDER for w, r in zip(nonces.omega_hat, nonces.chain, strict=True)),
        s_prime=tuple((w + x * e) % ORDER for w, e in zip(blinders, u_prime, strict=True)),
    )


def check(place: Place, before: Sequence[Ciphertext], after: Sequence[Ciphertext], proof: Proof) -> None:
    """Check the six equations of section 9, each by itself.

    Raises:
        ProofError: Lists of different length, an A of the output is the identity, or an equation fails; it is named.
    """
    count = len(before)
    if not len(after) == len(proof.c) == count:
        msg = "the shuffle's lists have different lengths"
        raise ProofError(msg)
    if any(ciphertext.a == group.IDENTITY for ciphertext in after):
        msg = "the shuffle's output has a vote whose first half is the identity"
        raise ProofError(msg)
    transcript = _transcript(place, before, after, proof.c)
    u = transcript.scalars("u", count)
    x = _challenge(transcript, proof.c_hat, proof.t, proof.t_hat)
    product = 1
    for challenge in u:
        product = product * challenge % ORDER
    t1, t2, t3, t4a, t4b = proof.t
    s1, s2, s3, s4 = proof.s
    h = group.generators(count)
    base, times, plus, minus, products = (
        group.multiply_base,
        group.multiply,
        group.add,
        group.subtract,
        group.sum_of_products,
    )

    opened = minus(group.total(proof.c), group.total(h))
    _equal("permutation's sum (s1)", plus(times(x, opened), t1), base(s1))
    end = minus(proof.c_hat[-1], times(product, group.H))
    _equal("permutation's product (s2)", plus(times(x, end), t2), base(s2))
    _equal(
        "permutation's commitments (s3)",
        plus(times(x, products(u, proof.c)), t3),
        plus(base(s3), products(proof.s_prime, h)),
    )
    _equal(
        "first halves (s4, A)",
        plus(times(x, products(u, [y.a for y in before])), t4a),
        plus(base(-s4), products(proof.s_prime, [y.a for y in after])),
    )
    _equal(
        "second halves (s4, B)",
        plus(times(x, products(u, [y.b for y in before])), t4b),
        plus(times(-s4, place.key), products(proof.s_prime, [y.b for y in after])),
    )

    def link_holds(i: int) -> bool:
        before_it = proof.c_hat[i - 1] if i else group.H
        left = plus(times(x, proof.c_hat[i]), proof.t_hat[i])
        return left == plus(base(proof.s_hat[i]), times(proof.s_prime[i], before_it))

    for i, holds in enumerate(group.each(link_holds, count)):
        if not holds:
            msg = f"the shuffle's proof fails at the chain's link {i + 1}"
            raise ProofError(msg)


def _equal(name: str, left: Element, right: Element) -> None:
    if left != right:
        msg = f"the shuffle's proof fails at the {name}"
        raise ProofError(msg)
