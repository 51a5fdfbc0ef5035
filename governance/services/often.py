"""Counts how often something is done, in the database: all processes count together (`domain.limits`)."""

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from governance.domain.limits import Limit
from governance.store.accounts import Often
from governance.store.types import Base
from governance.store.vault import vault

_FIRST = insert(Base.metadata.tables[Often.__tablename__])
_TIMES = select(Often.times).where(Often.who == bindparam("key"), Often.start == bindparam("begun"))


def reached(session: Session, limit: Limit, who: str, now: datetime) -> bool:
    """Whether a limit is reached for somebody."""
    return _times(session, _key(session, limit, who), limit, now) >= limit.times


def count(session: Session, limit: Limit, who: str, now: datetime) -> bool:
    """Count one more time; False if the limit was reached before, and then nothing is counted."""
    key = _key(session, limit, who)
    times = _times(session, key, limit, now)
    if times >= limit.times:
        return False
    start = limit.start(now)
    if times:
        session.execute(update(Often).filter_by(who=key, start=start).values(times=times + 1))
    else:
        session.connection().execute(_FIRST, {"who": key, "start": start, "times": 1, "until": start + limit.window})
    return True


def clear(session: Session, now: datetime) -> None:
    """Delete windows that are over."""
    session.execute(delete(Often).where(Often.until <= now))


def _key(session: Session, limit: Limit, who: str) -> bytes:
    return vault(session).tag("often", limit.name, who)


def _times(session: Session, key: bytes, limit: Limit, now: datetime) -> int:
    return session.scalar(_TIMES, {"key": key, "begun": limit.start(now)}) or 0
