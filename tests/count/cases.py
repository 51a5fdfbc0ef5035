"""Counting cases made by others: read where they lie, beside the checkout."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from governance.count import blt_reader, rules
from governance.count.blt import Election
from governance.count.report import Count
from tests.shared import SHARED

CASES = SHARED / "stv-cases"

needs_cases = pytest.mark.skipif(not CASES.is_dir(), reason=f"the counting cases of other people are not at {CASES}")


def load(name: str) -> Any:
    """A JSON file of the cases."""
    return json.loads((CASES / name).read_text("utf-8"))


def entries(name: str, **wanted: str) -> list[Any]:
    """The entries of a manifest that have these values; none where the cases are missing."""
    if not CASES.is_dir():
        return []
    manifest = load(name)
    found = manifest["cases"] if isinstance(manifest, dict) else manifest
    return [entry for entry in found if all(entry[key] == value for key, value in wanted.items())]


def content(path: Path) -> bytes:
    """The bytes of a file, unpacked."""
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def election(name: str) -> Election:
    """A BLT file of the cases."""
    return blt_reader.read(content(CASES / name))


def count(election: Election, rule: str = rules.DEFAULT, order: Sequence[int] = ()) -> Count:
    """Count a file as it stands; by its own order of lots, if no other is asked for."""
    return rules.count(
        rule,
        election.profile(election.names),
        seats=election.seats,
        order=order or election.tie or range(len(election.names)),
        withdrawn=election.withdrawn,
    )
