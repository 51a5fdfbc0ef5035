"""How the membership grows, so that a roll that was padded shows: sign-ups a day, and where they come from.

What is unusual is marked by stated rules, for somebody to look at; a mark proves nothing. No name and no address is in it,
and a value that few people have is not named.
"""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from statistics import fmean, median
from types import MappingProxyType

from governance.domain.membership import disarmed

PERIOD = 90
"""Days that a report tells of."""
YEAR = 365
FEWEST = 5
"""Fewer are neither marked nor named: they say more about people than about growth."""
FAR = 3.5
"""Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993): a modified z-score above it is an outlier."""
_OF_MEDIAN, _OF_MEAN = 1.4826, 1.2533
"""What makes a standard deviation of the median and of the mean absolute deviation, of normal data."""
BACKDATED = timedelta(days=30)
"""A line that comes into the list so long after its membership began may have been put there."""
NOT_SAID = "(not said)"

RULES = (
    (
        f"A day is marked when at least {FEWEST} joined on it and that is more than {FAR} robust standard deviations above the "
        f"median of the {YEAR} days up to the end (the median absolute deviation; where that is nothing, the mean one)."
    ),
    (
        f"A mail domain, an employer or a country is marked when at least {FEWEST} who joined have it, its share is at least "
        f"twice that of those who joined in the {YEAR} days before, and chance would hardly bring so many "
        f"(more than {FAR} standard deviations)."
    ),
    (
        f"A day is marked on which at least {FEWEST} lines came into the list more than {BACKDATED.days} days after the "
        "membership that they tell of began. The day on which the list was begun is not."
    ),
)


@dataclass(frozen=True, slots=True)
class Joined:
    """What a report looks at, of one member; empty where nothing was said."""

    day: date
    domain: str = ""
    employer: str = ""
    country: str = ""
    entered: date | None = None
    """When the line came into the list, if that is known."""


@dataclass(frozen=True, slots=True)
class Day:
    """How many joined on a day."""

    day: date
    count: int
    unusual: bool


@dataclass(frozen=True, slots=True)
class Share:
    """A value that several who joined have, and how many had it of those who joined in the year before."""

    value: str
    count: int
    before: int
    unusual: bool


@dataclass(frozen=True, slots=True)
class Shares:
    """The values of one fact, the most frequent first."""

    name: str
    rows: tuple[Share, ...]
    others: int
    """Who joined with a value that fewer than `FEWEST` of them have."""


@dataclass(frozen=True, slots=True)
class Report:
    """How the membership grew from one day to another."""

    first: date
    last: date
    members: int
    """Who had joined by the last day."""
    new: int
    before: int
    """Who joined in the year before the first day."""
    usual: float
    """The median of a day."""
    days: tuple[Day, ...]
    shares: tuple[Shares, ...]
    backdated: tuple[Day, ...]
    """Lines that came in long after their membership began, by the day on which they came."""

    @property
    def marked(self) -> int:
        """How much is marked."""
        shares = sum(row.unusual for one in self.shares for row in one.rows)
        return sum(row.unusual for row in (*self.days, *self.backdated)) + shares


FACTS: Mapping[str, Callable[[Joined], str]] = MappingProxyType(
    {
        "Mail domain": lambda one: one.domain,
        "Employer": lambda one: one.employer,
        "Country": lambda one: one.country,
    }
)


def report(people: Iterable[Joined], last: date, days: int = PERIOD) -> Report:
    """How the membership grew in so many days up to the last one; who joined after it is not looked at."""
    every = [one for one in people if one.day <= last]
    first = last - timedelta(days=days - 1)
    new = [one for one in every if one.day >= first]
    before = [one for one in every if first - timedelta(days=YEAR) <= one.day < first]
    counts = Counter(one.day for one in every)
    year = [counts[last - timedelta(days=back)] for back in range(YEAR)]
    shown = (first + timedelta(days=ahead) for ahead in range(days))
    return Report(
        first=first,
        last=last,
        members=len(every),
        new=len(new),
        before=len(before),
        usual=median(year),
        days=tuple(Day(day, counts[day], is_far(counts[day], year)) for day in shown),
        shares=tuple(_shares(name, of, new, before) for name, of in FACTS.items()),
        backdated=_backdated(every, first, last),
    )


def is_far(count: int, year: Sequence[int]) -> bool:
    """Whether so many on a day are unusual beside the counts of other days."""
    usual = median(year)
    spread = median(abs(one - usual) for one in year) * _OF_MEDIAN
    spread = spread or fmean(abs(one - usual) for one in year) * _OF_MEAN
    return count >= FEWEST and count - usual > FAR * spread


def is_grown(count: int, new: int, before: int, year: int) -> bool:
    """Whether a share is unusual: `count` of `new` now, `before` of `year` in the year before."""
    if not year or count < FEWEST or count * year < 2 * before * new:
        return False
    share = (before + 1) / (year + 2)  # never 0 or 1, so that what is new can be compared
    return count - new * share > FAR * sqrt(new * share * (1 - share))


def _shares(name: str, of: Callable[[Joined], str], new: Sequence[Joined], before: Sequence[Joined]) -> Shares:
    now, then = (Counter(of(one).casefold() for one in some) for some in (new, before))
    spelt = {of(one).casefold(): of(one) or NOT_SAID for one in reversed(new)}
    rows = [
        Share(spelt[value], count, then[value], bool(value) and is_grown(count, len(new), then[value], len(before)))
        for value, count in sorted(now.items(), key=lambda item: (-item[1], item[0]))
        if count >= FEWEST
    ]
    return Shares(name, tuple(rows), len(new) - sum(row.count for row in rows))


def _backdated(every: Sequence[Joined], first: date, last: date) -> tuple[Day, ...]:
    entered = [one.entered for one in every if one.entered is not None]
    begun = min(entered, default=last)
    late = Counter(
        one.entered
        for one in every
        if one.entered is not None and first <= one.entered <= last and one.entered - one.day > BACKDATED
    )
    return tuple(
        Day(day, count, day != begun and count >= FEWEST) for day, count in sorted(late.items()) if count >= FEWEST
    )


def write(told: Report) -> bytes:
    """A report as a CSV file that a spreadsheet opens without running anything in it."""
    lines: list[tuple[object, ...]] = [("what", "value", "joined", "in the year before", "unusual")]
    lines += [("Day", one.day, one.count, "", _yes(one.unusual)) for one in told.days]
    for table in told.shares:
        lines += [(table.name, row.value, row.count, row.before, _yes(row.unusual)) for row in table.rows]
        lines += [(table.name, f"(others, each fewer than {FEWEST})", table.others, "", "")] if table.others else []
    lines += [("Entered late", one.day, one.count, "", _yes(one.unusual)) for one in told.backdated]
    out = io.StringIO()
    csv.writer(out).writerows([disarmed(str(cell)) for cell in line] for line in lines)
    return out.getvalue().encode("utf-8-sig")


def _yes(unusual: bool) -> str:  # noqa: FBT001  what a cell says
    return "unusual" if unusual else ""
