"""Scottish STV against what councils published, and against what droop prints."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import groupby
from typing import Any

import pytest

from tests.count import cases

WARDS = cases.entries("scot-bulk/manifest.json")
OFFICIAL = cases.entries("manifest.json", rule="scottish-stv", source="scot-official")
DROOP = cases.entries("manifest.json", rule="scottish-stv", source="droop")


def by_id(case: Any) -> str:
    return str(case["id"])


@cases.needs_cases
def test_no_case_is_missing() -> None:
    statuses = [ward["official_agreement"] for ward in WARDS]

    assert len(WARDS) == 333
    assert statuses.count("DIFF") == 4
    assert len(OFFICIAL) == 3
    assert len(DROOP) == 12


def agrees(votes: str, published: str) -> bool:
    """Whether votes are those published, where the feed cut or rounded to fewer than four places."""
    places = len(published.partition(".")[2])
    allowed = Decimal("0.005") if places < 4 else Decimal("0.00005") if places == 4 else 0
    return abs(Decimal(votes) - Decimal(published)) <= allowed


@cases.needs_cases
@pytest.mark.parametrize("ward", WARDS, ids=by_id)
def test_a_ward_is_counted_as_it_was_declared(ward: Any) -> None:
    expected = cases.load(ward["expected"])

    count = cases.count(cases.election(ward["blt"])).as_dict()

    assert sorted(count["elected"]) == sorted(expected["winners"])
    if ward["official_agreement"] == "DIFF":
        return
    assert count["valid"] == expected["valid_votes"]
    assert Decimal(count["quota"]) == Decimal(expected["quota"])
    assert len(count["stages"]) == len(expected["rounds"])
    for stage, published in zip(count["stages"], expected["rounds"], strict=True):
        assert sorted(stage["elected"]) == sorted(published["elected"])
        wrong = [name for name, votes in published["tally"].items() if not agrees(stage["tallies"][name], votes)]
        assert not wrong, f"stage {stage['number']}"
    # The feed says who is out at the end of a stage; with us the exclusion is the next stage.
    excluded = [stage["excluded"] for stage in count["stages"]]
    assert excluded == [[], *(published["excluded"] for published in expected["rounds"][:-1])]


@cases.needs_cases
@pytest.mark.parametrize("case", OFFICIAL, ids=by_id)
def test_an_official_report_is_met_to_the_last_digit(case: Any) -> None:
    expected = cases.load(case["expected_file"])

    count = cases.count(cases.election(case["ballots_file"])).as_dict()

    assert count["elected"] == expected["winners"]
    assert count["valid"] == expected["valid_votes"]
    for stage, published in zip(count["stages"], expected["rounds"], strict=True):
        assert stage["tallies"] == published["tally"]
        assert stage["non_transferable"] == published["nontransferable"]
        assert stage["elected"] == published["elected"]
        assert stage["excluded"] == published["excluded"]
        moved = [published["surplus_of"]] if published["surplus_of"] else published["excluded"]
        assert stage["candidates"] == moved


@cases.needs_cases
@pytest.mark.parametrize("case", DROOP, ids=by_id)
def test_droop_prints_the_same_tallies(case: Any) -> None:
    """Droop makes a round of an empty surplus too, and lists those who have no votes together or not at all."""
    expected = cases.load(case["expected_file"])
    printed = [with_votes(action["tally"]) for action in expected["actions"] if action["tally"]]

    count = cases.count(cases.election(case["ballots_file"])).as_dict()

    assert changes(with_votes(stage["tallies"]) for stage in count["stages"]) == changes(printed)
    assert sorted(count["elected"]) == sorted(expected["winners"])
    assert count["quota"] == expected["quota"]


def changes(tallies: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """A stage in which no vote moves leaves no trace in droop's report, or one too many."""
    return [one for one, _ in groupby(tallies)]


def with_votes(tallies: Mapping[str, str]) -> dict[str, str]:
    return {name: votes for name, votes in tallies.items() if Decimal(votes)}
