"""What one person asked for and a second one has to approve: acts that cannot be undone."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from governance.store.types import Base, Id


class Consent(Base):
    """One request; it is settled once, and stays."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[Id]
    """One of `services.consents.Act`."""
    election_id: Mapped[str | None] = mapped_column(ForeignKey("election.id"), index=True)
    details: Mapped[dict[str, Any]]
    """What else has to be known to do it, as text."""
    state: Mapped[str]
    """What it was asked about: if that is no longer so, it can no longer be approved."""
    why: Mapped[str]
    asked_by: Mapped[str] = mapped_column(ForeignKey("member.id"))
    asked: Mapped[datetime]
    settled_by: Mapped[str | None] = mapped_column(ForeignKey("member.id"))
    settled: Mapped[datetime | None]
    approved: Mapped[bool | None]
    """None while it waits."""
