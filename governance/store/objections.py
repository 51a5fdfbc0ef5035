"""Objections to lines of a frozen roll: what members say is encrypted, some of it may be about health."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from governance.store.types import Base


class Objection(Base):
    """One objection; it is decided once, and stays."""

    __tablename__ = "roll_objection"

    id: Mapped[int] = mapped_column(primary_key=True)
    election_id: Mapped[str] = mapped_column(ForeignKey("election.id"), index=True)
    by_id: Mapped[str] = mapped_column(ForeignKey("member.id"))
    line_id: Mapped[str | None] = mapped_column(ForeignKey("member.id"))
    """Whose line it is about, as far as it is known."""
    own: Mapped[bool]
    """Whether it is about the line of whoever objects."""
    said: Mapped[bytes] = mapped_column(LargeBinary())
    """JSON {whom, reason}, encrypted; empty once it was erased."""
    at: Mapped[datetime]
    late: Mapped[bool]
    """It came after the roll was announced, and admits nobody."""
    withdrawn: Mapped[datetime | None]
    decided: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("member.id"))
    upheld: Mapped[bool | None]
    answer: Mapped[bytes | None] = mapped_column(LargeBinary())
    """The reason of the decision, encrypted."""
    corrected: Mapped[datetime | None]
    """When the roll was put right, of one that was upheld in time."""
    left: Mapped[datetime | None]
    """When two people decided that the roll stays as it is, of one that was upheld in time."""
