"""Where the test data of other people lies: beside the checkout, read there, never copied."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(os.environ.get("GOVERNANCE_SHARED") or Path(__file__).resolve().parents[2] / "shared")
VECTORS = SHARED / "vectors"

needs_shared = pytest.mark.skipif(not VECTORS.is_dir(), reason=f"the test data of other people is not at {SHARED}")


def load(name: str) -> Any:
    """A JSON file below shared/vectors, or None where it is missing: the marker skips, collection goes on."""
    path = VECTORS / name
    return json.loads(path.read_text("utf-8")) if path.is_file() else None


PROTOCOL: Any = load("protocol-v1/vectors.json")
"""Our contract's deterministic vectors, made by an independent implementation."""
