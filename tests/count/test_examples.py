"""Small contests, worked out by hand, for what a rule does that no other does."""

from typing import Any

import pytest

from governance.count import rules
from governance.count.ballots import profile
from governance.count.constraints import Constraint
from governance.errors import MalformedError


def counted(rule: str, papers: dict[str, int], *, seats: int = 1, **more: Any) -> dict[str, Any]:
    """Papers as {"ann bob": 3}; who is named first in them stands first in the list and in the order of lots."""
    names = [*dict.fromkeys(name for ranking in papers for name in ranking.split())]
    rankings = [(number, ranking.split()) for ranking, number in papers.items()]
    more = {"order": names, **more}
    return rules.count(rule, profile(names, rankings), seats=seats, **more).as_dict()


def every(count: dict[str, Any], field: str) -> list[Any]:
    return [stage[field] for stage in count["stages"]]


def test_irv_recounts_the_majority_of_what_is_not_exhausted() -> None:
    count = counted("irv", {"ann": 4, "bob": 3, "cy": 2})

    assert every(count, "quota") == ["5", "4"]
    assert every(count, "elected") == [[], ["ann"]]
    assert every(count, "non_transferable") == ["0", "2"]
    assert count["stages"][1]["tallies"] == {"ann": "4", "bob": "3", "cy": "0"}


def test_irv_with_the_last_two_level_excludes_one_by_lot() -> None:
    count = counted("irv", {"ann": 2, "bob": 2})

    assert every(count, "excluded") == [[], ["ann"]]
    assert count["ties"] == [{"stage": 2, "among": ["ann", "bob"], "chosen": "ann", "by": "lot"}]
    assert count["elected"] == ["bob"]


def test_irv_fills_one_place_only() -> None:
    with pytest.raises(MalformedError, match="'irv' fills one place, and there are 2"):
        counted("irv", {"ann": 1, "bob": 1}, seats=2)


def test_wigm_cuts_after_the_product_and_after_the_quotient() -> None:
    """Ann's surplus 1.9999 of 5: each paper 1.9999 / 5 = 0.3999, five of them; the rest is lost."""
    count = counted("wigm-prf", {"ann bob": 5, "bob": 1, "cy": 3}, seats=2)

    assert count["quota"] == "3.0001"
    assert count["stages"][1]["tallies"] == {"ann": "3.0001", "bob": "2.9995", "cy": "3.0000"}
    assert count["stages"][1]["non_transferable"] == "0.0004"
    assert every(count, "action") == ["first preferences", "surplus", "final"]
    assert count["stages"][2] == {
        **count["stages"][1],
        "number": 3,
        "action": "final",
        "candidates": [],
        "excluded": ["bob"],
        "elected": ["cy"],
    }


MANY = {"mat": 40, "max": 30, "moe": 27, "wen": 2, "win": 1}


def test_sure_losers_go_together_before_a_surplus_does() -> None:
    """Wen, Win and the surplus of 6.6666 have less than Moe."""
    count = counted("wigm-prf-batch", MANY, seats=2)

    assert count["quota"] == "33.3334"
    assert every(count, "excluded")[:2] == [[], ["wen", "win"]]
    assert every(count, "candidates")[1] == ["wen", "win"]
    assert count["ties"] == []


@pytest.mark.parametrize("rule", ["wigm-prf-batch", "ers97"])
def test_nobody_goes_together_whom_a_constraint_needs(rule: str) -> None:
    """Either woman could be excluded alone, so that neither is guarded; but one of them is needed."""
    women = Constraint("gender", "woman", 1, 2, ("wen", "win"))

    count = counted(rule, MANY, seats=2, constraints=[women])

    assert count["stages"][0]["guarded"] == []
    assert count["stages"][0]["doomed"] == ["max", "moe"]
    assert every(count, "excluded")[1] == ["moe"]
    assert "mat" in count["elected"]
    assert {"wen", "win"} & {*count["elected"]}


@pytest.mark.parametrize("rule", ["wigm-prf-batch", "ers97"])
def test_a_set_may_be_too_large_for_a_constraint(rule: str) -> None:
    """Nobody is elected yet, so nobody is doomed: the women alone make up the largest set, which may not go."""
    papers = {"mat": 32, "max": 31, "moe": 31, "wen": 2, "win": 1}
    women = Constraint("gender", "woman", 1, 2, ("wen", "win"))

    assert every(counted(rule, papers, seats=2), "excluded")[1] == ["wen", "win"]
    assert every(counted(rule, papers, seats=2, constraints=[women]), "excluded")[1] == ["win"]


def test_ers97_elects_nobody_of_more_than_there_are_places_who_were_always_level() -> None:
    """5.6.2, then 5.5.1."""
    count = counted("ers97", {"ann": 5, "bob": 5})

    assert every(count, "action") == ["first preferences", "final"]
    assert every(count, "elected") == [[], ["bob"]]
    assert count["ties"] == [{"stage": 2, "among": ["ann", "bob"], "chosen": "ann", "by": "lot"}]


def test_ers97_elects_who_was_ahead_first_and_lowers_the_quota() -> None:
    """Cy and Dee go together (3 <= 3). Two papers are lost, the quota falls to 4, both reach it; Ann was ahead."""
    count = counted("ers97", {"bob": 3, "ann": 4, "cy bob": 1, "dee": 2})

    assert every(count, "quota") == ["5.00", "4.00"]
    assert every(count, "excluded") == [[], ["cy", "dee"]]
    assert count["stages"][1]["tallies"] == {"ann": "4.00", "bob": "4.00", "cy": "0.00", "dee": "0.00"}
    assert count["elected"] == ["ann"]
    assert count["ties"] == []


def test_ers97_moves_an_exclusion_in_batches_of_one_value_each() -> None:
    """Ann's surplus of 8 goes at 0.40 (20 papers), cut from 8 / 20. Cy holds 2 papers of 1 and 5 of 0.40."""
    papers = {"ann cy bob": 5, "ann dee": 15, "bob": 11, "dee": 3, "cy dee": 2}

    count = counted("ers97", papers, seats=2)

    assert count["quota"] == "12.00"
    assert every(count, "action") == ["first preferences", "surplus", "exclusion", "exclusion"]
    assert every(count, "excluded") == [[], [], ["cy"], []]
    assert every(count, "candidates") == [[], ["ann"], ["cy"], ["cy"]]
    assert [stage["tallies"]["cy"] for stage in count["stages"]] == ["2.00", "4.00", "2.00", "0.00"]
    assert [stage["tallies"]["dee"] for stage in count["stages"]] == ["3.00", "9.00", "11.00", "11.00"]
    assert [stage["tallies"]["bob"] for stage in count["stages"]] == ["11.00", "11.00", "11.00", "13.00"]
    assert count["elected"] == ["ann", "bob"]


def test_ers97_defers_a_surplus_that_cannot_save_the_lowest() -> None:
    """Ann's surplus of 1 and Dee's 2 votes are no more than Cy's 6."""
    count = counted("ers97", {"ann dee": 11, "bob": 9, "cy": 6, "dee": 2, "eve cy": 2}, seats=2)

    assert count["quota"] == "10.00"
    assert every(count, "action")[:2] == ["first preferences", "exclusion"]
    assert every(count, "excluded")[1] == ["dee", "eve"]


def test_meek_shares_a_surplus_out_until_it_is_settled() -> None:
    """Droop's 42t: Ann keeps half of each paper; Bob and Cy come within the surplus of each other, and the lot decides."""
    count = counted("meek-prf", {"ann bob": 4, "cy": 2}, seats=2)

    assert every(count, "action") == ["first preferences", "iteration", "final"]
    assert every(count, "candidates") == [[], ["ann"], []]
    assert count["stages"][1]["tallies"] == {"ann": "2.000000004", "bob": "1.999999996", "cy": "2.000000000"}
    assert count["quota"] == "2.000000001"
    assert count["ties"] == []
    assert every(count, "excluded")[2] == ["bob"]
    assert count["elected"] == ["ann", "cy"]


@pytest.mark.parametrize("rule", rules.RULES)
def test_without_papers_the_lots_decide(rule: str) -> None:
    count = rules.count(rule, profile(["ann", "bob", "cy"], [(2, [])]), seats=1, order=[1, 2, 0]).as_dict()

    assert count["valid"] == 0
    assert count["elected"] == ["ann"]
    assert [tie["chosen"] for tie in count["ties"]] == ["bob", "cy"]
    assert {tie["by"] for tie in count["ties"]} == {"lot"}


@pytest.mark.parametrize("rule", rules.RULES)
def test_with_no_more_candidates_than_places_all_are_elected_at_once(rule: str) -> None:
    papers = {"ann": 1} if rule == "irv" else {"ann": 1, "bob": 2}
    count = counted(rule, papers, seats=1 if rule == "irv" else 5)

    assert len(count["stages"]) == 1
    assert count["elected"] == ["ann"] if rule == "irv" else ["bob", "ann"]


@pytest.mark.parametrize("rule", rules.RULES)
def test_votes_have_the_places_of_the_rule(rule: str) -> None:
    places = {"scottish-stv": 5, "meek-prf": 9, "wigm-prf": 4, "wigm-prf-batch": 4, "ers97": 2, "irv": 0}

    votes = counted(rule, {"ann": 1, "bob": 1})["stages"][0]["tallies"]["ann"]

    assert len(votes.partition(".")[2]) == places[rule]
