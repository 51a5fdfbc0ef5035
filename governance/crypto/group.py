"""ristretto255 (protocol.md, sections 1 and 3): elements, scalars, sums of products.

The only decoder of elements and scalars, and the only module that knows which library multiplies. An `Element` is its
canonical 32-byte encoding, already checked; a scalar is an integer 0..ORDER-1. Secrets are multiplied by libsodium's
constant-time functions alone. A native kernel may stand behind this module one day.
"""

import struct
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha512
from typing import NewType, TypeVar

from governance.crypto import sodium
from governance.errors import MalformedError

ORDER = 2**252 + 27742317777372353535851937790883648493
SIZE = 32
"""Bytes of an encoded element and of an encoded scalar."""

Element = NewType("Element", bytes)
"""A member of the group in its one encoding; `decode` is the only way in for bytes that came from outside."""

IDENTITY = Element(bytes(SIZE))
RUN = 256
"""How many items a thread takes at a time."""

T = TypeVar("T")


def decode(data: bytes) -> Element:
    """Check an encoding that came from outside; the identity passes.

    Raises:
        MalformedError: Not 32 bytes, or not the canonical encoding of an element (RFC 9496, 4.3.1).
    """
    if len(data) != SIZE or sodium.is_valid(data) != 1:
        msg = "these bytes are no element of the group"
        raise MalformedError(msg)
    return Element(data)


def decode_list(data: bytes) -> list[Element]:
    """Check a blob of encodings, 32 bytes each.

    Raises:
        MalformedError: As `decode`, or the length is no multiple of 32.
    """
    if len(data) % SIZE:
        msg = "a list of elements has a wrong length"
        raise MalformedError(msg)
    return [decode(data[at : at + SIZE]) for at in range(0, len(data), SIZE)]


def decode_scalar(data: bytes) -> int:
    """Read a 32-byte little-endian scalar.

    Raises:
        MalformedError: Not 32 bytes, or the value is not below the order.
    """
    value = int.from_bytes(data, "little")
    if len(data) != SIZE or value >= ORDER:
        msg = "these bytes are no scalar"
        raise MalformedError(msg)
    return value


def encode_scalar(value: int) -> bytes:
    """The 32 bytes of a scalar 0..ORDER-1."""
    return value.to_bytes(SIZE, "little")


def reduce(digest: bytes) -> int:
    """A digest of 64 bytes, little-endian, as a scalar."""
    return int.from_bytes(digest, "little") % ORDER


def multiply(scalar: int, element: Element) -> Element:
    """scalar · element; the identity where either is zero."""
    out = sodium.buffer(SIZE)
    if sodium.multiply(out, (scalar % ORDER).to_bytes(SIZE, "little"), element):
        return _nothing(scalar, element)
    return Element(out.raw)


def multiply_base(scalar: int) -> Element:
    """scalar · G."""
    out = sodium.buffer(SIZE)
    if sodium.multiply_base(out, (scalar % ORDER).to_bytes(SIZE, "little")):
        return _nothing(scalar, G)
    return Element(out.raw)


def _nothing(scalar: int, element: Element) -> Element:
    """What libsodium reports as a failure although it is the identity: it refuses to return zero."""
    if scalar % ORDER and element != IDENTITY:
        msg = "libsodium refused an element that was not decoded first"
        raise MalformedError(msg)
    return IDENTITY


def add(left: Element, right: Element) -> Element:
    """left + right."""
    out = sodium.buffer(SIZE)
    if sodium.add(out, left, right):
        msg = "libsodium refused an element that was not decoded first"
        raise MalformedError(msg)
    return Element(out.raw)


def subtract(left: Element, right: Element) -> Element:
    """left - right."""
    out = sodium.buffer(SIZE)
    if sodium.subtract(out, left, right):
        msg = "libsodium refused an element that was not decoded first"
        raise MalformedError(msg)
    return Element(out.raw)


def total(elements: Iterable[Element]) -> Element:
    """The sum of some elements."""
    result = IDENTITY
    for element in elements:
        result = add(result, element)
    return result


def sum_of_products(scalars: Sequence[int], elements: Sequence[Element]) -> Element:
    """Σ scalars[i] · elements[i], on all processors; both of one length."""
    if len(scalars) != len(elements):
        msg = "as many scalars as elements"
        raise ValueError(msg)

    def part(start: int, stop: int) -> Element:
        result = IDENTITY
        for scalar, element in zip(scalars[start:stop], elements[start:stop], strict=True):
            result = add(result, multiply(scalar, element))
        return result

    return total(spread(part, len(scalars)))


_threads = ThreadPoolExecutor(thread_name_prefix="group")


def spread(work: Callable[[int, int], T], count: int) -> list[T]:
    """Call work(start, stop) over runs of 0..count-1, in threads, and give the answers in order.

    libsodium's calls release the interpreter's lock, so two threads use two processors.
    """
    if count <= RUN:
        return [work(0, count)] if count else []
    starts = range(0, count, RUN)
    return list(_threads.map(lambda start: work(start, min(start + RUN, count)), starts))


def each(work: Callable[[int], T], count: int) -> list[T]:
    """[work(0), …, work(count - 1)], in threads."""
    return [item for run in spread(lambda start, stop: [work(i) for i in range(start, stop)], count) for item in run]


def hash_to_group(domain: bytes, data: bytes) -> Element:
    """`h2g` of section 3: an element nobody knows the logarithm of."""
    return from_uniform(sha512(struct.pack(">H", len(domain)) + domain + data).digest())


def from_uniform(digest: bytes) -> Element:
    """RFC 9496, element derivation: 64 uniform bytes to an element."""
    out = sodium.buffer(SIZE)
    if len(digest) != 2 * SIZE or sodium.from_hash(out, digest):
        msg = "64 bytes are needed to derive an element"
        raise MalformedError(msg)
    return Element(out.raw)


G = multiply_base(1)
H = hash_to_group(b"governance/v1/h", b"")


def generators(count: int) -> list[Element]:
    """H_0 … H_{count-1} of section 3."""
    return [hash_to_group(b"governance/v1/h_i", struct.pack(">Q", i)) for i in range(count)]
