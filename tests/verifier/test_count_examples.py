"""Small counts worked by hand from the text (counting.md 8.4), one point each."""

from typing import Any

import pytest

from governance.verifier import stages
from governance.verifier.constraints import Bound
from governance.verifier.count import LAWS, CountTooLongError, Terms, count


def counted(rule: str, seats: int, papers: str, names: str = "ABCDE", **terms: Any) -> Any:
    """Count papers written "5 AB, 3 C": five of A before B, three of C; lots in the order of `names` or `order`."""
    pairs = [each.split() for each in papers.split(", ") if each]
    ballots = [(int(number), tuple(ranking)) for number, ranking in pairs]
    order = tuple(terms.pop("order", names))
    return count(ballots, Terms(seats, tuple(names), order, **terms), rule)


def at_least(least: int, members: str, most: int = 9) -> tuple[Bound, frozenset[str]]:
    return Bound(least, most), frozenset(members)


# --- ERS97 -------------------------------------------------------------------------------------------------------------


def test_ers97_rounds_its_quota_up_and_a_value_down() -> None:
    """E3: 10/3 is 3.34. E8: a surplus of 1.66 over five papers is 0.33 each."""
    found = counted("ers97", 2, "5 AB, 2 B, 3 C", "ABC")

    assert [stage["action"] for stage in found["stages"]] == ["first preferences", "surplus"]
    first, second = found["stages"]
    assert first["quota"] == second["quota"] == found["quota"] == "3.34"
    assert first["elected"] == ["A"]
    assert second["tallies"] == {"A": "3.34", "B": "3.65", "C": "3.00"}
    assert second["non_transferable"] == "0.01"
    assert found["elected"] == ["A", "B"]


def test_ers97_elects_below_the_quota_who_cannot_be_overtaken() -> None:
    """E4: after D's papers are exhausted C's 3.00 are more than half of the active 5.98."""
    found = counted("ers97", 2, "6 AB, 1 BC, 3 C, 2 D", "ABCD")

    assert [stage["tallies"] for stage in found["stages"]] == [
        {"A": "6.00", "B": "1.00", "C": "3.00", "D": "2.00"},
        {"A": "4.00", "B": "2.98", "C": "3.00", "D": "2.00"},
        {"A": "4.00", "B": "2.98", "C": "3.00", "D": "0.00"},
    ]
    assert [stage["non_transferable"] for stage in found["stages"]] == ["0.00", "0.02", "2.02"]
    assert {stage["quota"] for stage in found["stages"]} == {"4.00"}
    assert found["stages"][2]["elected"] == ["C"]


def test_ers97_moves_an_excluded_candidates_papers_value_by_value() -> None:
    """E2: B's own paper first, then the ten that came at 0.37."""
    found = counted("ers97", 2, "10 ABC, 6 AC, 1 BD, 6 C, 7 D", "ABCD")
    stages = found["stages"]

    assert [stage["action"] for stage in stages] == ["first preferences", "surplus", "exclusion", "exclusion"]
    assert [stage["candidates"] for stage in stages] == [[], ["A"], ["B"], ["B"]]
    assert [stage["excluded"] for stage in stages] == [[], [], ["B"], []]
    assert stages[1]["tallies"] == {"A": "10.00", "B": "4.70", "C": "8.22", "D": "7.00"}
    assert stages[2]["tallies"] == {"A": "10.00", "B": "3.70", "C": "8.22", "D": "8.00"}
    assert stages[3]["tallies"] == {"A": "10.00", "B": "0.00", "C": "11.92", "D": "8.00"}
    assert [stage["non_transferable"] for stage in stages] == ["0.00", "0.08", "0.08", "0.08"]
    assert found["elected"] == ["A", "C"]


def test_ers97_elects_nobody_of_more_equals_than_places() -> None:
    """5.6.2 (E4): three have the quota, two places are left, nothing sets them apart; then the lot, and F."""
    found = counted("ers97", 2, "3 A, 3 B, 3 C", "ABC")

    assert [stage["action"] for stage in found["stages"]] == ["first preferences", "final"]
    assert found["stages"][0]["elected"] == []
    assert found["stages"][1]["elected"] == ["B", "C"]
    assert found["stages"][1]["excluded"] == ["A"]
    assert found["stages"][1]["candidates"] == []
    assert found["stages"][1]["tallies"] == {"A": "3.00", "B": "3.00", "C": "3.00"}
    assert found["ties"] == [{"stage": 2, "among": ["A", "B", "C"], "chosen": "A", "by": "lot"}]


def test_ers97_elects_who_was_ahead_first_of_more_than_places() -> None:
    """5.6.2 (E4): when D's papers are exhausted A and B both have the quota; A had more at stage 1."""
    found = counted("ers97", 1, "3 A, 2 B, 1 CB, 2 D", "BACD", order="BCDA")

    assert [stage["excluded"] for stage in found["stages"]] == [[], ["C"], ["D"]]
    assert [stage["quota"] for stage in found["stages"]] == ["4.00", "4.00", "3.00"]
    assert found["stages"][2]["tallies"] == {"A": "3.00", "B": "3.00", "C": "0.00", "D": "0.00"}
    assert found["elected"] == ["A"]
    assert found["ties"] == []


def test_ers97_of_three_who_tie_for_two_places_elects_the_two_who_were_ahead_first() -> None:
    """5.6.2 (E4): 10, 9 and 8, then 10, 9 and 12, then 13 each: A and B fit, though C was ahead last."""
    found = counted("ers97", 2, "10 A, 9 B, 8 C, 4 DC, 3 EA, 4 EB, 1 EC")

    assert [stage["excluded"] for stage in found["stages"]] == [[], ["D"], ["E"]]
    assert found["stages"][2]["tallies"] == {"A": "13.00", "B": "13.00", "C": "13.00", "D": "0.00", "E": "0.00"}
    assert found["elected"] == ["A", "B"]
    assert found["ties"] == []


def test_ers97_lowers_the_quota_until_somebody_is_elected() -> None:
    """E3: two papers of twelve are exhausted: 10/3 is 3.34."""
    found = counted("ers97", 2, "3 A, 3 B, 2 C, 2 DA, 2 E")

    assert [stage["quota"] for stage in found["stages"]][:3] == ["4.00", "3.34", "3.34"]
    assert found["stages"][1]["excluded"] == ["C"]
    assert found["stages"][2]["excluded"] == ["D"]
    assert found["stages"][2]["elected"] == ["A"]


def test_ers97_defers_a_surplus_that_cannot_save_the_lowest() -> None:
    """E5: A's 0.50 over and D's one vote are fewer than C's three."""
    found = counted("ers97", 1, "6 A, 3 C, 1 DA", "ACD")
    assert found["elected"] == ["A"]

    found = counted("ers97", 3, "26 AD, 25 B, 20 C, 15 E, 14 D")
    # Quota 25.00, A's surplus 1.00: 14.00 and 1.00 are not more than 15.00.
    assert found["stages"][1]["action"] == "exclusion"
    assert found["stages"][1]["excluded"] == ["D"]


def test_ers97_transfers_only_the_last_bundle() -> None:
    """E8: B's surplus is of the papers that elected him; his own say nothing more."""
    # Quota 10.00. C's six make B 13.00: 3.00 over six papers is 0.50 each, for D.
    found = counted("ers97", 2, "7 BE, 6 CBD, 8 D, 9 E", "BCDE")
    stages = found["stages"]

    assert [(stage["action"], stage["candidates"]) for stage in stages] == [
        ("first preferences", []),
        ("exclusion", ["C"]),
        ("surplus", ["B"]),
    ]
    assert stages[2]["tallies"] == {"B": "10.00", "C": "0.00", "D": "11.00", "E": "9.00"}
    assert found["elected"] == ["B", "D"]


def test_ers97_excludes_who_holds_no_paper_in_one_stage() -> None:
    """A6, E2: nothing moves, and it is a stage."""
    found = counted("ers97", 1, "5 A, 4 B, 4 C", "ABCD")
    first, second = found["stages"][:2]

    assert second["action"] == "exclusion"
    assert second["candidates"] == second["excluded"] == ["D"]
    assert second["tallies"] == first["tallies"]


def test_ers97_breaks_a_tie_by_the_first_stage() -> None:
    """E6: A's surplus brings B level with C, who had more at stage 1."""
    found = counted("ers97", 2, "2 AB, 2 AE, 3 A, 2 B, 3 C, 3 E", "ABCE", order="CBEA")

    assert found["stages"][1]["tallies"] == {"A": "5.00", "B": "3.00", "C": "3.00", "E": "4.00"}
    assert found["ties"] == [{"stage": 3, "among": ["B", "C"], "chosen": "B", "by": "stage 1"}]


# --- IRV ---------------------------------------------------------------------------------------------------------------


def test_irv_asks_for_half_of_the_papers_that_still_count() -> None:
    found = counted("irv", 1, "4 A, 3 B, 2 C", "ABC")

    assert [stage["quota"] for stage in found["stages"]] == ["5", "4"]
    assert found["stages"][1]["tallies"] == {"A": "4", "B": "3", "C": "0"}
    assert found["stages"][1]["non_transferable"] == "2"
    assert found["elected"] == ["A"]


def test_irv_breaks_a_tie_by_the_stage_before() -> None:
    """B and C have four each; B had three at the stage before, C four."""
    found = counted("irv", 1, "5 A, 3 B, 4 C, 1 DB", "ABCD", order="CBAD")

    assert found["ties"] == [{"stage": 3, "among": ["B", "C"], "chosen": "B", "by": "stage 1"}]


@pytest.mark.parametrize("rule", ["irv", "scottish-stv"])
def test_a_stage_narrows_a_tie_and_the_lot_breaks_it(rule: str) -> None:
    """D, first by lot, had more at stage 1 and is out of it; B and C were equal all along."""
    found = counted(rule, 1, "11 A, 3 B, 3 C, 4 D, 1 EB, 1 EC", "ABCDE", order="DCBEA")

    assert found["ties"][0] == {"stage": 3, "among": ["B", "C", "D"], "chosen": "C", "by": "lot"}


def test_irv_fills_one_seat() -> None:
    with pytest.raises(ValueError, match="one seat"):
        counted("irv", 2, "3 A, 1 B")


# --- WIGM --------------------------------------------------------------------------------------------------------------


def test_wigm_batch_takes_no_losers_together_whom_a_constraint_needs() -> None:
    """G: of V and W one must be elected; without the constraint both go."""
    papers = "60 A, 20 B, 19 C, 1 V, 2 W"
    free = counted("wigm-prf-batch", 3, papers, "ABCVW")
    bound = counted("wigm-prf-batch", 3, papers, "ABCVW", constraints=(at_least(1, "VW"),))

    assert [stage["excluded"] for stage in free["stages"]] == [[], [], ["V", "W"]]
    assert free["stages"][2]["action"] == "final"
    assert free["elected"] == ["A", "B", "C"]
    assert [stage["excluded"] for stage in bound["stages"]] == [[], [], ["V"], ["C"]]
    assert [stage["guarded"] for stage in bound["stages"]] == [[], [], ["W"], []]
    assert bound["stages"][3]["action"] == "final"
    assert bound["elected"] == ["A", "B", "W"]


def test_ers97_takes_no_losers_together_whom_a_constraint_needs() -> None:
    papers = "30 A, 10 B, 9 C, 8 D, 7 E, 1 V, 2 W"
    free = counted("ers97", 3, papers, "ABCDEVW")
    bound = counted("ers97", 3, papers, "ABCDEVW", constraints=(at_least(1, "VW"),))

    assert free["stages"][2]["excluded"] == ["V", "W"]
    assert bound["stages"][2]["excluded"] == ["V"]
    assert bound["stages"][2]["guarded"] == ["W"]
    assert "W" in bound["elected"]


def test_wigm_cuts_the_product_before_the_quotient() -> None:
    """W1: 3 papers, quota 1.5001: surplus 1.4999; each goes on at 0.4999."""
    found = counted("wigm-prf", 1, "3 AB", "AB")
    assert found["quota"] == "1.5001"

    found = counted("wigm-prf", 2, "7 AB, 1 B, 1 C", "ABC")
    # Quota 3.0001, surplus 3.9999, over seven is 0.57141…: 0.5714.
    assert found["stages"][1]["tallies"] == {"A": "3.0001", "B": "4.9998", "C": "1.0000"}
    assert found["stages"][1]["non_transferable"] == "0.0001"


@pytest.mark.parametrize("rule", ["wigm-prf", "wigm-prf-batch"])
def test_wigm_transfers_the_largest_surplus_first(rule: str) -> None:
    """W2: the quota is 6.0001: A's 3.9999 go before B's 2.9999."""
    found = counted(rule, 3, "9 B, 10 A, 3 C, 2 D", "BACD", order="BACD")
    assert [(stage["action"], stage["candidates"]) for stage in found["stages"]][:3] == [
        ("first preferences", []),
        ("surplus", ["A"]),
        ("surplus", ["B"]),
    ]


@pytest.mark.parametrize("rule", ["wigm-prf", "wigm-prf-batch", "meek-prf"])
def test_the_lot_alone_breaks_a_tie_whatever_the_stages_before_say(rule: str) -> None:
    """W4, M4: B and C have four each; B had three at the stage before, but C is first by lot."""
    found = counted(rule, 1, "5 A, 3 B, 4 C, 1 DB", "ABCD", order="CBAD")

    assert found["ties"] == [{"stage": 3, "among": ["B", "C"], "chosen": "C", "by": "lot"}]
    assert found["stages"][2]["excluded"] == ["C"]


def test_wigm_batch_weighs_the_surpluses_that_wait_not_the_votes() -> None:
    """W3 (c): the quota is 10.0001; D's and E's 4 with A's surplus of 0.9999 are fewer than C's 7."""
    found = counted("wigm-prf-batch", 2, "11 A, 8 B, 7 C, 2 D, 2 E")
    assert found["stages"][0]["elected"] == ["A"]
    assert (found["stages"][1]["action"], found["stages"][1]["excluded"]) == ("exclusion", ["D", "E"])


# --- Meek --------------------------------------------------------------------------------------------------------------


def test_meek_says_a_defeat_that_completes_the_count_is_final() -> None:
    found = counted("meek-prf", 1, "1 A, 1 B", "AB")

    assert [stage["action"] for stage in found["stages"]] == ["first preferences", "final"]
    assert found["stages"][1]["tallies"] == {"A": "1.000000000", "B": "1.000000000"}
    assert found["ties"] == [{"stage": 2, "among": ["A", "B"], "chosen": "A", "by": "lot"}]
    assert found["elected"] == ["B"]


def test_meek_shrinks_the_quota() -> None:
    found = counted("meek-prf", 1, "4 A, 3 B, 2 C", "ABC")

    assert [stage["quota"] for stage in found["stages"]] == ["4.500000001", "3.500000001"]
    assert found["stages"][1]["action"] == "exclusion"
    assert found["elected"] == ["A"]


def test_meek_defeats_the_doomed_before_it_iterates() -> None:
    """M2, M3 by hand: keep factor of A 0.533333334, then 5.666666670 votes and a quota of 1.888888891."""
    found = counted("meek-prf", 2, "5 AB, 3 B, 2 C, 1 D", "ABCD", constraints=(at_least(0, "AB", most=1),))
    first, second = found["stages"]

    assert first["quota"] == "3.666666667"
    assert first["elected"] == ["A"]
    assert first["doomed"] == ["B"]
    assert second["action"] == "exclusion"
    assert second["candidates"] == second["excluded"] == ["B"]
    assert second["tallies"] == {"A": "2.666666670", "B": "0.000000000", "C": "2.000000000", "D": "1.000000000"}
    assert second["non_transferable"] == "5.333333330"
    assert second["quota"] == "1.888888891"
    assert second["elected"] == ["C"]


def test_meek_iterates_after_an_election() -> None:
    """M1: candidates are those elected in earlier stages."""
    found = counted("meek-prf", 2, "4 AB, 2 C, 1 B", "ABC")
    second = found["stages"][1]

    assert found["stages"][0]["elected"] == ["A"]
    assert second["action"] == "iteration"
    assert second["candidates"] == ["A"]
    # 7 votes, quota 2.333333334; A keeps 0.583333334 of four papers; each leaves B 0.416666666.
    assert second["tallies"] == {"A": "2.333333336", "B": "2.666666664", "C": "2.000000000"}
    assert second["elected"] == ["B"]


def test_meek_ties_nobody_a_unit_apart_where_no_surplus_is_left() -> None:
    """M4: s is 0, B keeps two thirds, rounded up, of three papers: A, a unit behind C, is the lowest alone."""
    found = counted("meek-prf", 2, "1 ADC, 2 CD, 3 BAD", "ABCD", order="CADB")

    third = found["stages"][2]["tallies"]
    assert third == {"A": "1.999999999", "B": "2.000000001", "C": "2.000000000", "D": "0.000000000"}
    assert found["stages"][2]["quota"] == third["B"]
    assert found["stages"][3]["excluded"] == ["A"]
    assert found["ties"] == []


# --- All of them -------------------------------------------------------------------------------------------------------

HAS_FINAL = {"wigm-prf", "wigm-prf-batch", "ers97", "meek-prf"}
NO_VOTES = {
    "scottish-stv": "1.00000", "irv": "1", "wigm-prf": "0.0001", "wigm-prf-batch": "0.0001",
    "ers97": "0.00", "meek-prf": "0.000000001",
}  # fmt: skip


@pytest.mark.parametrize("rule", LAWS)
def test_without_papers_the_lot_decides(rule: str) -> None:
    """A5."""
    found = counted(rule, 1, "", "AB", order="BA")

    assert found["valid"] == 0
    assert [stage["action"] for stage in found["stages"]] == [
        "first preferences",
        "final" if rule in HAS_FINAL else "exclusion",
    ]
    assert found["stages"][1]["excluded"] == ["B"]
    assert found["stages"][1]["elected"] == found["elected"] == ["A"]
    assert found["quota"] == NO_VOTES[rule]
    assert found["ties"] == [{"stage": 2, "among": ["A", "B"], "chosen": "B", "by": "lot"}]


@pytest.mark.parametrize("rule", LAWS)
def test_where_everybody_has_withdrawn_nobody_is_elected(rule: str) -> None:
    found = counted(rule, 1, "3 AB, 1 B", "AB", withdrawn=frozenset("AB"))

    assert found["withdrawn"] == ["A", "B"]
    assert found["elected"] == []
    assert len(found["stages"]) == 1
    assert found["valid"] == 0


@pytest.mark.parametrize("rule", LAWS)
def test_reopen_elected_ends_the_count(rule: str) -> None:
    seats = 1 if rule == "irv" else 2
    found = counted(rule, seats, "3 R, 2 A, 1 B", "ABR", reopen="R")

    assert found["elected"] == ["R"]
    assert found["stages"][-1]["elected"] == ["R"]
    assert found["stages"][-1]["guarded"] == found["stages"][-1]["doomed"] == []


@pytest.mark.parametrize("rule", sorted(LAWS.keys() - {"irv"}))
def test_more_seats_than_candidates_elect_all_at_once(rule: str) -> None:
    found = counted(rule, 4, "3 AB, 1 C", "ABC")

    assert found["elected"] == ["A", "C", "B"]
    assert len(found["stages"]) == 1


@pytest.mark.parametrize("rule", LAWS)
def test_constraints_that_cannot_be_met_have_no_effect(rule: str) -> None:
    papers = "9 AB, 5 B, 3 C, 1 D"
    free = counted(rule, 1, papers, "ABCD")
    bound = counted(rule, 1, papers, "ABCD", constraints=(at_least(2, "CD"),))

    assert bound == free


@pytest.mark.parametrize("rule", LAWS)
def test_a_doomed_candidate_is_not_elected_with_most_votes(rule: str) -> None:
    """Doomed from the start: excluded first, alone, whatever the tally."""
    found = counted(rule, 1, "9 AB, 5 B, 3 C, 1 D", "ABCD", constraints=(at_least(0, "A", most=0),))

    assert found["stages"][0]["doomed"] == ["A"]
    assert found["stages"][0]["elected"] == []
    assert found["stages"][1]["excluded"] == ["A"]
    assert found["elected"] == ["B"]


def test_a_rule_that_is_not_offered_is_no_rule() -> None:
    with pytest.raises(KeyError):
        counted("meek-nz", 1, "1 A")


def test_a_count_that_grows_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each stage has at least `"A":"0"` of every candidate: 21 bytes of three."""
    for most, stages_counted in ((21, 2), (20, 0)):
        monkeypatch.setattr(stages, "MAX_RESULT", most)
        if stages_counted:
            assert len(counted("irv", 1, "4 A, 3 B, 2 C", "ABC")["stages"]) == stages_counted
        else:
            with pytest.raises(CountTooLongError):
                counted("irv", 1, "4 A, 3 B, 2 C", "ABC")


# --- What the laws share -----------------------------------------------------------------------------------------------


def excluded(found: Any) -> list[str]:
    return [name for stage in found["stages"] for name in stage["excluded"]]


@pytest.mark.parametrize(("rule", "fourth"), [("irv", "X"), ("scottish-stv", "X"), ("ers97", "Y")])
def test_a_tie_is_broken_by_the_last_stage_or_the_first_that_parts_it(rule: str, fourth: str) -> None:
    """X and Y: 5 and 5, 6 and 5, 6 and 7, 7 and 7. Scottish STV and irv look backwards, ERS97 forwards."""
    found = counted(rule, 1, "5 X, 5 Y, 12 Z, 1 DX, 1 D, 2 EY, 1 E, 1 FX, 3 F", "XYZDEF")

    assert excluded(found)[:4] == ["D", "E", "F", fourth]
    assert found["ties"][0]["by"] == ("stage 2" if rule == "ers97" else "stage 3")


def test_of_two_equal_surpluses_the_one_that_was_ahead_goes_first() -> None:
    found = counted("scottish-stv", 3, "10 A, 9 B, 7 E, 7 H, 2 CA, 3 CB, 4 D", "ABCDEH", order="BACDEH")

    third = found["stages"][3]
    assert (third["action"], third["candidates"]) == ("surplus", ["A"])


def test_who_was_ahead_last_is_elected_first() -> None:
    """A and B end with 6 each; only in the second of five stages was A ahead."""
    found = counted("scottish-stv", 2, "5 A, 5 B, 4 C, 4 F, 1 DA, 1 EB", "ABCDEF", order="DEBACF")

    assert excluded(found)[:2] == ["D", "E"]
    assert found["elected"] == ["A", "B"]


def test_nobody_is_elected_after_re_open_nominations() -> None:
    """Be it by the quota, or because nobody else is left."""
    assert counted("scottish-stv", 2, "6 R, 5 A, 1 B", "ABR", reopen="R")["elected"] == ["R"]
    assert counted("scottish-stv", 3, "3 B", "ABR", reopen="R", order="RAB")["elected"] == ["B", "R"]


def test_of_two_doomed_the_lower_goes_first() -> None:
    """Section 6: before A's surplus; and where the count ends nobody is doomed any more."""
    found = counted("scottish-stv", 2, "9 A, 3 B, 2 C, 1 D, 1 E", "ABCDE", constraints=(at_least(0, "BC", 0),))

    assert excluded(found)[:2] == ["C", "B"]
    assert found["stages"][0]["doomed"] == ["B", "C"]
    ended = counted("scottish-stv", 1, "9 A, 3 B, 1 C", "ABC", constraints=(at_least(0, "B", 0),))
    assert [stage["doomed"] for stage in ended["stages"]] == [[]]


EXHAUSTED = ", ".join(f"2 {name}" for name in "DEFGHIJKLM")
"""Ten who go first, and whose papers name nobody else: the quota stays out of everybody's reach."""


@pytest.mark.parametrize(
    ("seats", "papers", "last", "elected"),
    [
        (1, "9 A, 4 B, 3 C", ["B", "C"], ["A"]),  # (c) 7 is less than 9
        (1, "7 A, 4 B, 3 C", ["B"], ["A"]),  # 7 is not less than 7: C first, then B
        (2, "9 A, 4 B, 3 C", ["C"], ["A", "B"]),  # (a) two must be left
    ],
)
def test_sure_losers_go_together_while_enough_are_left(
    seats: int, papers: str, last: list[str], elected: list[str]
) -> None:
    """W3."""
    found = counted("wigm-prf-batch", seats, f"{papers}, {EXHAUSTED}", "ABCDEFGHIJKLM")

    assert found["stages"][-1]["excluded"] == last
    assert found["elected"] == elected


def test_ers97_elects_with_exactly_a_share_of_the_active_vote_but_nobody_without_a_vote() -> None:
    """E4: of 6.00 active votes B and C have 3.00 each, and C was ahead; with none active, B and C have nothing."""
    found = counted("ers97", 2, "2 AB, 4 A, 1 B, 3 C, 2 D", "ABCD")
    assert [stage["elected"] for stage in found["stages"]] == [["A"], [], ["C"]]
    found = counted("ers97", 2, "3 A", "ABC")
    assert [stage["elected"] for stage in found["stages"]] == [["A"], [], ["C"]]
    assert excluded(found) == ["B"]
