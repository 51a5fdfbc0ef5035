"""What officials did, for ever; and mail that waits to be sent."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from governance.store.types import Base, Id


class Deed(Base):
    """One line of the officers' log; triggers refuse every change and every deletion."""

    __tablename__ = "deed"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    who: Mapped[Id]
    """Id of a member, or `clock`, or `command`."""
    second: Mapped[Id | None]
    """Who approved it, where two people are needed."""
    what: Mapped[str]
    election_id: Mapped[str | None] = mapped_column(ForeignKey("election.id"), index=True)
    why: Mapped[str]


class Letter(Base):
    """A mail that is to be sent; its row is deleted once it is, so nothing here tells later who was written to."""

    __tablename__ = "letter"

    id: Mapped[Id] = mapped_column(primary_key=True)
    """Random, and part of the Message-ID: a mail that was sent twice can be told."""
    recipient: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    due: Mapped[datetime] = mapped_column(index=True)
    """Not to be tried before: later after each failure, and while somebody is sending it."""
    expires: Mapped[datetime | None]
    """After it, nobody wants it any more."""
    tries: Mapped[int] = mapped_column(default=0)
