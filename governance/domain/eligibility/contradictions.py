"""Rules that nobody can fulfil: refused when they are saved, with the place in words.

What is found is certain; not every contradiction is found. Of a group that asks for all of its parts, the demands on each
fact are put together; where one is left that no value meets, it is contradictory. So is a choice (any_of, at_least) whose
every way out is, given what must hold beside it.
"""

from collections.abc import Iterator, Mapping, Sequence

from governance.board.canonical import dump
from governance.domain.eligibility.answers import in_words
from governance.domain.eligibility.facts import Days, words
from governance.domain.eligibility.language import Group, Join, Named, Node, Purpose, RuleSet, plain
from governance.domain.eligibility.rules import Bound

Demands = dict[str, tuple[Bound, Named]]
"""By the name of a fact, what it has to be, and the rule that asked for it last."""


class _ContradictionError(Exception):
    """Two rules that cannot both hold."""

    def __init__(self, fact: str, rules: Sequence[Named]) -> None:
        super().__init__(fact)
        self.fact, self.rules = fact, rules


def contradictions(rules: RuleSet, days: Days) -> list[str]:
    """Each purpose that nobody can have, in one sentence; empty if there is none."""
    found = []
    for purpose in Purpose:
        for contest in ("", *rules.contests):
            if contest and purpose not in rules.contests[contest]:
                continue
            where = f"“{purpose}”" + (f" of “{contest}”" if contest else "")
            found += [f"In {where}: {why}" for why in [impossible(rules.of(purpose, contest), days)] if why]
    return found


def impossible(node: Node, days: Days) -> str:
    """Why nobody can fulfil a tree; empty if it cannot be said that nobody can."""
    try:
        _demand([(node, True)], {}, days)
    except _ContradictionError as error:
        told = list(dict.fromkeys(in_words(one, days) for one in error.rules))
        about = (
            f" (about {words(error.fact).removesuffix(' of this member')})"
            if not error.fact.startswith("rule ")
            else ""
        )
        if len(told) == 1:
            told.append("That this must not hold.")
        return f"nobody can fulfil this{about}: {' And: '.join(told)}"
    return ""


def _demand(asked: Sequence[tuple[Node, bool]], before: Mapping[str, tuple[Bound, Named]], days: Days) -> None:
    """Put together what must hold (True) and must not (False), then try each way out of what is left open."""
    demands: Demands = dict(before)
    choices: list[list[tuple[Node, bool]]] = []
    waiting = list(asked)
    while waiting:
        node, holds = waiting.pop(0)
        if isinstance(node, Named):
            for bound in _bounds(node, holds, days):
                _add(demands, bound, node)
        elif node.join is Join.NOT:
            waiting.insert(0, (node.parts[0], not holds))
        elif _asks_all(node, holds):
            waiting[:0] = [(part, holds) for part in node.parts]
        elif _offers_any(node, holds):
            choices.append([(part, holds) for part in node.parts])
    for ways in choices:
        _try(ways, demands, days)


def _asks_all(node: Group, holds: bool) -> bool:  # noqa: FBT001  one of the two sides of `not`
    whole = {Join.ALL: len(node.parts), Join.ANY: 1}.get(node.join, node.least)
    return whole == len(node.parts) if holds else whole == 1


def _offers_any(node: Group, holds: bool) -> bool:  # noqa: FBT001
    whole = {Join.ALL: len(node.parts), Join.ANY: 1}.get(node.join, node.least)
    return whole == 1 if holds else whole == len(node.parts)


def _try(ways: Sequence[tuple[Node, bool]], demands: Demands, days: Days) -> None:
    last: _ContradictionError | None = None
    for way in ways:
        try:
            _demand([way], demands, days)
        except _ContradictionError as error:
            last = error
        else:
            return
    if last is not None:
        raise last


def _bounds(node: Named, holds: bool, days: Days) -> Iterator[Bound]:  # noqa: FBT001
    yield from node.known.bounds(node.given, holds, days)
    # A rule and its own opposite, whatever it is about.
    yield Bound(f"rule {dump(plain(node)).decode()}", among=frozenset({holds}))


def _add(demands: Demands, bound: Bound, node: Named) -> None:
    there = demands.get(bound.fact)
    both = bound.both(there[0]) if there else bound
    if not both.possible:
        raise _ContradictionError(bound.fact, [*([there[1]] if there else []), node])
    demands[bound.fact] = (both, node)
