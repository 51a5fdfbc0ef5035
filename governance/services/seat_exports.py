"""The register as files: Popolo JSON, CSV, iCalendar; of any day, and as it was known on any day.

They say what the register says, and nothing that is not public.
"""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event, vDatetime, vUri
from sqlalchemy.orm import Session

from governance.domain.membership import disarmed
from governance.domain.seats import popolo as forms
from governance.domain.seats.book import Book
from governance.domain.seats.popolo import Address
from governance.domain.seats.standing import FallsDue, Group, falls_due, group
from governance.services import officers, seats

PRODUCT = "-//governance//register of seats//EN"
TYPES = {"json": "application/json", "csv": "text/csv", "ics": "text/calendar"}
"""The kinds of files, and what they are."""
YEARS = 5
"""How far ahead the calendar looks."""


def popolo(session: Session, body: str, day: date, *, address: Address, known: date | None = None) -> bytes:
    """A body as Popolo JSON.

    Raises:
        NotFoundError: The register has no such body.
    """
    told = forms.popolo(seats.book(session, known), body, day, address)
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def table(session: Session, body: str, day: date, *, known: date | None = None) -> bytes:
    """Every holding of a body as a CSV file that a spreadsheet opens without running anything in it.

    Raises:
        NotFoundError: The register has no such body.
    """
    found = seats.book(session, known)
    group(found, body, day)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(forms.COLUMNS)
    for row in forms.rows(found, body, day):
        writer.writerow(map(disarmed, row))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def calendar(session: Session, body: str, day: date, *, address: Address, known: date | None = None) -> bytes:
    """What falls due in a body, and which terms run, as iCalendar; the same register gives the same bytes.

    An event keeps its UID for ever: of a holding its id, of a term to come the seat and the day.

    Raises:
        NotFoundError: The register has no such body.
    """
    kept = seats.load(session, known)
    found = kept.book()
    stood, host = group(found, body, day), officers.organisation(session).host
    stamp = kept.entries[-1].recorded if kept.entries else datetime(1970, 1, 1, tzinfo=UTC)
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", stood.name)
    for event in (*_terms(stood, address, host), *_due(found, body, day, address, host)):
        event["dtstamp"] = vDatetime(stamp.astimezone(UTC).replace(microsecond=0))
        made.add_component(event)
    return bytes(made.to_ical())


def _terms(stood: Group, address: Address, host: str) -> Iterator[Event]:
    """The terms that run on a day, from their first day to their last; open ends are told in words."""
    for place in stood.holders:
        one = place.holding
        assert one is not None  # noqa: S101  `holders` are those that are held
        page = address(forms.holding_id(one.id))
        event = _event(one.start, one.end, f"{place.rules.name}: {place.holder}", page)
        event.add("uid", f"{one.id}.term@{host}")
        yield event


def _due(found: Book, body: str, day: date, address: Address, host: str) -> Iterator[Event]:
    for one in falls_due(found, body, day, YEARS):
        what = f"{one.holder}'s term ends" if one.planned else "a term ends"
        page = address(forms.seat_id(one.seat))
        event = _event(one.day, None, f"{one.name} falls due: {what}", page, why=_again(one))
        event.add("uid", f"{one.holding or one.seat}.{one.day.isoformat()}.due@{host}")
        yield event


def _again(one: FallsDue) -> str:
    return f"{one.again.why}\n" if one.again else ""


def _event(start: date, end: date | None, summary: str, page: str, *, why: str = "") -> Event:
    event = Event()
    event.add("dtstart", start)
    event.add("dtend", end or start + timedelta(days=1))
    event.add("summary", summary)
    event.add("description", f"{why}{page}")
    event.add("transp", "TRANSPARENT")
    event["url"] = vUri(page)
    return event
