"""Announced calendars: each version with its reason, and the moments that the clock has passed."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from governance.store.types import Base, Id


class CalendarVersion(Base):
    """A calendar as it stood from a moment on; the first one is what was announced."""

    __tablename__ = "calendar_version"

    election_id: Mapped[str] = mapped_column(ForeignKey("election.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 1."""
    at: Mapped[datetime]
    calendar: Mapped[dict[str, Any]]
    """`domain.draft.Calendar`."""
    why: Mapped[str]
    """Everybody reads it; empty for the first one."""
    posted: Mapped[datetime | None]
    """When its notice went on the board; a change before there is a board waits for it."""


class CalendarPassage(Base):
    """A moment of a calendar that has passed; the keys are “exactly once, one after the other”."""

    __tablename__ = "calendar_passage"
    __table_args__ = (UniqueConstraint("election_id", "period", "edge"),)

    election_id: Mapped[str] = mapped_column(ForeignKey("election.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 1, in the order in which they passed."""
    period: Mapped[Id]
    edge: Mapped[Id]
    """`begins` or `ends`."""
    at: Mapped[datetime]
    """The moment that the calendar names."""
    seen: Mapped[datetime]
    """When the clock was looked at."""
