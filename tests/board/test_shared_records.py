"""Records made by an independent implementation: the good are accepted, the refused fail at the check that is named."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from governance.cli.main import main
from tests.shared import VECTORS, load, needs_shared

pytestmark = needs_shared

FOLDER = VECTORS / "protocol-v1"
GOOD = sorted((FOLDER / "good").glob("*.zip"))
REFUSED: list[dict[str, Any]] = load("protocol-v1/refused/manifest.json") or []


def run(path: Path) -> tuple[int, dict[str, Any]]:
    result = CliRunner().invoke(main, ["verify", "--json", str(path)])
    return result.exit_code, json.loads(result.stdout) if result.exit_code != 2 else {}


def test_none_is_missing() -> None:
    assert len(GOOD) == 4
    assert len(REFUSED) == 28


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_good_records_are_accepted(path: Path) -> None:
    code, report = run(path)

    assert code == 0
    assert report["ok"]
    assert all(check["ok"] for check in report["checks"])
    assert report["contests"]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["file"])
def test_refused_records_fail_where_they_must(case: dict[str, Any]) -> None:
    code, report = run(FOLDER / "refused" / case["file"])

    assert code == case.get("exit", 1)
    if code == 1:
        failed = [{"section": check["section"], "name": check["name"]} for check in report["checks"] if not check["ok"]]
        assert failed[0] in case["expected"], report["checks"][-1]
        assert not report["contests"]
