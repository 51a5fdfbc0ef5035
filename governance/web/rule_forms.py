"""A tree of rules as the fields of a plain form, and back: rows may be incomplete until somebody looks what they do.

Each node has a place: `r` is the whole, `r.0` its first part. A field is named after the place and what it holds.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from governance.domain.eligibility.facts import DAYS
from governance.domain.eligibility.language import MAX_NODES, RULES, Join, Node, plain
from governance.domain.eligibility.parameters import Kind, Parameter

ROOT = "r"
JOINS: Mapping[str, str] = {
    Join.ALL: "All of these have to hold",
    Join.ANY: "One of these is enough",
    Join.NOT: "None of these may hold",
    Join.AT_LEAST: "At least so many of these have to hold",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One parameter of a rule, as a form shows it."""

    name: str
    label: str
    kind: Kind
    text: str
    chosen: tuple[str, ...]
    choices: Mapping[str, str]


@dataclass(slots=True)
class Row:
    """A rule with its parameters, or a group with its rows."""

    place: str
    rule: str = ""
    join: str = ""
    least: str = ""
    given: dict[str, Any] = field(default_factory=dict)
    rows: list["Row"] = field(default_factory=list)

    @property
    def title(self) -> str:
        return RULES[self.rule].title if self.rule else JOINS[self.join]

    @property
    def entries(self) -> Iterator[Entry]:
        for one in RULES[self.rule].parameters if self.rule else ():
            value = self.given.get(one.name, one.default)
            listed = tuple(map(str, value)) if isinstance(value, list) else ()
            text = "\n".join(listed) if isinstance(value, list) else "" if value is None else str(value)
            yield Entry(f"{self.place}:{one.name}", one.label, one.kind, text, listed or (text,), one.choices or {})


def rows_of(node: Node | None) -> Row:
    """The rows of a tree; the whole is a group that asks for all of its parts."""
    told = plain(node) if node is not None else {Join.ALL.value: []}
    root = told if Join.ALL.value in told else {Join.ALL.value: [told]}
    return _row(root, ROOT)


def _row(told: Mapping[str, Any], place: str) -> Row:
    if "rule" in told:
        return Row(place, rule=told["rule"], given={name: value for name, value in told.items() if name != "rule"})
    join = next(one for one in Join if one.value in told)
    parts = told["of"] if join is Join.AT_LEAST else told[join.value]
    parts = [parts] if join is Join.NOT else parts
    least = str(told[join.value]) if join is Join.AT_LEAST else ""
    return Row(place, join=join, least=least, rows=[_row(one, f"{place}.{i}") for i, one in enumerate(parts)])


def read(form: MultiDict[str, str]) -> Row:
    """The rows as somebody left them: without those that are to go, with those that were added."""
    count = [0]
    found = _read(form, ROOT, count)
    return found if found is not None and found.join else Row(ROOT, join=Join.ALL)


def _read(form: MultiDict[str, str], place: str, count: list[int]) -> Row | None:
    count[0] += 1
    name = form.get(f"{place}:is", "")
    if count[0] > 2 * MAX_NODES or form.get(f"{place}:remove"):
        return None
    if name in RULES:
        given = {one.name: _value(form, f"{place}:{one.name}", one) for one in RULES[name].parameters}
        return Row(place, rule=name, given=given)
    if name not in JOINS:
        return None
    parts = form.get(f"{place}:parts", "0")
    number = min(int(parts), MAX_NODES) if parts.isascii() and parts.isdigit() and len(parts) < len("1000") else 0
    rows = [one for i in range(number) if (one := _read(form, f"{place}.{i}", count)) is not None]
    added = form.get(f"{place}:add", "")
    if added in RULES:
        rows.append(Row("", rule=added))
    elif added in JOINS:
        rows.append(Row("", join=added, least="1" if added == Join.AT_LEAST else ""))
    made = Row(place, join=name, least=form.get(f"{place}:least", ""), rows=rows)
    _place(made, place)
    return made


def _place(row: Row, place: str) -> None:
    row.place = place
    for i, one in enumerate(row.rows):
        _place(one, f"{place}.{i}")


def _value(form: MultiDict[str, str], name: str, parameter: Parameter) -> Any:
    text = form.get(name, "").strip()
    match parameter.kind:
        case Kind.NUMBER:
            return int(text) if text.isascii() and text.isdigit() and len(text) < len("1000000000") else text
        case Kind.CHOICES:
            return form.getlist(name)
        case Kind.VALUES:
            return [line.strip() for line in form.get(name, "").splitlines() if line.strip()]
        case Kind.DAY:
            other = form.get(f"{name}:date", "").strip()
            # A day that is chosen beside a date that is typed is not guessed about: the language refuses both together.
            return f"{other} and {text}" if other and text in DAYS else other or text
        case _:
            return text


def told(row: Row) -> dict[str, Any]:
    """The rows as JSON has them, to be read by the language, which says what is wrong."""
    if row.rule:
        return {"rule": row.rule, **row.given}
    parts = [told(one) for one in row.rows]
    if row.join == Join.NOT:
        return {"not": parts[0] if len(parts) == 1 else {Join.ANY.value: parts}}
    if row.join == Join.AT_LEAST:
        least: Any = int(row.least) if row.least.isascii() and row.least.isdigit() and len(row.least) < 4 else row.least  # noqa: PLR2004
        return {Join.AT_LEAST.value: least, "of": parts}
    if row.place == ROOT and len(parts) == 1:
        return parts[0]
    return {row.join: parts}
