"""The shuffle's prover of protocol.md, section 9, written again with a hook at every value a dishonest mixer may choose."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from governance.crypto import group, randomness
from governance.crypto.ballot import Ciphertext
from governance.crypto.group import ORDER, Element
from governance.crypto.randomness import Draw
from governance.crypto.transcript import Transcript, u32, u64

At = Callable[[str, Any], Any]
"""`at(step, value)`: the value as the forger wants it."""


@dataclass(slots=True)
class Place:
    """What the proof is bound to; a forger changes it to prove for another place."""

    context: bytes
    contest: str
    mixer: int
    key: Element


@dataclass(slots=True)
class Argument:
    """The proof; each list may be changed."""

    c: list[Element]
    c_hat: list[Element]
    t_hat: list[Element]
    t: list[Element]
    s: list[int] = field(default_factory=list)
    s_hat: list[int] = field(default_factory=list)
    s_prime: list[int] = field(default_factory=list)

    def dump(self) -> bytes:
        scalars = (value.to_bytes(32, "little") for value in (*self.s, *self.s_hat, *self.s_prime))
        return b"".join((*self.c, *self.c_hat, *self.t_hat, *self.t, *scalars))


def dump(ciphertexts: Sequence[Ciphertext]) -> bytes:
    return b"".join(map(bytes, ciphertexts))


def load(blob: bytes) -> list[Ciphertext]:
    points = [Element(blob[at : at + 32]) for at in range(0, len(blob), 32)]
    return [Ciphertext(points[at], points[at + 1]) for at in range(0, len(points) - 1, 2)]


def shuffle(place: Place, before: list[Ciphertext], draw: Draw, at: At) -> tuple[bytes, bytes]:
    """The output blob and the proof blob.

    Steps: `permutation`, `reencryption`, `output` (before it is proven), `place`, `generators`, `chain-base`, `c` (before the first challenge),
    `argument` (before the second), `proof` (after both), `output-after` and `proof-blob`.
    """
    n = len(before)
    psi: list[int] = at("permutation", randomness.permutation(draw, n))
    r_prime, r, rho, omega_hat, omega_prime = (randomness.scalars(draw, n) for _ in range(5))
    r_prime = at("reencryption", r_prime)
    w1, w2, w3, w4 = randomness.scalars(draw, 4)
    add, times, base, products = group.add, group.multiply, group.multiply_base, group.sum_of_products
    after = [
        Ciphertext(add(before[j].a, base(r_prime[j])), add(before[j].b, times(r_prime[j], place.key))) for j in psi
    ]
    after = at("output", after)
    place = at("place", place)
    h: list[Element] = at("generators", group.generators(n))

    c: list[Element] = [group.IDENTITY] * n
    for i, j in enumerate(psi):
        c[j] = add(base(r[j]), h[i])
    c = at("c", c)
    transcript = Transcript("governance/v1/shuffle")
    transcript.absorb("ctx", place.context)
    transcript.absorb("contest", place.contest.encode())
    transcript.absorb("mixer", u32(place.mixer))
    transcript.absorb("key", place.key)
    transcript.absorb("n", u64(n))
    transcript.absorb("e", dump(before))
    transcript.absorb("e2", dump(after))
    transcript.absorb("c", b"".join(c))
    u = transcript.scalars("u", n)
    up = [u[j] for j in psi]

    last, c_hat, t_hat = at("chain-base", group.H), [], []
    for i in range(n):
        t_hat.append(add(base(omega_hat[i]), times(omega_prime[i], last)))
        last = add(base(rho[i]), times(up[i], last))
        c_hat.append(last)
    t = [
        base(w1),
        base(w2),
        add(base(w3), products(omega_prime, h)),
        add(base(-w4), products(omega_prime, [x.a for x in after])),
        add(times(-w4, place.key), products(omega_prime, [x.b for x in after])),
    ]
    argument: Argument = at("argument", Argument(c, c_hat, t_hat, t))
    transcript.absorb("chain", b"".join(argument.c_hat))
    transcript.absorb("t", b"".join(argument.t))
    transcript.absorb("that", b"".join(argument.t_hat))
    x = transcript.scalar("x")

    v, chain = 1, 0
    for i in range(n - 1, -1, -1):
        chain += rho[i] * v
        v = v * up[i] % ORDER
    argument.s = [
        (w1 + x * sum(r)) % ORDER,
        (w2 + x * chain) % ORDER,
        (w3 + x * sum(map(int.__mul__, r, u))) % ORDER,
        (w4 + x * sum(map(int.__mul__, r_prime, u))) % ORDER,
    ]
    argument.s_hat = [(w + x * value) % ORDER for w, value in zip(omega_hat, rho, strict=True)]
    argument.s_prime = [(w + x * value) % ORDER for w, value in zip(omega_prime, up, strict=True)]
    argument = at("proof", argument)
    return at("output-after", dump(after)), at("proof-blob", argument.dump())
