"""docs/eligibility.md names every rule, and each of its examples is one that can be saved."""

import json
import re
from pathlib import Path

from governance.domain.eligibility.language import RULES, Purpose, plain, read_node, read_set

TEXT = (Path(__file__).parents[2] / "docs" / "eligibility.md").read_text("utf-8")
EXAMPLES = [json.loads(one) for one in re.findall(r"^\| `(\{\"rule\".*?\})` \|", TEXT, re.MULTILINE)]


def test_every_rule_has_an_example_with_all_of_its_parameters() -> None:
    assert [one["rule"] for one in EXAMPLES] == list(RULES)
    for one in EXAMPLES:
        assert plain(read_node(one, "the example")) == one


def test_the_example_of_a_set_can_be_read() -> None:
    (block,) = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
    rules = read_set(json.loads(block))

    assert set(rules.contests) == {"youth"}
    assert rules.of(Purpose.STAND, "youth") != rules.of(Purpose.STAND)
