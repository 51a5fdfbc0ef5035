"""The calendar of an election: planned in the draft, announced, changed by two people with a reason, passed by the clock.

The draft's calendar is the one that holds; versions keep what it was. Voting's own times are the board's once the
manifest stands: they open when it says, and close later only by an extension.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from governance.board import entries as e
from governance.domain import calendar as dates
from governance.domain import feasible
from governance.domain.calendar import Change, Period
from governance.domain.draft import Calendar, Span
from governance.domain.phases import CALLED_OFF
from governance.domain.plain import from_plain, moment, text, to_plain
from governance.errors import NotFoundError, RuleError
from governance.services import boards, elections, officers, windows
from governance.services.officers import Two
from governance.store.calendars import CalendarPassage, CalendarVersion
from governance.store.elections import Election

SUBJECT = "The calendar changes"
"""Of the notices."""


@dataclass(frozen=True, slots=True)
class Version:
    """One change after the announcement.

    Attributes:
        number: From 2; the calendar as announced is the first one.
        changes: What was until then, and what has held since.
    """

    number: int
    at: datetime
    why: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """An election's calendar as everybody sees it.

    Attributes:
        calendar: What holds, with the close that was announced last.
        versions: Changes after the announcement, the oldest first.
        announced_at: When it was announced; None while it is a draft.
        going_on: Periods that are going on.
        over: Whether the election was cancelled or given up: nothing of it comes any more.
    """

    id: str
    title: str
    calendar: Calendar
    versions: tuple[Version, ...]
    announced_at: datetime | None
    going_on: tuple[Period, ...]
    over: bool

    @property
    def spans(self) -> tuple[Span, ...]:
        """All that is dated, in order."""
        return dates.every(self.calendar)


# ---- reading ---------------------------------------------------------------------------------------------------------


def show(session: Session, election: str, *, now: datetime) -> Shown:
    """The calendar of an election.

    Raises:
        NotFoundError: There is no such election.
    """
    row, shown = elections.get(session, election), elections.show(session, election)
    over = shown.phase in CALLED_OFF
    calendar = _holds(shown)
    return Shown(
        election,
        shown.title,
        calendar,
        _versions(session, shown),
        _announced_at(session, row),
        () if over else dates.running(calendar, now),
        over,
    )


def public(session: Session, election: str, *, now: datetime) -> Shown:
    """The calendar of an election that was announced.

    Raises:
        NotFoundError: There is no such election, or it is a draft.
    """
    found = show(session, election, now=now)
    if found.announced_at is None:
        msg = "There is no such election, or it has not been announced yet."
        raise NotFoundError(msg)
    return found


def announced(session: Session, *, now: datetime) -> list[Shown]:
    """The calendars of all elections that were announced, the newest first."""
    rows = session.scalars(select(Election).order_by(Election.created.desc(), Election.id)).all()
    return [show(session, row.id, now=now) for row in rows if elections.announced(session, row)]


def _holds(shown: elections.Shown) -> Calendar:
    """The draft's calendar, and of voting what the board says."""
    manifest, planned = shown.progress.manifest, shown.draft.calendar
    if manifest is None:
        return planned
    return replace(planned, opens=moment(manifest.opens), closes=moment(shown.progress.closes))


def _announced_at(session: Session, row: Election) -> datetime | None:
    passage = session.get(CalendarPassage, (row.id, 1))
    noticed = passage.at if passage and passage.period == Period.NOTICE else None
    return min((one for one in (noticed, row.frozen) if one), default=None)


def _rows(session: Session, election: str) -> list[CalendarVersion]:
    query = select(CalendarVersion).filter_by(election_id=election).order_by(CalendarVersion.number)
    return list(session.scalars(query))


def _versions(session: Session, shown: elections.Shown) -> tuple[Version, ...]:
    """Changes of the calendar, and extensions of voting, in the order in which they were made."""
    rows = _rows(session, shown.id)
    stands = from_plain(Calendar, rows[0].calendar) if rows else shown.draft.calendar
    made = [(row.at, row.why, from_plain(Calendar, row.calendar), "") for row in rows[1:]]
    entries = boards.but_ballots(session, shown.id) if shown.progress.opened else ()
    made += [(moment(one.at), one.reason, stands, one.closes) for one in entries if isinstance(one, e.Extend)]
    found: list[Version] = []
    extended = ""
    for at, why, calendar, closes in sorted(made, key=lambda one: one[0]):
        extended = closes or extended
        after = replace(stands if closes else calendar, closes=moment(extended) if extended else calendar.closes)
        found.append(Version(len(found) + 2, at, why, dates.changes(stands, after)))
        stands = after
    return tuple(found)


# ---- planning --------------------------------------------------------------------------------------------------------


def reasons(session: Session, election: str, after: Calendar, *, now: datetime) -> tuple[str, ...]:
    """Why a calendar cannot take the place of the one that holds, in plain sentences; empty if it can."""
    row, shown = elections.get(session, election), elections.show(session, election)
    if shown.phase in CALLED_OFF:
        return ("This election was cancelled or given up: its calendar changes no more.",)
    before, out = _holds(shown), elections.announced(session, row)
    if out and not dates.changes(before, after):
        return ("Nothing differs from the calendar that holds.",)
    if not out:
        before = replace(before, periods=())  # what was planned and never announced may have gone by
    return (
        *(dates.fixed(before, after) if row.frozen is not None else ()),
        *feasible.problems_of_calendar(after, windows.least(session, shown.draft, announced=out)),
        *filter(None, [dates.padding(after) if after.cutoff > before.cutoff or not out else ""]),
        *dates.too_late(before, after, now, announced=out, again=row.frozen is None),
    )


def plan(session: Session, by: str, election: str, after: Calendar, version: int, *, now: datetime) -> int:
    """Save the calendar of a draft; one that is impossible is refused.

    Returns:
        The new version of the draft.

    Raises:
        NotPermittedError: Only officers may.
        RuleError: It is impossible (`reasons`), announced already, or somebody edited the draft meanwhile.
    """
    row = elections.drafted(session, by, election)
    _refuse(reasons(session, election, after, now=now))
    draft = replace(elections.draft_of(row), calendar=after)
    return elections.edit(session, by, election, draft, version, now=now)


def _refuse(found: Collection[str]) -> None:
    if found:
        raise RuleError(" ".join(found))


# ---- changing what was announced -------------------------------------------------------------------------------------


def require_version(session: Session, election: str, version: int) -> None:
    """Check that a page was made from the calendar that holds.

    Raises:
        RuleError: Somebody changed it meanwhile.
    """
    if elections.get(session, election).version != version:
        msg = "Somebody has changed this election meanwhile. Look at it again before you change it."
        raise RuleError(msg)


def check_change(session: Session, election: str, after: Calendar, *, now: datetime) -> None:
    """Check that an announced calendar may become another one.

    Raises:
        RuleError: It was not announced yet, or cannot be (`reasons`).
    """
    row = elections.get(session, election)
    if not elections.announced(session, row):
        msg = "This calendar was not announced yet: it can be changed without asking."
        raise RuleError(msg)
    _refuse(reasons(session, election, after, now=now))


def change(session: Session, by: Two, election: str, after: Calendar, why: str, *, now: datetime) -> None:
    """Change an announced calendar; a notice tells everybody what, and why.

    Args:
        session: The database.
        by: Who asked, who approved.
        election: Its id.
        after: The whole calendar as it shall be.
        why: As `running.said` takes it.
        now: The time.

    Raises:
        NotPermittedError: It takes an officer, and a second person.
        RuleError: As `check_change`.
    """
    elections.require_two(session, by, election)
    _pass(session, election, now)  # what has gone by is on record before anything else moves
    check_change(session, election, after, now=now)
    row, shown = elections.get(session, election), elections.show(session, election)
    draft, rows = shown.draft, _rows(session, election)
    if not rows:
        first = to_plain(draft.calendar)
        at = _announced_at(session, row) or now
        session.add(CalendarVersion(election_id=election, number=1, at=at, calendar=first, why="", posted=at))
    kept = replace(after, opens=draft.calendar.opens, closes=draft.calendar.closes) if row.frozen else after
    number = max(len(rows), 1) + 1
    session.add(
        CalendarVersion(
            election_id=election, number=number, at=now, calendar=to_plain(kept), why=why.strip(), posted=None
        )
    )
    row.draft = to_plain(replace(draft, calendar=kept))
    row.version += 1
    names = ", ".join(one.period for one in dates.changes(_holds(shown), after))
    officers.note(session, by, f"changed the calendar: {names}", election=election, now=now, why=why.strip())
    session.flush()
    _post(session, election, now)


def wished(session: Session, election: str, after: Calendar) -> tuple[Change, ...]:
    """What a wish would change, for whoever approves it."""
    return dates.changes(_holds(elections.show(session, election)), after)


def _unposted(session: Session, election: str) -> list[tuple[CalendarVersion, CalendarVersion]]:
    """Versions whose notice can go on the board now, each with the one before it."""
    rows = _rows(session, election)
    found = [pair for pair in pairwise(rows) if pair[1].posted is None]
    stands = elections.progress(session, elections.get(session, election)) if found else None
    return found if stands and stands.ceremony is not None and stands.phase not in CALLED_OFF else []


def _post(session: Session, election: str, now: datetime) -> bool:
    """Put the notices of changes on the board, once there is one; each goes there exactly once."""
    waiting = _unposted(session, election)
    if not waiting:
        return False
    board, shown = boards.opened(session, election), elections.show(session, election)
    # Challenges begin with the close: as it was extended, not as it was when the version was made.
    close = moment(shown.progress.closes) if shown.progress.opened else None
    for pair in waiting:
        both = [from_plain(Calendar, one.calendar) for one in pair]
        before, after = (replace(one, closes=close or one.closes) for one in both)
        lines = "\n".join(dates.told(one) for one in dates.changes(before, after))
        board.append(e.Notice(text(now), SUBJECT, f"{lines}\n\nWhy: {pair[1].why}"))
        pair[1].posted = now
    session.flush()
    return True


# ---- the clock -------------------------------------------------------------------------------------------------------


def due(session: Session, now: datetime) -> list[str]:
    """Elections of whose calendar the clock has something to pass or to post."""
    waits = select(CalendarVersion.election_id).where(CalendarVersion.posted.is_(None)).distinct()
    found = {one for one in session.scalars(waits) if _unposted(session, one)}
    for row in session.scalars(select(Election).filter_by(abandoned=None)):
        if row.draft.get("calendar", {}).get("periods") and _passing(session, row, now):
            found.add(row.id)
    return sorted(found)


def advance(session: Session, election: str, *, now: datetime) -> list[str]:
    """Pass what has come, and post the notices that waited for a board; doing it again changes nothing.

    Returns:
        What was done, like “nominations begins”, in order.
    """
    done = _pass(session, election, now)
    return [*done, "notice of the calendar"] if _post(session, election, now) else done


def _passing(session: Session, row: Election, now: datetime) -> tuple[dates.Passing, ...]:
    """What has come and was not passed yet.

    Nothing of a draft passes before its notice, and no notice of a calendar that is impossible: nobody could keep it.
    """
    draft = elections.draft_of(row)
    calendar = draft.calendar
    query = select(CalendarPassage.period, CalendarPassage.edge).filter_by(election_id=row.id)
    passed = {(one.period, one.edge) for one in session.execute(query)}
    found = dates.due(calendar, passed, now)
    if not found or elections.progress(session, row).phase in CALLED_OFF:
        return ()
    if elections.announced(session, row):
        return found
    window = windows.least(session, draft, announced=False)
    wrong = (*feasible.problems_of_calendar(calendar, window), *filter(None, [dates.padding(calendar)]))
    return found if found[0].period is Period.NOTICE and not wrong else ()


def _pass(session: Session, election: str, now: datetime) -> list[str]:
    found = _passing(session, elections.get(session, election), now)
    last = session.scalar(select(func.max(CalendarPassage.number)).filter_by(election_id=election)) or 0
    for number, one in enumerate(found, last + 1):
        session.add(
            CalendarPassage(election_id=election, number=number, period=one.period, edge=one.edge, at=one.at, seen=now)
        )
        officers.note(session, officers.CLOCK, f"{one.period} {one.edge}", election=election, now=now)
    session.flush()
    return [f"{one.period} {one.edge}" for one in found]
