"""Frozen dataclasses as plain JSON values and back, strictly: every field, no other, each of its type."""

import dataclasses
import types
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from governance.errors import MalformedError

Record = TypeVar("Record")
TIME = "%Y-%m-%dT%H:%M:%SZ"


def to_plain(value: Any) -> Any:
    """A value made of dataclasses, tuples, mappings, moments, strings, numbers and booleans, as JSON has it."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime):
        return text(value)
    if isinstance(value, Mapping):
        return {name: to_plain(item) for name, item in value.items()}
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    return value


def from_plain(kind: type[Record], value: Any) -> Record:
    """The dataclass that plain values say.

    Raises:
        MalformedError: A field is missing, unknown, or of another type; the sentence names it.
    """
    loaded: Record = _load(kind, value, kind.__name__.lower())
    return loaded


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _load(hint: Any, value: Any, where: str) -> Any:
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _record(hint, value, where)
    origin = get_origin(hint)
    if origin is tuple and isinstance(value, list):
        item = get_args(hint)[0]
        return tuple(_load(item, one, f"{where} {number}") for number, one in enumerate(value, 1))
    if origin in (Mapping, dict) and isinstance(value, dict) and all(isinstance(name, str) for name in value):
        item = get_args(hint)[1]
        return types.MappingProxyType({name: _load(item, one, f"{where}, {name}") for name, one in value.items()})
    if hint is datetime and isinstance(value, str):
        return moment(value, where)
    if hint in (str, int, bool) and type(value) is hint:
        return value
    msg = f"In the draft, “{where}” has another form than it should have."
    raise MalformedError(msg)


@cache
def _fields(kind: type) -> tuple[frozenset[str], frozenset[str]]:
    """The names of the fields that have to be there, and of all."""
    fields = {field.name: field for field in dataclasses.fields(kind)}
    needed = {name for name, field in fields.items() if field.default is field.default_factory is dataclasses.MISSING}
    return frozenset(needed), frozenset(fields)


def _record(kind: type, value: Any, where: str) -> Any:
    needed, known = _fields(kind)
    if not isinstance(value, dict) or not needed <= value.keys() <= known:
        msg = f"In the draft, “{where}” lacks a field or has one too many."
        raise MalformedError(msg)
    hints = _hints(kind)
    return kind(**{name: _load(hints[name], item, f"{where}, {name}") for name, item in value.items()})


def moment(text: str, where: str = "a time") -> datetime:
    """A time as the record writes it.

    Raises:
        MalformedError: It is none.
    """
    try:
        return datetime.strptime(text, TIME).replace(tzinfo=UTC)
    except ValueError:
        msg = f"“{where}” should be a time like 2026-03-01T09:00:00Z."
        raise MalformedError(msg) from None


def text(value: datetime) -> str:
    """A moment as the record writes it, cut to whole seconds; its form compares as text, in every year."""
    return (
        value.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
    )  # strftime writes the year 9 as 9
