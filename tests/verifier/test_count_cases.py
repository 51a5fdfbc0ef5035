"""Every rule against what others published of it: ../shared/stv-cases, whose README says what each case expects."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from governance.verifier.count import LAWS
from tests.verifier.blt import Poll, read_blt

ERS97 = ["East-Centre-2007", "Linn-2007", "M135", "edinburgh_2022_ward11", "highland_2017_ward10"]
WIGM = ["wigm-prf_513", "wigm-prf_M135", "wigm-prf_SC-Vm-12", "wigm-prf-batch_M135"]
GLASGOW = [
    "Craigton", "East-Centre", "Garscadden-Scotsounhill", "Govan", "Greater-Pollock",
    "Newlands-Auldburn", "North-East", "Pollokshields", "Shettleston", "Springburn",
]  # fmt: skip
SCOTTISH = ["scotland_M135", "scotland_weak-surplus", *(f"glasgow2007/{ward}-2007" for ward in GLASGOW)]
MEEK = ["meek-prf_42t", "meek-prf_M135"]
RCTAB = [
    "2013_minneapolis_mayor",
    "continue_tabulation_test",
    "excluded_test",
    "precinct_example",
    "skip_to_next_test",
    "tiebreak_seed_test",
    "tiebreak_use_permutation_in_config_test",
]


def case(folder: Path) -> tuple[Poll, Any]:
    ballots = folder / "ballots.blt"
    poll = read_blt(ballots if ballots.exists() else folder / "ballots.blt.gz")
    return poll, json.loads((folder / "expected.json").read_text())


def units(votes: str) -> int:
    """Return decimal votes as a whole number of their last place."""
    return int(votes.replace(".", ""))


def test_no_case_of_our_rules_is_left_out(shared: Path) -> None:
    cases = json.loads((shared / "stv-cases/manifest.json").read_text())["cases"]
    ours = {each["id"] for each in cases if each["rule"] in LAWS}

    assert ours == {
        *(f"droop/{name}" for name in (*WIGM, *MEEK, *SCOTTISH)),
        *(f"openstv/ers97_{name}" for name in ERS97),
        *(f"rctab/{name}" for name in RCTAB),
        "irv-real/burlington_2009_mayor",
        *(f"scot-official/dundee22_{name}" for name in ("coldside", "east_end", "strathmartine")),
    }


# --- ERS97: OpenSTV ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ERS97)
def test_ers97_agrees_with_openstv_at_every_stage(shared: Path, name: str) -> None:
    poll, expected = case(shared / "stv-cases/openstv" / f"ers97_{name}")
    found: Any = poll.counted("ers97")

    assert found["elected"] == expected["winners"]
    assert found["valid"] == expected["valid_votes"]
    actions = {"first": "first preferences", "surplus": "surplus", "eliminate": "exclusion"}
    for stage, published in zip(found["stages"], expected["rounds"], strict=True):
        assert stage["action"] == actions[published["action"]["type"]]
        assert stage["candidates"] == [one for one in poll.names if one in published["action"]["candidates"]]
        assert stage["tallies"] == published["tally"]
        assert stage["non_transferable"] == published["nontransferable"]
        assert stage["quota"] == published["quota"]


# --- WIGM and Scottish STV: droop --------------------------------------------------------------------------------------


def droop_stages(expected: Any) -> Iterator[tuple[str, Any]]:
    """Yield (our action, droop's) for each of droop's actions that is a stage of ours."""
    for action in expected["actions"]:
        said = action["action"]
        if said == "Begin Count":
            yield "first preferences", action
        elif said.startswith("Surplus transferred"):
            # Under Scottish STV a tally of exactly the quota is no surplus (8.1); droop transfers nothing then.
            if expected["rule"] != "scottish-stv" or not said.endswith("(0.00000)"):
                yield "surplus", action
        elif said.startswith("Transfer defeated"):
            yield "exclusion", action


def each_alone(tally: dict[str, str]) -> dict[str, str]:
    """Part those whom droop shows together ("A, B": each has so many)."""
    return {name: votes for names, votes in tally.items() for name in names.split(", ")}


@pytest.mark.parametrize("name", [*WIGM, *SCOTTISH])
def test_transfers_agree_with_droop_at_every_stage(shared: Path, name: str) -> None:
    poll, expected = case(shared / "stv-cases/droop" / name)
    found: Any = poll.counted(expected["rule"])
    theirs = list(droop_stages(expected))
    ours = found["stages"]
    # droop's WIGM without batches still moves the papers of the last one defeated, who leaves no more than there are
    # places; the text (F) elects the others at once.
    moved_too_late = expected["rule"] == "wigm-prf"
    is_final = ours[-1]["action"] == "final"

    assert is_final == expected["rule"].startswith("wigm")
    assert sorted(found["elected"]) == sorted(expected["winners"])
    assert {stage["quota"] for stage in ours} == {expected["quota"]}
    if moved_too_late:
        action, last = theirs.pop()
        assert action == "exclusion"
        assert last["action"].removeprefix("Transfer defeated: ").split(", ") == ours[-1]["excluded"]
    for stage, (action, published) in zip(ours[: -1 if is_final else None], theirs, strict=True):
        assert stage["action"] == action
        assert stage["tallies"] == each_alone(published["tally"])
        assert units(stage["non_transferable"]) == units(published["residual"]) + units(
            published["nontransferable_votes"]
        )
        named = published["action"].partition(": ")[2].split(" (")[0]
        assert sorted(stage["candidates"]) == sorted(named.split(", ") if named else [])


# --- Meek: droop -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MEEK)
def test_meek_agrees_with_droop_at_every_stage(shared: Path, name: str) -> None:
    """A round of droop's is a stage of ours; its first action shows what the last iteration left."""
    poll, expected = case(shared / "stv-cases/droop" / name)
    found: Any = poll.counted("meek-prf")
    rounds: dict[int, Any] = {}
    elected: dict[int, list[str]] = {}
    for action in expected["actions"]:
        number, said = action["round"], action["action"]
        if number and action["tally"]:
            rounds.setdefault(number, action)
        if said.startswith("Elect: "):
            elected.setdefault(number, []).append(said.removeprefix("Elect: "))
    ours = found["stages"]
    last = [] if ours[-1]["action"] != "final" else [ours.pop()]

    assert found["elected"] == expected["winners"]
    assert len(ours) == len(rounds)
    for stage, published in zip(ours, rounds.values(), strict=True):
        assert stage["tallies"] == each_alone(published["tally"])
        assert stage["non_transferable"] == published["residual"]
        assert stage["quota"] == published["quota"]
        assert sorted(stage["elected"]) == sorted(elected.get(stage["number"], []))
    for stage in last:
        # droop shows the last one defeated with no votes; here nothing has moved (F).
        assert stage["tallies"] == ours[-1]["tallies"]
        assert stage["elected"] == ["Helen"]
        assert stage["excluded"] == ["Pollux"]


def test_meek_breaks_the_near_tie_of_sc_vm_12_by_the_order_of_lots(shared: Path) -> None:
    """Section 2a's CAUTION: exact Meek elects A, B, X; within the surplus X, Y and Z are tied."""
    poll, _ = case(shared / "stv-cases/droop/wigm-prf_SC-Vm-12")
    found: Any = poll.counted("meek-prf")

    assert sorted(found["elected"]) == ["A", "B", "Y"]


# --- IRV: RCTab and Burlington -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RCTAB)
def test_irv_agrees_with_rctab(shared: Path, name: str) -> None:
    """RCTab's round is the stage after which the same candidates are left, be they excluded together or one by one.

    It has none here where RCTab goes on after a majority, or excludes write-ins first.
    """
    poll, expected = case(shared / "stv-cases/rctab" / name)
    order = poll.order
    if name == "tiebreak_seed_test":
        # RCTab's seeded draw puts Yinka Dare out first; then the last two tie.
        order = ("Yinka Dare", "Mookie Blaylock", "George Gervin")
    found: Any = poll.counted("irv", *order)
    gone: set[str] = set()
    stages = {}
    for stage in found["stages"]:
        gone.update(stage["excluded"])
        stages[frozenset(poll.names) - gone] = stage
    compared = 0
    for published in expected["rounds"]:
        stage = stages.get(frozenset(published["tally"]))
        if stage is None:
            continue
        compared += 1
        assert {one: stage["tallies"][one] for one in published["tally"]} == published["tally"]
        assert stage["quota"] == published["threshold"]

    assert found["elected"] == expected["winners"]
    assert compared == COMPARED.get(name, len(expected["rounds"]))


COMPARED = {
    "2013_minneapolis_mayor": 25,
    "continue_tabulation_test": 2,
    "precinct_example": 4,
}
"""Of the rounds of a case, those that are stages here too, where not all are."""


def test_irv_elects_burlingtons_mayor(shared: Path) -> None:
    poll, expected = case(shared / "stv-cases/irv-real/burlington_2009_mayor")
    found: Any = poll.counted("irv")

    assert found["elected"] == expected["winners"]
    assert sorted(map(int, found["stages"][-1]["tallies"].values()))[-2:] == sorted(
        expected["final_round"]["tally_sorted"]
    )
    assert (
        int(found["stages"][-1]["non_transferable"]) + expected["blank"]
        == (expected["final_round"]["exhausted_including_blank"])
    )


# --- The real papers of Scottish wards under the other rules -----------------------------------------------------------

KEYS = {"meek-prf": "meek", "wigm-prf": "wigm_prf", "wigm-prf-batch": "wigm_prf", "ers97": "ers97"}
BATCH_DIFFERS = {"scot-bulk/2022/west_lothian_2022_ward8"}
"""Here `wigm-prf-batch` elects another than `wigm-prf`: whose losers go out before a surplus is transferred, who gets
it changes."""


def other_rules(shared: Path, step: int) -> int:
    folder = shared / "stv-cases"
    files = {each["id"]: each["blt"] for each in json.loads((folder / "scot-bulk/manifest.json").read_text())}
    wards = json.loads((folder / "scot-bulk/other_rules_winners.json").read_text())["wards"][::step]
    for ward in wards:
        poll = read_blt(folder / files[ward["id"]])
        for rule, key in KEYS.items():
            found: Any = poll.counted(rule)
            agrees = sorted(found["elected"]) == sorted(ward[key])
            assert agrees or (rule == "wigm-prf-batch" and ward["id"] in BATCH_DIFFERS), (rule, ward["id"])
    return len(wards)


def test_wards_under_other_rules(shared: Path) -> None:
    """Every twelfth ward; all 333 in the long run."""
    assert other_rules(shared, 12) == 28


@pytest.mark.long
def test_all_wards_under_other_rules(shared: Path) -> None:
    assert other_rules(shared, 1) == 333
