"""What `governance count` and `governance countback` ask alike: a file of papers, names in it, lots, constraints."""

import gc
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from governance.count import blt
from governance.count.constraints import Constraint
from governance.errors import MalformedError
from governance.offline import files
from governance.offline.edge import note

MAX_CONSTRAINTS = 2**20
"""Bytes of a constraints file: as an entry of the record (docs/protocol.md 1)."""

FIELDS = {"attribute": str, "value": str, "min": int, "max": int, "candidates": list, "seated": int}


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
    """The bytes of a file, or of a pipe that somebody writes into.

    Raises:
        MalformedError: There are more than `most`.
    """
    data = files.read_any(path, most)
    if len(data) > most:
        raise MalformedError(f"{path} has more than {most} bytes, the most that such a file can have")
    return data


def labelled(names: Sequence[str]) -> tuple[str, ...]:
    """A name for each candidate that nobody else has: who shares one gets the number in the file."""
    times = Counter(names)
    labels = [f"{name} #{n}" if times[name] > 1 else name for n, name in enumerate(names, 1)]
    if len(set(labels)) < len(labels):
        labels = [f"{name} #{n}" for n, name in enumerate(names, 1)]
    if changed := [label for label, name in zip(labels, names, strict=True) if label != name]:
        note(f"several candidates have one name; they are called {', '.join(changed)}.")
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
    if not text.strip():
        raise MalformedError(f"{option} names nobody: give names of candidates, divided by commas")
    rest = text.strip() + ","
    while rest:
        found = next((c for c in longest_first if c not in order and rest.startswith(labels[c] + ",")), None)
        if found is None:
            raise MalformedError(f"{option}: {_stuck(rest[:-1], order, labels)}")
        order.append(found)
        rest = rest[len(labels[found]) + 1 :].lstrip()
    return order


def _stuck(rest: str, order: list[int], labels: Sequence[str]) -> str:
    """Why the rest of a list of names does not go on with a candidate."""
    if not rest.strip(", "):
        return "there is a comma after the last name: take it away"
    if again := next((labels[c] for c in order if f"{rest},".startswith(f"{labels[c]},")), None):
        return f"{again!r} is named twice"
    return f"{rest!r} does not begin with the name of a candidate"


def read_json(path: Path, most: int) -> Any:
    """The value in a JSON file of at most so many bytes, of which no object has a field twice.

    Raises:
        MalformedError: It is none; the text names the file.
    """

    def without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        fields = dict(pairs)
        if len(fields) < len(pairs):
            twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
            raise MalformedError(f"{path}: the field {twice!r} stands twice in one object")
        return fields

    try:
        return json.loads(read_bytes(path, most), object_pairs_hook=without_repeats)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise MalformedError(f"{path} is not JSON: {error}") from None
    except ValueError:
        raise MalformedError(f"{path} has a number of more digits than any number can have there") from None
    except RecursionError:
        raise MalformedError(f"{path} has lists within lists within lists, far too deep") from None


def read_constraints(path: Path, labels: Sequence[str]) -> list[Constraint]:
    """The constraints of a file (docs/protocol.md 7, with names for ids)."""
    entries = read_json(path, MAX_CONSTRAINTS)
    if not isinstance(entries, list):
        raise MalformedError(f"{path} holds no list of constraints")
    return [_constraint(f"{path}, constraint {n}", entry, labels) for n, entry in enumerate(entries, 1)]


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
