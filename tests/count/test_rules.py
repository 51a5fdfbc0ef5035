"""What a count is asked with: refused where it does not fit; and what it leaves behind."""

from collections.abc import Callable
from typing import Any

import pytest

from governance.count import rules, sheet
from governance.count.ballots import profile
from governance.count.constraints import Constraint
from governance.count.report import Count, decimal
from governance.errors import GovernanceError, MalformedError, RuleError

PAPERS = [(2, ["ann", "bob"]), (1, ["cy"]), (1, [])]


def a_count(**changes: Any) -> Count:
    """Three candidates, one seat, four papers, but for what the test changes."""
    wanted: dict[str, Any] = {"rule_id": "scottish-stv", "seats": 1, "order": ["bob", "ann", "cy"], **changes}
    return rules.count(wanted.pop("rule_id"), profile(["ann", "bob", "cy"], PAPERS), **wanted)


def test_candidates_may_be_named_by_id_or_by_index() -> None:
    by_id = a_count(withdrawn=["ann"], reopen="cy")

    assert by_id == a_count(withdrawn=[0], reopen=2, order=[1, 0, 2])
    assert by_id.as_dict()["withdrawn"] == ["ann"]
    assert by_id.as_dict()["elected"] == ["bob"]


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        pytest.param({"rule_id": "meek"}, RuleError, "'meek' is not offered; offered: scottish-stv", id="rule"),
        pytest.param({"seats": 0}, MalformedError, "seats is 0, not between 1 and 1000", id="no seat"),
        pytest.param({"seats": 1001}, MalformedError, "seats is 1001, not between", id="too many seats"),
        pytest.param({"withdrawn": ["eve"]}, MalformedError, "no candidate 'eve'", id="an unknown one withdrawn"),
        pytest.param({"withdrawn": [3]}, MalformedError, "no candidate 3", id="an unknown index"),
        pytest.param({"withdrawn": [-1]}, MalformedError, "no candidate -1", id="an index below zero"),
        pytest.param({"order": ["ann", "bob"]}, MalformedError, "every candidate once", id="a short order"),
        pytest.param(
            {"order": ["ann", "bob", "bob"]}, MalformedError, "every candidate once", id="an order with one twice"
        ),
        pytest.param({"order": ["ann", "bob", "cy", "ann"]}, MalformedError, "every candidate once", id="a long order"),
        pytest.param(
            {"order": ["ann", "bob", "eve"]}, MalformedError, "no candidate 'eve'", id="an order with a stranger"
        ),
        pytest.param({"reopen": "eve"}, MalformedError, "no candidate 'eve'", id="re-open is unknown"),
        pytest.param({"reopen": "cy", "withdrawn": ["cy"]}, MalformedError, "cannot withdraw", id="re-open withdraws"),
        pytest.param(
            {"reopen": "cy", "constraints": [Constraint("a", "b", 0, 1, ("cy",))]},
            MalformedError,
            "cannot stand in a constraint",
            id="re-open in a constraint",
        ),
        pytest.param(
            {"constraints": [Constraint("a", "b", 2, 1, ("cy",))]},
            MalformedError,
            "the constraint a = b has a minimum above its maximum",
            id="a constraint",
        ),
    ],
)
def test_what_does_not_fit_is_refused(changes: dict[str, Any], error: type[GovernanceError], words: str) -> None:
    with pytest.raises(error, match=words):
        a_count(**changes)


@pytest.mark.parametrize(
    ("candidates", "papers", "words"),
    [
        pytest.param(["a", "a"], [], "the same id", id="ids"),
        pytest.param(["a", "b"], [(0, ["a"])], "is 0, below 1", id="no paper"),
        pytest.param(["a", "b"], [(1, ["c"])], "'c', who is no candidate", id="unknown"),
        pytest.param(["a", "b"], [(1, ["a", "b", "a"])], "twice", id="twice"),
    ],
)
def test_papers_that_make_no_sense_are_refused(candidates: list[str], papers: Any, words: str) -> None:
    with pytest.raises(MalformedError, match=words):
        profile(candidates, papers)


@pytest.mark.parametrize(
    ("units", "places", "text"), [(0, 5, "0.00000"), (123456, 5, "1.23456"), (7, 2, "0.07"), (7, 0, "7")]
)
def test_votes_are_decimal_strings(units: int, places: int, text: str) -> None:
    assert decimal(units, places) == text


def test_a_constraint_that_names_nobody_here_still_binds() -> None:
    """Its seated members alone are too many, so that nothing can meet the constraints."""
    assert a_count(constraints=[Constraint("region", "north", 0, 1, ("x",), 2)]).unconstrained
    assert not a_count(constraints=[Constraint("region", "north", 0, 1, ("x",), 1)]).unconstrained


def test_reopen_nominations_may_be_doomed_like_anybody_outside_the_constraints() -> None:
    """Both seats are bespoke, so that the re-open candidate is doomed though it has nearly all the votes."""
    women = Constraint("gender", "woman", 2, 2, ("ann", "bob"))

    count = rules.count(
        "scottish-stv",
        profile(["ann", "bob", "cy"], [(1, ["ann"]), (1, ["bob"]), (9, ["cy"])]),
        seats=2,
        order=[0, 1, 2],
        reopen="cy",
        constraints=[women],
    )

    assert count.names(count.elected) == ["ann", "bob"]


def test_the_doomed_go_first_and_at_full_value() -> None:
    """Cy has a quota, but no seat is left for a man: he is excluded before Ann's surplus is transferred."""
    count = rules.count(
        "scottish-stv",
        profile(
            ["ann", "bea", "cy", "dan", "eve"],
            [(50, ["ann", "dan"]), (40, ["cy", "eve"]), (6, ["bea"]), (4, ["dan"]), (1, ["eve"])],
        ),
        seats=2,
        order=[0, 1, 2, 3, 4],
        constraints=[Constraint("gender", "man", 0, 0, ("cy", "dan"))],
    ).as_dict()

    assert count["quota"] == "34.00000"
    assert [stage["doomed"] for stage in count["stages"]] == [["cy", "dan"], ["cy"], []]
    assert [stage["candidates"] for stage in count["stages"]] == [[], ["dan"], ["cy"]]
    assert count["stages"][2]["tallies"]["eve"] == "41.00000"
    assert count["elected"] == ["ann", "eve"]


def by_ers97(*papers: tuple[int, list[str]]) -> Count:
    """Two seats; who is excluded gives up papers of two values, one after the other."""
    ids = ["ann", "bob", "cy", "dee"]
    return rules.count("ers97", profile(ids, papers), seats=2, order=range(4))


def in_batches() -> Count:
    return by_ers97((5, ["ann", "cy", "bob"]), (15, ["ann", "dee"]), (11, ["bob"]), (3, ["dee"]), (2, ["cy", "dee"]))


def together() -> Count:
    papers = [(40, ["mat"]), (30, ["max"]), (27, ["moe"]), (2, ["wen"]), (1, ["win"])]
    ids = ["mat", "max", "moe", "win", "wen"]
    return rules.count("wigm-prf-batch", profile(ids, papers), seats=2, order=range(5))


SHOWN: list[tuple[Callable[[], Count], str]] = [
    (a_count, " 1. ann\n\nA title"),
    (lambda: a_count(seats=3, withdrawn=["cy"], reopen="bob"), "  1. ann\n  2. bob\n     (2 of 3 seats not filled)"),
    (lambda: a_count(seats=2, withdrawn=["ann"]), "Withdrawn: ann"),
    (a_count, "scottish-stv: 1 seat, 3 candidates, 3 valid papers, quota 2.00000"),
    (a_count, "Stage 1  first preferences; elected: ann"),
    (
        a_count,
        "ann               2.00000*\nbob               0.00000\ncy                1.00000\nNon-transferable  0.00000",
    ),
    (lambda: a_count(withdrawn=["ann"], seats=1), "Stage 1  first preferences"),
    (lambda: a_count(constraints=[Constraint("a", "b", 2, 2, ("cy",))]), "The constraints cannot be met"),
    (
        in_batches,
        "Stage 3  exclusion of cy\nStage 4  exclusion of cy, papers of a lower value; elected: bob\n",
    ),
    (in_batches, "2.00     4.00     2.00-       -\n"),
    (lambda: by_ers97((9, ["ann"]), (4, ["cy"]), (4, ["dee"])), "Stage 2  exclusion of bob\n"),
    (together, "Stage 2  exclusion of win, wen\n"),
    (
        lambda: by_ers97((5, ["ann"]), (5, ["bob"]), (5, ["cy"])),
        "Stage 3  final; excluded: ann; elected: bob, cy\n",
    ),
]


@pytest.mark.parametrize(("count", "words"), SHOWN)
def test_the_sheet_says_who_is_elected_and_how(count: Callable[[], Count], words: str) -> None:
    text = sheet.text("A title", count(), 80)

    assert text.startswith("Elected, in this order:\n")
    assert words in text


def test_the_sheet_tells_ties_and_fits_the_terminal() -> None:
    names = ["Łukasz " + "very " * 9 + "long", "李" * 20, "e\u0301lodie", "Dan", "Eve", "Fay"]
    papers = [(2, [name]) for name in names] + [(1, [names[5], names[4]])]
    count = rules.count("scottish-stv", profile(names, papers), seats=1, order=range(6))

    for width in (40, 60, 80, 200):
        text = sheet.text("", count, width)

        assert max(map(sheet.width_of, text.splitlines())) <= max(width, sheet.LEAST_WIDTH)
        assert "Tie for stage 2: among" in text
        assert "drawn by lot" in text
