"""The language of eligibility: its laws, its one form, what is refused when it is saved, and each rule's edges."""

import itertools
import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from governance.domain import roll
from governance.domain.draft import Contest
from governance.domain.eligibility import answers, parameters
from governance.domain.eligibility.answers import Answer, Verdict, answer, supplies, why_not
from governance.domain.eligibility.contradictions import contradictions, impossible
from governance.domain.eligibility.facts import DAYS, Facts, Term, Value, words
from governance.domain.eligibility.language import (
    MAX_NODES,
    RULES,
    Group,
    Join,
    Named,
    Node,
    Purpose,
    RuleSet,
    both,
    canonical,
    named,
    needs,
    parse,
    plain,
    read_node,
    read_set,
)
from governance.domain.eligibility.parameters import Kind, Parameter
from governance.domain.eligibility.templates import DEFAULT, TEMPLATES
from governance.domain.person import Around, Person, facts
from governance.errors import MalformedError
from tests.services.stage import START, a_calendar, a_draft

CALENDAR = {name: START.date() + timedelta(days=i) for i, name in enumerate(DAYS)}
WORDS = st.sampled_from(["employer", "youth", "interests", "board"])
TEXTS = st.sampled_from(["Africa", "Asia", "yes", "none", "2001", "2004-02-29", "individual", "active"])
DATES = st.dates(date(2019, 1, 1), date(2027, 1, 1))
TERMS = st.lists(st.tuples(DATES, DATES).map(lambda pair: Term(min(pair), max(pair))), max_size=4).map(tuple)


def of_parameter(parameter: Parameter) -> st.SearchStrategy[Any]:
    few = st.integers(parameter.low, min(parameter.high, 120))
    several = st.sampled_from(sorted(parameter.choices)) if parameter.choices else TEXTS
    return {
        Kind.NUMBER: few,
        Kind.DAY: st.sampled_from(sorted(DAYS)) | DATES.map(date.isoformat),
        Kind.WORD: WORDS,
        Kind.CHOICE: several,
        Kind.VALUES: st.lists(TEXTS, min_size=1, max_size=3, unique=True),
        Kind.CHOICES: st.lists(several, min_size=1, max_size=2, unique=True),
    }[parameter.kind]


@st.composite
def leaf(draw: st.DrawFn) -> Named:
    rule = RULES[draw(st.sampled_from(sorted(RULES)))]
    told = {one.name: draw(of_parameter(one)) for one in rule.parameters}
    assume(not rule.clash(told))
    return named(rule.name, **told)


def group(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(parts, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        several.map(lambda few: Group(Join.ALL, few)),
        several.map(lambda few: Group(Join.ANY, few)),
        parts.map(lambda one: Group(Join.NOT, (one,))),
        several.flatmap(lambda few: st.integers(1, len(few)).map(lambda n: Group(Join.AT_LEAST, few, n))),
    )


NODES: st.SearchStrategy[Node] = st.one_of(leaf(), group(leaf()), group(group(leaf())))
SETS = st.builds(
    RuleSet,
    st.fixed_dictionaries(
        {purpose: st.just(DEFAULT.purposes[purpose]) for purpose in Purpose} | {Purpose.STAND: NODES}
    ),
    st.dictionaries(st.sampled_from(["board", "africa"]), st.dictionaries(st.just(Purpose.SIT), NODES, min_size=1)),
    st.sampled_from(["", "From the bylaws."]),
)


@st.composite
def some_facts(draw: st.DrawFn, node: Node) -> Facts:
    """Facts for a tree, some of them missing."""
    found: dict[str, Any] = {}
    for name in sorted(needs(node)):
        kind = name.partition(":")[0]
        shape = {
            "joined": DATES,
            "official": st.sampled_from([(), ("officer",), ("trustee", "registrar")]),
            "terms": TERMS,
            "count": st.integers(0, 130),
            "sharing": st.integers(0, 3),
        }.get(
            kind,
            st.booleans() if kind in ("exception", "declaration", "standing", "suspended") else TEXTS | st.just(""),
        )
        if draw(st.integers(0, 4)):
            found[name] = draw(shape)
    return found


def asked(data: st.DataObject, node: Node) -> tuple[Facts, Answer]:
    known = data.draw(some_facts(node))
    return known, answer(node, known, CALENDAR)


# ---- laws ------------------------------------------------------------------------------------------------------------


@given(NODES, st.data())
def test_the_same_facts_give_the_same_answer_in_any_order(node: Node, data: st.DataObject) -> None:
    known, first = asked(data, node)

    assert answer(node, {name: known[name] for name in sorted(known, reverse=True)}, CALENDAR) == first
    assert answer(read_node(plain(node), "x"), known, CALENDAR) == first
    assert answers.verdict(node, known, CALENDAR) is first.verdict


@given(NODES, st.data())
def test_a_fact_that_no_rule_names_changes_nothing(node: Node, data: st.DataObject) -> None:
    known, first = asked(data, node)
    others: dict[str, Value] = {
        "attribute:weather": "rain",
        "name": "Ann",
        "count:cups": 7,
        "terms:throne": (Term(date(2020, 1, 1)),),
    }

    assert answer(node, {**others, **known}, CALENDAR) == first


@given(st.lists(leaf(), min_size=1, max_size=4), st.data())
def test_all_any_and_not_are_dual(parts: list[Named], data: st.DataObject) -> None:
    """De Morgan's laws hold in three values, and so does the double negation."""

    def no(*nodes: Node) -> Node:
        return Group(Join.NOT, nodes)

    every, some = Group(Join.ALL, tuple(parts)), Group(Join.ANY, tuple(parts))
    known = data.draw(some_facts(every))

    def verdict(node: Node) -> Verdict:
        return answer(node, known, CALENDAR).verdict

    assert verdict(no(every)) is verdict(Group(Join.ANY, tuple(map(no, parts))))
    assert verdict(no(some)) is verdict(Group(Join.ALL, tuple(map(no, parts))))
    assert verdict(no(no(every))) is verdict(every)
    assert verdict(Group(Join.AT_LEAST, tuple(parts), 1)) is verdict(some)
    assert verdict(Group(Join.AT_LEAST, tuple(parts), len(parts))) is verdict(every)


@given(NODES, st.data())
def test_learning_more_never_turns_a_yes_or_a_no_around(node: Node, data: st.DataObject) -> None:
    """Where a fact was missing, what is certain without it stays so with it."""
    known, first = asked(data, node)
    more = {**data.draw(some_facts(node)), **known}

    assert first.verdict in (Verdict.UNKNOWN, answer(node, more, CALENDAR).verdict)


@given(NODES, st.data())
def test_what_is_refused_says_why_and_what_is_unknown_says_what_to_do(node: Node, data: st.DataObject) -> None:
    given_ = asked(data, node)[1]

    assert bool(why_not(given_)) is not given_.allowed
    assert bool(supplies(given_)) is (given_.verdict is Verdict.UNKNOWN)
    assert why_not(given_) == "" or why_not(given_).endswith(".")


@given(SETS)
def test_the_canonical_form_is_stable(rules: RuleSet) -> None:
    form = canonical(rules)

    assert canonical(parse(form)) == form
    assert canonical(parse(json.dumps(json.loads(form), indent=3).encode())) == form
    assert parse(form) == rules


REGIONS = st.lists(st.sampled_from(["Africa", "Asia"]), min_size=1, max_size=2, unique=True)
CLOSE = st.one_of(
    REGIONS.map(lambda some: named("place_in", place="region", values=some)),
    REGIONS.map(lambda some: named("place_not_in", place="region", values=some)),
    st.integers(1, 3).map(lambda n: named("count_at_least", what="edits", least=n)),
    st.integers(0, 2).map(lambda n: named("member_for_days", days=n, at="cutoff")),
    st.sampled_from(["Africa", "Asia"]).map(lambda one: named("attribute_in", attribute="home", values=[one])),
    st.just(named("attribute_absent", attribute="home")),
)
"""Rules about few facts with few values, so that all members who can be are tried."""


@given(group(group(CLOSE)))
def test_nobody_at_all_fulfils_what_is_called_impossible(node: Node) -> None:
    if impossible(node, CALENDAR):
        for region_, home in itertools.product(["Africa", "Asia", "Europe"], ["Africa", "Asia", "Europe", ""]):
            for edits, day in itertools.product(range(4), range(4)):
                joined = CALENDAR["cutoff"] - timedelta(days=day - 1)
                known: Facts = {"region": region_, "attribute:home": home, "count:edits": edits, "joined": joined}
                assert not answer(node, known, CALENDAR).allowed


@given(leaf())
def test_a_rule_beside_its_opposite_is_impossible(rule: Named) -> None:
    assert "nobody can fulfil this" in impossible(both(rule, Group(Join.NOT, (rule,))), CALENDAR)


PEOPLE = st.builds(
    Person,
    id=st.just("m"),
    name=st.just("N"),
    active=st.booleans(),
    joined=st.dates(date(2026, 2, 20), date(2026, 3, 10)),
    country=st.sampled_from(["Kenya", "Peru", ""]),
    region=st.sampled_from(["Africa", "Americas", ""]),
    attributes=st.dictionaries(st.sampled_from(["youth", "lived_experience"]), st.sampled_from(["yes", "no"])),
)
ELECTORATES = st.dictionaries(
    st.sampled_from(["region", "country", "youth", "lived_experience"]),
    st.lists(st.sampled_from(["Kenya", "Africa", "yes", "no"]), min_size=1, max_size=2, unique=True).map(tuple),
    max_size=3,
)


@given(PEOPLE, ELECTORATES)
def test_the_built_in_rules_say_what_the_roll_always_said(
    person: Person, electorate: Mapping[str, tuple[str, ...]]
) -> None:
    contest = Contest("c", "C", 1, electorate=electorate)
    before = (
        person.active
        and person.joined <= a_calendar().cutoff.date()
        and all(person.value(attribute) in values for attribute, values in electorate.items())
    )

    assert (not roll.why_not(person, a_draft(contests=(contest,)), contest)) is before


# ---- what is refused -------------------------------------------------------------------------------------------------


def a_set(**changes: Any) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(canonical(DEFAULT))
    return told | changes


@pytest.mark.parametrize(
    ("stand", "why"),
    [
        ({"rule": "clever"}, "In “stand”: there is no rule “clever”."),
        ({"all_of": [{"rule": "anybody"}, {"rule": ["x"]}]}, "In “stand”, part 2: there is no rule"),
        ({"rule": "anybody", "days": 3}, "the rule anybody has no parameter “days”"),
        ({"rule": "count_at_least", "what": "edits"}, "needs “least”"),
        ({"rule": "member_for_days", "days": "90"}, "“days” is a whole number from 0"),
        ({"rule": "member_for_days", "days": True}, "“days” is a whole number from 0"),
        ({"rule": "member_for_days", "days": -1}, "“days” is a whole number from 0"),
        ({"rule": "joined_by", "at": "2026-02-30"}, "“2026-02-30” is no day of any calendar"),
        ({"rule": "joined_by", "at": "2026-W01-1"}, "is no day of any calendar"),
        ({"rule": "joined_by", "at": "9026-01-01"}, "too far away"),
        ({"rule": "joined_by", "at": 5}, "“at” is a date like 2026-03-01"),
        ({"rule": "place_in", "place": "moon", "values": ["x"]}, "“place” is one of country, region, constituency"),
        ({"rule": "place_in", "place": "region", "values": []}, "“values” is a list of 1 to"),
        ({"rule": "place_in", "place": "region", "values": ["a", "a"]}, "names something twice"),
        ({"rule": "place_in", "place": "region", "values": [" "]}, "each of “values” is a short text"),
        ({"rule": "status_is", "statuses": ["dead"]}, "each of “statuses” is one of active"),
        ({"rule": "attribute_absent", "attribute": "Two words"}, "“attribute” is a word"),
        ({"rule": "age_between", "least": 30, "most": 18}, "“least” is more than “most”"),
        ({"rule": "terms_at_most", "seat": "board"}, "it limits nothing"),
        ({"rule": "terms_at_most", "seat": "board", "consecutive": 3, "lifetime": 2}, "“lifetime” is less"),
        ({"all_of": []}, "a group is a list of at least one rule"),
        ({"any_of": [{"rule": "anybody"}], "all_of": [{"rule": "anybody"}]}, "neither a rule nor a group"),
        ({"at_least": 3, "of": [{"rule": "anybody"}]}, "of 1 rules, 1 to 1 can be asked for"),
        ({"not": {"not": {"not": {"not": {"not": {"rule": "anybody"}}}}}}, "too deep to follow"),
        ({"all_of": [{"rule": "anybody"}] * MAX_NODES}, "are more than 100"),
        ("__import__('os')", "a rule is written like"),
        (None, "a rule is written like"),
    ],
)
def test_what_is_no_rule_is_refused_with_the_place(stand: Any, why: str) -> None:
    with pytest.raises(MalformedError) as caught:
        read_set(a_set(stand=stand))

    assert why in str(caught.value)
    assert "“stand”" in str(caught.value)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\xff", "not JSON in UTF-8"),
        (b"{", "line 1, column 2"),
        (b"[" * 100_000, "not JSON"),
        (b'{"format":1,"format":1}', "“format” stands twice"),
        (b'{"format":NaN}', "NaN is no number here"),
        pytest.param(b'{"format":' + b"1" * 5000 + b"}", "A number in the file is too long", id="digits"),
        (b"{}", "A set of rules has “format”"),
        (b" " * 200_000, "longer than rules can be"),
        (canonical(DEFAULT).replace(b'"format":1', b'"format":2'), "not format 1"),
        (canonical(DEFAULT).replace(b'"format":1', b'"format":1,"then":2'), "it does not know “then”"),
        (canonical(DEFAULT).replace(b'"format":1', b'"format":1,"contests":{"a":{}}'), "“contests” gives"),
        (canonical(DEFAULT).replace(b'"format":1', b'"format":1,"note":7'), "“note” is a text"),
        (canonical(DEFAULT).replace(b'"cutoff"', b'"today"'), "the roll is frozen once"),
    ],
)
def test_a_file_that_is_no_set_of_rules_is_refused_in_words(data: bytes, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        parse(data)


def region(*values: str, rule: str = "place_in") -> dict[str, Any]:
    return {"rule": rule, "place": "region", "values": list(values)}


@pytest.mark.parametrize(
    "node",
    [
        {"all_of": [region("Africa"), region("Asia")]},
        {"all_of": [region("Africa"), region("Africa", "Asia", rule="place_not_in")]},
        {"all_of": [region("Africa"), {"not": {"all_of": [region("Africa")]}}]},
        {"all_of": [region("Africa"), {"any_of": [region("Asia"), region("Europe")]}]},
        {"all_of": [{"rule": "joined_by", "at": "2020-01-01"}, {"not": {"rule": "joined_by", "at": "2021-01-01"}}]},
        {
            "all_of": [
                {"rule": "attribute_absent", "attribute": "a"},
                {"rule": "attribute_in", "attribute": "a", "values": ["x"]},
            ]
        },
        {
            "all_of": [
                {"rule": "count_at_least", "what": "a", "least": 5},
                {"not": {"rule": "count_at_least", "what": "a", "least": 3}},
            ]
        },
        {"at_least": 2, "of": [{"rule": "status_is", "statuses": ["left"]}, {"rule": "status_is"}]},
    ],
)
def test_rules_that_nobody_can_fulfil_are_found(node: dict[str, Any]) -> None:
    found = contradictions(read_set(a_set(sit=node)), CALENDAR)

    assert len(found) == 1
    assert found[0].startswith("In “sit”: nobody can fulfil this (about ")
    assert " And: " in found[0]


def test_a_contest_can_contradict_what_all_contests_ask() -> None:
    rules = read_set(a_set(stand=region("Africa"), contests={"youth": {"stand": region("Asia")}}))

    (found,) = contradictions(rules, CALENDAR)
    assert found == (
        "In “stand” of “youth”: nobody can fulfil this (about the region): This is for members whose region is Africa. "
        "And: This is for members whose region is Asia."
    )


def test_rules_that_somebody_can_fulfil_are_let_through() -> None:
    ways = {"any_of": [region("Asia"), region("Africa", "Europe")]}

    assert impossible(read_node({"all_of": [region("Africa"), ways]}, "x"), CALENDAR) == ""
    assert all(contradictions(rules, CALENDAR) == [] for _, rules in TEMPLATES.values())


# ---- each rule's edges -----------------------------------------------------------------------------------------------


def ask(rule: str, known: Facts, **told: Any) -> Verdict:
    return answer(named(rule, **told), known, CALENDAR).verdict


@pytest.mark.parametrize(
    ("rule", "told", "known", "verdict"),
    [
        ("anybody", {}, {}, "yes"),
        ("member_for_days", {"days": 1, "at": "cutoff"}, {"joined": date(2026, 2, 28)}, "yes"),
        ("member_for_days", {"days": 2, "at": "cutoff"}, {"joined": date(2026, 2, 28)}, "no"),
        ("renewed_since", {"since": "2026-01-01"}, {"attribute:renewed": "2026-01-01"}, "yes"),
        ("renewed_since", {"since": "2026-01-02"}, {"attribute:renewed": "2026-01-01"}, "no"),
        ("renewed_since", {"since": "2026-01-02"}, {"attribute:renewed": "2026"}, "unknown"),
        ("renewed_since", {"since": "2026-01-02"}, {"attribute:renewed": "lately"}, "unknown"),
        ("place_not_in", {"place": "country", "values": ["Peru"]}, {"country": ""}, "unknown"),
        ("place_in", {"place": "constituency", "values": ["North"]}, {"attribute:constituency": "North"}, "yes"),
        ("age_between", {"least": 18, "most": 30}, {"attribute:born": "2008-03-01"}, "yes"),
        ("age_between", {"least": 18, "most": 30}, {"attribute:born": "2008-03-02"}, "no"),
        ("age_between", {"least": 18, "most": 30}, {"attribute:born": "2008"}, "unknown"),
        ("age_between", {"least": 18, "most": 30}, {"attribute:born": "1995"}, "unknown"),
        ("age_between", {"least": 18, "most": 30}, {"attribute:born": "1996"}, "yes"),
        ("age_between", {"least": 18}, {"attribute:born": "1900"}, "yes"),
        ("attribute_not_in", {"attribute": "employer", "values": ["Pharma"]}, {"attribute:employer": ""}, "unknown"),
        ("attribute_not_in", {"attribute": "employer", "values": ["Pharma"]}, {"attribute:employer": "A"}, "yes"),
        ("attribute_absent", {"attribute": "employer"}, {"attribute:employer": ""}, "yes"),
        ("attribute_absent", {"attribute": "employer"}, {}, "unknown"),
        ("kind_is", {"kinds": ["organisation"]}, {"attribute:kind": "organisation"}, "yes"),
        ("not_official", {"roles": ["trustee"]}, {"official": ("officer",)}, "yes"),
        ("not_official", {}, {"official": ("officer",)}, "no"),
        ("holds_seat", {"seat": "chair", "at": "cutoff"}, {"terms:chair": (Term(date(2025, 1, 1)),)}, "yes"),
        (
            "holds_seat",
            {"seat": "chair", "at": "cutoff"},
            {"terms:chair": (Term(date(2025, 1, 1), date(2026, 3, 1)),)},
            "no",
        ),
        (
            "holds_no_seat",
            {"seat": "chair", "when": "ever"},
            {"terms:chair": (Term(date(2001, 1, 1), date(2002, 1, 1)),)},
            "no",
        ),
        ("affiliation_at_most", {}, {"attribute:employer": "A", "sharing:candidates:employer": 0}, "yes"),
        ("affiliation_at_most", {}, {"attribute:employer": "A", "sharing:candidates:employer": 1}, "no"),
        ("affiliation_at_most", {}, {"attribute:employer": "A"}, "unknown"),
        ("affiliation_at_most", {}, {"attribute:employer": "None"}, "yes"),
        ("no_suspension", {}, {"suspended": False}, "yes"),
        ("no_suspension", {}, {"suspended": True}, "no"),
        ("no_suspension", {"days": 60, "at": "cutoff"}, {"suspended": False, "last_suspended": "2025-12-30"}, "yes"),
        ("no_suspension", {"days": 60, "at": "cutoff"}, {"suspended": False, "last_suspended": "2025-12-31"}, "no"),
        ("no_suspension", {"days": 60, "at": "cutoff"}, {"suspended": False}, "unknown"),
        ("no_suspension", {"days": 60, "at": "cutoff"}, {"suspended": False, "last_suspended": ""}, "yes"),
    ],
)
def test_the_edges_of_a_rule(rule: str, told: dict[str, Any], known: Facts, verdict: str) -> None:
    assert ask(rule, known, **told) == verdict


def test_a_day_that_the_calendar_does_not_have_is_not_known() -> None:
    told = answer(named("joined_by", at="closes"), {"joined": date(2020, 1, 1)}, {})

    assert told.verdict is Verdict.UNKNOWN
    assert told.supply == "The returning officer has to set the day on which voting closes."


def test_every_fact_that_a_rule_can_name_has_words() -> None:
    for rule in RULES.values():
        told = {one.name: "x" if one.kind is Kind.WORD else one.default or ["x"] for one in rule.parameters}
        told |= {"place": "constituency", "days": 1}
        for name in rule.needs(told):
            assert words(name).startswith(("the ", "when ", "whether ", "who ", "how "))


def test_every_kind_of_parameter_is_used() -> None:
    assert {one.kind for rule in RULES.values() for one in rule.parameters} == set(parameters.Kind)


def test_a_rule_in_words_names_the_day() -> None:
    assert answers.in_words(named("joined_by"), CALENDAR) == "Membership must have begun by 2026-03-01."
    assert answers.in_words(named("joined_by"), {}).endswith("by the day on which membership is cut off.")


# ---- facts of the members' list --------------------------------------------------------------------------------------

ALSO = {"employer": "A", "edits": "50", "exception_late": "Yes"}
ANN = Person("ann", "Ann", True, date(2020, 1, 1), "Kenya", "Africa", ALSO)  # noqa: FBT003
BEN = Person("ben", "Ben", True, date(2020, 1, 1), "Peru", "Americas", {"employer": "a"}, "active")  # noqa: FBT003


def test_facts_are_those_that_are_asked_for_and_known() -> None:
    beside = Around({"ann": ("trustee",)}, (ANN, BEN))
    names = ["attribute:employer", "count:edits", "count:cups", "exception:late", "exception:early", "official",
             "standing", "sharing:candidates:employer", "sharing:seats:employer", "terms:board", "suspended", "status"]  # fmt: skip

    assert facts(ANN, beside, names) == {
        "attribute:employer": "A",
        "count:edits": 50,
        "exception:late": True,
        "exception:early": False,
        "official": ("trustee",),
        "standing": True,
        "sharing:candidates:employer": 1,
        "suspended": False,
        "status": "active",
    }


def test_who_has_told_no_employer_makes_the_number_of_others_unknown() -> None:
    silent = Person("c", "C", True, date(2020, 1, 1), "", "", {})  # noqa: FBT003

    assert facts(ANN, Around({}, (ANN, silent)), ["sharing:candidates:employer"]) == {}
