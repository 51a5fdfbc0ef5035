"""The one byte form of every JSON value in the record: RFC 8785, limited (protocol.md, section 1)."""

import json
from typing import Any, NoReturn

from governance.errors import MalformedError

DEPTH = 16
"""The outermost value is depth 1."""

BOUND = 2**53
"""Integers are of smaller magnitude."""

MAX_DIGITS = 16


def _refuse(why: str) -> NoReturn:
    msg = f"not canonical JSON: {why}"
    raise MalformedError(msg)


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS + 1:
        _refuse("a number is too large")
    return int(text)


def _fraction(_text: str) -> NoReturn:
    _refuse("a number has a fraction or an exponent")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        _refuse("a key stands twice")
    return result


_decoder = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_fraction, parse_constant=_fraction
)


def parse(data: bytes) -> Any:
    """The value of canonical bytes.

    Raises:
        MalformedError: The bytes are not the canonical form of an allowed value.
    """
    try:
        value = _decoder.decode(data.decode("utf-8"))
    except UnicodeDecodeError:
        _refuse("it is not UTF-8")
    except RecursionError:
        _refuse("it is nested too deep")
    except json.JSONDecodeError as error:
        _refuse(f"{error.msg} at character {error.pos + 1}")
    _limit(value, DEPTH)
    if dump(value) != data:
        _refuse("the bytes differ from their canonical form")
    return value


def _limit(value: Any, depth: int) -> None:
    """Refuse what RFC 8785 knows and the record does not: null, large integers, depth."""
    if depth < 1:
        _refuse("it is nested too deep")
    if isinstance(value, str | bool):
        return
    if isinstance(value, int):
        if not -BOUND < value < BOUND:
            _refuse("a number is too large")
    elif isinstance(value, list):
        for item in value:
            _limit(item, depth - 1)
    elif isinstance(value, dict):
        for item in value.values():
            _limit(item, depth - 1)
    else:
        _refuse("null is not allowed")


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be")


def _sorted(value: Any) -> Any:
    """The value with the keys of its objects in order of their UTF-16 code units (RFC 8785, 3.2.3)."""
    if isinstance(value, dict):
        keys = sorted(value) if all(map(str.isascii, value)) else sorted(value, key=_utf16)
        return {key: _sorted(value[key]) for key in keys}
    if isinstance(value, list | tuple):
        return [_sorted(item) for item in value]
    return value


def dump(value: Any) -> bytes:
    """The canonical bytes of a value made of dicts, lists, tuples, strings, booleans and integers.

    Raises:
        MalformedError: A string has a lone surrogate.
    """
    try:
        return json.dumps(_sorted(value), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8")
    except UnicodeEncodeError:
        _refuse("a string has a lone surrogate")
