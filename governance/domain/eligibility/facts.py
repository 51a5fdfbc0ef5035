"""What rules look at: facts with names, and days of the calendar. A fact that is not there is not known.

Names of facts: `status`, `joined`, `country`, `region`, `official`, `standing`; `attribute:NAME`, where an empty text says
that the member has declared nothing; `terms:SEAT`; `count:WHAT`, `exception:WHAT`, `declaration:WHAT`; `suspended` and
`last_suspended`; `sharing:AMONG:NAME`, how many others among candidates or in seats share an attribute.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from governance.errors import MalformedError

DAYS: Mapping[str, str] = {
    "cutoff": "the day on which membership is cut off",
    "opens": "the day on which voting opens",
    "closes": "the day on which voting closes",
    "today": "the day of the question",
}
"""Days of the calendar that a rule may name instead of a date."""
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_YEAR = re.compile(r"[0-9]{4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Term:
    """A time in a seat or a role; `ended` is None while it lasts."""

    began: date
    ended: date | None = None


Value = str | int | bool | date | tuple[str, ...] | tuple[Term, ...]
Facts = Mapping[str, Value]
Days = Mapping[str, date]


def read_date(text: str) -> date:
    """A date like 2026-03-01.

    Raises:
        MalformedError: There is no such day, or it is centuries away.
    """
    try:
        day = date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        msg = f"“{text[:40]}” is no day of any calendar; a date is like 2026-03-01"
        raise MalformedError(msg)
    if not EARLIEST <= day <= LATEST:
        msg = f"{text} is too far away to be meant"
        raise MalformedError(msg)
    return day


def check_day(text: str) -> str:
    """A date, or the name of a day of the calendar.

    Raises:
        MalformedError: It is neither.
    """
    if text not in DAYS:
        read_date(text)
    return text


def span(text: str) -> tuple[date, date] | None:
    """The first and last day that a declared date can mean: a whole date, or a year alone; None if it is neither."""
    try:
        if _YEAR.fullmatch(text):
            return read_date(f"{text}-01-01"), read_date(f"{text}-12-31")
        day = read_date(text)
    except MalformedError:
        return None
    return day, day


def shown(attribute: str) -> str:
    """An attribute as a reader sees it."""
    return attribute.replace("_", " ")


def words(name: str) -> str:
    """A fact in words, to follow “we do not know”."""
    kind, _, rest = name.partition(":")
    among, _, attribute = rest.partition(":")
    told = {
        "status": "the status of this membership",
        "joined": "when this membership began",
        "official": "who runs this election",
        "standing": "whether this member stands in this election",
        "suspended": "whether there is a suspension now",
        "last_suspended": "when the last suspension ended, if there ever was one",
        "attribute": f"the {shown(rest)} of this member",
        "terms": f"when this member held the seat “{shown(rest)}”, if ever",
        "count": f"the number of {shown(rest)} of this member",
        "exception": f"whether an exception was granted ({shown(rest)})",
        "declaration": f"whether the declaration was made ({shown(rest)})",
        "sharing": f"how many others among the {among} share the {shown(attribute)}",
    }
    return told.get(kind, f"the {shown(kind)} of this member")


def supply(name: str) -> str:
    """What to do, so that a fact becomes known."""
    kind, _, rest = name.partition(":")
    attribute = rest.partition(":")[2] or rest
    told = {
        "attribute": f"If the members' list should have your {shown(attribute)}, ask the secretariat to enter it.",
        "country": "Tell the secretariat your country.",
        "region": "Tell the secretariat your region.",
        "declaration": f"Make the declaration ({shown(rest)}), and tell the secretariat.",
        "exception": f"If you need an exception ({shown(rest)}), ask the returning officer for it.",
        "count": f"Ask the secretariat to enter the number of {shown(rest)}.",
        "terms": f"The secretariat has to enter who held the seat “{shown(rest)}”, and when.",
        "sharing": f"The returning officer has to enter the {shown(attribute)} of everybody concerned.",
    }
    return told.get(kind, f"The secretariat has to enter {words(name)}.")
