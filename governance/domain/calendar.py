"""The calendar of an election: its periods, what makes a calendar impossible, what a change changes, what the clock passes.

Four moments are always there (`draft.Calendar`): cut-off, opening, close, the end of appeals. All others are optional.
Everything is kept in UTC; “anywhere on Earth” is the last place where a day ends, twelve hours behind UTC.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from types import MappingProxyType

from governance.domain.draft import Calendar, Span
from governance.errors import MalformedError

AOE = timezone(timedelta(hours=-12), "AoE")
_FARTHEST = timedelta(days=3 * 366)


class Period(StrEnum):
    """The periods in the order in which they come."""

    NOTICE = "notice"
    NOMINATIONS = "nominations"
    ACCEPTANCE = "acceptance"
    SCRUTINY = "scrutiny"
    OBJECTIONS = "objections"
    QUESTIONS = "questions"
    CUTOFF = "cutoff"
    ROLL = "roll"
    VOTING = "voting"
    RESULT = "result"
    CHALLENGES = "challenges"
    CERTIFICATION = "certification"
    SEATING = "seating"


P = Period
CORE = (P.CUTOFF, P.VOTING, P.CHALLENGES)
"""Always there, and not in `Calendar.periods`."""
MORE = tuple(one for one in Period if one not in CORE)
MOMENTS = frozenset({P.NOTICE, P.CUTOFF, P.ROLL, P.RESULT, P.CERTIFICATION, P.SEATING})
"""They have one time, not two."""

LEAST: Mapping[Period, timedelta] = MappingProxyType(
    {
        P.NOMINATIONS: timedelta(days=7),
        P.ACCEPTANCE: timedelta(days=1),
        P.OBJECTIONS: timedelta(days=2),
        P.QUESTIONS: timedelta(days=1),
        P.CHALLENGES: timedelta(days=3),
    }
)
"""How long these last at least, where they are dated; of challenges, where the provisional result is."""
_TO_ACCEPT = timedelta(days=1)
"""For whoever is nominated at the last moment."""

NAMES: Mapping[Period, str] = MappingProxyType(
    {
        P.NOTICE: "Notice of the election",
        P.NOMINATIONS: "Nominations",
        P.ACCEPTANCE: "Acceptance by those nominated",
        P.SCRUTINY: "Scrutiny of nominations",
        P.OBJECTIONS: "Objections to nominations",
        P.QUESTIONS: "Questions to candidates",
        P.CUTOFF: "Membership is cut off",
        P.ROLL: "The roll is published",
        P.VOTING: "Voting",
        P.RESULT: "Provisional result",
        P.CHALLENGES: "Challenges to the result",
        P.CERTIFICATION: "Certification of the result",
        P.SEATING: "The elected take their seats",
    }
)


class Edge(StrEnum):
    """One of the two ends of a period; a moment only begins."""

    BEGINS = "begins"
    ENDS = "ends"


def given(value: datetime, *, aoe: bool) -> datetime:
    """A moment in UTC, from what a clock on a wall shows in UTC or anywhere on Earth.

    Raises:
        MalformedError: It is beyond the last year that there is.
    """
    try:
        return value.replace(tzinfo=AOE if aoe else UTC).astimezone(UTC)
    except OverflowError:
        msg = "The year is too far away to be meant."
        raise MalformedError(msg) from None


def in_utc(value: datetime) -> str:
    """Like “3 March 2026, 09:00 UTC”."""
    there = value.astimezone(UTC)
    return f"{there.day} {there:%B %Y, %H:%M} UTC"


def anywhere(value: datetime) -> str:
    """The same moment where the day ends last: “2 March 2026, 21:00”; midnight is the end of a day, not its beginning."""
    there = value.astimezone(AOE)
    if (there.hour, there.minute, there.second) == (0, 0, 0):
        before = there - timedelta(days=1)
        return f"end of {before.day} {before:%B %Y}"
    return f"{there.day} {there:%B %Y, %H:%M}"


# ---- what a calendar says --------------------------------------------------------------------------------------------


def every(calendar: Calendar) -> tuple[Span, ...]:
    """All that is dated, in the order of `Period`. Challenges begin with the provisional result, else with the close."""
    told = {one.name: one for one in calendar.periods}
    told[P.CUTOFF] = Span(P.CUTOFF, calendar.cutoff, calendar.cutoff)
    told[P.VOTING] = Span(P.VOTING, calendar.opens, calendar.closes)
    known = told[P.RESULT].begins if P.RESULT in told else calendar.closes
    told[P.CHALLENGES] = Span(P.CHALLENGES, known, calendar.appeals)
    return tuple(told[one] for one in Period if one in told)


def find(calendar: Calendar, period: Period) -> Span | None:
    """A period, if it is dated."""
    return next((one for one in every(calendar) if one.name == period), None)


def settled(calendar: Calendar) -> datetime:
    """When the roll can be frozen at the soonest: membership is cut off, and it is settled who stands."""
    before = (P.NOMINATIONS, P.ACCEPTANCE, P.SCRUTINY, P.OBJECTIONS)
    return max((calendar.cutoff, *(one.ends for one in calendar.periods if one.name in before)))


def problems(calendar: Calendar, least: Mapping[Period, timedelta] = LEAST) -> tuple[str, ...]:
    """Why a calendar is impossible; empty if it is not.

    The four moments of every election have their own sentences (`feasible`); only what is dated beside them is looked
    at here.
    """
    names = [one.name for one in calendar.periods]
    if len(set(names)) < len(names) or not set(names) <= set(MORE):
        return ("A period of the calendar is unknown, or dated twice.",)
    dated = {Period(one.name): one for one in every(calendar)}
    return (*_each(calendar, dated), *_in_order(dated), *_lengths(dated, least), *_first(dated))


def _each(calendar: Calendar, dated: Mapping[Period, Span]) -> Iterator[str]:
    for period in MORE:
        one = dated.get(period)
        if one is None:
            continue
        if period in MOMENTS and one.begins != one.ends:
            yield f"{NAMES[period]}: this is one moment, and has no other end."
        elif period not in MOMENTS and not one.begins < one.ends:
            yield f"{NAMES[period]}: this ends before it has begun."
        if max(abs(edge - calendar.opens) for edge in (one.begins, one.ends)) > _FARTHEST:
            yield f"{NAMES[period]}: this is more than three years away from voting. Is the year right?"


_ORDER: tuple[tuple[Period, Edge, Period, Edge, str], ...] = (
    (P.NOMINATIONS, Edge.BEGINS, P.ACCEPTANCE, Edge.BEGINS, "Nobody can accept before nominations open."),
    (P.NOMINATIONS, Edge.BEGINS, P.SCRUTINY, Edge.BEGINS, "Scrutiny cannot begin before nominations open."),
    (P.NOMINATIONS, Edge.ENDS, P.SCRUTINY, Edge.ENDS, "Scrutiny cannot end before nominations close."),
    (P.ACCEPTANCE, Edge.ENDS, P.SCRUTINY, Edge.ENDS, "Scrutiny cannot end before the time to accept."),
    (
        P.NOMINATIONS,
        Edge.ENDS,
        P.OBJECTIONS,
        Edge.BEGINS,
        "Objections overlap with nominations: they begin once all nominations are known.",
    ),
    (P.SCRUTINY, Edge.BEGINS, P.OBJECTIONS, Edge.BEGINS, "Objections cannot begin before scrutiny."),
    (
        P.NOMINATIONS,
        Edge.ENDS,
        P.QUESTIONS,
        Edge.BEGINS,
        "Questions overlap with nominations: they begin once it is known who stands.",
    ),
    (
        P.ACCEPTANCE,
        Edge.ENDS,
        P.QUESTIONS,
        Edge.BEGINS,
        "Questions overlap with acceptance: they begin once it is known who stands.",
    ),
    (P.QUESTIONS, Edge.ENDS, P.VOTING, Edge.ENDS, "Questions to candidates have to end before voting closes."),
    (
        P.CUTOFF,
        Edge.BEGINS,
        P.ROLL,
        Edge.BEGINS,
        "Membership has to be cut off before the roll is announced: nobody joins afterwards in order to vote.",
    ),
    (P.ROLL, Edge.BEGINS, P.VOTING, Edge.BEGINS, "The roll has to be published before voting opens."),
    (P.VOTING, Edge.ENDS, P.RESULT, Edge.BEGINS, "There is no result before voting closes."),
    (P.RESULT, Edge.BEGINS, P.CHALLENGES, Edge.ENDS, "Appeals would end before there is a result to challenge."),
    (
        P.CHALLENGES,
        Edge.ENDS,
        P.CERTIFICATION,
        Edge.BEGINS,
        "A result is certified only after the time to challenge it has ended.",
    ),
    (P.VOTING, Edge.ENDS, P.SEATING, Edge.BEGINS, "Nobody takes a seat before voting closes."),
    (P.CERTIFICATION, Edge.BEGINS, P.SEATING, Edge.BEGINS, "Nobody takes a seat before the result is certified."),
)
"""The first of the two is not later than the second, where both are dated."""


def _in_order(dated: Mapping[Period, Span]) -> Iterator[str]:
    for first, edge, second, other, why in _ORDER:
        if first in dated and second in dated and at(dated[first], edge) > at(dated[second], other):
            yield why
    nominations, acceptance = dated.get(P.NOMINATIONS), dated.get(P.ACCEPTANCE)
    if nominations and acceptance and acceptance.ends - nominations.ends < _TO_ACCEPT:
        yield "Whoever is nominated at the last moment needs a day at least to accept."
    for period in (P.NOMINATIONS, P.ACCEPTANCE, P.SCRUTINY, P.OBJECTIONS):
        one = dated.get(period)
        if one and one.ends > dated[P.VOTING].begins:
            yield f"{NAMES[period]}: this overlaps with voting; who stands is fixed before."
        elif one and P.ROLL in dated and one.ends > dated[P.ROLL].begins:
            yield f"{NAMES[period]}: this ends after the roll is published; the announcement fixes who stands."


def _lengths(dated: Mapping[Period, Span], least: Mapping[Period, timedelta]) -> Iterator[str]:
    for period, long in least.items():
        one = dated.get(period)
        if one is None or (period is P.CHALLENGES and P.RESULT not in dated):
            continue
        if timedelta(0) < one.ends - one.begins < long:
            yield f"{NAMES[period]}: this is too short; the rule is {_days(long)} at least."


def _days(long: timedelta) -> str:
    if long % timedelta(days=1):
        return f"{long // timedelta(hours=1)} hours"
    return "one day" if long.days == 1 else f"{long.days} days"


def _first(dated: Mapping[Period, Span]) -> Iterator[str]:
    """Whatever members do before voting opens is announced by a notice first."""
    doing = [one for one in (P.NOMINATIONS, P.ACCEPTANCE, P.SCRUTINY, P.OBJECTIONS, P.QUESTIONS) if one in dated]
    notice = dated.get(P.NOTICE)
    if notice is None and doing:
        yield "The notice of the election has to be dated: everything else begins after it."
    for period in (*doing, P.ROLL, P.VOTING) if notice else ():
        if period in dated and notice and dated[period].begins < notice.begins:
            yield f"{NAMES[period]}: this begins before the notice of the election."


def padding(calendar: Calendar) -> str:
    """Why a roll could be padded: people could join after the notice in order to vote. A sentence, empty if they cannot.

    Without a notice the frozen roll announces the election, and it is frozen after the cut-off.
    """
    notice = find(calendar, P.NOTICE)
    if notice and notice.begins < calendar.cutoff:
        return (
            "Membership has to be cut off before the notice of the election: else whoever reads it could join, or let "
            "others join, in order to vote."
        )
    return ""


def at(span: Span, edge: Edge) -> datetime:
    """When a period begins or ends."""
    return span.begins if edge is Edge.BEGINS else span.ends


# ---- changing one ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """A period before and after a change; None where it was or is not dated."""

    period: Period
    old: Span | None
    new: Span | None


def changes(before: Calendar, after: Calendar) -> tuple[Change, ...]:
    """What differs between two calendars; how a time was given makes no difference."""
    old, new = ({one.name: one for one in every(calendar)} for calendar in (before, after))
    pairs = [Change(one, old.get(one), new.get(one)) for one in Period]
    return tuple(one for one in pairs if _times(one.old) != _times(one.new))


def _times(span: Span | None) -> tuple[datetime, datetime] | None:
    return (span.begins, span.ends) if span else None


def goes_on(before: Calendar, after: Calendar) -> bool:
    """Whether nominations end later than they did, so that more can be nominated."""
    old, new = find(before, P.NOMINATIONS), find(after, P.NOMINATIONS)
    return old is not None and new is not None and old.ends < new.ends


def too_late(
    before: Calendar, after: Calendar, now: datetime, *, announced: bool, again: bool = False
) -> tuple[str, ...]:
    """What a change would do to times that have passed: nothing new lies in the past, nothing announced that was changes.

    Args:
        before: The calendar that holds.
        after: What is wanted.
        now: The time.
        announced: Whether it was.
        again: Whether nominations that are over may go on, and what follows them with them (`goes_on`).
    """
    again = again and goes_on(before, after)
    found: list[str] = []
    for change in changes(before, after):
        for edge in Edge:
            old, new = (at(one, edge) if one else None for one in (change.old, change.new))
            if old == new or (edge is Edge.ENDS and change.period in MOMENTS):
                continue
            later = again and new is not None and (change.period, edge) in _AGAIN
            if announced and old is not None and old <= now and not later:
                found.append(f"{NAMES[change.period]}: {_began(change.period, edge)} already, on {in_utc(old)}.")
            elif new is not None and new <= now:
                found.append(f"{NAMES[change.period]}: {in_utc(new)} is in the past.")
    return tuple(found)


_AGAIN = frozenset(
    {(P.NOMINATIONS, Edge.ENDS)}
    | {(one, edge) for one in (P.ACCEPTANCE, P.SCRUTINY, P.OBJECTIONS, P.QUESTIONS) for edge in Edge}
)
"""What moves to a later time with nominations that go on."""


def _began(period: Period, edge: Edge) -> str:
    if period in MOMENTS:
        return "this was"
    return "this began" if edge is Edge.BEGINS else "this ended"


def fixed(before: Calendar, after: Calendar) -> tuple[str, ...]:
    """What a change would do to times that a frozen roll fixes for good (docs/protocol.md, section 7)."""
    found = []
    if (before.opens, before.closes) != (after.opens, after.closes):
        found.append("The times of voting are fixed. It can only close later, by an extension while it is open.")
    if before.cutoff != after.cutoff:
        found.append("The roll is frozen: its cut-off cannot change any more.")
    return tuple(found)


def told(change: Change) -> str:
    """A change as a notice tells it."""
    name = NAMES[change.period]
    if change.new is None:
        return f"{name}: no longer dated; was {times(change.old)}."
    if change.old is None:
        return f"{name}: {times(change.new)}; was not dated."
    return f"{name}: {times(change.new)}; was {times(change.old)}."


def times(span: Span | None) -> str:
    """When a period is, for a text without marks."""
    if span is None:
        return ""
    if span.begins == span.ends:
        return f"{in_utc(span.begins)} ({anywhere(span.begins)} anywhere on Earth)"
    return f"{in_utc(span.begins)} to {in_utc(span.ends)} ({anywhere(span.ends)} anywhere on Earth)"


# ---- the clock -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Passing:
    """A moment that the clock passes."""

    at: datetime
    period: Period
    edge: Edge


def passings(calendar: Calendar) -> tuple[Passing, ...]:
    """The moments beside the four of every election, in the order in which they pass."""
    found = [
        Passing(at(one, edge), Period(one.name), edge)
        for one in calendar.periods
        for edge in Edge
        if edge is Edge.BEGINS or one.name not in MOMENTS
    ]
    return tuple(sorted(found, key=lambda one: (one.at, ORDER.index(one.period), one.edge)))


ORDER = tuple(Period)


def due(calendar: Calendar, passed: Collection[tuple[str, str]], now: datetime) -> tuple[Passing, ...]:
    """What has passed and was not seen yet, in order; however often the clock is looked at, each is due once.

    Args:
        calendar: The calendar.
        passed: (period, edge) of what was seen already.
        now: The time.
    """
    return tuple(one for one in passings(calendar) if one.at <= now and (one.period, one.edge) not in passed)


def running(calendar: Calendar, now: datetime) -> tuple[Period, ...]:
    """The periods that are going on; a moment never is."""
    return tuple(Period(one.name) for one in every(calendar) if one.begins <= now < one.ends)


def with_periods(calendar: Calendar, periods: Collection[Span]) -> Calendar:
    """A calendar with other optional periods, in their order."""
    return replace(calendar, periods=tuple(sorted(periods, key=lambda one: ORDER.index(Period(one.name)))))
