"""How templates write numbers, names and moments."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from flask import Flask

from governance.domain.calendar import anywhere, in_utc
from governance.domain.phases import Phase
from governance.report.words import called


def whole(votes: Decimal) -> str:
    """The part before the point."""
    return f"{votes:f}".partition(".")[0]


def fraction(votes: Decimal) -> str:
    """The point and what follows it, as many places as the record has; empty where it has none."""
    _, point, places = f"{votes:f}".partition(".")
    return point + places


def short(votes: Decimal) -> str:
    """A number for a sentence: no zeros that say nothing."""
    text = f"{votes:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def moment(value: datetime) -> str:
    return in_utc(value)


def size(count: int) -> str:
    """Bytes in a unit that people use."""
    kilobytes = -(-count // 1000)
    return f"{kilobytes} kB" if kilobytes < 1000 else f"{kilobytes / 1000:.1f} MB"  # noqa: PLR2004  kB in a MB


def series(names: Sequence[str]) -> list[tuple[str, str]]:
    """Each name with what stands before it: "A", ", B", " and C"."""
    last = len(names) - 1
    return [("" if i == 0 else " and " if i == last else ", ", name) for i, name in enumerate(names)]


PHASES = {
    Phase.DRAFT: "Being set up",
    Phase.ROLL: "The roll is frozen; the officials hand in their keys",
    Phase.CEREMONY: "The trustees make the key of the election",
    Phase.CREDENTIALS: "The voting codes are being made",
    Phase.READINESS: "Announced; voting has not opened yet",
    Phase.OPEN: "Voting is open",
    Phase.TALLY: "Voting has closed; the votes are being mixed and opened",
    Phase.COUNTED: "Counted",
    Phase.CANCELLED: "Cancelled",
    Phase.ABANDONED: "Given up before it was announced",
}


def phase(value: Phase) -> str:
    """How far an election has come, in words."""
    return PHASES[value]


RULE_WORDS = {
    "scottish-stv": (
        "Scottish STV",
        "Several places, filled in proportion: votes that somebody has to spare pass on, and whoever has fewest is out.",
    ),
    "meek-prf": (
        "Meek STV",
        "As Scottish STV, worked out anew after each step as if those who are out had never stood. It takes a computer.",
    ),
    "wigm-prf": (
        "WIGM STV",
        "As Scottish STV, with a quota to four decimal places; who is tied is settled by the draw alone.",
    ),
    "wigm-prf-batch": (
        "WIGM STV, with batches",
        "As WIGM STV, and several candidates who cannot win any more are out at once.",
    ),
    "ers97": (
        "ERS97 STV",
        "The rules of the Electoral Reform Society of 1997, made for counting by hand: two decimal places.",
    ),
    "irv": (
        "Instant run-off",
        "One place: whoever has fewest votes is out and their papers pass on, until somebody has more than half.",
    ),
}
"""Of each rule of counting, its name and a plain sentence for whoever chooses one."""


def rule(name: str) -> str:
    """What a rule of counting is called."""
    return RULE_WORDS[name][0] if name in RULE_WORDS else name


def register(app: Flask) -> None:
    shown = {
        "whole": whole,
        "fraction": fraction,
        "short": short,
        "moment": moment,
        "anywhere": anywhere,
        "size": size,
        "series": series,
    }
    app.jinja_env.filters.update(shown, phase=phase, rule=rule, called=called)
