"""Facts as plain JSON values and back, strictly: every field, no other, each of its type. A day that is open is “”."""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from governance.domain.eligibility.facts import read_date
from governance.domain.names import printable
from governance.domain.seats.facts import KINDS, Fact
from governance.errors import MalformedError

MAX_TEXT = 2000
MAX_NUMBER = 100_000


def plain(fact: Fact) -> dict[str, Any]:
    """A fact as JSON has it."""
    return {"kind": fact.kind, **_plain(fact)}


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if value is None:
        return ""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in sorted(value.items())}
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def read(value: Any) -> Fact:
    """The fact that plain values say.

    Raises:
        MalformedError: They say none; the sentence names the field.
    """
    kind = KINDS.get(value.get("kind", "")) if isinstance(value, dict) else None
    if kind is None:
        msg = "This is no fact of a register of seats."
        raise MalformedError(msg)
    found: Fact = load(kind, {name: one for name, one in value.items() if name != "kind"}, kind.kind)
    return found


@cache
def _hints(kind: type) -> dict[str, Any]:
    return {name: one for name, one in get_type_hints(kind).items() if name != "kind"}


def load(hint: Any, value: Any, where: str) -> Any:
    """A value of a type.

    Raises:
        MalformedError: It is of another.
    """
    if get_origin(hint) in (Union, types.UnionType):  # X | None is the only one
        return None if value == "" else load(get_args(hint)[0], value, where)
    if is_dataclass(hint):
        return _record(hint, value, where)
    return _several(hint, value, where) if get_origin(hint) else _single(hint, value, where)


def _record(kind: Any, value: Any, where: str) -> Any:
    hints = _hints(kind)
    if not isinstance(value, dict) or value.keys() != hints.keys():
        msg = f"“{where}” lacks a field or has one too many."
        raise MalformedError(msg)
    return kind(**{name: load(hints[name], one, f"{where}, {name}") for name, one in value.items()})


def _several(hint: Any, value: Any, where: str) -> Any:
    if get_origin(hint) is tuple and isinstance(value, list):
        return tuple(load(get_args(hint)[0], one, where) for one in value)
    if get_origin(hint) is Mapping and isinstance(value, dict):
        return {
            _single(str, name, where): load(get_args(hint)[1], one, f"{where}, {name}") for name, one in value.items()
        }
    msg = f"“{where}” has another form than it should have."
    raise MalformedError(msg)


def _single(hint: Any, value: Any, where: str) -> Any:
    if hint is date and isinstance(value, str):
        return read_date(value)
    if isinstance(hint, type) and issubclass(hint, StrEnum) and value in list(hint):
        return hint(value)
    if hint is str and isinstance(value, str) and len(value) <= MAX_TEXT and printable(value):
        return value
    if hint is int and type(value) is int and 0 <= value <= MAX_NUMBER:
        return value
    if hint is bool and isinstance(value, bool):
        return value
    msg = f"“{where}” is too long or large, or not of the form that it should have."
    raise MalformedError(msg)
