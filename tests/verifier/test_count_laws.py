"""What holds of every count under every rule, whatever the papers."""

import itertools
import os
import time
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.verifier import canonical
from governance.verifier.constraints import Bound
from governance.verifier.count import LAWS, Terms, count
from tests.verifier.test_constraints import everybody, papers

Ballots = list[tuple[int, tuple[str, ...]]]
EVERY_RULE = pytest.mark.parametrize("rule", LAWS)
LAW = settings(max_examples=500 if os.environ.get("GOVERNANCE_LONG") else 25, deadline=None)


@dataclass(frozen=True)
class Drawn:
    papers: Ballots
    terms: Terms


@st.composite
def drawn(draw: st.DrawFn, *, most: int = 6) -> Drawn:
    """A contest as hard as may be: few papers and many ties, some withdrawn, re-opened, constrained."""
    names = tuple("abcdef"[: draw(st.integers(1, most))])
    rankings = st.permutations(names).flatmap(lambda one: st.integers(0, len(one)).map(lambda n: tuple(one[:n])))
    papers = draw(st.lists(st.tuples(st.integers(1, draw(st.sampled_from([1, 3, 40]))), rankings), max_size=14))
    reopen = draw(st.sampled_from(["", "", "", names[-1]]))
    others = [name for name in names if name != reopen]
    members = st.frozensets(st.sampled_from(others)) if others else st.just(frozenset[str]())
    bounds = st.tuples(st.integers(-1, 2), st.integers(0, 2)).map(lambda two: Bound(two[0], two[0] + two[1]))
    return Drawn(
        papers,
        Terms(
            seats=draw(st.integers(1, 4)),
            candidates=names,
            order=tuple(draw(st.permutations(names))),
            withdrawn=draw(st.one_of(st.just(frozenset[str]()), members)),
            reopen=reopen,
            constraints=tuple(draw(st.lists(st.tuples(bounds, members), max_size=3))),
        ),
    )


def counted(rule: str, given_: Drawn, **changes: Any) -> Any:
    terms = replace(given_.terms, **changes)
    return count(given_.papers, replace(terms, seats=1) if rule == "irv" else terms, rule)


def units(votes: str) -> int:
    return int(votes.replace(".", ""))


@EVERY_RULE
@LAW
@given(given_=drawn())
def test_no_vote_is_made_or_lost(rule: str, given_: Drawn) -> None:
    found = counted(rule, given_)
    one = 10 ** LAWS[rule].PLACES
    kept = [
        (number, [name for name in ranking if name not in given_.terms.withdrawn]) for number, ranking in given_.papers
    ]
    lost = 0

    assert found["valid"] == sum(number for number, ranking in kept if ranking)
    for stage in found["stages"]:
        tallies = [units(votes) for votes in stage["tallies"].values()]
        assert min(tallies) >= 0
        assert sum(tallies) + units(stage["non_transferable"]) == found["valid"] * one
        if rule != "meek-prf":
            assert units(stage["non_transferable"]) >= lost
        lost = units(stage["non_transferable"])
    assert {name: units(votes) for name, votes in found["stages"][0]["tallies"].items()} == {
        name: one * sum(number for number, ranking in kept if ranking[:1] == [name]) for name in given_.terms.candidates
    }


def outcomes(terms: Terms) -> list[set[str]]:
    """Return every set that fills the places and meets the constraints."""
    standing = [name for name in terms.candidates if name not in terms.withdrawn]
    return [
        set(chosen)
        for chosen in itertools.combinations(standing, min(terms.seats, len(standing)))
        if all(bound.least <= len(members.intersection(chosen)) <= bound.most for bound, members in terms.constraints)
    ]


@EVERY_RULE
@LAW
@given(given_=drawn())
def test_places_are_filled_and_constraints_are_met(rule: str, given_: Drawn) -> None:
    terms = replace(given_.terms, seats=1) if rule == "irv" else given_.terms
    found = counted(rule, given_)
    elected = found["elected"]
    standing = set(terms.candidates) - terms.withdrawn
    allowed = outcomes(terms)

    assert len(set(elected)) == len(elected)
    assert standing.issuperset(elected)
    if terms.reopen and terms.reopen in elected:
        assert elected[-1] == terms.reopen
        assert len(elected) <= terms.seats
        if allowed:
            assert any(outcome.issuperset(elected) for outcome in allowed)
    else:
        assert len(elected) == min(terms.seats, len(standing))
        assert not allowed or set(elected) in allowed


@EVERY_RULE
@LAW
@given(given_=drawn())
def test_the_doomed_are_not_elected_and_the_guarded_not_excluded(rule: str, given_: Drawn) -> None:
    stages = counted(rule, given_)["stages"]
    gone: set[str] = set(given_.terms.withdrawn)

    for before, stage in itertools.pairwise(stages):
        assert not set(before["doomed"]) & set(stage["elected"])
        assert not set(before["guarded"]) & set(stage["excluded"])
        # Whoever is doomed is excluded first, alone, unless an exclusion is still under way.
        if before["doomed"] and stage["excluded"]:
            assert len(stage["excluded"]) == 1
            assert stage["excluded"][0] in before["doomed"]
        if before["doomed"]:
            assert stage["action"] in {"exclusion", "final"}
    for stage in stages:
        settled = [*stage["excluded"], *stage["elected"]]
        assert len(set(settled)) == len(settled)
        assert not gone.intersection(settled)
        gone.update(settled)
        assert not gone.intersection([*stage["guarded"], *stage["doomed"]])
    assert stages[-1]["guarded"] == stages[-1]["doomed"] == []


@EVERY_RULE
@LAW
@given(given_=drawn())
def test_who_has_the_quota_of_first_preferences_is_elected_unless_doomed(rule: str, given_: Drawn) -> None:
    found = counted(rule, given_, reopen="")
    first = found["stages"][0]
    # More may have ERS97's quota than there are places: the lowest of them are then equals.
    least = units(first["quota"]) + (rule == "ers97")
    reached = {name for name, votes in first["tallies"].items() if units(votes) >= least > 0}

    assert reached <= set(first["elected"]) | set(first["doomed"]) or len(found["stages"]) == 1


@EVERY_RULE
@LAW
@given(given_=drawn(), data=st.data())
def test_the_order_of_papers_does_not_matter(rule: str, given_: Drawn, data: st.DataObject) -> None:
    """Nor do blank papers, nor whether papers alike are counted together."""
    apart = [(1, ranking) for number, ranking in given_.papers for _ in range(number)]
    blanks = [(data.draw(st.integers(1, 5)), ())]
    papers = data.draw(st.permutations([*apart[:40], *blanks, (len(apart), ("a",))]))
    together: dict[tuple[str, ...], int] = {}
    for number, ranking in papers:
        together[ranking] = together.get(ranking, 0) + number
    del together[()]
    sorted_papers = [(number, ranking) for ranking, number in sorted(together.items())]

    assert counted(rule, Drawn(papers, given_.terms)) == counted(rule, Drawn(sorted_papers, given_.terms))


@EVERY_RULE
@LAW
@given(given_=drawn(), data=st.data())
def test_names_and_the_order_of_candidates_do_not_matter(rule: str, given_: Drawn, data: st.DataObject) -> None:
    """But for the order in lists, and for lots, whose order goes along."""
    terms = given_.terms
    shuffled = data.draw(st.permutations(terms.candidates))
    renamed = dict(zip(terms.candidates, data.draw(st.permutations("uvwxyz")), strict=False))
    other = Drawn(
        [(number, tuple(renamed[name] for name in ranking)) for number, ranking in given_.papers],
        Terms(
            seats=terms.seats,
            candidates=tuple(renamed[name] for name in shuffled),
            order=tuple(renamed[name] for name in terms.order),
            withdrawn=frozenset(renamed[name] for name in terms.withdrawn),
            reopen=renamed.get(terms.reopen, ""),
            constraints=tuple((bound, frozenset(map(renamed.__getitem__, ids))) for bound, ids in terms.constraints),
        ),
    )

    assert plain(counted(rule, other)) == plain(rename(counted(rule, given_), renamed))


IN_CANDIDATE_ORDER = {"candidates", "excluded", "guarded", "doomed", "withdrawn", "among"}


def rename(value: Any, names: dict[str, str]) -> Any:
    match value:
        case dict():
            return {names.get(key, key): rename(each, names) for key, each in value.items()}
        case list():
            return [rename(each, names) for each in value]
        case str():
            return names.get(value, value)
    return value


def plain(value: Any, name: str = "") -> Any:
    """Sort the lists that stand in candidate order."""
    match value:
        case dict():
            return {key: plain(each, key) for key, each in value.items()}
        case list():
            return sorted(value) if name in IN_CANDIDATE_ORDER else [plain(each) for each in value]
    return value


@EVERY_RULE
@LAW
@given(given_=drawn())
def test_the_withdrawn_count_as_if_they_had_never_stood(rule: str, given_: Drawn) -> None:
    terms = given_.terms
    gone = terms.withdrawn
    never = Drawn(
        [(number, tuple(name for name in ranking if name not in gone)) for number, ranking in given_.papers],
        replace(
            terms,
            candidates=tuple(name for name in terms.candidates if name not in gone),
            order=tuple(name for name in terms.order if name not in gone),
            withdrawn=frozenset(),
            constraints=tuple((bound, ids - gone) for bound, ids in terms.constraints),
        ),
    )
    found = counted(rule, given_)
    assert found["withdrawn"] == [name for name in terms.candidates if name in gone]
    for stage in found["stages"]:
        assert {units(stage["tallies"].pop(name)) for name in gone} <= {0}

    assert found | {"withdrawn": []} == counted(rule, never)


@EVERY_RULE
@LAW
@given(given_=drawn())
def test_the_object_has_the_form_of_interfaces_md(rule: str, given_: Drawn) -> None:
    found = counted(rule, given_)
    has_final = rule not in {"scottish-stv", "irv"}
    actions = [stage["action"] for stage in found["stages"]]

    assert canonical.write(found)
    assert found["rule"] == rule
    assert found["quota"] == found["stages"][-1]["quota"]
    assert found["elected"] == [name for stage in found["stages"] for name in stage["elected"]]
    assert [stage["number"] for stage in found["stages"]] == list(range(1, len(actions) + 1))
    assert actions[0] == "first preferences"
    assert actions.count("first preferences") == 1
    assert "final" not in actions[: -1 if has_final else None]
    assert ("surplus" not in actions) or rule not in {"irv", "meek-prf"}
    assert ("iteration" not in actions) or rule == "meek-prf"
    places = LAWS[rule].PLACES
    for stage in found["stages"]:
        for votes in [stage["quota"], stage["non_transferable"], *stage["tallies"].values()]:
            assert len(votes.partition(".")[2]) == places
        if stage["action"] == "final":
            assert stage["candidates"] == []
            assert stage["tallies"] == found["stages"][-2]["tallies"]
            assert stage["excluded"]
    for tie in found["ties"]:
        assert 2 <= tie["stage"] <= len(actions)
        assert len(tie["among"]) > 1
        assert tie["chosen"] in tie["among"]
        stage = found["stages"][tie["stage"] - 1]
        assert [tie["chosen"]] == (stage["candidates"] or stage["excluded"])
        if tie["by"] != "lot":
            assert rule in {"scottish-stv", "irv", "ers97"}
            assert 1 <= int(tie["by"].removeprefix("stage ")) < tie["stage"] - 1


@LAW
@given(given_=drawn())
def test_for_one_seat_scottish_stv_elects_as_irv(given_: Drawn) -> None:
    """Its quota does not fall, so it may go on longer, but not to another end."""
    free: dict[str, Any] = {"seats": 1, "constraints": (), "reopen": ""}

    assert counted("scottish-stv", given_, **free)["elected"] == counted("irv", given_, **free)["elected"]


@LAW
@given(given_=drawn())
def test_for_one_seat_and_without_ties_wigm_and_meek_elect_as_irv(given_: Drawn) -> None:
    found = [counted(rule, given_, seats=1, constraints=(), reopen="") for rule in ("irv", "wigm-prf", "meek-prf")]
    if any(each["ties"] for each in found):
        return

    assert found[0]["elected"] == found[1]["elected"] == found[2]["elected"]


@EVERY_RULE
def test_four_thousand_papers_of_thirty_candidates_take_seconds(rule: str) -> None:
    """Measured: 0.3 s at most."""
    names = everybody(30)
    terms = Terms(1 if rule == "irv" else 10, names, names)
    some = papers(names, "speed", 4000)
    start = time.process_time()
    count(some, terms, rule)

    assert time.process_time() - start < 5


@EVERY_RULE
def test_a_thousand_candidates_who_are_all_equal_take_seconds(rule: str) -> None:
    """Hundreds of ties that go back over hundreds of stages. Measured: 1 s at most."""
    names = everybody(1000)
    start = time.process_time()
    found: Any = count([(1, names[:3]), (1, names[5:9])], Terms(1, names, names), rule)

    assert len(found["elected"]) == 1
    assert time.process_time() - start < 15
