"""Every rule inside a whole record: both verifiers count again and come to the same bytes."""

import json
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from governance.cli.main import main
from governance.count import rules
from governance.crypto import randomness
from governance.services.rehearsal import Plan, Rehearsal

BALLOTS = [(0, (0, 1)), (1, (0, 1, 2)), (2, (0, 2)), (3, (2,)), (4, (1, 2)), (5, (3, 1)), (6, ())]


def election(rule: str, seats: int) -> Rehearsal:
    plan = Plan(
        election="small",
        title="A small election",
        names=("Ada", "Bo", "Cy", "Di"),
        seats=seats,
        ballots=BALLOTS,
        voters=7,
        withdrawn=(),
        opens=datetime(2026, 3, 1, 9, tzinfo=UTC),
        rule=rule,
    )
    return Rehearsal(plan, randomness.stream(rule.encode()), lambda *_: None)


@pytest.mark.parametrize("rule", rules.RULES)
def test_both_verifiers_accept_a_record_counted_by_the_rule(rule: str, tmp_path: Path) -> None:
    path = tmp_path / "small.record.zip"
    rehearsal = election(rule, 1 if rule == "irv" else 2)
    with path.open("wb") as file:
        rehearsal.run(file)

    ours = CliRunner().invoke(main, ["verify", str(path), "--json"])
    theirs = subprocess.run(
        [sys.executable, "-m", "governance.verifier", str(path), "--json"], capture_output=True, check=False
    )

    assert ours.exit_code == 0, ours.output
    assert theirs.returncode == 0, theirs.stdout
    assert json.loads(ours.stdout)["contests"] == json.loads(theirs.stdout)["contests"]
    with zipfile.ZipFile(path) as record:
        entries = [json.loads(line) for line in record.read("entries.jsonl").splitlines()]
    assert [entry["rule"] for entry in entries if entry["kind"] == "count"] == [rule]
