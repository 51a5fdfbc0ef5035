"""The rule of tests/conftest.py, tried on a test file of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILE = """
from tests.conftest import program

def test_that_needs_a_program():
    program("no-such-program")
"""


@pytest.mark.parametrize(("ci", "code"), [("", pytest.ExitCode.OK), ("true", pytest.ExitCode.TESTS_FAILED)])
def test_a_missing_program_skips_a_test_and_fails_it_in_ci(tmp_path: Path, ci: str, code: int) -> None:
    (tmp_path / "test_it.py").write_text(FILE)
    command = [sys.executable, "-m", "pytest", "-rs", "--confcutdir", str(tmp_path), "--rootdir", str(tmp_path)]
    command += ["-c", os.devnull, "-p", "tests.conftest", "-p", "no:cacheprovider", str(tmp_path)]

    run = subprocess.run(
        command, check=False, capture_output=True, text=True, env={**os.environ, "CI": ci, "PYTHONPATH": str(ROOT)}
    )

    assert run.returncode == code, run.stdout + run.stderr
    assert "program missing: no-such-program" in run.stdout
