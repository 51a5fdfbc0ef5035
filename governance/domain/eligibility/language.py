"""The language: rules with names, joined by all, any, not and at least so many; read strictly, written in one form."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NoReturn

from governance.board.canonical import dump
from governance.domain.eligibility import of_members, of_offices
from governance.domain.eligibility.parameters import Given, read
from governance.domain.eligibility.rules import Rule
from governance.domain.names import printable
from governance.errors import MalformedError

FORMAT = 1
MAX_BYTES = 2**17
MAX_NODES = 100
"""Rules and groups of one purpose."""
MAX_DEPTH = 4
"""Groups in groups."""
_MAX_NOTE = 2000
RULES: Mapping[str, Rule] = MappingProxyType({**of_members.RULES, **of_offices.RULES})


class Purpose(StrEnum):
    """What somebody may do, or may not."""

    VOTE = "vote"
    NOMINATE = "nominate"
    SECOND = "second"
    STAND = "stand"
    SIT = "sit"


class Join(StrEnum):
    """How the parts of a group are joined."""

    ALL = "all_of"
    ANY = "any_of"
    NOT = "not"
    AT_LEAST = "at_least"


@dataclass(frozen=True, slots=True)
class Named:
    """A rule with its parameters, each of them written out."""

    rule: str
    given: Given

    @property
    def known(self) -> Rule:
        """The rule itself."""
        return RULES[self.rule]


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that are joined; `least` is for `at_least` alone."""

    join: Join
    parts: tuple["Node", ...]
    least: int = 0


Node = Named | Group


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules of an election.

    Attributes:
        purposes: One tree for each purpose, for all contests.
        contests: What a contest asks beside it, by the id of the contest.
        note: Where the rules come from, for readers.
    """

    purposes: Mapping[Purpose, Node]
    contests: Mapping[str, Mapping[Purpose, Node]] = field(default_factory=dict)
    note: str = ""

    def of(self, purpose: Purpose, contest: str = "") -> Node:
        """What holds for a purpose in a contest."""
        more = self.contests.get(contest, {}).get(purpose)
        common = self.purposes[purpose]
        return common if more is None else both(common, more)


def both(*nodes: Node) -> Node:
    """All of these; groups that ask for all of their parts are laid open."""
    parts = [part for node in nodes for part in _opened(node)]
    return parts[0] if len(parts) == 1 else Group(Join.ALL, tuple(parts))


def _opened(node: Node) -> tuple[Node, ...]:
    return node.parts if isinstance(node, Group) and node.join is Join.ALL else (node,)


def named(rule: str, **given: Any) -> Named:
    """A rule with its parameters.

    Raises:
        MalformedError: There is no such rule, or a parameter is wrong.
    """
    return _named({"rule": rule, **given}, "the rule")


def leaves(node: Node) -> Iterator[Named]:
    """Every rule in a tree, in order."""
    if isinstance(node, Named):
        yield node
    else:
        for part in node.parts:
            yield from leaves(part)


def needs(node: Node) -> frozenset[str]:
    """The facts that a tree names."""
    return frozenset(name for leaf in leaves(node) for name in leaf.known.needs(leaf.given))


# ---- written ---------------------------------------------------------------------------------------------------------


def plain(node: Node) -> dict[str, Any]:
    """A tree as JSON has it."""
    if isinstance(node, Named):
        given = {name: list(value) if isinstance(value, tuple) else value for name, value in node.given.items()}
        return {"rule": node.rule, **given}
    parts = [plain(part) for part in node.parts]
    match node.join:
        case Join.NOT:
            return {"not": parts[0]}
        case Join.AT_LEAST:
            return {"at_least": node.least, "of": parts}
        case _:
            return {node.join.value: parts}


def plain_set(rules: RuleSet) -> dict[str, Any]:
    """A set of rules as JSON has it."""
    told: dict[str, Any] = {"format": FORMAT, **{purpose.value: plain(rules.purposes[purpose]) for purpose in Purpose}}
    contests = {
        contest: {purpose.value: plain(node) for purpose, node in of.items()}
        for contest, of in rules.contests.items()
        if of
    }
    return told | ({"contests": contests} if contests else {}) | ({"note": rules.note} if rules.note else {})


def canonical(rules: RuleSet) -> bytes:
    """The one byte form of a set of rules (RFC 8785): the same rules give the same bytes."""
    return dump(plain_set(rules))


# ---- read ------------------------------------------------------------------------------------------------------------


def parse(data: bytes) -> RuleSet:
    """A set of rules from a JSON file, written by a person or by `canonical`.

    Raises:
        MalformedError: It is none; the sentence says where.
    """
    if len(data) > MAX_BYTES:
        _refuse("The rules are longer than rules can be.")
    try:
        value = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_object, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        _refuse(f"The file is not JSON: line {error.lineno}, column {error.colno}.")
    except (UnicodeDecodeError, RecursionError):
        _refuse("The file is not JSON in UTF-8.")
    except ValueError:  # Python reads no number of thousands of digits
        _refuse("A number in the file is too long.")
    return read_set(value)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        twice = next(name for name, _ in pairs if sum(other == name for other, _ in pairs) > 1)
        _refuse(f"“{twice[:40]}” stands twice in one place.")
    return made


def _no_number(text: str) -> NoReturn:
    _refuse(f"{text} is no number here.")


def read_set(value: Any) -> RuleSet:
    """A set of rules from JSON values.

    Raises:
        MalformedError: It is none; the sentence says where.
    """
    allowed = {"format", "contests", "note", *Purpose}
    if not isinstance(value, dict) or not {"format", *Purpose} <= value.keys() <= allowed:
        wrong = set(value) - allowed if isinstance(value, dict) else set()
        more = f"; it does not know “{min(map(str, wrong))[:40]}”" if wrong else ""
        _refuse(f"A set of rules has “format”, {', '.join(Purpose)}, and if wanted “contests” and “note”{more}.")
    if type(value["format"]) is not int or value["format"] != FORMAT:
        _refuse(f"This is not format {FORMAT} of the rules.")
    note, contests = value.get("note", ""), value.get("contests", {})
    if not isinstance(note, str) or len(note) > _MAX_NOTE or not printable(note.replace("\n", "")):
        _refuse(f"“note” is a text of at most {_MAX_NOTE} letters.")
    if not isinstance(contests, dict) or not all(
        isinstance(of, dict) and of and of.keys() <= set(Purpose) for of in contests.values()
    ):
        _refuse("“contests” gives, by the id of a contest, rules for some of the purposes.")
    purposes = {purpose: _for(purpose, value[purpose], f"“{purpose}”") for purpose in Purpose}
    added = {
        str(contest): MappingProxyType(
            {Purpose(name): _for(Purpose(name), one, f"“{name}” of “{contest}”") for name, one in of.items()}
        )
        for contest, of in contests.items()
    }
    return RuleSet(MappingProxyType(purposes), MappingProxyType(added), note)


def _for(purpose: Purpose, value: Any, where: str) -> Node:
    node = read_node(value, where)
    if purpose is Purpose.VOTE and any("today" in leaf.given.values() for leaf in leaves(node)):
        _refuse(f"In {where}: the roll is frozen once, so a rule for voting names a date or a day of the calendar.")
    return node


def read_node(value: Any, where: str) -> Node:
    """One tree.

    Args:
        value: JSON values.
        where: What it is for, to be said of what is wrong.

    Raises:
        MalformedError: It is none; the sentence says where.
    """
    node = _node(value, where, MAX_DEPTH)
    if (count := _size(node)) > MAX_NODES:
        _refuse(f"In {where}: {count} rules and groups are more than {MAX_NODES}.")
    return node


def _size(node: Node) -> int:
    return 1 if isinstance(node, Named) else 1 + sum(map(_size, node.parts))


def _node(value: Any, where: str, depth: int) -> Node:
    if not isinstance(value, dict):
        _refuse(f'In {where}: a rule is written like {{"rule": "anybody"}}.')
    if "rule" in value:
        return _named(value, where)
    if depth < 1:
        _refuse(f"In {where}: there are groups in groups in groups, too deep to follow.")
    for join in (Join.ALL, Join.ANY):
        if value.keys() == {join.value}:
            return Group(join, _parts(value[join.value], where, depth))
    if value.keys() == {Join.NOT.value}:
        return Group(Join.NOT, (_node(value[Join.NOT.value], f"{where}, “not”", depth - 1),))
    if value.keys() == {Join.AT_LEAST.value, "of"}:
        parts, least = _parts(value["of"], where, depth), value[Join.AT_LEAST.value]
        if type(least) is not int or not 1 <= least <= len(parts):
            _refuse(f"In {where}: of {len(parts)} rules, 1 to {len(parts)} can be asked for.")
        return Group(Join.AT_LEAST, parts, least)
    msg = f"In {where}: neither a rule nor a group (all_of, any_of, not, at_least with of)."
    raise MalformedError(msg)


def _parts(value: Any, where: str, depth: int) -> tuple[Node, ...]:
    if not isinstance(value, list) or not value:
        _refuse(f"In {where}: a group is a list of at least one rule.")
    return tuple(_node(one, f"{where}, part {number}", depth - 1) for number, one in enumerate(value, 1))


def _named(value: Mapping[str, Any], where: str) -> Named:
    name = value["rule"]
    rule = RULES.get(name) if isinstance(name, str) else None
    if rule is None:
        _refuse(f"In {where}: there is no rule “{str(name)[:40]}”.")
    known = {parameter.name for parameter in rule.parameters}
    if unknown := sorted(set(value) - known - {"rule"}):
        _refuse(f"In {where}: the rule {rule.name} has no parameter “{unknown[0][:40]}”.")
    given: dict[str, Any] = {}
    for parameter in rule.parameters:
        told = value.get(parameter.name, parameter.default)
        if told is None:
            _refuse(f"In {where}: the rule {rule.name} needs “{parameter.name}”.")
        try:
            given[parameter.name] = read(parameter, told)
        except MalformedError as error:
            _refuse(f"In {where}, {rule.name}: {error}.")
    if why := rule.clash(given):
        _refuse(f"In {where}, {rule.name}: {why}.")
    return Named(rule.name, MappingProxyType(given))


def _refuse(why: str) -> NoReturn:
    raise MalformedError(why)
