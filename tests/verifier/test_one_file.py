"""The verifier as one file: the same bytes wherever and whenever it is made, so that its SHA-256 can be made anew."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOL = ROOT / "tools" / "pyz"


def made(root: Path, out: Path, zone: str) -> bytes:
    given = os.environ | {"PYTHON": sys.executable, "TZ": zone}
    subprocess.run(["/bin/sh", str(root / "tools" / "pyz"), str(out)], check=True, env=given, capture_output=True)
    return out.read_bytes()


def test_two_builds_in_two_places_and_at_two_times_are_the_same_bytes(tmp_path: Path) -> None:
    if not TOOL.exists():
        pytest.skip("tools/pyz stands only in a checkout")
    other = tmp_path / "elsewhere"
    shutil.copytree(TOOL.parent, other / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "governance" / "verifier", other / "governance" / "verifier")
    for one in (other / "governance" / "verifier").iterdir():
        one.touch()
        one.chmod(0o700)

    first, second = made(ROOT, tmp_path / "a.pyz", "UTC"), made(other, tmp_path / "b.pyz", "Asia/Tokyo")

    assert first == second
    assert first.startswith(b"#!/usr/bin/env python3\nPK")
    assert os.access(tmp_path / "a.pyz", os.X_OK)
