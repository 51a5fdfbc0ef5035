"""Canonical JSON (protocol.md section 1): RFC 8785, limited to objects, arrays, strings, booleans and small integers.

A byte string is canonical exactly when it parses and writing the value again gives the same bytes.
"""

import json
from itertools import pairwise
from typing import Final, NoReturn

MAX_DEPTH: Final = 16
"""The outermost value is depth 1."""

MAX_INTEGER: Final = 2**53 - 1

_MAX_DIGITS: Final = 17
"""Longer literals are out of range; refused before Python converts them, which takes quadratic time."""


class NotCanonicalError(ValueError):
    """The bytes are not canonical JSON of the subset; the text says why."""


def _ordered(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Build an object, refusing names that repeat or do not ascend by UTF-16 code unit (RFC 8785, 3.2.3)."""
    names = [name for name, _ in pairs]
    if all(map(str.isascii, names)):
        ascending = all(first < second for first, second in pairwise(names))
    else:
        units = [name.encode("utf-16-be", "surrogatepass") for name in names]
        ascending = all(first < second for first, second in pairwise(units))
    if not ascending:
        msg = "the names of an object repeat or are not in canonical order"
        raise NotCanonicalError(msg)
    return dict(pairs)


def _integer(literal: str) -> int:
    if len(literal) > _MAX_DIGITS or abs(int(literal)) > MAX_INTEGER:
        msg = "an integer of magnitude 2^53 or more"
        raise NotCanonicalError(msg)
    return int(literal)


def _refuse_number(literal: str) -> NoReturn:
    msg = f"a number that is no integer: {literal[:20]}"
    raise NotCanonicalError(msg)


def _nesting(value: object, depth: int) -> None:
    """Arrays and objects alone count as levels: a scalar inside the 16th array is allowed."""
    if isinstance(value, dict | list) and depth > MAX_DEPTH:
        msg = "nested more than 16 deep"
        raise NotCanonicalError(msg)
    if value is None:
        msg = "a null"
        raise NotCanonicalError(msg)
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for member in members:
        if type(member) is not str:
            _nesting(member, depth + 1)


_decoder = json.JSONDecoder(
    object_pairs_hook=_ordered, parse_int=_integer, parse_float=_refuse_number, parse_constant=_refuse_number
)
_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)


def parse(data: bytes) -> object:
    """Return the value of canonical bytes; raise NotCanonicalError for any others."""
    try:
        text = data.decode("utf-8")
        value = _decoder.decode(text)
    except NotCanonicalError:
        raise
    except UnicodeDecodeError:
        msg = "not UTF-8"
        raise NotCanonicalError(msg) from None
    except RecursionError:
        msg = "nested more than 16 deep"
        raise NotCanonicalError(msg) from None
    except ValueError:
        msg = "not JSON"
        raise NotCanonicalError(msg) from None
    _nesting(value, 1)
    # Spaces, needless escapes, -0 and lone surrogates all show here: what is written again differs.
    try:
        again = _encoder.encode(value).encode("utf-8")
    except UnicodeEncodeError:
        msg = "a lone surrogate in a string"
        raise NotCanonicalError(msg) from None
    if again != data:
        msg = "not in canonical form"
        raise NotCanonicalError(msg)
    return value


def _utf16(item: tuple[str, object]) -> bytes:
    return item[0].encode("utf-16-be")


def _sorted(value: object) -> object:
    if isinstance(value, dict):
        return {name: _sorted(member) for name, member in sorted(value.items(), key=_utf16)}
    if isinstance(value, list):
        return [_sorted(member) for member in value]
    return value


def write(value: object) -> bytes:
    """Return the canonical bytes of a value of the subset (which is taken to be one)."""
    return _encoder.encode(_sorted(value)).encode("utf-8")
