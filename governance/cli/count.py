"""`governance count`: count a BLT file (docs/interfaces.md, docs/counting.md 8.3)."""

import gc
import json
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from governance.count import blt, blt_reader, rules, sheet
from governance.count.ballots import MAX_SEATS
from governance.count.constraints import Constraint
from governance.errors import GovernanceError, MalformedError

MAX_CONSTRAINTS = 2**20
"""Bytes of a constraints file: as an entry of the record (docs/protocol.md 1)."""

FIELDS = {"attribute": str, "value": str, "min": int, "max": int, "candidates": list, "seated": int}


class InputError(click.ClickException):
    """The input is not what it should be, or the call is wrong: one line, exit code 2."""

    exit_code = 2


@click.command("count")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--rule", default=rules.DEFAULT, show_default=True, help=f"One of: {', '.join(rules.RULES)}.")
@click.option("--seats", type=click.IntRange(1, MAX_SEATS), help="Places to fill, in place of the file's number.")
@click.option("--withdrawn", multiple=True, metavar="NAME", help="Withdrawn, besides those in the file.")
@click.option("--reopen", metavar="NAME", help='The candidate who is "re-open nominations".')
@click.option(
    "--constraints",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JSON file: the manifest's list of constraints, with names for ids.",
)
@click.option("--order", metavar="NAME,NAME,…", help="The order of lots [default: as in the file].")
@click.option("--json", "as_json", is_flag=True, help="Print the count as one JSON object.")
def count(
    file: Path,
    rule: str,
    seats: int | None,
    withdrawn: tuple[str, ...],
    reopen: str | None,
    constraints: Path | None,
    order: str | None,
    *,
    as_json: bool,
) -> None:
    """Count the papers of FILE, in BLT.

    Exit code 0: counted. 2: the input is not what it should be, or the call is wrong.
    """
    try:
        with _no_garbage():
            if rule not in rules.RULES:
                raise MalformedError(f"the rule {rule!r} is not offered; offered: {', '.join(rules.RULES)}")
            election = blt_reader.read(_bytes(file, blt_reader.MAX_BYTES))
            labels = _labels(election.names)
            gone = {*election.withdrawn, *(_candidate(labels, name, election.names) for name in withdrawn)}
            counted = rules.count(
                rule,
                election.profile(labels),
                seats=seats or election.seats,
                order=_order(order, election, labels, gone),
                withdrawn=gone,
                reopen=None if reopen is None else _candidate(labels, reopen, election.names),
                constraints=_constraints(constraints, labels) if constraints else (),
            )
    except GovernanceError as error:
        raise InputError(str(error)) from error
    if counted.unconstrained:
        click.echo("Note: the constraints cannot be met, so they had no effect.", err=True)
    if as_json:
        text = json.dumps(counted.as_dict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    else:
        text = sheet.text(election.title, counted, shutil.get_terminal_size().columns)
    # As bytes: the output is UTF-8 wherever it goes, and cannot fail for want of a letter.
    click.echo(text.encode())


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Papers are many small objects, all kept to the end: looking for garbage among them is waste."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _bytes(path: Path, most: int) -> bytes:
    """The bytes of a file, and one too many if it has more than `most`."""
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error


def _labels(names: Sequence[str]) -> tuple[str, ...]:
    """A name for each candidate that nobody else has: who shares one gets the number in the file."""
    times = Counter(names)
    labels = [f"{name} #{n}" if times[name] > 1 else name for n, name in enumerate(names, 1)]
    if len(set(labels)) < len(labels):
        labels = [f"{name} #{n}" for n, name in enumerate(names, 1)]
    if changed := [label for label, name in zip(labels, names, strict=True) if label != name]:
        click.echo(f"Note: several candidates have one name; they are called {', '.join(changed)}.", err=True)
    return tuple(labels)


def _candidate(labels: Sequence[str], name: str, names: Sequence[str]) -> int:
    if name in labels:
        return labels.index(name)
    same = [label for label, other in zip(labels, names, strict=True) if other == name]
    if same:
        raise MalformedError(f"{name!r} may be any of {', '.join(same)}")
    raise MalformedError(f"no candidate in the file is called {name!r}")


def _order(text: str | None, election: blt.Election, labels: Sequence[str], withdrawn: set[int]) -> list[int]:
    """The order of lots: as asked for, else the file's `[tie …]`, else the order in the file."""
    everybody = range(len(labels))
    order = [*(election.tie or everybody)] if text is None else _read_order(text, labels)
    left_out = [candidate for candidate in everybody if candidate not in order]
    if missing := [labels[candidate] for candidate in left_out if candidate not in withdrawn]:
        raise MalformedError(f"--order does not name {', '.join(missing)}")
    return order + left_out


def _read_order(text: str, labels: Sequence[str]) -> list[int]:
    """Names divided by commas. A name may hold commas itself, so the longest that fits is taken."""
    longest_first = sorted(range(len(labels)), key=lambda candidate: -len(labels[candidate]))
    order: list[int] = []
    rest = text.strip() + ","
    while rest:
        found = next((c for c in longest_first if c not in order and rest.startswith(labels[c] + ",")), None)
        if found is None:
            raise MalformedError(f"--order: {rest[:-1]!r} does not begin with a candidate who is not yet named")
        order.append(found)
        rest = rest[len(labels[found]) + 1 :].lstrip()
    return order


def _constraints(path: Path, labels: Sequence[str]) -> list[Constraint]:
    """The constraints of a file (docs/protocol.md 7, with names for ids)."""
    data = _bytes(path, MAX_CONSTRAINTS)
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
