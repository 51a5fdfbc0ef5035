"""What `governance count` and `governance countback` ask alike: a file of papers, names in it, lots, constraints."""

import gc
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from governance.count import blt
from governance.count.constraints import Constraint
from governance.errors import MalformedError

MAX_CONSTRAINTS = 2**20
"""Bytes of a constraints file: as an entry of the record (docs/protocol.md 1)."""

FIELDS = {"attribute": str, "value": str, "min": int, "max": int, "candidates": list, "seated": int}


class InputError(click.ClickException):
    """The input is not what it should be, or the call is wrong: one line, exit code 2."""

    exit_code = 2


@contextmanager
def no_garbage() -> Iterator[None]:
    """Papers are many small objects, all kept to the end: looking for garbage among them is waste."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def read_bytes(path: Path, most: int) -> bytes:
    """The bytes of a file, and one too many if it has more than `most`."""
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error


def labelled(names: Sequence[str]) -> tuple[str, ...]:
    """A name for each candidate that nobody else has: who shares one gets the number in the file."""
    times = Counter(names)
    labels = [f"{name} #{n}" if times[name] > 1 else name for n, name in enumerate(names, 1)]
    if len(set(labels)) < len(labels):
        labels = [f"{name} #{n}" for n, name in enumerate(names, 1)]
    if changed := [label for label, name in zip(labels, names, strict=True) if label != name]:
        click.echo(f"Note: several candidates have one name; they are called {', '.join(changed)}.", err=True)
    return tuple(labels)


def find_candidate(labels: Sequence[str], name: str, names: Sequence[str]) -> int:
    """Whom a name means, of candidates with these labels and names.

    Raises:
        MalformedError: Nobody, or any of several.
    """
    if name in labels:
        return labels.index(name)
    same = [label for label, other in zip(labels, names, strict=True) if other == name]
    if same:
        raise MalformedError(f"{name!r} may be any of {', '.join(same)}")
    raise MalformedError(f"no candidate in the file is called {name!r}")


def order_of_lots(text: str | None, election: blt.Election, labels: Sequence[str], withdrawn: set[int]) -> list[int]:
    """The order of lots: as asked for, else the file's `[tie …]`, else the order in the file."""
    everybody = range(len(labels))
    order = [*(election.tie or everybody)] if text is None else read_names("--order", text, labels)
    left_out = [candidate for candidate in everybody if candidate not in order]
    if missing := [labels[candidate] for candidate in left_out if candidate not in withdrawn]:
        raise MalformedError(f"--order does not name {', '.join(missing)}")
    return order + left_out


def read_names(option: str, text: str, labels: Sequence[str]) -> list[int]:
    """Names divided by commas, each once. A name may hold commas itself, so the longest that fits is taken.

    Raises:
        MalformedError: It is something else; the text begins with the option.
    """
    longest_first = sorted(range(len(labels)), key=lambda candidate: -len(labels[candidate]))
    order: list[int] = []
    rest = text.strip() + ","
    while rest:
        found = next((c for c in longest_first if c not in order and rest.startswith(labels[c] + ",")), None)
        if found is None:
            raise MalformedError(f"{option}: {rest[:-1]!r} does not begin with a candidate who is not yet named")
        order.append(found)
        rest = rest[len(labels[found]) + 1 :].lstrip()
    return order


def read_constraints(path: Path, labels: Sequence[str]) -> list[Constraint]:
    """The constraints of a file (docs/protocol.md 7, with names for ids)."""
    data = read_bytes(path, MAX_CONSTRAINTS)
    if len(data) > MAX_CONSTRAINTS:
        raise MalformedError(f"{path} has more than {MAX_CONSTRAINTS} bytes")
    try:
        entries = json.loads(data, object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"{path} is not JSON: {error}") from error
    if not isinstance(entries, list):
        raise MalformedError(f"{path} holds no list of constraints")
    return [_constraint(f"{path}, constraint {n}", entry, labels) for n, entry in enumerate(entries, 1)]


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise MalformedError("a constraint has a field twice")
    return fields


def _constraint(where: str, entry: Any, labels: Sequence[str]) -> Constraint:
    if not isinstance(entry, dict) or entry.keys() != FIELDS.keys():
        raise MalformedError(f"{where}: its fields must be {', '.join(FIELDS)}")
    for name, kind in FIELDS.items():
        value = entry[name]
        if not isinstance(value, kind) or isinstance(value, bool) or (isinstance(value, int) and value < 0):
            what = {str: "a string", int: "a whole number, 0 or more", list: "a list of names"}[kind]
            raise MalformedError(f"{where}: {name!r} must be {what}")
    if entry["min"] > entry["max"]:
        raise MalformedError(f"{where}: its minimum is above its maximum")
    for name in entry["candidates"]:
        if name not in labels:
            raise MalformedError(f"{where}: no candidate in the file is called {name!r}")
    if len(set(entry["candidates"])) < len(entry["candidates"]):
        raise MalformedError(f"{where}: it names a candidate twice")
    return Constraint(
        attribute=entry["attribute"],
        value=entry["value"],
        minimum=entry["min"],
        maximum=entry["max"],
        candidates=tuple(entry["candidates"]),
        seated=entry["seated"],
    )
