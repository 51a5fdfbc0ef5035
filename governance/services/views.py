"""Who looked at other people's personal data: one line of the log for each person, kind of view and day.

Reloading and paging add nothing, so the log stays readable. A line names what was looked at by kind and number, or by
ids: never a name, an address, or what was read.
"""

from datetime import UTC, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from governance.services import officers
from governance.store.journal import Deed


def noted(session: Session, by: str, what: str, *, now: datetime, election: str | None = None) -> bool:
    """Whether the log says already that they looked at this today (a day of UTC)."""
    today = datetime.combine(now.astimezone(UTC), time(), UTC)
    before = session.scalar(select(Deed.id).where(Deed.at < today).order_by(Deed.id.desc()).limit(1))
    same = select(Deed.id).filter_by(who=by, what=what, election_id=election)
    lines = same.where(Deed.id > (before or 0), Deed.at <= now)  # of today alone, however long the log is
    return session.scalar(lines.limit(1)) is not None


def note(session: Session, by: str, what: str, *, now: datetime, election: str | None = None) -> None:
    """Write into the log that somebody looks at personal data, unless it says so today."""
    if not noted(session, by, what, now=now, election=election):
        officers.note(session, by, what, election=election, now=now)
