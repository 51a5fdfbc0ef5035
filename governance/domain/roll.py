"""Who may vote in which contest, and why not (docs/protocol.md, section 7: one person, one roll).

The rules of the election say it (docs/eligibility.md), and the electorate of each contest, in the same language.
"""

from collections.abc import Iterable
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from governance.domain.draft import BUILT_IN, Contest, Draft
from governance.domain.eligibility.answers import Answer, Verdict, answer, verdict
from governance.domain.eligibility.answers import why_not as told
from governance.domain.eligibility.facts import Days
from governance.domain.eligibility.language import Group, Join, Named, Node, Purpose, RuleSet, both, needs
from governance.domain.eligibility.templates import DEFAULT
from governance.domain.person import Around, Person, facts

__all__ = ["NOBODY", "Around", "Person", "days", "rule", "style", "styles", "vote", "why_not"]

NOBODY = Around()
"""No officials and no candidates."""


def days(draft: Draft) -> Days:
    """The days of an election's calendar that rules may name; whoever asks adds `today`."""
    calendar = draft.calendar
    return {"cutoff": calendar.cutoff.date(), "opens": calendar.opens.date(), "closes": calendar.closes.date()}


@lru_cache(maxsize=256)
def _electorate(pairs: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[Node, ...]:
    return tuple(_one_of(attribute, values) for attribute, values in pairs)


def _one_of(attribute: str, values: tuple[str, ...]) -> Node:
    """Has one of these values; an empty one stands for members who have declared nothing."""
    said = tuple(value for value in values if value)
    rules: list[Node] = []
    if said and attribute in BUILT_IN:
        rules.append(_named("place_in", place=attribute, values=said))
    elif said:
        rules.append(_named("attribute_in", attribute=attribute, values=said))
    if "" in values and attribute not in BUILT_IN:
        rules.append(_named("attribute_absent", attribute=attribute))
    if not rules:
        return Group(Join.NOT, (_named("anybody"),))
    return rules[0] if len(rules) == 1 else Group(Join.ANY, tuple(rules))


def _named(name: str, **given: Any) -> Named:
    """A rule with parameters that are not judged: a draft's electorate may name what nobody has."""
    return Named(name, MappingProxyType(given))


def rule(contest: Contest, rules: RuleSet = DEFAULT) -> Node:
    """The whole rule for voting in a contest."""
    return both(rules.of(Purpose.VOTE, contest.planned_as), *_electorate(tuple(contest.electorate.items())))


def vote(person: Person, draft: Draft, contest: Contest, rules: RuleSet = DEFAULT, around: Around = NOBODY) -> Answer:
    """Whether a person may vote in a contest: the whole answer."""
    node = rule(contest, rules)
    return answer(node, facts(person, around, needs(node)), days(draft))


def why_not(person: Person, draft: Draft, contest: Contest, rules: RuleSet = DEFAULT, around: Around = NOBODY) -> str:
    """Why a person may not vote in a contest, in a sentence; empty if they may."""
    return told(vote(person, draft, contest, rules, around))


def style(person: Person, draft: Draft, rules: RuleSet = DEFAULT, around: Around = NOBODY) -> tuple[str, ...]:
    """The contests that a person votes in, in the order of the manifest; () if in none."""
    return next(iter(styles([person], draft, rules, around)), ())


def styles(
    people: Iterable[Person], draft: Draft, rules: RuleSet = DEFAULT, around: Around = NOBODY
) -> dict[tuple[str, ...], list[Person]]:
    """Who votes in what, by the contests; who votes in none is left out."""
    asked = [(one.id, node, needs(node)) for one in draft.contests for node in [rule(one, rules)]]
    names, calendar = frozenset().union(*(names for _, _, names in asked)), days(draft)
    found: dict[tuple[str, ...], list[Person]] = {}
    for person in people:
        known = facts(person, around, names)
        mine = tuple(contest for contest, node, _ in asked if verdict(node, known, calendar) is Verdict.YES)
        if mine:
            found.setdefault(mine, []).append(person)
    return found
