"""The parameters of rules: what each may be, read strictly, with the reason in words for what is refused."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from governance.domain.eligibility import facts
from governance.domain.names import printable
from governance.errors import MalformedError

MOST_VALUES = 300
_LONGEST = 200
_WORD = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)


class Kind(StrEnum):
    """What a parameter is."""

    NUMBER = "number"
    DAY = "day"
    WORD = "word"
    """The name of an attribute, a seat, a count: small letters, digits, underscores."""
    VALUES = "values"
    CHOICE = "choice"
    CHOICES = "choices"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a rule.

    Attributes:
        label: What a form calls it.
        default: Taken where it is left out; None where it has to be given.
        low: Of a number, the least; `high` the most.
        choices: What can be chosen, each with its words.
    """

    name: str
    kind: Kind
    label: str
    default: Any = None
    low: int = 0
    high: int = 40_000
    choices: Mapping[str, str] | None = None


Given = Mapping[str, Any]
"""Parameters as read: numbers, texts, tuples of texts."""


def read(parameter: Parameter, value: Any) -> Any:
    """A parameter's value from JSON.

    Raises:
        MalformedError: It is of another kind, or out of range; the text says which, without a full stop.
    """
    if parameter.kind in (Kind.CHOICES, Kind.VALUES):
        return _several(parameter, value)
    choices, low, high = parameter.choices or {}, parameter.low, parameter.high
    text = value if isinstance(value, str) else ""
    fits, wanted = {
        Kind.NUMBER: (type(value) is int and low <= value <= high, f"a whole number from {low} to {high}"),
        Kind.DAY: (bool(text), f"a date like 2026-03-01, or one of {', '.join(facts.DAYS)}"),
        Kind.WORD: (bool(_WORD.fullmatch(text)), "a word of small letters, digits and underscores"),
        Kind.CHOICE: (text in choices, f"one of {', '.join(choices)}"),
    }[parameter.kind]
    if not fits:
        _refuse(f"“{parameter.name}” is {wanted}")
    return facts.check_day(value) if parameter.kind is Kind.DAY else value


def _several(parameter: Parameter, value: Any) -> tuple[str, ...]:
    name = parameter.name
    if not isinstance(value, list) or not 0 < len(value) <= MOST_VALUES:
        _refuse(f"“{name}” is a list of 1 to {MOST_VALUES} values")
    for one in value:
        if not isinstance(one, str) or not one.strip() or len(one) > _LONGEST or not printable(one):
            _refuse(f"each of “{name}” is a short text")
        if parameter.choices is not None and one not in parameter.choices:
            _refuse(f"each of “{name}” is one of {', '.join(parameter.choices)}")
    if len(set(value)) < len(value):
        _refuse(f"“{name}” names something twice")
    return tuple(value)


def _refuse(why: str) -> None:
    raise MalformedError(why)
