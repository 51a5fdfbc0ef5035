"""Nominations and their events; photos. What people wrote is encrypted."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from governance.domain.nominations.record import Kind
from governance.store.types import Base, Digest, Id


class NominationRow(Base):
    """One nomination: what it is hangs on its events (`domain.nominations.record`)."""

    __tablename__ = "nomination"
    __table_args__ = (Index("ix_nomination_of", "election_id", "contest", "nominee_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    election_id: Mapped[str] = mapped_column(ForeignKey("election.id"))
    contest: Mapped[Id]
    """Of the draft as it was: adoption may divide a contest or take it off the ballot."""
    nominee_id: Mapped[str | None] = mapped_column(ForeignKey("member.id"))
    """Empty where nobody on the list has the address that was given."""
    candidate: Mapped[Id]
    """The id that the nominee has as a candidate of this election, in all contests."""
    named: Mapped[bytes | None] = mapped_column(LargeBinary())
    """The address that the nominator gave, encrypted; empty where they nominated themselves."""


class NominationEvent(Base):
    """One event, never changed but for erasing what was written after the time for appeals."""

    __tablename__ = "nomination_event"

    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[Kind]
    at: Mapped[datetime]
    by_id: Mapped[str | None] = mapped_column(ForeignKey("member.id"))
    """Empty once it was erased: who nominated, and who declined, where nobody accepted."""
    details: Mapped[bytes | None] = mapped_column(LargeBinary())
    """JSON of whatever `record.Event` has beside, encrypted; empty where there is nothing, or once it was erased."""


class Photo(Base):
    """A candidate's photo, encoded anew by us."""

    __tablename__ = "photo"

    election_id: Mapped[str] = mapped_column(ForeignKey("election.id"), primary_key=True)
    candidate: Mapped[Id] = mapped_column(primary_key=True)
    jpeg: Mapped[bytes] = mapped_column(LargeBinary())
    digest: Mapped[Digest]
    """SHA-256 of it, for its address."""
    width: Mapped[int]
    height: Mapped[int]
    about: Mapped[str]
    """What it shows, for those who do not see it."""
    changed: Mapped[datetime]
