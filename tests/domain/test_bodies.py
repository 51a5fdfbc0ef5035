"""Rules of four comparable bodies in configuration alone, with their hard cases; each names where its rules are published."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from governance.domain.eligibility.answers import Verdict, answer, supplies, why_not
from governance.domain.eligibility.contradictions import contradictions
from governance.domain.eligibility.facts import Facts, Term, Value
from governance.domain.eligibility.language import Purpose, canonical, parse, read_set

FOLDER = Path(__file__).parent / "bodies"
BODIES: Mapping[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text("utf-8")) for path in FOLDER.glob("*.json")
}
CASES = [(name, case) for name, body in sorted(BODIES.items()) for case in body["cases"]]


def value(told: Any) -> Value:
    match told:
        case {"date": day}:
            return date.fromisoformat(day)
        case {"terms": terms}:
            return tuple(Term(date.fromisoformat(a), date.fromisoformat(b) if b else None) for a, b in terms)
        case list():
            return tuple(told)
        case _:
            found: Value = told
            return found


def facts(told: Mapping[str, Any]) -> Facts:
    return {name: value(one) for name, one in told.items()}


def days(body: Mapping[str, Any]) -> dict[str, date]:
    return {name: date.fromisoformat(day) for name, day in body["days"].items()}


def test_there_are_four_bodies_with_twenty_cases_and_more() -> None:
    assert len(BODIES) >= 4
    assert len(CASES) >= 20
    assert all({case["verdict"] for case in body["cases"]} >= {"yes", "no"} for body in BODIES.values())


@pytest.mark.parametrize("name", sorted(BODIES))
def test_a_body_says_where_its_rules_are_published_and_what_was_read(name: str) -> None:
    sources = BODIES[name]["sources"]

    assert any(one["read"] for one in sources)
    for one in sources:
        assert one["address"].startswith(("https://", "http://"))
        assert one["read"] or "unread" in one["says"]


@pytest.mark.parametrize("name", sorted(BODIES))
def test_the_rules_of_a_body_can_be_saved(name: str) -> None:
    rules = read_set(BODIES[name]["rules"])

    assert contradictions(rules, days(BODIES[name])) == []
    assert parse(canonical(rules)) == rules


@pytest.mark.parametrize(("name", "case"), CASES, ids=[f"{name}: {case['name']}" for name, case in CASES])
def test_a_hard_case(name: str, case: Mapping[str, Any]) -> None:
    body = BODIES[name]
    node = read_set(body["rules"]).of(Purpose(case["purpose"]))

    given = answer(node, facts(case["facts"]), days(body))

    assert given.verdict is Verdict(case["verdict"]), given
    assert case["because"] in why_not(given)
    assert bool(supplies(given)) is (given.verdict is Verdict.UNKNOWN)
