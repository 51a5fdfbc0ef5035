"""Mail that waits to be sent: queued in the transaction that it tells of, sent afterwards, deleted once it is.

A letter is claimed, sent, and deleted, each in a transaction of its own; whoever dies in between leaves it claimed for a
few minutes, then it is sent again under the same Message-ID. Failures wait longer each time; a letter that was given up
stays for two weeks, or until nobody wants it any more, so that somebody learns of it (`undelivered`).
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from governance.store.journal import Letter
from governance.store.types import Base

CLAIM: Final = timedelta(minutes=5)
TRIES: Final = 12
"""After so many, a little over a day with the waits between them, a letter is given up."""
GIVEN_UP: Final = timedelta(days=14)
"""How long a letter that was given up is still listed."""
AGAIN: Final = timedelta(minutes=1)
"""After which letters are tried anew that no server took, since none could be reached."""
_LONGEST = timedelta(hours=6)
_LETTER = insert(Base.metadata.tables[Letter.__tablename__])


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it is handed to whoever sends it."""

    id: str
    recipient: str
    subject: str
    text: str


def queue(
    session: Session, recipient: str, subject: str, text: str, *, now: datetime, expires: datetime | None = None
) -> None:
    """Have a mail sent once this transaction has committed."""
    row = {"id": secrets.token_hex(16), "recipient": recipient, "subject": subject, "text": text}
    session.connection().execute(_LETTER, {**row, "due": now, "expires": expires, "tries": 0})


def claim(session: Session, now: datetime, most: int = 20) -> Sequence[Mail]:
    """Take letters that are due; nobody else gets them for a few minutes. Those nobody wants any more are deleted."""
    over = (Letter.tries >= TRIES) & (Letter.due <= now - GIVEN_UP)
    session.execute(delete(Letter).where((Letter.expires <= now) | over))
    due = select(Letter).where(Letter.due <= now, Letter.tries < TRIES)
    rows = session.scalars(due.order_by(Letter.due).limit(most)).all()
    mails = [Mail(row.id, row.recipient, row.subject, row.text) for row in rows]
    for row in rows:
        row.tries += 1
        row.due = now + CLAIM
    session.flush()
    return mails


def sent(session: Session, letter: str) -> None:
    """A letter was handed over: its row goes."""
    session.execute(delete(Letter).filter_by(id=letter))


def released(session: Session, letters: Sequence[Mail], now: datetime) -> None:
    """No server could be reached, so these were not tried: an hour without one costs no letter its tries."""
    mine = update(Letter).where(Letter.id.in_([one.id for one in letters]))
    session.execute(mine.values(tries=Letter.tries - 1, due=now + AGAIN))


def failed(session: Session, letter: str, now: datetime) -> None:
    """A letter could not be handed over: try later, each time after a longer while."""
    tries = session.scalar(select(Letter.tries).filter_by(id=letter)) or 1
    wait = min(timedelta(minutes=1) * 2 ** min(tries, 10), _LONGEST)
    session.execute(update(Letter).filter_by(id=letter).values(due=now + wait))


def waiting(session: Session) -> int:
    """How many letters wait; those that were given up do not."""
    return session.scalar(select(func.count()).select_from(Letter).where(Letter.tries < TRIES)) or 0


def troubled(session: Session, tries: int) -> list[tuple[str, str, int]]:
    """(recipient, subject, tries) of letters that were tried so often; what is in them is not read."""
    rows = session.execute(select(Letter.recipient, Letter.subject, Letter.tries).where(Letter.tries >= tries))
    return [(row[0], row[1], row[2]) for row in rows]


def oldest(session: Session) -> datetime | None:
    """Since when the letter waits that has waited longest for its first try; None if none does."""
    return session.scalar(select(func.min(Letter.due)).where(Letter.tries == 0))


def outbox(session: Session) -> Sequence[Mail]:
    """Everything that waits, newest first: for the development page alone."""
    rows = session.scalars(select(Letter).order_by(Letter.due.desc()))
    return [Mail(row.id, row.recipient, row.subject, row.text) for row in rows]
