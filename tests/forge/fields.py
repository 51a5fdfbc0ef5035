"""Every field of every kind of entry (protocol.md, 1.1), and where in a good record an entry of that kind stands."""

from collections.abc import Iterator
from typing import Any

from tests.forge.record import Json, Record

Path = tuple[str | int, ...]

SAMPLES = {
    "ceremony": "two",
    "trustee-commit": "two",
    "trustee-key": "two",
    "trustee-confirm": "two",
    "manifest": "two",
    "trustee-ready": "two",
    "open": "two",
    "extend": "two",
    "close": "two",
    "cancel": "cancelled",
    "withdraw": "two",
    "notice": "two",
    "ballot": "two",
    "shuffle": "two",
    "decrypt": "two",
    "result": "two",
    "count": "two",
    "void": "void",
}
"""A base in which an entry of each kind stands."""


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every string, number and boolean, with its path."""
    if isinstance(value, dict):
        for name in sorted(value):
            yield from leaves(value[name], (*path, name))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from leaves(item, (*path, number))
    else:
        yield path, value


def fields(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every field of every object, each list by its first item alone."""
    if isinstance(value, dict):
        for name in sorted(value):
            yield (*path, name), value[name]
            yield from fields(value[name], (*path, name))
    elif isinstance(value, list) and value:
        yield from fields(value[0], (*path, 0))


def objects(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every object, each list by its first item alone."""
    if isinstance(value, dict):
        yield path
        for name in sorted(value):
            yield from objects(value[name], (*path, name))
    elif isinstance(value, list) and value:
        yield from objects(value[0], (*path, 0))


def at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def put(value: Any, path: Path, new: Any) -> None:
    at(value, path[:-1])[path[-1]] = new


def drop(value: Any, path: Path) -> None:
    del at(value, path[:-1])[path[-1]]


def sample(record: Record, kind: str) -> Json:
    return record.value(record.find(kind))


def name(path: Path) -> str:
    return ".".join(map(str, path)) or "the entry"
