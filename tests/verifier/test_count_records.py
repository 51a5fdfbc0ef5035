"""Records counted under each rule: `governance-verify` counts again and accepts its own digits alone."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from governance.verifier.count import LAWS
from tests.verifier.prover import Maker, Plan, contest
from tests.verifier.test_tampering import on, put, verdict

TOOL = Path(__file__).parents[2] / "tools/pyz"

RANKINGS = [(0, 1, 2), (0, 1), (0, 2, 1), (0, 1, 3), (0,), (1, 2), (2, 3), (2, 1), (3, 1), (1, 0), ()]


def plan(rule: str) -> Plan:
    """Two contests, one after the other; a constraint, a withdrawal and re-open nominations."""
    seats = 1 if rule == "irv" else 2
    constraint = {"attribute": "area", "value": "north", "min": 1, "max": 9, "candidates": ["c", "d"], "seated": 0}
    style = ("board", "audit")
    votes: list[tuple[int, dict[str, Any]]] = [
        (voter, {"board": ranking, "audit": tuple(reversed(ranking))}) for voter, ranking in enumerate(RANKINGS)
    ]
    return Plan(
        contests=[
            contest("board", "a", "b", "c", "d", seats=seats, rule={"id": rule}, constraints=[constraint]),
            contest("audit", "a", "e", "f", "re", rule={"id": rule}, reopen="re", after=["board"]),
        ],
        styles=[style] * len(RANKINGS),
        votes=votes,
        withdraw=[("board", "d"), ("audit", "e")],
        seed=rule,
    )


@pytest.mark.parametrize("rule", LAWS)
def test_a_record_under_each_rule_holds(rule: str, tmp_path: Path) -> None:
    maker = Maker(plan(rule)).make()

    assert verdict(maker.zip(), tmp_path) == "ok"
    assert "c" in maker.elected["board"]
    assert len(maker.elected["board"]) == (1 if rule == "irv" else 2)
    assert not set(maker.elected["board"]) & set(maker.elected["audit"])


LAST_STAGE = put("stages", -1, "non_transferable", to=lambda votes: votes[:-1] + str((int(votes[-1]) + 1) % 10))


@pytest.mark.parametrize("rule", LAWS)
def test_one_digit_of_the_last_stage_fails_the_count(rule: str, tmp_path: Path) -> None:
    assert verdict(Maker(plan(rule), on("count blob", LAST_STAGE)).make().zip(), tmp_path) == "11 count"


def test_one_file_counts_under_every_rule(tmp_path: Path) -> None:
    if not TOOL.exists():
        pytest.skip("tools/pyz stands only in a checkout")
    names = tuple(f"contest-{place}" for place in range(len(LAWS)))
    record = tmp_path / "r.zip"
    every = Plan(
        contests=[contest(name, "a", "b", "c", rule={"id": rule}) for name, rule in zip(names, LAWS, strict=True)],
        styles=[names] * 4,
        votes=[(voter, dict.fromkeys(names, ranking)) for voter, ranking in enumerate([(0,), (1, 0), (1, 2), (2, 0)])],
    )
    record.write_bytes(Maker(every).make().zip())
    subprocess.run(
        ["/bin/sh", str(TOOL), str(tmp_path / "v.pyz")], check=True, env=os.environ | {"PYTHON": sys.executable}
    )
    told = subprocess.run(
        [sys.executable, "-I", str(tmp_path / "v.pyz"), str(record), "--json"],
        check=False, capture_output=True, text=True, timeout=120,
    )  # fmt: skip

    assert (told.returncode, told.stderr) == (0, "")
    assert list(json.loads(told.stdout)["contests"]) == list(names)
