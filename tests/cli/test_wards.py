"""Real wards through the whole machine: every paper sealed, mixed, opened and counted comes to the official result."""

import json
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from tests.cli.test_demo import demo
from tests.count import cases
from tests.count.test_official import agrees
from tests.shared import SHARED

WARDS = ["2017/shetland_2017_ward4", "2017/eilean_siar_2017_ward3", "2017/argyll_bute_2017_ward8"]


@cases.needs_cases
@pytest.mark.slow
@pytest.mark.parametrize("ward", WARDS)
def test_a_ward_comes_out_of_the_mix_as_it_was_declared(ward: str, tmp_path: Path) -> None:
    expected = cases.load(f"scot-bulk/{ward}.expected.json")
    told, report = demo(tmp_path, "--papers", str(SHARED / f"stv-cases/scot-bulk/{ward}.blt"), "--seed", ward)
    with zipfile.ZipFile(told["record"]) as record:
        counted = json.loads(record.read("board.json"))
    names = {f"c{number}": name for number, name in enumerate(expected["candidates"], 1)}
    stages = counted["stages"]

    assert told["ballots"] == counted["valid"] == expected["valid_votes"]
    assert sorted(names[one] for one in report["contests"]["board"]["elected"]) == sorted(expected["winners"])
    assert Decimal(counted["quota"]) == Decimal(expected["quota"])
    assert len(stages) == len(expected["rounds"])
    for stage, published in zip(stages, expected["rounds"], strict=True):
        totals = {names[one]: votes for one, votes in stage["tallies"].items()}
        assert totals.keys() == published["tally"].keys()
        assert all(agrees(totals[name], votes) for name, votes in published["tally"].items())
