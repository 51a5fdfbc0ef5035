"""Rankings as numbers, numbers as points (protocol.md section 4)."""

from typing import Final

from .group import IDENTITY_BYTES, is_valid

MAX_TOTAL: Final = 2**240
_HIGH_BYTES: Final = 64
_LOW_BYTES: Final = 128


def total_codes(candidates: int, limit: int) -> int:
    """Count the rankings of at most `limit` of the candidates; any number above 2^240 stands for too many."""
    total = arrangements = 1
    for length in range(limit):
        arrangements *= candidates - length
        total += arrangements
        if total > MAX_TOTAL:
            break
    return total


def ranking_of(code: int, candidates: int, limit: int) -> tuple[int, ...] | None:
    """Candidate numbers, first preference first, of a code; None when code >= total."""
    length, arrangements = 0, 1
    while code >= arrangements:
        code -= arrangements
        if length == limit:
            return None
        arrangements *= candidates - length
        length += 1
    unused = list(range(candidates))
    ranking = []
    for place in range(length):
        # How many ways the later places can be filled: the weight of this digit.
        arrangements //= candidates - place
        digit, code = divmod(code, arrangements)
        ranking.append(unused.pop(digit))
    return tuple(ranking)


def embed(payload: bytes) -> bytes:
    """Return the point that 30 bytes are embedded as: the first candidate encoding that is valid and not zero."""
    candidates = (
        bytes((2 * low,)) + payload + bytes((high,)) for high in range(_HIGH_BYTES) for low in range(_LOW_BYTES)
    )
    # That none is valid has a probability of about 2^-3400.
    return next(each for each in candidates if each != IDENTITY_BYTES and is_valid(each))


def code_of(plaintext: bytes) -> int | None:
    """Return the code in the encoding of a point, None when the point is not exactly its embedding.

    The encoding is known to be valid, so only the candidates before it are tried: none of them may be.
    """
    low, high = plaintext[0], plaintext[31]
    payload = plaintext[1:31]
    if plaintext == IDENTITY_BYTES or high >= _HIGH_BYTES:
        return None
    for index in range(high * _LOW_BYTES + low // 2):
        candidate = bytes((2 * (index % _LOW_BYTES),)) + payload + bytes((index // _LOW_BYTES,))
        if candidate != IDENTITY_BYTES and is_valid(candidate):
            return None
    return int.from_bytes(payload, "little")
