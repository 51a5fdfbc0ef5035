"""What moved between two stages: exact, whatever the rule; and the estimate that RCTab's form asks for."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from governance.count.progress import FINAL
from governance.count.report import Count
from governance.report import rctab
from governance.report.moves import NOBODY, moves, shared
from governance.report.subject import distinct, from_json
from tests.count import cases, polls
from tests.count.cases import CASES, needs_cases
from tests.count.naive import Poll
from tests.count.polls import OFTEN


@OFTEN
@given(poll=polls.polls())
def test_what_moved_leads_from_one_sheet_to_the_next_and_no_vote_is_lost(poll: Poll) -> None:
    count = polls.count(poll)

    for (before, after), moved in zip(pairwise(count.stages), moves(count), strict=True):
        change = {NOBODY: 0, **dict.fromkeys(range(len(count.candidates)), 0)}
        for one, units in moved.lost:
            change[one] -= units
        for one, units in moved.gained:
            change[one] += units
        assert {one: new - old for one, (old, new) in enumerate(zip(before.tallies, after.tallies, strict=True))} == {
            one: units for one, units in change.items() if one != NOBODY
        }
        assert sum(change.values()) == 0
        assert change[NOBODY] == after.non_transferable - before.non_transferable
        assert all(units > 0 for _, units in (*moved.lost, *moved.gained))


@OFTEN
@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=8), st.data())
def test_an_estimate_shares_everything_out_and_nothing_twice(gained: list[int], data: st.DataObject) -> None:
    total = sum(gained)
    cuts = sorted(data.draw(st.sets(st.integers(1, total), max_size=5)) | {total})
    lost = [high - low for low, high in pairwise([0, *cuts])]

    rows = shared(lost, gained)

    assert [sum(row) for row in rows] == lost
    assert [sum(column) for column in zip(*rows, strict=True)] == gained
    assert all(units >= 0 for row in rows for units in row)


@OFTEN
@given(poll=polls.polls())
def test_a_count_is_read_again_from_its_json(poll: Poll) -> None:
    count = polls.count(poll)

    again = from_json(
        json.loads(json.dumps(count.as_dict())),
        count.candidates,
        None if count.reopen is None else count.candidates[count.reopen],
    )

    assert again.as_dict() == count.as_dict()
    assert again.reopen == count.reopen


def summary(count: Count) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(rctab.write("Board", count, distinct(count.candidates)))
    return found


@OFTEN
@given(poll=polls.polls())
def test_a_summary_is_one_that_rcvis_draws(poll: Poll) -> None:
    count = polls.count(poll)
    found = summary(count)

    rounds = found["results"]
    told = [result for one in rounds for result in one["tallyResults"]]
    elected = [result["elected"] for result in told if "elected" in result]
    eliminated = [result["eliminated"] for result in told if "eliminated" in result]
    assert sorted(elected) == sorted(count.names(count.elected))
    assert len(set(eliminated)) == len(eliminated)
    assert not set(elected) & set(eliminated)
    assert not any(result["transfers"] for result in rounds[-1]["tallyResults"])
    for here, after in pairwise(rounds):
        for result in here["tallyResults"]:
            assert next(iter(set(result["transfers"]) - {"exhausted"} - set(after["tally"])), None) is None
            assert result.get("elected", result.get("eliminated")) in here["tally"]
    excluded = {count.candidates[one] for stage in count.stages for one in stage.excluded}
    assert set(eliminated) == excluded


@OFTEN
@given(poll=polls.polls())
def test_the_votes_of_who_is_out_are_all_in_the_transfers(poll: Poll) -> None:
    count = polls.count(poll)
    # Where the last places are filled without a transfer, or within an exclusion (ERS97), some votes stay where they are.
    assume(poll.rule != "ers97" and count.stages[-1].action != FINAL)

    for here in summary(count)["results"]:
        for result in here["tallyResults"]:
            if "eliminated" in result:
                sent = sum(units(count, votes) for votes in result["transfers"].values())
                assert sent == units(count, here["tally"][result["eliminated"]])


def units(count: Count, votes: str) -> int:
    whole, _, part = votes.partition(".")
    return int(whole + part.ljust(count.places, "0"))


def shape(found: Any) -> Any:
    """The keys and kinds of values, without names of people."""
    if isinstance(found, dict):
        return {key: shape(value) for key, value in found.items()}
    return type(found).__name__


@needs_cases
@pytest.mark.parametrize("name", [path.name for path in sorted((CASES / "rctab").glob("*"))] if CASES.is_dir() else [])
def test_a_summary_has_the_shape_of_rctabs_own(name: str) -> None:
    theirs = json.loads((CASES / "rctab" / name / "rctab_expected.json").read_text("utf-8"))
    election = cases.election(f"rctab/{name}/ballots.blt")
    rule = "irv" if election.seats == 1 else "wigm-prf"
    ours = summary(cases.count(election, rule))

    for part in ("config", "summary"):
        assert shape(ours[part]) == shape(theirs[part])
    assert ours.keys() == theirs.keys()
    assert ours["jsonFormatVersion"] == theirs["jsonFormatVersion"]
    for one in ours["results"]:
        assert one.keys() == theirs["results"][0].keys()
        assert shape(one["inactiveBallots"]).items() <= shape(theirs["results"][0]["inactiveBallots"]).items()
        assert {type(votes) for votes in one["tally"].values()} == {str}
        for result in one["tallyResults"]:
            assert result.keys() in ({"elected", "transfers"}, {"eliminated", "transfers"})


@needs_cases
def test_the_rounds_are_rctabs_where_the_rule_is_the_same() -> None:
    theirs = json.loads((CASES / "rctab/excluded_test/rctab_expected.json").read_text("utf-8"))
    ours = summary(cases.count(cases.election("rctab/excluded_test/ballots.blt"), "irv"))

    assert [one["tally"] for one in ours["results"]] == [one["tally"] for one in theirs["results"]]
    assert [one["tallyResults"] for one in ours["results"]] == [one["tallyResults"] for one in theirs["results"]]
