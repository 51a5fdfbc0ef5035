"""Announced calendars as iCalendar (RFC 5545), for whoever lets their own calendar follow them.

An event keeps its UID for ever; SEQUENCE counts how often its times were changed, so that a reader's program replaces
what it had. What is no longer dated, or was cancelled with its election, stays as a cancelled event.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from icalendar import Calendar, Event, vDatetime, vUri

from governance.domain import calendar as dates
from governance.domain.calendar import MOMENTS, NAMES, Period
from governance.domain.draft import Span
from governance.services.calendars import Shown

PRODUCT = "-//governance//calendar of elections//EN"
TYPE = "text/calendar"
Address = Callable[[str], str]


def feed(shown: Iterable[Shown], *, name: str, host: str, address: Address) -> bytes:
    """The calendars of elections as one file; the same calendars give the same bytes.

    Args:
        shown: The calendars.
        name: What a reader's program calls it.
        host: Of the organisation; it makes the UIDs ours.
        address: The full address of an election's calendar page.
    """
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    for one in shown:
        for event in _events(one, host, address(one.id)):
            made.add_component(event)
    return bytes(made.to_ical())


def _events(shown: Shown, host: str, page: str) -> Iterator[Event]:
    dated = {one.name: one for one in shown.spans}
    for period in Period:
        changed = [(one.at, change) for one in shown.versions for change in one.changes if change.period is period]
        olds = [change.old for _, change in changed if change.old is not None]
        last = dated.get(period) or (olds[-1] if olds else None)
        if last is None or shown.announced_at is None:
            continue
        gone = shown.over or period not in dated
        since = changed[-1][0] if changed else shown.announced_at
        made = _event(last, period, since, sequence=len(changed) + shown.over, gone=gone)
        made.add("uid", f"{shown.id}.{period}@{host}")
        made.add("summary", f"{shown.title}: {NAMES[period]}")
        made.add("description", f"{dates.times(last)}\n{page}")
        made["url"] = vUri(page)
        yield made


def _event(span: Span, period: Period, since: datetime, *, sequence: int, gone: bool) -> Event:
    made = Event()
    made["dtstamp"] = vDatetime(since.astimezone(UTC).replace(microsecond=0))
    made["last-modified"] = made["dtstamp"]
    made.add("sequence", sequence)
    made.add("dtstart", span.begins.astimezone(UTC))
    if period not in MOMENTS:
        made.add("dtend", span.ends.astimezone(UTC))
    made.add("transp", "TRANSPARENT")
    made.add("status", "CANCELLED" if gone else "CONFIRMED")
    return made
