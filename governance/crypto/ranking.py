"""Rankings as numbers and as elements (protocol.md, section 4)."""

from collections.abc import Sequence

from governance.crypto import group, sodium
from governance.crypto.group import Element
from governance.errors import MalformedError

PAYLOAD = 30
"""Bytes of a code inside an element."""

LIMIT = 2**240
"""A contest has at most so many different rankings."""


def arrangements(candidates: int, ranks: int) -> int:
    """P(n, j): sequences of `ranks` distinct candidates; n!/(n-j)!."""
    result = 1
    for used in range(ranks):
        result *= candidates - used
    return result


def total(candidates: int, limit: int) -> int:
    """How many rankings a contest of n candidates and at most `limit` preferences has, the blank one included."""
    result = term = 1
    for used in range(limit):
        term *= candidates - used
        result += term
    return result


def fits(candidates: int, limit: int) -> bool:
    """Whether every ranking of such a contest has a code of 240 bits; 1 <= limit <= n is part of it."""
    if not 1 <= limit <= candidates:
        return False
    result = term = 1
    for used in range(limit):
        term *= candidates - used
        result += term
        if result > LIMIT:
            return False
    return True


def encode(ranking: Sequence[int], candidates: int, limit: int) -> int:
    """The code of a ranking: candidates' numbers 0..n-1, first preference first; () is the blank vote.

    Raises:
        MalformedError: Too many preferences, a number out of range, or one twice.
    """
    count = len(ranking)
    if count > limit or len(set(ranking)) != count or not all(0 <= number < candidates for number in ranking):
        msg = "a ranking names each candidate at most once and no more than the contest allows"
        raise MalformedError(msg)
    value = 0
    unused = list(range(candidates))
    for number in ranking:
        value = value * len(unused) + unused.index(number)
        unused.remove(number)
    return sum(arrangements(candidates, j) for j in range(count)) + value


def decode(code: int, candidates: int, limit: int) -> tuple[int, ...] | None:
    """The ranking of a code, or None if the code is INVALID (not below the total)."""
    count, size = 0, 1
    while code >= size:
        code -= size
        size *= candidates - count
        count += 1
        if count > limit:
            return None
    digits = []
    for base in range(candidates - count + 1, candidates + 1):
        code, digit = divmod(code, base)
        digits.append(digit)
    unused = list(range(candidates))
    return tuple(unused.pop(digit) for digit in reversed(digits))


def embed(code: int) -> Element:
    """The element of a code 0..2^240-1: the first candidate [2j] ‖ payload ‖ [h] that is a valid encoding."""
    payload = code.to_bytes(PAYLOAD, "little")
    for high in range(64):
        tail = payload + bytes([high])
        for low in range(0, 256, 2):
            candidate = bytes([low]) + tail
            if sodium.is_valid(candidate) == 1 and candidate != group.IDENTITY:
                return Element(candidate)
    msg = "no element holds this payload"  # one candidate in four is valid: 8,192 misses are out of reach
    raise MalformedError(msg)


def extract(element: Element) -> int | None:
    """The code inside an element, or None if it is not the one that embedding gives (INVALID)."""
    code = int.from_bytes(element[1 : 1 + PAYLOAD], "little")
    return code if embed(code) == element else None


def seal_code(ranking: Sequence[int], candidates: int, limit: int) -> Element:
    """A ranking as the plaintext that is encrypted."""
    return embed(encode(ranking, candidates, limit))


def read(element: Element, candidates: int, limit: int) -> tuple[int, ...] | None:
    """The ranking of a decrypted element, or None: INVALID, counted and published as such, never repaired."""
    code = extract(element)
    return None if code is None else decode(code, candidates, limit)
