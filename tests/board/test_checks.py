"""One list of checks: docs/checks.json, the protocol's text, this verifier and the independent one name the same."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from governance.board.checks import Check, CheckError, Need

ROOT = Path(__file__).resolve().parents[2]
LISTED = [(one["section"], one["name"]) for one in json.loads((ROOT / "docs/checks.json").read_text())]


def test_the_servers_verifier_makes_the_checks_that_are_listed() -> None:
    assert [(check.section, check.title) for check in Check] == LISTED


def test_the_text_names_the_checks_that_are_listed() -> None:
    text = (ROOT / "docs/protocol.md").read_text("utf-8")
    sentence = re.search(r"Names of checks, by section \(used by `--json`\): (.*)\.\n", text)
    assert sentence
    named = set()
    for part in re.sub(r"\([^)]*\)", "", sentence[1]).split(";"):
        match = re.fullmatch(r"\s*([0-9, ]+) (.*?)\s*", part)
        assert match, part
        for section in match[1].replace(" ", "").split(","):
            named |= {(section, name.strip()) for name in match[2].split(",")}

    assert named == set(LISTED)


def test_the_independent_verifier_makes_the_checks_that_are_listed() -> None:
    folder = ROOT / "governance/verifier"
    if not folder.is_dir():
        pytest.skip("the independent verifier is not there yet")
    source = "from governance.verifier.failure import CHECKS; import json; print(json.dumps(list(CHECKS)))"
    told = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True, cwd=ROOT)

    assert {tuple(one) for one in json.loads(told.stdout)} == set(LISTED)


@pytest.mark.parametrize(("where", "detail"), [("", "why"), ("contest board", "contest board: why")])
def test_an_error_says_section_name_and_place(where: str, detail: str) -> None:
    need = Need(Check.MIX_INPUT, where) if where else Need(Check.MIX_INPUT)
    need(True, "why")  # noqa: FBT003  it reads as a sentence
    with pytest.raises(CheckError) as caught:
        need(False, "why")  # noqa: FBT003  as above

    assert (caught.value.check, caught.value.detail) == (Check.MIX_INPUT, detail)
    assert str(caught.value) == f"section 9, mix input: {detail}"
