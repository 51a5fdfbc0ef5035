"""The script that puts the reader's own time beside UTC: which one a page loads, if it was built."""

import json
from functools import lru_cache
from pathlib import Path

from flask import Flask

NAME = "times.js"


@lru_cache(maxsize=4)
def _read(path: Path, changed: int, name: str) -> str:
    del changed
    return str(json.loads(path.read_text("utf-8")).get(name, ""))


def integrity(static: Path, name: str = NAME) -> str:
    """What a page says of the script; empty if it was not built, and then pages do without."""
    path = static / "dist" / "manifest.json"
    return _read(path, path.stat().st_mtime_ns, name) if path.is_file() else ""


def register(app: Flask) -> None:
    app.context_processor(lambda: {"times_script": integrity(Path(str(app.static_folder)))})
