"""Two verifiers that share nothing but the text: what one accepts the other accepts, what one refuses so does the other.

A share of the forger's catalogue and of its random elections here; all of both where GOVERNANCE_LONG asks for it.
"""

import io
import json
import os
import sys
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from governance.cli.main import main as ours
from governance.verifier.__main__ import main as theirs
from tests.forge.catalogue import FORGERIES
from tests.forge.forgery import Verdict, read
from tests.forge.maker import make
from tests.forge.randomly import random_election

LONG = os.environ.get("GOVERNANCE_LONG")
SHARE = 1 if LONG else 16
ELECTIONS = int(LONG or 12)
ALIKE = {"ballots", "blank", "invalid", "elected"}


def independent(arguments: list[str]) -> tuple[int, str]:
    """Exit code and standard output of the independent verifier's own `main`."""
    told = io.BytesIO()
    with redirect_stdout(io.TextIOWrapper(told, "utf-8")) as out, redirect_stderr(io.StringIO()):
        try:
            code = theirs(arguments)
        except SystemExit as stopped:
            code = stopped.code if isinstance(stopped.code, int) else 2
        out.flush()
    return code, told.getvalue().decode()


def both(path: Path, earlier: list[Path]) -> tuple[Verdict, Verdict, Any, Any]:
    """What each says, and the two whole reports."""
    words = [str(path), "--json", *(word for one in earlier for word in ("--earlier", str(one)))]
    told = CliRunner().invoke(ours, ["verify", *words])
    code, output = independent(words)
    reports = [json.loads(text) if text.strip() else {} for text in (told.stdout, output)]
    return read(told.exit_code, told.stdout), read(code, output), *reports


@pytest.mark.parametrize("part", range(SHARE if LONG else 1))
def test_they_refuse_the_same_forgeries_in_the_same_section(part: int, tmp_path: Path) -> None:
    path = tmp_path / "forged.record.zip"
    wrong, elsewhere = [], Counter[tuple[str, str]]()
    chosen = [one for number, one in enumerate(FORGERIES) if number % SHARE == part]
    for one in chosen:
        mine, other, _, _ = both(path, one.write(path))
        if mine.exit != other.exit or not one.is_refused(mine) or not one.is_refused(other):
            wrong.append((one.id, mine, other))
        elif mine != other:
            elsewhere[mine.section + " " + mine.name, other.section + " " + other.name] += 1
    sys.stderr.write(f"{len(chosen)} forgeries; refused in another section: {dict(elsewhere)}\n")

    assert len(chosen) >= len(FORGERIES) // SHARE
    assert wrong == []
    assert not elsewhere


@pytest.mark.parametrize("seed", range(1000, 1000 + ELECTIONS))
def test_they_agree_on_a_random_election(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "random.record.zip"
    path.write_bytes(make(random_election(seed)).zip())
    mine, other, our_report, their_report = both(path, [])

    assert mine == other == Verdict(0)
    for field in ("ok", "election", "ceremony", "manifest", "origin", "log_key", "root", "cancelled", "contests"):
        assert our_report[field] == their_report[field], field
    assert all(outcome.keys() == ALIKE for outcome in our_report["contests"].values())
